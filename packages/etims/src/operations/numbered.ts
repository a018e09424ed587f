/**
 * Sends a document under the next number of a counter that belongs to the server: one at a time in the whole fleet, the
 * number kept when KRA accepts, given back when it refuses, and held when nobody knows.
 *
 * @see spec/etims.md sections 5.3 and 7.5
 * @module
 */
import type { Clock, LatchkeyError } from '@latchkey/core'
import type { Resolution, RunOptions } from '@latchkey/http'
import { accept, decide, free, hold, take, withMarks } from '../counters/book.ts'
import type { Entry, Paper, Pending, Turn } from '../counters/book.ts'
import type { Counter } from '../counters/counter.ts'
import type { CounterKind, Counters } from '../counters/counters.ts'
import { deliver } from '../counters/deliver.ts'
import type { Wire } from '../counters/deliver.ts'
import { patienceOf } from '../counters/patience.ts'
import type { Patience } from '../counters/patience.ts'
import { entryOf, graceMs, pursue } from '../counters/pursue.ts'
import type { Pursued } from '../counters/pursue.ts'
import { etimsError } from '../errors.ts'

/** What numbering needs of a context. */
export interface NumberedContext {
  readonly clock: Clock
  readonly counters: Counters
}

/**
 * Sends a document under the next number.
 *
 * Callers of one process stand in line, and processes take turns through the store. A document that KRA accepted
 * before, by its id and digest among the last 64, is not sent again: its entry comes back. One that is still pending
 * under a number, because a program ended or an answer was lost, is looked up first and then goes out under that same
 * number. Where KRA expects another number, the counter follows, and the document is sent once more.
 *
 * @throws {LatchkeyError} `ETIMS_NUMBER_HELD`: another document stands in the way, and what became of it cannot be found
 *   out now; or, with `retryable`, the turn did not come within the deadline.
 * @throws {StoreError} The counter could not be read; nothing was sent.
 * @throws What `wire.send` throws. After an error that proves that nothing was processed the number is free; after any
 *   other, an abort included, it is held.
 */
export async function withNumber(
  context: NumberedContext,
  kind: CounterKind,
  paper: Paper,
  wire: Wire,
  run?: RunOptions,
): Promise<Entry> {
  const counter = context.counters.of(kind)
  const patience = patienceOf(context.clock, run)
  const entry = await counter.inLine(patience, () => takeTurn({ counter, kind, paper, wire, patience }))
  if (entry === undefined) throw notMyTurn(kind)
  return entry
}

interface Errand {
  readonly counter: Counter
  readonly kind: CounterKind
  readonly paper: Paper
  readonly wire: Wire
  readonly patience: Patience
}

async function takeTurn(errand: Errand): Promise<Entry> {
  const { counter, kind, paper, patience } = errand
  let ticket = counter.ticket()
  let asked: string | undefined // The young number that was looked up already.
  let moved = false
  let seen = { ticket: '', at: 0 } // Whom this caller waits for, and since when.
  for (;;) {
    patience.signal?.throwIfAborted()
    const lifeMs = patience.left() + graceMs // Before the look, so that no request outlives what the store is told.
    const view = await counter.look().catch((error: unknown) => {
      counter.owe(free(ticket)) // It may have been taken by a write of which nobody knows.
      throw error
    })
    const turn = decide(view.book, paper, ticket, view.now)
    const before = view.book.pending?.ticket ?? ''
    if (before !== seen.ticket) seen = { ticket: before, at: counter.clock.mono() }
    const waitedMs = counter.clock.mono() - seen.at
    switch (turn.do) {
      case 'replay':
        return turn.entry
      case 'take': {
        if (patience.left() <= 0) throw notMyTurn(kind)
        const until = view.now + Math.ceil(lifeMs)
        const pending: Pending = {
          ...withMarks(paper, undefined),
          number: turn.number,
          ticket,
          until,
          state: 'sending',
        }
        if (!(await counter.write(view, take(pending)))) await counter.news(patience, 0)
        break
      }
      case 'send': {
        if (patience.left() <= 0) {
          counter.owe(free(ticket))
          throw notMyTurn(kind)
        }
        const sent = await send(errand, turn.pending, moved)
        if (sent) return sent
        moved = true
        ticket = counter.ticket()
        break
      }
      case 'wait':
        if (patience.left() <= 0) throw notMyTurn(kind)
        await counter.news(patience, turn.pending.until - view.now, waitedMs)
        break
      case 'pursue': {
        const youngMs = turn.pending.until - view.now
        if (asked === turn.pending.ticket && youngMs > 0) {
          if (patience.left() <= 0) throw held(kind, turn.pending)
          await counter.news(patience, youngMs, waitedMs)
          break
        }
        asked = youngMs > 0 ? turn.pending.ticket : undefined
        const entry = await clear(errand, turn)
        if (entry) return entry
        break
      }
      default:
        return turn satisfies never
    }
  }
}

/** Sends it. `undefined`: KRA expects another number, which the counter knows now. */
async function send(errand: Errand, { number, ticket }: Pending, moved: boolean): Promise<Entry | undefined> {
  const { counter, paper, wire, patience } = errand
  const delivery = await deliver(number, paper, wire, patience)
  if (delivery.state === 'accepted') {
    const entry = entryOf(number, paper, delivery.receipt)
    counter.owe(accept(entry))
    return entry
  }
  if (delivery.state === 'unknown') {
    counter.owe(hold(ticket))
    throw delivery.error
  }
  counter.owe(free(ticket, delivery.next))
  if (delivery.next === undefined || moved) throw delivery.error
  return undefined // The refusal proves that nothing was processed, so it may go out once more.
}

/** Finds out about the number in the way. Answers with an entry if that number is this very document's. */
async function clear(
  { counter, kind, paper, wire, patience }: Errand,
  { pending, own }: Extract<Turn, { do: 'pursue' }>,
): Promise<Entry | undefined> {
  const { number } = pending
  const chase = own ? { paper, wire } : { paper: pending, wire: { ...wire, send: undefined } }
  const pursued = await pursue({ counter, number, patience, ...chase })
  if (pursued.state === 'settled') return own ? pursued.entry : undefined
  if (pursued.state === 'refused') {
    if (own && pursued.error) throw pursued.error
    return undefined
  }
  if (pursued.lost !== undefined) throw pursued.lost
  patience.signal?.throwIfAborted()
  if (pursued.why === 'unclear') throw held(kind, pending, pursued.cause)
  return undefined
}

/** The answer of a `resolve()`, made from an entry by `read`. */
export function resolutionOf<Result>(pursued: Pursued, read: (entry: Entry) => Result): Resolution<Result> {
  switch (pursued.state) {
    case 'settled':
      return { state: 'settled', result: read(pursued.entry) }
    case 'refused': {
      const { reason, error } = pursued
      return {
        state: 'refused',
        reason,
        ...(error?.providerCode !== undefined && { providerCode: error.providerCode }),
      }
    }
    case 'unknown':
      return { state: 'unknown', ...(pursued.askAgainAt !== undefined && { askAgainAt: pursued.askAgainAt }) }
    default:
      return pursued satisfies never
  }
}

/**
 * Decides by hand about a number that is held, where KRA offers no way to look it up: a stock document's, for one.
 *
 * @param accepted - True: KRA has the document, as its portal shows. False: it does not, and the number is free.
 * @throws {LatchkeyError} `ETIMS_NUMBER_HELD`: its document is being sent at this moment; or nothing is held under this
 *   number (reason `notHeld`).
 */
export async function settleNumber(
  context: NumberedContext,
  kind: Exclude<CounterKind, 'sale'>,
  number: number,
  accepted: boolean,
): Promise<void> {
  const counter = context.counters.of(kind)
  const { book, now } = await counter.look(true)
  const { pending } = book
  if (pending?.number !== number) {
    throw etimsError('ETIMS_NUMBER_HELD', `Number ${number} of the ${kind} counter is not held: nothing to settle.`, {
      reason: 'notHeld',
    })
  }
  if (pending.state === 'sending' && now < pending.until) throw held(kind, pending)
  counter.owe(accepted ? accept(entryOf(number, pending, {})) : free(pending.ticket))
  await counter.settle()
}

/**
 * Writes down a document that went out under a number of the caller's own. The counter goes on behind it.
 */
export async function recordNumber(context: NumberedContext, kind: CounterKind, entry: Entry): Promise<void> {
  const counter = context.counters.of(kind)
  counter.owe(accept(entry))
  await counter.settle()
}

function notMyTurn(kind: CounterKind): LatchkeyError {
  return etimsError(
    'ETIMS_NUMBER_HELD',
    `The ${kind} counter was in use until the deadline, so nothing was sent. Try again, or allow more time.`,
    { retryable: true, reason: 'waiting' },
  )
}

function held(kind: CounterKind, pending: Pending, cause?: unknown): LatchkeyError {
  const { number, document, state } = pending
  const way =
    kind === 'sale'
      ? 'call resolve() on its error, save the identical document again, or call recoverSale() with its trdInvcNo'
      : 'save the identical document again, or decide about the number by hand'
  return etimsError(
    'ETIMS_NUMBER_HELD',
    `Number ${number} of the ${kind} counter is held by a document that was sent and whose answer is not known, so ` +
      `nothing was sent. Find out what became of it: ${way}.`,
    {
      reason: state,
      more: { number, ...(kind === 'sale' && { trdInvcNo: document }) },
      ...(cause !== undefined && { cause }),
    },
  )
}
