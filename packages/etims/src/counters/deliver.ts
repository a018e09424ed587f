/**
 * Sends a document under a number that is its own, and says what that means for the number. Apart from its neighbours
 * because nothing here knows the store.
 *
 * @see spec/etims.md sections 5.3 and 7.5
 * @module
 */
import { isLatchkeyError } from '@latchkey/core'
import type { LatchkeyError } from '@latchkey/core'
import type { RunOptions } from '@latchkey/http'
import type { Facts, Paper } from './book.ts'
import type { Patience } from './patience.ts'

/** What KRA has under a number. */
export type Found =
  | { readonly kind: 'same'; readonly receipt: Facts }
  | { readonly kind: 'other' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unclear'; readonly error?: unknown }

/** How one kind of document travels. */
export interface Wire {
  /** Sends it. Absent where its content is not at hand. Throws as `Context.call` does. */
  readonly send?: ((number: number, run: RunOptions) => Promise<Facts>) | undefined
  /** Looks a number up. Absent where KRA offers no way. */
  readonly lookUp?: ((number: number, paper: Paper, run: RunOptions) => Promise<Found>) | undefined
  /** The highest number that KRA has. */
  readonly highest?: ((run: RunOptions) => Promise<number | undefined>) | undefined
  /** The number that KRA expects, from the text of a refusal. */
  readonly expected: (message: string) => number | undefined
}

/** What became of a sending. */
export type Delivery =
  | { readonly state: 'accepted'; readonly receipt: Facts }
  /** It may have been processed. */
  | { readonly state: 'unknown'; readonly error: unknown }
  /** It was not processed. `next`: where KRA's counter stands, if it is the number that was refused. */
  | { readonly state: 'refused'; readonly error: unknown; readonly next?: number | undefined }
  /** It was not processed, since the number is taken; by which document could not be found out. */
  | { readonly state: 'taken'; readonly error: unknown; readonly next?: number | undefined }

/**
 * Sends a document. A refusal because the number is taken is not believed to be about another document before KRA was
 * asked: the same one may have arrived earlier.
 */
export async function deliver(number: number, paper: Paper, wire: Wire, patience: Patience): Promise<Delivery> {
  if (!wire.send) throw new Error('Nothing to send.') // Callers look first.
  let failure: LatchkeyError
  try {
    return { state: 'accepted', receipt: await wire.send(number, runOf(patience)) }
  } catch (error) {
    if (patience.signal?.aborted) return { state: 'unknown', error }
    if (isInvalidArgument(error)) return { state: 'refused', error }
    if (!isLatchkeyError(error) || error.code === 'ETIMS_OUTCOME_UNKNOWN') return { state: 'unknown', error }
    failure = error
  }
  const expected = wire.expected(failure.message)
  const duplicate = failure.providerCode === '994'
  if (!duplicate && (expected === undefined || expected === number)) return { state: 'refused', error: failure }
  if (!duplicate && expected !== undefined && expected < number) {
    return { state: 'refused', error: failure, next: expected }
  }
  const found = await lookUp(wire, number, paper, patience)
  if (found.kind === 'same') return { state: 'accepted', receipt: found.receipt }
  if (found.kind === 'other') {
    return { state: 'refused', error: failure, next: expected ?? (await afterHighest(wire, number, patience)) }
  }
  return { state: 'taken', error: failure, next: expected ?? (wire.lookUp ? undefined : number + 1) }
}

/** Asks KRA what it has under a number. Never throws: what cannot be asked is unclear. */
export async function lookUp(wire: Wire, number: number, paper: Paper, patience: Patience): Promise<Found> {
  if (!wire.lookUp) return { kind: 'unclear' }
  return wire.lookUp(number, paper, runOf(patience)).catch((error: unknown) => ({ kind: 'unclear', error }))
}

async function afterHighest(wire: Wire, number: number, patience: Patience): Promise<number> {
  const highest = await wire.highest?.(runOf(patience)).catch(() => undefined) // The next number is a guess then.
  return Math.max(highest ?? 0, number) + 1
}

function runOf(patience: Patience): RunOptions {
  return { signal: patience.signal, deadlineMs: Math.max(1, Math.ceil(patience.left())) }
}

// Thrown before anything is sent.
function isInvalidArgument(error: unknown): boolean {
  return error instanceof TypeError && 'code' in error && error.code === 'ERR_INVALID_ARG'
}
