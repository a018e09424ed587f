/**
 * Finds out what became of a document under its number, and brings the counter up to date with it. Whoever comes upon a
 * number that nobody is working on goes through here: the caller whose answer was lost, the one who stands behind him,
 * and the program that was started again.
 *
 * @see spec/etims.md sections 5.3 and 7.5
 * @module
 */
import { ApiException } from '../errors.ts'
import { accept, free, hold, isSame, take, withMarks } from './book.ts'
import type { Change, Entry, Paper, Pending } from './book.ts'
import type { Counter } from './counter.ts'
import { deliver, lookUp } from './deliver.ts'
import type { Wire } from './deliver.ts'
import type { Patience } from './patience.ts'

/** What became of a document, as far as it is known now. */
export type Pursued =
  | { readonly state: 'settled'; readonly entry: Entry }
  /** KRA does not have it and will not get it: it may be saved again. `error`: KRA refused it just now. */
  | { readonly state: 'refused'; readonly reason: string; readonly error?: ApiException | undefined }
  | {
      readonly state: 'unknown'
      /** `busy`: somebody is sending it. `absent`: KRA does not have it yet. `unclear`: it cannot be found out now. */
      readonly why: 'busy' | 'absent' | 'unclear'
      /** By this process' wall clock. Absent: asking again will not help. */
      readonly askAgainAt?: number | undefined
      /** It was sent again, and this is what came back. */
      readonly lost?: unknown
      /** Why it could not be found out. */
      readonly cause?: unknown
    }

/** A document under a number, and how it travels. */
export interface Chase {
  readonly counter: Counter
  readonly number: number
  readonly paper: Paper
  readonly wire: Wire
  readonly patience: Patience
  /** The number is the caller's own and not the counter's, so that nothing is held for it. */
  readonly given?: boolean
}

/** How long after its sender gave up a request may still be processed. */
export const graceMs = 30_000

const askAgainMs = 5_000

/**
 * KRA has it: settled. KRA has another one there: refused. KRA has nothing there: the identical document goes out again
 * under the same number, where its content is at hand; otherwise the number is given back, as soon as the first request
 * cannot be on its way any more.
 *
 * @throws {StoreError} The counter could not be read.
 */
export async function pursue(given: Chase): Promise<Pursued> {
  const { counter, wire, patience } = given
  const { book, now } = await counter.look(true)
  const known = book.recent.findLast((entry) => isSame(entry, given.paper))
  if (known) return { state: 'settled', entry: known }
  const pending = book.pending && isSame(book.pending, given.paper) ? book.pending : undefined
  const number = pending?.number ?? given.number // It may have been saved again since, under another number.
  // A twin, sold in the same second, would look the same at KRA.
  const twin = [book.pending, ...book.recent].some((each) => each !== pending && each?.number === number)
  if (twin) return { state: 'refused', reason: another(number) }
  const paper = withMarks(given.paper, pending)
  const chase = { ...given, number, paper }
  const leftMs = pending ? pending.until - now : 0
  const askAgainAt = Math.ceil(counter.clock.wall() + Math.max(leftMs, askAgainMs))
  if (pending?.state === 'sending' && leftMs > 0) return { state: 'unknown', why: 'busy', askAgainAt }

  const found = await lookUp(wire, number, paper, patience)
  switch (found.kind) {
    case 'same':
      return settled(chase, found.receipt)
    case 'other':
      if (pending) await settle(counter, free(pending.ticket, Math.max(book.next, number + 1)))
      return { state: 'refused', reason: another(number) }
    case 'unclear':
      if (!wire.lookUp) return { state: 'unknown', why: 'unclear' }
      return { state: 'unknown', why: 'unclear', askAgainAt: soon(counter), cause: found.error }
    case 'absent':
      if (wire.send && (pending || chase.given)) return sendAgain(chase, pending, leftMs > 0)
      if (pending && leftMs > 0) return { state: 'unknown', why: 'absent', askAgainAt }
      if (pending) await settle(counter, free(pending.ticket))
      return { state: 'refused', reason: `KRA has no document under number ${number}. Save this one again.` }
    default:
      return found satisfies never
  }
}

/**
 * The only repeat of a document: the same content under the same number, of which KRA can accept one.
 *
 * @param young - The first request may still be on its way, so that a refusal of this one says nothing about it.
 */
async function sendAgain(chase: Chase, pending: Pending | undefined, young: boolean): Promise<Pursued> {
  const { counter, number, paper, wire, patience } = chase
  const ticket = counter.ticket()
  if (pending && !(await takeOver(chase, pending, ticket))) {
    return { state: 'unknown', why: 'busy', askAgainAt: soon(counter) }
  }
  const delivery = await deliver(number, paper, wire, patience)
  if (delivery.state === 'accepted') return settled(chase, delivery.receipt)
  const { error } = delivery
  if (delivery.state === 'unknown') {
    await settle(counter, hold(ticket))
    return { state: 'unknown', why: 'unclear', askAgainAt: soon(counter), lost: error }
  }
  if (delivery.state === 'refused' && delivery.next !== undefined) {
    await settle(counter, free(ticket, delivery.next))
    return { state: 'refused', reason: another(number) }
  }
  if (delivery.state === 'refused' && !young && error instanceof ApiException && !error.retryable) {
    await settle(counter, free(ticket))
    return { state: 'refused', reason: `KRA refused it: ${error.message}`, error }
  }
  await settle(counter, hold(ticket, pending?.until))
  return { state: 'unknown', why: 'unclear', askAgainAt: soon(counter), cause: error }
}

async function takeOver({ counter, paper, patience }: Chase, pending: Pending, ticket: string): Promise<boolean> {
  const lifeMs = patience.left() + graceMs
  const view = await counter.look(true)
  const until = view.now + Math.ceil(lifeMs)
  const mine: Pending = { ...pending, ...paper, ticket, until, state: 'sending' }
  const done = view.book.pending?.ticket === pending.ticket && (await counter.write(view, take(mine, pending.ticket)))
  if (!done) await settle(counter, hold(ticket)) // It may have been written nevertheless.
  return done
}

async function settled({ counter, number, paper }: Chase, receipt: Entry['receipt']): Promise<Pursued> {
  const entry = entryOf(number, paper, receipt)
  await settle(counter, accept(entry))
  return { state: 'settled', entry }
}

/** What is kept of an accepted document. */
export function entryOf(number: number, { document, digest }: Paper, receipt: Entry['receipt']): Entry {
  return { number, document, digest, receipt }
}

async function settle(counter: Counter, change: Change): Promise<void> {
  counter.owe(change)
  await counter.settle()
}

function another(number: number): string {
  return `Number ${number} is another document's, and KRA does not have this one. Save it again.`
}

function soon({ clock }: Counter): number {
  return Math.ceil(clock.wall() + askAgainMs)
}
