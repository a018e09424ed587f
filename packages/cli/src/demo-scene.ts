/**
 * What the parts of `latchkey demo` share: each plays on one system of the simulator, and every step says how many token
 * requests the simulator has seen by then. A step that cost more or fewer than it must ends the demo.
 *
 * @module
 */
import type { Observer } from '@latchkey/core'
import type { Simulator } from '@latchkey/simulator'

export interface Row {
  readonly system: string
  readonly step: string
  readonly result: string
  /** Token requests that the simulator has seen so far. */
  readonly tokenRequests: number
}

export interface Stage {
  readonly simulator: Simulator
  readonly observer: Observer
  readonly signal: AbortSignal
  /** Notes a step. @throws {Error} The simulator has not seen `expected` token requests. */
  readonly note: (step: string, result: string, expected: number) => void
}

/** Plays one provider's part. */
export type Scene = (stage: Stage) => Promise<void>

/** How many ask for a token at once. */
export const callers = 50

/** What many callers got who asked at once. */
export async function askTogether(ask: () => Promise<{ readonly generation: number }>): Promise<string> {
  const tokens = await Promise.all(Array.from({ length: callers }, ask))
  return `${new Set(tokens.map(({ generation }) => generation)).size} token between them`
}
