/**
 * The rules of credit notes. They are sales of receipt type R with positive amounts.
 *
 * @see spec/etims.md section 7.8
 * @module
 */
import { type Fields, isOf, key, type Sale } from '../data.ts'
import { hundredths } from '../decimals.ts'
import { linesOf, numberOf, textOf } from '../fields.ts'
import type { Call } from '../operation.ts'
import { type Refusal, refused } from '../outcomes.ts'

/** Refuses a credit note that does not fit its original; undefined for sales. */
export function refuseCreditNote(call: Call): Refusal | undefined {
  const { world, unit, fields, checks } = call
  if (textOf(fields, 'rcptTyCd') !== 'R' || checks.creditNotes === 'none') return undefined
  const original = world.data.sales.get(key(unit.tin, unit.bhfId, numberOf(fields, 'orgInvcNo')))
  if (original === undefined || textOf(original.fields, 'rcptTyCd') === 'R') {
    return refused('910', 'orgInvcNo does not exist. Please update the field and try again')
  }
  if (textOf(fields, 'rfdDt') === null) return refused('910', 'Missing RfdDt Date')
  if (textOf(fields, 'rfdRsnCd') === null) return refused('910', 'Invalid RfdRsnCd')
  return checks.creditNotes === 'everything' ? refuseContents(call, original) : undefined
}

function refuseContents({ world, unit, fields }: Call, original: Sale): Refusal | undefined {
  if (textOf(fields, 'custNm') !== textOf(original.fields, 'custNm')) {
    return refused('910', 'custNm does not match the customer of the original invoice')
  }
  const earlier = world.data.sales.rows.filter(
    (sale) =>
      isOf(unit)(sale) &&
      textOf(sale.fields, 'rcptTyCd') === 'R' &&
      numberOf(sale.fields, 'orgInvcNo') === original.invcNo,
  )
  const notes = [...earlier.map((sale) => sale.fields), fields]
  for (const [index, line] of linesOf(fields).entries()) {
    const itemCd = textOf(line, 'itemCd')
    if (numberOf(line, 'totAmt') < 0 || numberOf(line, 'qty') < 0) {
      return refused('910', `Invalid totAmt on item: ${String(index + 1)}. Amounts of a credit note are positive`)
    }
    if (quantityIn(notes, itemCd) > quantityIn([original.fields], itemCd)) {
      return refused('910', `Item ${String(itemCd)} exceeds the original invoice on item: ${String(index + 1)}`)
    }
  }
  const credited = notes.reduce((sum, note) => sum + hundredths(numberOf(note, 'totAmt')), 0n)
  if (credited <= hundredths(numberOf(original.fields, 'totAmt'))) return undefined
  return refused('910', 'totAmt of the credit notes exceeds the original invoice')
}

/** How much of an item stands in invoices, in hundredths. */
function quantityIn(invoices: readonly Fields[], itemCd: string | null): bigint {
  return invoices
    .flatMap(linesOf)
    .filter((line) => textOf(line, 'itemCd') === itemCd)
    .reduce((sum, line) => sum + hundredths(numberOf(line, 'qty')), 0n)
}
