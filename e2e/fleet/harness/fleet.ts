/**
 * A fleet: worker processes on one store and one provider, with clocks that agree about nothing, and the ways in which
 * a test catches, stops, kills and replaces them.
 *
 * @see engine.md section 16.4
 * @module
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Orders, Step, StoreChoice } from '../worker/messages.ts'
import type { Provider } from './provider.ts'
import { workerProgram } from './program.ts'
import { WorkerProcess } from './worker-process.ts'

const dayMs = 86_400_000
const pollMs = 10
const startMaxMs = 30_000
const endMaxMs = 25_000

export interface FleetOptions {
  readonly provider: Provider
  readonly store: StoreChoice
  readonly workers: number
  /** How far the workers' wall clocks are ahead, in turn. @default a day behind, right, a day ahead */
  readonly skewsMs?: readonly number[]
  /** @default 200 */
  readonly everyMs?: number
  readonly refusalBudget?: Orders['refusalBudget']
}

export class Fleet implements AsyncDisposable {
  readonly workers: WorkerProcess[] = []
  readonly provider: Provider
  readonly #program: string
  readonly #options: FleetOptions
  readonly #shared: Pick<Orders, 'prefix' | 'sealingKey'>
  #catching: { readonly step: Step; readonly caught: (worker: WorkerProcess) => void } | undefined

  constructor(program: string, options: FleetOptions) {
    this.provider = options.provider
    this.#program = program
    this.#options = options
    this.#shared = { prefix: `fleet-${randomUUID()}:`, sealingKey: randomBytes(32).toString('base64url') }
  }

  /** Secrets that no output and no byte of the store may show. */
  secrets(): string[] {
    return [this.#shared.sealingKey, ...this.provider.double.secrets()]
  }

  /** Workers that take part now. */
  present(): WorkerProcess[] {
    return this.workers.filter((worker) => worker.present)
  }

  /** Starts one more worker; it calls nothing yet. */
  async add(): Promise<WorkerProcess> {
    const { store, everyMs = 200, skewsMs = [-dayMs, 0, dayMs], refusalBudget } = this.#options
    const { origin, clientId, clientSecret, traits } = this.provider
    const id = this.workers.length + 1
    const skewMs = skewsMs[(id - 1) % skewsMs.length] ?? 0
    const credentials = { origin, clientId, clientSecret, traits }
    const orders: Orders = { id, store, ...this.#shared, ...credentials, skewMs, everyMs, refusalBudget }
    const worker = new WorkerProcess(this.#program, orders, (who, step) => this.#reached(who, step))
    this.workers.push(worker)
    await this.until('a worker starts', () => worker.state !== 'starting', startMaxMs)
    if (!worker.present) throw new Error(`A worker did not start: ${worker.complaints.join('; ')}`)
    return worker
  }

  /** All of them at once. */
  call(): void {
    for (const worker of this.present()) worker.tell({ do: 'call' })
  }

  /** Arms everybody, and answers with the first worker that reaches the step; it is held there, the others are not. */
  async catchAt(step: Step, withinMs: number): Promise<WorkerProcess> {
    let caught: WorkerProcess | undefined
    this.#catching = { step, caught: (worker) => (caught = worker) }
    for (const worker of this.present()) worker.tell({ do: 'arm', step })
    await this.until(`a worker reaches ${step}`, () => caught !== undefined, withinMs)
    for (const worker of this.present()) worker.tell({ do: 'arm', step: null })
    return caught as unknown as WorkerProcess // Just waited for.
  }

  /** Looks every 10 ms; rejects after `withinMs`. */
  async until(what: string, holds: () => boolean, withinMs: number): Promise<void> {
    const since = performance.now()
    while (!holds()) {
      if (performance.now() - since > withinMs)
        throw new Error(`Within ${Math.round(withinMs)} ms it did not happen that ${what}.`)
      await pause(pollMs)
    }
  }

  /** Everybody finishes the calls under way, closes and leaves. Those who do not are killed, and that is a complaint. */
  async end(): Promise<void> {
    const present = this.present()
    for (const worker of present) worker.tell({ do: 'end' })
    const left = Promise.all(present.map((worker) => worker.exited))
    await Promise.race([left, pause(endMaxMs, undefined, { ref: false })])
    for (const worker of present) {
      if (worker.present) worker.complaints.push('did not end when told to')
    }
    await this[Symbol.asyncDispose]()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(
      this.workers.filter(({ state }) => state !== 'ended' && state !== 'killed').map((worker) => worker.kill()),
    )
  }

  #reached(worker: WorkerProcess, step: Step): 'hold' | 'go' {
    const catching = this.#catching
    if (catching?.step !== step) return 'go'
    this.#catching = undefined
    catching.caught(worker)
    return 'hold'
  }
}

/** A process start takes a core for a tenth of a second; too many at once would stall the fleets that are at work. */
const startsAtOnce = 2
let starting: Promise<unknown>[] = Array.from({ length: startsAtOnce }, () => Promise.resolve())

async function inTurn<T>(start: () => Promise<T>): Promise<T> {
  const [first = Promise.resolve(), ...others] = starting
  const work = first.then(start)
  starting = [...others, work.catch(() => undefined)]
  return work
}

/** Starts a fleet whose workers are ready and call nothing yet. */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const fleet = new Fleet(await workerProgram(), options)
  try {
    await Promise.all(Array.from({ length: options.workers }, () => inTurn(() => fleet.add())))
    return fleet
  } catch (error) {
    await fleet[Symbol.asyncDispose]()
    throw error
  }
}
