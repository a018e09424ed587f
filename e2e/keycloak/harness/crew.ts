/**
 * Processes that share one store and one login at a real authorization server, and the killing and replacing of them.
 *
 * @see engine.md section 16.4
 * @module
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Traits } from '@latchkey/core'
import { WorkerProcess } from '../../fleet/harness/worker-process.ts'
import type { ServerOrders } from '../worker/orders.ts'
import type { Authority } from './authority.ts'
import type { Resource } from './resource.ts'
import { workerProgram } from './worker-program.ts'

const startMaxMs = 30_000
const endMaxMs = 30_000
const pollMs = 10

/** The grant's own. */
const traits: Traits = {
  exclusive: false,
  renewal: 'rotating',
  replay: 'unknown',
  longest: 15_000,
  assumedLifetime: 300_000,
}

export class Crew implements AsyncDisposable {
  readonly workers: WorkerProcess[] = []
  readonly #program: string
  readonly #orders: Omit<ServerOrders, 'id'>
  readonly #directory: string

  constructor(program: string, authority: Authority, resource: Resource, everyMs: number, longest: number) {
    this.#program = program
    this.#directory = mkdtempSync(join(tmpdir(), 'latchkey-crew-'))
    this.#orders = {
      store: { kind: 'file', directory: join(this.#directory, 'tokens') },
      prefix: `crew-${randomUUID()}:`,
      sealingKey: randomBytes(32).toString('base64url'),
      origin: new URL(authority.tokenUrl).origin,
      tokenUrl: authority.tokenUrl,
      resourceUrl: resource.url,
      ...authority.partner,
      traits: { ...traits, longest },
      skewMs: 0,
      everyMs,
    }
  }

  present(): WorkerProcess[] {
    return this.workers.filter((worker) => worker.present)
  }

  /** Starts one more, which calls the resource from now on. */
  async add(): Promise<void> {
    const orders: ServerOrders = { id: this.workers.length + 1, ...this.#orders }
    const worker = new WorkerProcess(this.#program, orders, () => 'go')
    this.workers.push(worker)
    const since = performance.now()
    while (worker.state === 'starting' && performance.now() - since < startMaxMs) await pause(pollMs)
    if (!worker.present) throw new Error(`A process did not start: ${worker.complaints.join('; ')}`)
    worker.tell({ do: 'call' })
  }

  /** Everybody finishes the calls under way and leaves. */
  async end(): Promise<void> {
    const present = this.present()
    for (const worker of present) worker.tell({ do: 'end' })
    await Promise.race([Promise.all(present.map(({ exited }) => exited)), pause(endMaxMs, undefined, { ref: false })])
    for (const worker of present) if (worker.present) worker.complaints.push('did not end when told to')
    await this[Symbol.asyncDispose]()
  }

  /** What was said of all calls. */
  calls(): { readonly served: number; readonly failed: readonly string[]; readonly slowestMs: number } {
    const all = this.workers.flatMap(({ calls }) => calls)
    const failed = all.filter((call) => call.failed !== undefined)
    return {
      served: all.length - failed.length,
      failed: failed.map((call) => `${call.failed}: ${call.reason ?? ''}`),
      slowestMs: all.reduce((most, { ms }) => Math.max(most, ms), 0),
    }
  }

  /** Renewals that were begun, in all processes. */
  begun(): number {
    return this.workers
      .flatMap(({ course }) => course)
      .filter((at) => at.said === 'event' && at.name === 'refresh.start').length
  }

  complaints(): string[] {
    return this.workers.flatMap(({ complaints }) => complaints)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.present().map((worker) => worker.kill()))
    rmSync(this.#directory, { recursive: true, force: true })
  }
}

/** Starts processes one after another, each of which calls the resource at that rhythm. */
export async function startCrew(
  authority: Authority,
  resource: Resource,
  size: number,
  everyMs: number,
  longest = traits.longest,
): Promise<Crew> {
  const crew = new Crew(await workerProgram(), authority, resource, everyMs, longest)
  try {
    for (let count = 0; count < size; count += 1) await crew.add()
    return crew
  } catch (error) {
    await crew[Symbol.asyncDispose]()
    throw error
  }
}
