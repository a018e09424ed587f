/**
 * A sale or a credit note: KRA signs it and gives it a receipt.
 *
 * @see spec/etims.md sections 4.10, 5.3, 7.5 and 7.8
 * @module
 */
import { OutcomeUnknownError } from '@latchkey/http'
import type { Resolution, RunOptions, UnknownFacts } from '@latchkey/http'
import type { Paper } from '../counters/book.ts'
import { patienceOf } from '../counters/patience.ts'
import { entryOf, pursue } from '../counters/pursue.ts'
import type { Wire } from '../counters/deliver.ts'
import { asApiFailure } from '../errors.ts'
import type { Envelope } from './envelope.ts'
import { recordNumber, resolutionOf, withNumber } from './numbered.ts'
import type { SaleRequest } from './requests/sale.ts'
import { readReceipt, saleOf, salePaper, saleWire } from './resolve-sale.ts'
import type { Sale, SaleContext } from './resolve-sale.ts'
import { operations } from './table.ts'

/** A sale whose number may be left to the counter. */
export type SaleDocument = Omit<SaleRequest, 'invcNo'> & { readonly invcNo?: number | undefined }

/** A saved sale. */
export interface SavedSale extends Sale {
  /** KRA's answer, unless the receipt was known already or had to be looked up. */
  readonly envelope?: Envelope | undefined
}

/**
 * Has a sale or a credit note signed.
 *
 * Without `invcNo` the sale gets the next number of the counter, which all processes on one store share. The number is
 * kept when KRA accepts the sale, and given back when KRA refuses it; a refusal that names another number moves the
 * counter there, and the sale goes out once more. **The same `trdInvcNo` with the same content is never signed twice**: a
 * sale that is among the last 64 accepted comes back as it was, without a request, and one whose answer was lost is
 * looked up and, if KRA does not have it, sent again under its own number. The content is its kind, buyer, day, lines
 * and amounts; times, texts and audit fields do not count. So saving a sale again is safe after every failure.
 *
 * With `invcNo` the request goes out as it is, and nothing above holds but this: the counter goes on behind that number.
 *
 * @param body - Checked already.
 * @throws {ApiException} KRA refused it, or it certainly was not processed; nothing was signed.
 * @throws {OutcomeUnknownError} `ETIMS_OUTCOME_UNKNOWN`: the answer was lost. The number is held; `resolve()`, or save
 *   the identical sale again. `correlationId` is the number.
 * @throws {LatchkeyError} `ETIMS_NUMBER_HELD`: an earlier sale has the number, and nobody can say what became of it.
 * @throws {StoreError} The counter could not be read; nothing was sent.
 * @throws The signal's own reason. If the sale was sent by then, its number is held.
 *
 * Source: spec/etims.md section 4.10. `POST /saveTrnsSalesOsdc`
 */
export async function saveSale(context: SaleContext, body: SaleDocument, run: RunOptions = {}): Promise<SavedSale> {
  const paper = await salePaper(body.trdInvcNo, body)
  let envelope: Envelope | undefined
  const send = sender(context, body, paper, (answer) => {
    envelope = answer
  })
  if (body.invcNo === undefined) {
    const entry = await withNumber(context, 'sale', paper, saleWire(context, send), run)
    return { ...saleOf(entry), ...(envelope && { envelope }) }
  }
  const entry = entryOf(body.invcNo, paper, await send(body.invcNo, run))
  await recordNumber(context, 'sale', entry)
  return { ...saleOf(entry), ...(envelope && { envelope }) }
}

function sender(
  context: SaleContext,
  body: SaleDocument,
  paper: Paper,
  signed?: (envelope: Envelope) => void,
): NonNullable<Wire['send']> {
  return async (invcNo, run) => {
    const unknown = unknownFacts(context, body, paper, invcNo)
    const envelope = await context.call(operations.saveSale, { ...body, invcNo }, { ...run, unknown })
    const receipt = readReceipt(envelope.data)
    if (receipt === undefined) throw unsigned(unknown)
    signed?.(envelope)
    return { ...receipt }
  }
}

function unknownFacts(context: SaleContext, body: SaleDocument, paper: Paper, invcNo: number): UnknownFacts {
  return {
    correlationId: String(invcNo),
    more: { invcNo, trdInvcNo: body.trdInvcNo },
    advice:
      'Do not save it under another number: call resolve() on this error, or save the identical sale again, or after a ' +
      'restart call recoverSale() with its trdInvcNo. Until then its number is held.',
    resolve: () => resolveSale(context, body, paper, invcNo),
  }
}

// Looks the number up, and sends the identical sale again under it where KRA has nothing (5.3).
async function resolveSale(
  context: SaleContext,
  body: SaleDocument,
  paper: Paper,
  number: number,
): Promise<Resolution<Sale>> {
  const counter = context.counters.of('sale')
  const patience = patienceOf(context.clock)
  const wire = saleWire(context, sender(context, body, paper))
  const given = body.invcNo !== undefined
  return resolutionOf(await pursue({ counter, number, paper, wire, patience, given }), saleOf)
}

// A success without a receipt: the sale is signed, and looking it up brings what is missing.
function unsigned({ correlationId, more, advice, resolve }: UnknownFacts): OutcomeUnknownError {
  const message = `etims saveSale was sent, and the answer says that it succeeded but has no receipt. ${advice ?? ''}`
  const facts = { provider: 'etims', operation: 'saveSale', reason: 'answer', ...(more && { more }) }
  const error = new OutcomeUnknownError(
    'ETIMS_OUTCOME_UNKNOWN',
    message,
    { ...facts, ...(correlationId !== undefined && { correlationId }) },
    resolve,
  )
  return asApiFailure(error)
}
