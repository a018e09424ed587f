/**
 * What is kept of one counter, and every change of it, as plain values: the next number, the document that is on its
 * way under it, and what KRA accepted lately. Apart from its neighbours because all the rules that keep a number from
 * being used twice are here, and none of them waits for anything.
 *
 * @see spec/etims.md section 7.5
 * @module
 */
import { isObject, member } from '@latchkey/http'

/** What KRA answered and must not be forgotten: a receipt's fields. Empty where nothing comes back. */
export type Facts = Readonly<Record<string, string | number>>

/** A document, told apart from every other without keeping its content. */
export interface Paper {
  /** The caller's own id, such as the trader's invoice number. */
  readonly document: string
  /** Of what makes it this document. The same id with another digest is another document. */
  readonly digest: string
  /** What else KRA gives back by which a twin is told apart, such as the time of the sale; one for each sending. */
  readonly marks?: readonly string[] | undefined
}

/** A document on its way under the next number. */
export interface Pending extends Paper {
  readonly number: number
  /** Names one sending, once and for ever. */
  readonly ticket: string
  /** By the store's clock, when what was sent has certainly been processed or never will be. */
  readonly until: number
  /** `unknown`: the answer was lost, and nobody is sending it now. */
  readonly state: 'sending' | 'unknown'
}

/** A document that KRA accepted. */
export interface Entry extends Paper {
  readonly number: number
  readonly receipt: Facts
}

export interface Book {
  readonly next: number
  readonly pending?: Pending | undefined
  /** The last to be accepted, newest last. */
  readonly recent: readonly Entry[]
}

/** One change of a book. Changes nothing, and answers the same book, where it has nothing to change any more. */
export type Change = (book: Book) => Book

/** Before the first document. */
export const firstBook: Book = { next: 1, recent: [] }

const recentMax = 64
const marksMax = 8

/** What a document may do now. */
export type Turn =
  /** KRA accepted this very document before. */
  | { readonly do: 'replay'; readonly entry: Entry }
  /** The number is this sending's own. */
  | { readonly do: 'send'; readonly pending: Pending }
  | { readonly do: 'take'; readonly number: number }
  /** Somebody is sending, perhaps. */
  | { readonly do: 'wait'; readonly pending: Pending }
  /** Nobody is sending, and what became of the pending document must be found out first. `own`: it is this document. */
  | { readonly do: 'pursue'; readonly pending: Pending; readonly own: boolean }

/** Says what a document may do at one instant of the store, and does none of it. */
export function decide(book: Book, paper: Paper, ticket: string, now: number): Turn {
  const { pending, next } = book
  if (pending?.ticket === ticket) return { do: 'send', pending }
  const entry = book.recent.findLast((each) => isSame(each, paper))
  if (entry) return { do: 'replay', entry }
  if (!pending) return { do: 'take', number: next }
  if (pending.state === 'sending' && now < pending.until) return { do: 'wait', pending }
  return { do: 'pursue', pending, own: isSame(pending, paper) }
}

/** True for the same id with the same content. */
export function isSame(one: Paper, other: Paper): boolean {
  return one.document === other.document && one.digest === other.digest
}

/** The same document with the marks of both: KRA may have either. */
export function withMarks({ document, digest, marks = [] }: Paper, other: Paper | undefined): Paper {
  return { document, digest, marks: [...new Set([...(other?.marks ?? []), ...marks])].slice(-marksMax) }
}

/** Writes down that a document is about to be sent, in place of the sending `over`, if there was one. */
export function take(pending: Pending, over?: string): Change {
  return (book) => (book.pending?.ticket === over ? { ...book, pending } : book)
}

/** KRA accepted it. True whoever holds the number by now, so no ticket is asked for. */
export function accept({ number, document, digest, receipt }: Entry): Change {
  return (book) => {
    const entry: Entry = { number, document, digest, receipt }
    const known = book.recent.some((each) => each.number === number && isSame(each, entry))
    const pending = book.pending && isSame(book.pending, entry) ? undefined : book.pending
    if (known && book.next > number && pending === book.pending) return book
    const others = book.recent.filter((each) => each.number !== number)
    return bookOf(Math.max(book.next, number + 1), pending, [...others, entry].slice(-recentMax))
  }
}

/** Nothing was processed: the number is free. `next`: where KRA's own counter stands, if that is known. */
export function free(ticket: string, next?: number): Change {
  return (book) => (book.pending?.ticket === ticket ? bookOf(next ?? book.next, undefined, book.recent) : book)
}

/** Nobody knows: the number stays with its document. `until`: where this sending itself was not processed. */
export function hold(ticket: string, until?: number): Change {
  return (book) => {
    const { pending } = book
    if (pending?.ticket !== ticket || pending.state === 'unknown') return book
    return { ...book, pending: { ...pending, until: until ?? pending.until, state: 'unknown' } }
  }
}

function bookOf(next: number, pending: Pending | undefined, recent: readonly Entry[]): Book {
  return { next, recent, ...(pending && { pending }) }
}

/** From parsed JSON; `undefined` for anything that is no book. */
export function parseBook(input: unknown): Book | undefined {
  const next = numberOf(member(input, 'next'))
  const pending = member(input, 'pending')
  const recent = member(input, 'recent')
  if (next === undefined || !Array.isArray(recent)) return undefined
  const entries = recent.map(parseEntry).filter((entry) => entry !== undefined)
  const found = pending === undefined ? undefined : parsePending(pending)
  if (entries.length !== recent.length || (pending !== undefined && found === undefined)) return undefined
  return bookOf(next, found, entries)
}

function parsePaper(input: unknown): (Paper & { readonly number: number }) | undefined {
  const number = numberOf(member(input, 'number'))
  const [document, digest, marks] = [member(input, 'document'), member(input, 'digest'), member(input, 'marks')]
  if (number === undefined || typeof document !== 'string' || typeof digest !== 'string') return undefined
  if (marks === undefined) return { number, document, digest }
  return isTexts(marks) ? { number, document, digest, marks } : undefined
}

function parsePending(input: unknown): Pending | undefined {
  const paper = parsePaper(input)
  const [ticket, until, state] = [member(input, 'ticket'), member(input, 'until'), member(input, 'state')]
  if (!paper || typeof ticket !== 'string' || typeof until !== 'number') return undefined
  return state === 'sending' || state === 'unknown' ? { ...paper, ticket, until, state } : undefined
}

function parseEntry(input: unknown): Entry | undefined {
  const paper = parsePaper(input)
  const receipt = member(input, 'receipt')
  if (!paper || !isObject(receipt)) return undefined
  const flat = Object.values(receipt).every((value) => typeof value === 'string' || typeof value === 'number')
  return flat ? { ...paper, receipt: receipt as Facts } : undefined // Every value was looked at just above.
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string')
}

function numberOf(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined // An integer is a number.
}
