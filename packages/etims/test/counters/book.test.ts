/**
 * The rules that keep a number from being used twice, as plain values.
 *
 * @see spec/etims.md section 7.5
 * @module
 */
import { describe, expect, it } from 'vitest'
import { accept, decide, firstBook, free, hold, parseBook, take, withMarks } from '../../src/counters/book.ts'
import type { Book, Pending } from '../../src/counters/book.ts'

const paper = { document: 'INV-1', digest: 'd1' }
const other = { document: 'INV-2', digest: 'd2' }
const sending: Pending = { ...paper, number: 1, ticket: 't1', until: 1_000, state: 'sending' }
const entry = { ...paper, number: 1, receipt: { curRcptNo: 1 } }

describe('what a document may do', () => {
  const pending: Book = { ...firstBook, pending: sending }
  const lost: Book = hold('t1')(pending)

  it.each([
    ['takes the first number of an empty book', firstBook, paper, 't9', 0, { do: 'take', number: 1 }],
    ['sends under the number that its own ticket holds', pending, paper, 't1', 5_000, { do: 'send' }],
    ['waits while somebody may be sending', pending, other, 't9', 999, { do: 'wait' }],
    ['waits for its own first sending too', pending, paper, 't9', 999, { do: 'wait' }],
    ['asks about another document whose time is over', pending, other, 't9', 1_000, { do: 'pursue', own: false }],
    ['asks about itself when its time is over', pending, paper, 't9', 1_000, { do: 'pursue', own: true }],
    ['asks at once about a lost answer', lost, other, 't9', 0, { do: 'pursue', own: false }],
    ['is known when it was accepted', accept(entry)(pending), paper, 't9', 0, { do: 'replay', entry }],
    [
      'is new with another content',
      accept(entry)(pending),
      { ...paper, digest: 'x' },
      't9',
      0,
      { do: 'take', number: 2 },
    ],
  ] as const)('%s', (_, book, who, ticket, now, turn) => {
    expect(decide(book, who, ticket, now)).toMatchObject(turn)
  })
})

describe('changes', () => {
  const pending = take(sending)(firstBook)

  it('change nothing for a ticket that does not hold the number any more', () => {
    for (const change of [free('t0'), free('t0', 9), hold('t0'), take({ ...sending, ticket: 't2' }, 't0')]) {
      expect(change(pending)).toBe(pending)
    }
  })

  it('change nothing the second time', () => {
    for (const change of [accept(entry), free('t1', 4), hold('t1')]) {
      const once = change(pending)
      expect(once).not.toBe(pending)
      expect(change(once)).toBe(once)
    }
  })

  it('accept a document whose number was given to another one meanwhile, and leave that one pending', () => {
    const later = take({ ...other, number: 1, ticket: 't2', until: 9, state: 'sending' })(free('t1')(pending))
    expect(accept(entry)(later)).toMatchObject({ next: 2, pending: { ticket: 't2' }, recent: [entry] })
  })

  it('never go back behind what was accepted, unless KRA says so', () => {
    const book = accept({ ...entry, number: 7 })(pending)
    expect(book.next).toBe(8)
    expect(accept({ ...entry, ...other, number: 3 })(book).next).toBe(8)
    expect(free('t2', 5)(take({ ...sending, number: 8, ticket: 't2' })(book)).next).toBe(5)
  })

  it('keep the last 64 documents and 8 marks', () => {
    let book = firstBook
    for (let number = 1; number <= 65; number += 1) book = accept({ ...entry, document: `D${number}`, number })(book)
    expect([book.recent.length, book.recent[0]?.number, book.recent.at(-1)?.number]).toEqual([64, 2, 65])
    const marks = Array.from({ length: 9 }, (_, index) => String(index))
    expect(withMarks({ ...paper, marks: ['8'] }, { ...paper, marks: marks.slice(0, 8) }).marks).toEqual(marks.slice(1))
  })
})

describe('a stored book', () => {
  it('is read as it was written', () => {
    const book = accept({ ...entry, ...other, number: 3 })(take({ ...sending, marks: ['20260115145900'] })(firstBook))
    expect(parseBook(JSON.parse(JSON.stringify(book)))).toEqual(book)
  })

  it.each([
    null,
    {},
    { next: 1 },
    { next: '1', recent: [] },
    { next: 1.5, recent: [] },
    { next: -1, recent: [] },
    { next: 2 ** 53, recent: [] },
    { next: 1, recent: [{}] },
    { next: 1, recent: [{ ...entry, receipt: null }] },
    { next: 1, recent: [{ ...entry, receipt: { nested: {} } }] },
    { next: 1, recent: [], pending: null },
    { next: 1, recent: [], pending: { ...sending, state: 'done' } },
    { next: 1, recent: [], pending: { ...sending, ticket: 1 } },
    { next: 1, recent: [], pending: { ...sending, marks: [1] } },
  ])('is none as %j', (value) => {
    expect(parseBook(value)).toBeUndefined()
  })
})
