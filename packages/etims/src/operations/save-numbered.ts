/**
 * Purchases and stock documents: they are numbered like sales, and KRA gives none of them back by its number.
 *
 * @see spec/etims.md sections 4.11, 4.12 and 7.5
 * @module
 */
import type { RunOptions } from '@latchkey/http'
import { digestOf } from '../counters/digest.ts'
import { entryOf } from '../counters/pursue.ts'
import { expectedNumber } from '../values/expected-number.ts'
import { assertAccepted } from './assert-accepted.ts'
import type { Envelope } from './envelope.ts'
import { recordNumber, withNumber } from './numbered.ts'
import type { SaleContext } from './resolve-sale.ts'
import { operations } from './table.ts'

/** How one kind of document is numbered. */
export interface NumberedRow {
  readonly kind: 'purchase' | 'stock'
  readonly operation: typeof operations.savePurchase | typeof operations.saveStockIO
  /** The member that holds the number. */
  readonly field: 'invcNo' | 'sarNo'
}

export const purchaseRow: NumberedRow = { kind: 'purchase', operation: operations.savePurchase, field: 'invcNo' }
export const stockRow: NumberedRow = { kind: 'stock', operation: operations.saveStockIO, field: 'sarNo' }

/** A saved document. */
export interface SavedDocument {
  readonly number: number
  /** KRA's answer; absent where the document was accepted before and not sent again. */
  readonly envelope?: Envelope | undefined
}

export interface DocumentOptions extends RunOptions {
  /**
   * The caller's own id of this document. With it, the same content is never saved twice while it is among the last 64;
   * without it, every call is a document of its own, as two equal movements of goods may be.
   */
  readonly document?: string | undefined
}

/**
 * Saves a document, under its own number where it has one, and under the counter's next one otherwise.
 *
 * @param body - Checked already.
 * @throws {ApiException} KRA refused it, or it certainly was not processed; the number is free.
 * @throws {OutcomeUnknownError} `ETIMS_OUTCOME_UNKNOWN`: the answer was lost. KRA offers no way to look it up, so the
 *   number is held until `settleNumber` decides, by what KRA's portal shows.
 * @throws {LatchkeyError} `ETIMS_NUMBER_HELD`: an earlier document holds the number.
 * @throws {StoreError} The counter could not be read; nothing was sent.
 */
export async function saveNumbered(
  context: SaleContext,
  { kind, operation, field }: NumberedRow,
  body: object,
  { document, ...run }: DocumentOptions = {},
): Promise<SavedDocument> {
  const { [field]: given, ...content }: { readonly invcNo?: unknown; readonly sarNo?: unknown } = body
  const paper = { document: document ?? crypto.randomUUID(), digest: await digestOf(content) }
  let envelope: Envelope | undefined
  const send = async (number: number, how: RunOptions): Promise<Record<string, never>> => {
    const unknown = {
      correlationId: String(number),
      more: { [field]: number },
      advice:
        `Look in KRA's portal whether it has the document, and settle number ${number} of the ${kind} counter by that. ` +
        'Until then the number is held.',
    }
    const answer = await context.call(operation, { ...body, [field]: number }, { ...how, unknown })
    assertAccepted(operation.name, answer, unknown)
    envelope = answer
    return {}
  }
  if (typeof given === 'number') {
    await recordNumber(context, kind, entryOf(given, paper, await send(given, run)))
    return { number: given, ...(envelope && { envelope }) }
  }
  const { number } = await withNumber(context, kind, paper, { send, expected: expectedNumber }, run)
  return { number, ...(envelope && { envelope }) }
}
