/**
 * How a sale travels, and how it is found again: KRA gives a sale back by its fiscal number, so an answer that was lost
 * can be had a second time.
 *
 * @see spec/etims.md sections 4.10, 5.3 and 7.5
 * @module
 */
import { listOf, member, textMember } from '@latchkey/http'
import type { JsonObject, Resolution, RunOptions } from '@latchkey/http'
import type { Entry, Facts, Paper } from '../counters/book.ts'
import type { Found, Wire } from '../counters/deliver.ts'
import { digestOf } from '../counters/digest.ts'
import { patienceOf } from '../counters/patience.ts'
import { pursue } from '../counters/pursue.ts'
import { expectedNumber } from '../values/expected-number.ts'
import { formatDateTime } from '../values/nairobi.ts'
import type { Context } from './context.ts'
import { resolutionOf } from './numbered.ts'
import type { NumberedContext } from './numbered.ts'
import { operations } from './table.ts'

/** What a sale needs of a context. */
export type SaleContext = Context & NumberedContext

/** What KRA signed. Counters are numbers, whatever form they arrived in. */
export interface SignedReceipt {
  readonly curRcptNo: number
  readonly totRcptNo: number
  /** Internal data, 26 characters of base32. */
  readonly intrlData: string
  /** Signature, 16 characters of base32. */
  readonly rcptSign: string
  /** Control unit time, `yyyyMMddHHmmss` in Nairobi. */
  readonly sdcDateTime: string
}

/** A sale that KRA accepted. */
export interface Sale extends SignedReceipt {
  readonly trdInvcNo: string
  /** The fiscal number. */
  readonly invcNo: number
}

/**
 * Finds out what became of a sale by its trader's number, for a program that was started again.
 *
 * Knows the sale that is pending on this counter and the last 64 that were accepted. Without the content nothing is sent
 * again: a sale that did not arrive is `refused`, and is to be saved again, as soon as the first request cannot be on
 * its way any more. `unknown` without `askAgainAt`: nothing is known here of such a sale.
 *
 * @throws {StoreError} The counter could not be read.
 */
export async function recoverSale(
  context: SaleContext,
  trdInvcNo: string,
  run?: RunOptions,
): Promise<Resolution<Sale>> {
  const counter = context.counters.of('sale')
  const { book } = await counter.look(true)
  const known = book.recent.findLast(({ document }) => document === trdInvcNo)
  const { pending } = book
  if (pending?.document !== trdInvcNo) return known ? { state: 'settled', result: saleOf(known) } : { state: 'unknown' }
  const patience = patienceOf(context.clock, run)
  const wire = saleWire(context)
  return resolutionOf(await pursue({ counter, number: pending.number, paper: pending, wire, patience }), saleOf)
}

/** How sales travel. @param send Where the content is at hand. */
export function saleWire(context: SaleContext, send?: Wire['send']): Wire {
  return {
    send,
    lookUp: async (number, paper, run) => found(await salesUnder(context, number, run), number, paper),
    highest: (run) => highestNumber(context, run),
    expected: expectedNumber,
  }
}

/**
 * What makes a sale this sale, of a request or of what KRA gives back: its kind, buyer, day, lines and amounts. Without
 * times of the clock, which a program may set anew when it saves the same sale again; those are its marks.
 */
export async function salePaper(document: string, sale: unknown): Promise<Paper> {
  const lines = listOf(member(sale, 'itemList'))
    .map((line) => [numberIn(line, 'itemSeq'), text(line, 'itemCd'), numberIn(line, 'qty'), numberIn(line, 'totAmt')])
    .sort(([one], [other]) => Number(one) - Number(other))
  const digest = await digestOf([
    text(sale, 'rcptTyCd'),
    text(sale, 'custTin'),
    text(sale, 'salesDt').replace(/\D/g, ''),
    ...['orgInvcNo', 'totItemCnt', 'totTaxblAmt', 'totTaxAmt', 'totAmt'].map((name) => numberIn(sale, name)),
    lines,
  ])
  const confirmed = digits(text(sale, 'cfmDt'))
  return { document, digest, ...(confirmed !== '' && { marks: [confirmed] }) }
}

/** Reads a receipt; `undefined` where something is missing. Keys may end in a blank, and counters may be text. */
export function readReceipt(data: unknown): SignedReceipt | undefined {
  const clean = Object.fromEntries(
    listOf(data).flatMap((each) => Object.entries(each).map(([key, value]) => [key.trim(), value] as const)),
  )
  const [curRcptNo, totRcptNo] = [numberIn(clean, 'curRcptNo'), numberIn(clean, 'totRcptNo')]
  const [intrlData, rcptSign] = [text(clean, 'intrlData'), text(clean, 'rcptSign')]
  const sdcDateTime = digits(text(clean, 'sdcDateTime'))
  if (!Number.isSafeInteger(curRcptNo) || !Number.isSafeInteger(totRcptNo)) return undefined
  if (intrlData === '' || rcptSign === '') return undefined
  return { curRcptNo, totRcptNo, intrlData, rcptSign, sdcDateTime }
}

/** A sale as its counter keeps it. */
export function saleOf({ number, document, receipt }: Entry): Sale {
  const signed = readReceipt(receipt)
  if (signed === undefined) throw new Error('A kept sale has no receipt.') // Nothing else is kept by this package.
  return { trdInvcNo: document, invcNo: number, ...signed }
}

async function salesUnder(context: SaleContext, number: number, run: RunOptions): Promise<readonly JsonObject[]> {
  const envelope = await context.call(operations.invoiceDetails, { invcNo: number }, run)
  return salesIn(envelope.data)
}

async function found(sales: readonly JsonObject[], number: number, paper: Paper): Promise<Found> {
  const sale = sales.find((each) => numberIn(each, 'invcNo') === number)
  if (sale === undefined) return sales.length === 0 ? { kind: 'absent' } : { kind: 'unclear' }
  const { digest, marks = [] } = await salePaper(paper.document, sale)
  const document = textMember(sale, 'trdInvcNo') // Not seen in captures.
  const sameMark = marks.every((mark) => paper.marks === undefined || paper.marks.includes(mark))
  if (digest !== paper.digest || (document === undefined ? !sameMark : document !== paper.document)) {
    return { kind: 'other' }
  }
  const receipt = readReceipt(member(sale, 'receipt'))
  return receipt ? { kind: 'same', receipt: { ...receipt } satisfies Facts } : { kind: 'unclear' }
}

const recentMs = 30 * 24 * 60 * 60 * 1000
const beginning = '20180101000000'

async function highestNumber(context: SaleContext, run: RunOptions): Promise<number | undefined> {
  for (const lastReqDt of [formatDateTime(context.clock.wall() - recentMs), beginning]) {
    const envelope = await context.call(operations.salesList, { lastReqDt }, run)
    const numbers = salesIn(envelope.data).map((sale) => numberIn(sale, 'invcNo'))
    const known = numbers.filter((number) => Number.isSafeInteger(number))
    if (known.length > 0) return known.reduce((highest, each) => Math.max(highest, each), 0)
  }
  return undefined
}

function salesIn(data: unknown): readonly JsonObject[] {
  return listOf(member(data, 'salesList'))
}

function text(value: unknown, name: string): string {
  return (textMember(value, name) ?? '').trim()
}

// What is absent counts as 0, as KRA writes it.
function numberIn(value: unknown, name: string): number {
  return Number(textMember(value, name) ?? 0)
}

// Requests and lists write times differently.
function digits(time: string): string {
  return time.replace(/\D/g, '').slice(0, 14)
}
