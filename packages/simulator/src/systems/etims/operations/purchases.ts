/**
 * Purchases: what other taxpayers sold to this one, and the confirmation of it.
 *
 * Source: spec/etims.md section 4.11
 * @module
 */
import { refuseAmounts } from '../amounts.ts'
import { type Fields, key, progressOf, type Sale, type SupplierInvoice, type Unit } from '../data.ts'
import { refuseFuture } from '../dates.ts'
import { linesOf, numberOf, textOf } from '../fields.ts'
import { purchaseFields } from '../invoice-fields.ts'
import type { Call, Operation } from '../operation.ts'
import { done, found, type Outcome, type Refusal, refused } from '../outcomes.ts'
import { refuseNumber } from '../sequences.ts'
import { changedAfter, sinceField } from '../since.ts'
import { listTime } from '../times.ts'
import type { World } from '../world.ts'
import { unknownItem } from './items.ts'

export const purchases: readonly Operation[] = [
  {
    name: 'selectTrnsPurchaseSalesList',
    paths: ['selectTrnsPurchaseSalesList', 'getPurchaseTransactionInfo'],
    kind: 'read',
    wantsBodyIdentity: true,
    fields: sinceField,
    run: ({ world, unit, fields, checks }) => {
      const open = feedOf(world, unit).filter(({ row }) => row.confirmedAt === null && changedAfter(fields)(row))
      return found(
        'saleList',
        open.map((entry) => listed(entry.fields, checks.preset === 'live')),
      )
    },
  },
  {
    name: 'insertTrnsPurchase',
    paths: ['insertTrnsPurchase', 'sendPurchaseTransactionInfo'],
    kind: 'write',
    fields: purchaseFields,
    run: save,
  },
]

/** An entry of a feed: as it is shown, and the row that remembers its confirmation. */
interface Entry {
  readonly fields: Fields
  readonly row: Sale | SupplierInvoice
}

/** What was sold to a taxpayer: by suppliers who were there from the start, and by taxpayers of this simulator. */
function feedOf({ data }: World, { tin }: Unit): readonly Entry[] {
  const seeded = data.invoices.rows.filter((row) => row.tin === tin).map((row) => ({ fields: row.fields, row }))
  const sold = data.sales.rows.filter(({ fields }) => textOf(fields, 'custTin') === tin)
  return [
    ...seeded,
    ...sold.map((row) => {
      const device = data.devices.rows.find((known) => known.tin === row.tin && known.bhfId === row.bhfId)
      const supplier = {
        spplrTin: row.tin,
        spplrNm: data.taxpayers.get(row.tin)?.taxprNm ?? '',
        spplrBhfId: row.bhfId,
        spplrInvcNo: row.invcNo,
        spplrSdcId: device?.sdcId ?? '',
        spplrMrcNo: device?.mrcNo ?? '',
      }
      return { fields: { ...supplier, ...row.fields }, row }
    }),
  ]
}

const headerNames = [
  ...['spplrTin', 'spplrNm', 'spplrBhfId', 'spplrInvcNo', 'spplrSdcId', 'spplrMrcNo', 'rcptTyCd', 'pmtTyCd', 'cfmDt'],
  ...['salesDt', 'stockRlsDt', 'totItemCnt'],
  ...['taxblAmt', 'taxRt', 'taxAmt'].flatMap((name) => ['A', 'B', 'C', 'D', 'E'].map((band) => `${name}${band}`)),
  ...['totTaxblAmt', 'totTaxAmt', 'totAmt', 'remark'],
]
const lineNames = [
  ...['itemSeq', 'itemCd', 'itemClsCd', 'itemNm', 'bcd', 'pkgUnitCd', 'pkg', 'qtyUnitCd', 'qty', 'prc', 'splyAmt'],
  ...['dcRt', 'dcAmt', 'taxTyCd', 'taxblAmt', 'taxAmt', 'totAmt'],
]

/** As the feed shows an invoice. The live one has net amounts in whole shillings, which nobody may copy. */
function listed(fields: Fields, isRounded: boolean): object {
  const pick = (from: Fields, names: readonly string[]): Fields =>
    Object.fromEntries(names.map((name) => [name, from[name] ?? null]))
  const times = { cfmDt: listTime(fields['cfmDt']), stockRlsDt: listTime(fields['stockRlsDt']) }
  const itemList = linesOf(fields).map((line) => {
    const shown = pick(line, lineNames)
    if (!isRounded) return shown
    const net = Math.round(numberOf(line, 'taxblAmt'))
    const taxAmt = Number((numberOf(line, 'totAmt') - net).toFixed(2))
    return { ...shown, splyAmt: net, taxblAmt: net, taxAmt: numberOf(line, 'taxAmt') === 0 ? 0 : taxAmt }
  })
  return { ...pick(fields, headerNames), ...times, itemList }
}

function save(call: Call): Outcome {
  const { world, unit, fields, now } = call
  const progress = progressOf(world.data, unit)
  const invcNo = numberOf(fields, 'invcNo')
  const entry = feedOf(world, unit).find(
    (candidate) =>
      textOf(candidate.fields, 'spplrTin') === textOf(fields, 'spplrTin') &&
      candidate.fields['spplrInvcNo'] === fields['spplrInvcNo'] &&
      [null, candidate.fields['spplrBhfId']].includes(fields['spplrBhfId']),
  )
  const refusal =
    refuseNumber(call, {
      number: invcNo,
      last: progress.purchaseInvcNo,
      known: world.data.purchases.get(key(unit.tin, unit.bhfId, invcNo))?.fields,
      text: (expected, found) => `Invalid invcNo sequence, expected: ${String(expected)} but found: ${String(found)}`,
    }) ??
    refuseSupplier(call, entry) ??
    refuseItems(call) ??
    refuseAmounts(fields, call.checks) ??
    refuseFuture(call, fields, ['pchsDt', 'cfmDt', 'wrhsDt'])
  if (refusal !== undefined) return refusal

  progress.purchaseInvcNo = Math.max(progress.purchaseInvcNo, invcNo)
  world.data.purchases.add({ ...unit, invcNo, fields, changedAt: now })
  if (entry !== undefined) entry.row.confirmedAt = now
  return done()
}

/** A supplier that is named must have sold this; what was confirmed is not there any more. */
function refuseSupplier({ fields, checks }: Call, entry: Entry | undefined): Refusal | undefined {
  const isNamed = fields['spplrTin'] !== null || fields['spplrInvcNo'] !== null
  if (!checks.references || !isNamed || (entry !== undefined && entry.row.confirmedAt === null)) return undefined
  const text = `Supplier invoice number ${String(textOf(fields, 'spplrInvcNo'))} does not exist`
  return refused('910', text, { title: 'Missing purchase Record' })
}

function refuseItems({ world, unit, fields, checks }: Call): Refusal | undefined {
  if (checks.catalogue !== 'everywhere') return undefined
  const codes = linesOf(fields).map((line) => textOf(line, 'itemCd'))
  const unknown = codes.findIndex((itemCd) => world.data.items.get(key(unit.tin, itemCd ?? '')) === undefined)
  return unknown === -1 ? undefined : unknownItem(codes[unknown] ?? null, ` on item: ${String(unknown + 1)}`)
}
