/**
 * Sales and credit notes: checked, numbered, signed.
 *
 * Source: spec/etims.md sections 4.10, 7.5, 7.6, 7.8 and 7.10. `POST /saveTrnsSalesOsdc`
 * @module
 */
import { refuseAmounts } from '../amounts.ts'
import { type Fields, key, progressOf, type Sale, stockOf } from '../data.ts'
import { refuseFuture } from '../dates.ts'
import { hundredths } from '../decimals.ts'
import { linesOf, numberOf, textOf } from '../fields.ts'
import { signSale } from '../ids.ts'
import { saleFields } from '../invoice-fields.ts'
import type { Call, Operation } from '../operation.ts'
import { done, type Outcome, type Refusal, refused } from '../outcomes.ts'
import { refuseNumber } from '../sequences.ts'
import { compactTime } from '../times.ts'
import { unknownItem } from './items.ts'
import { refuseCreditNote } from './credit-notes.ts'

export const saveSale: Operation = {
  name: 'saveTrnsSalesOsdc',
  paths: ['saveTrnsSalesOsdc', 'sendSalesTransaction'],
  kind: 'write',
  fields: saleFields,
  onMissing:
    ({ preset }) =>
    (name) => {
      if (name !== 'orgInvcNo' || preset !== 'live') return undefined
      const text = 'Expected a value but found null. Possible cause: …getOrgInvcNo() is null'
      return refused('999', text) // A null that the real server does not survive (section 0.2, fact 15).
    },
  run: save,
}

function save(call: Call): Outcome {
  const { world, unit, fields } = call
  const progress = progressOf(world.data, unit)
  const invcNo = numberOf(fields, 'invcNo')
  const refusal =
    refuseNumber(call, {
      number: invcNo,
      last: progress.invcNo,
      known: world.data.sales.get(key(unit.tin, unit.bhfId, invcNo))?.fields,
      text: (expected, found) => `Invalid invcNo sequence, expected: ${String(expected)} but found: ${String(found)}`,
    }) ??
    refuseCreditNote(call) ??
    refuseLines(call) ??
    refuseAmounts(fields, call.checks) ??
    refuseFuture(call, fields, ['salesDt', 'cfmDt', 'stockRlsDt', 'rfdDt'])
  if (refusal !== undefined) return refusal

  const isSale = textOf(fields, 'rcptTyCd') !== 'R'
  progress.invcNo = Math.max(progress.invcNo, invcNo)
  progress.receipts += 1
  if (isSale) progress.saleReceipts += 1
  else progress.creditNoteReceipts += 1
  const ofType = isSale ? progress.saleReceipts : progress.creditNoteReceipts
  const curRcptNo = world.switches.receiptCounters === 'perType' ? ofType : progress.receipts
  const sale = sign(call, invcNo, curRcptNo, progress.receipts)
  world.data.sales.add(sale)
  if (isSale) for (const line of linesOf(fields)) noteSold(call, line)
  return done(receiptOf(sale, world.switches.responseKeyQuirk))
}

function sign({ world, unit, fields, now }: Call, invcNo: number, curRcptNo: number, totRcptNo: number): Sale {
  const sdcDateTime = compactTime(now)
  const signed = {
    ...unit,
    invcNo,
    rcptTyCd: textOf(fields, 'rcptTyCd') ?? '',
    totAmt: numberOf(fields, 'totAmt'),
    totTaxAmt: numberOf(fields, 'totTaxAmt'),
    sdcDateTime,
  }
  const signature = signSale(world.signingKey, signed)
  return { ...unit, invcNo, fields, curRcptNo, totRcptNo, ...signature, sdcDateTime, confirmedAt: null, changedAt: now }
}

/** The answer; counters are text, and in the specification's own sample their keys end in a space. */
function receiptOf({ curRcptNo, totRcptNo, intrlData, rcptSign, sdcDateTime }: Sale, quirk: boolean): object {
  const space = quirk ? ' ' : ''
  return {
    [`curRcptNo${space}`]: String(curRcptNo),
    [`totRcptNo${space}`]: String(totRcptNo),
    intrlData,
    rcptSign,
    sdcDateTime,
  }
}

function refuseLines(call: Call): Refusal | undefined {
  const { world, unit, fields, checks } = call
  for (const [index, line] of linesOf(fields).entries()) {
    const itemCd = textOf(line, 'itemCd') ?? ''
    const item = world.data.items.get(key(unit.tin, itemCd))
    const place = ` on item: ${String(index + 1)}`
    if (checks.catalogue !== 'nowhere' && item === undefined) return unknownItem(itemCd, place)
    if (!checks.stock || item === undefined) continue
    const isService = textOf(item.fields, 'itemTyCd') === '3'
    const refusal = (isService ? undefined : refuseStock(call, itemCd, index)) ?? refusePackages(line, index)
    if (refusal !== undefined) return refusal
  }
  return undefined
}

/** Goods are sold only when a movement brought them in and a stock master reported them (section 7.6). */
function refuseStock({ world, unit, fields }: Call, itemCd: string, index: number): Refusal | undefined {
  if (textOf(fields, 'rcptTyCd') === 'R') return undefined // What comes back need not be there.
  const stock = world.data.stock.get(key(unit.tin, unit.bhfId, itemCd))
  if (stock === undefined || stock.balance <= 0) {
    return refused('910', 'Items provided under the itemList section do not exist in your stock')
  }
  if (stock.master !== null) return undefined
  return refused('910', `Item ${itemCd} (itemSeq ${String(index + 1)}) does not exist in your stock master`)
}

/** A net is one package, however many pieces it holds; no package is none of them (section 4.10). */
function refusePackages(line: Fields, index: number): Refusal | undefined {
  const pkg = numberOf(line, 'pkg')
  if (textOf(line, 'pkgUnitCd') === 'NT' ? pkg === 1 : pkg > 0) return undefined
  return refused('910', `Invalid pkg for ItemList ${String(index + 1)}. Expected: 1, Found: ${String(pkg)}`)
}

/** What was sold may be taken out of the stock later. */
function noteSold({ world, unit }: Call, line: Fields): void {
  stockOf(world.data, unit, textOf(line, 'itemCd') ?? '').sold += Number(hundredths(numberOf(line, 'qty')))
}
