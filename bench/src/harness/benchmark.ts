/**
 * What a benchmark is, and what it is handed.
 *
 * @module
 */
import type { Machine } from './machine.ts'
import type { Provider } from './provider.ts'
import type { Outcome } from './result.ts'

export interface Benchmark {
  /** As in engine.md section 17. */
  readonly id: string
  readonly title: string
  /** What a change in the numbers would mean. */
  readonly meaning: string
  /** How it is measured, in a sentence or two. */
  readonly method: string
  run(context: Context): Promise<Outcome>
}

export interface Context {
  readonly machine: Machine
  readonly provider: Provider
  /** Shorter and fewer rounds, to see that everything runs. The numbers are not to be used. */
  readonly quick: boolean
  /** Progress, for people. */
  say(text: string): void
}
