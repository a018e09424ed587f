/**
 * One worker as the harness sees it: a child process with what it said, and the signals it gets.
 *
 * @module
 */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import type { CallReport, Command, EventReport, Line, Orders, Step, SwapReport } from '../worker/messages.ts'

const startMaxMs = 30_000
const textMaxLength = 4_000_000
const signalMs = 250 // From a signal to the process standing still, and from its report to us.

/** When the harness heard it, by its own monotonic clock. */
type Heard<T> = T & { readonly heardAt: number }

export class WorkerProcess {
  readonly id: number
  /** `ended`: by itself, as it was told. */
  state: 'starting' | 'living' | 'stopped' | 'killed' | 'ended' = 'starting'
  readonly calls: Heard<CallReport>[] = []
  readonly swaps: SwapReport[] = []
  /** Events and token answers, in order. */
  readonly course: Heard<EventReport | { readonly said: 'answered'; readonly status: number }>[] = []
  readonly complaints: string[] = []
  /** When it was stopped by a signal. */
  readonly stops: { readonly from: number; to: number }[] = []
  /** How often it said that its calls had settled. */
  settled = 0
  /** An attempt is under way, as far as it said. */
  renewing = false
  /** How long it stood still although nobody held or stopped it, milliseconds each. */
  readonly stalls: number[] = []
  /** The longest that its store took for one answer, milliseconds, while no signal was behind it. */
  slowestStoreMs = 0
  /** What was done to it, and the steps that it was held at. */
  readonly signals: { readonly at: number; readonly what: string }[] = []
  /** The step at which it is held. */
  heldAt: Step | undefined
  readonly exited: Promise<void>
  /** Everything it wrote, to be searched for secrets. */
  text = ''
  readonly #skewMs: number
  readonly #child: ChildProcess
  readonly #onStep: (worker: WorkerProcess, step: Step) => 'hold' | 'go'

  constructor(program: string, orders: Orders, onStep: (worker: WorkerProcess, step: Step) => 'hold' | 'go') {
    this.id = orders.id
    this.#skewMs = orders.skewMs
    this.#onStep = onStep
    const stdio = ['pipe', 'pipe', 'pipe', 'pipe'] as const
    this.#child = spawn(process.execPath, [program], { stdio: [...stdio], env: { PATH: process.env['PATH'] } })
    const [input, output, errors, gate] = this.#child.stdio as unknown as [Writable, Readable, Readable, Writable] // As asked for.
    for (const pipe of [input, gate]) pipe.on('error', () => undefined) // It may be gone.
    createInterface({ input: output }).on('line', (line) => this.#hear(line))
    errors.setEncoding('utf8').on('data', (text: string) => {
      this.#keep(text)
      this.complaints.push(text.trim())
    })
    this.exited = new Promise((resolve) => {
      this.#child.once('error', (error) => this.complaints.push(error.message))
      this.#child.once('close', (code, signal) => {
        if (this.state !== 'killed') {
          this.state = 'ended'
          if (code !== 0) this.complaints.push(`ended with ${String(code ?? signal)}`)
        }
        resolve()
      })
    })
    this.tell(orders)
  }

  get present(): boolean {
    return this.state === 'living' || this.state === 'stopped'
  }

  tell(words: Command | Orders): void {
    ;(this.#child.stdin as Writable).write(`${JSON.stringify(words)}\n`) // A pipe, as asked for.
  }

  /** Lets a worker go on that is held at a step. */
  release(): void {
    this.heldAt = undefined
    ;(this.#child.stdio[3] as Writable).write('.') // A pipe, as asked for.
  }

  stop(): void {
    this.#note('SIGSTOP')
    this.#child.kill('SIGSTOP')
    this.state = 'stopped'
    this.stops.push({ from: performance.now(), to: Infinity })
  }

  continue(): void {
    if (this.state !== 'stopped') return
    this.state = 'living'
    this.#note('SIGCONT')
    this.stops.at(-1)!.to = performance.now() // It is stopped.
    this.#child.kill('SIGCONT')
    if (this.heldAt !== undefined) this.release()
  }

  /** Ends it as a crash would, also while it is stopped. */
  async kill(): Promise<void> {
    if (this.state !== 'ended') this.state = 'killed'
    this.#note('SIGKILL')
    this.#child.kill('SIGKILL')
    await this.exited
  }

  #hear(text: string): void {
    this.#keep(text)
    const line = JSON.parse(text) as Line // Our own worker wrote it.
    switch (line.said) {
      case 'ready':
        this.state = 'living'
        if (Math.abs(line.wall - Date.now() - this.#skewMs) > startMaxMs)
          this.complaints.push('its clock is not skewed')
        break
      case 'call':
        this.calls.push({ ...line, heardAt: performance.now() })
        break
      case 'swap':
        this.swaps.push(line)
        break
      case 'event':
        if (line.name === 'refresh.start' || line.name === 'refresh.end') this.renewing = line.name === 'refresh.start'
        this.course.push({ ...line, heardAt: performance.now() })
        break
      case 'answered':
        this.course.push({ ...line, heardAt: performance.now() })
        break
      case 'at':
        if (this.#onStep(this, line.step) === 'hold') {
          this.heldAt = line.step
          this.#note(`held at ${line.step}`)
        } else this.release()
        break
      case 'settled':
        this.settled += 1
        break
      case 'stalled':
        if (!this.#wasSignalled(line.ms)) this.stalls.push(line.ms)
        break
      case 'storeSlow':
        if (!this.#wasSignalled(line.ms)) this.slowestStoreMs = Math.max(this.slowestStoreMs, line.ms)
        break
      case 'unhandled':
        this.complaints.push(`unhandled rejection: ${line.reason}`)
        break
      case 'bye':
        if (line.dropped > 0) this.complaints.push(`${line.dropped} lines were dropped`)
        break
      default:
        line satisfies never
    }
  }

  #wasSignalled(withinMs: number): boolean {
    return this.signals.some(({ at }) => at > performance.now() - withinMs - signalMs)
  }

  #note(what: string): void {
    this.signals.push({ at: performance.now(), what })
  }

  #keep(text: string): void {
    if (this.text.length < textMaxLength) this.text += `${text}\n`
  }
}
