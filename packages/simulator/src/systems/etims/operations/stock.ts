/**
 * Stock: movements in and out, and the balance that a taxpayer reports. Only movements change the balance.
 *
 * Source: spec/etims.md sections 4.12, 6.15 and 7.6
 * @module
 */
import { refuseTotals } from '../amounts.ts'
import { key, progressOf, type StockDocument, stockOf, type Unit } from '../data.ts'
import { refuseFuture } from '../dates.ts'
import { hundredths } from '../decimals.ts'
import {
  always,
  amount,
  audit,
  code,
  counter,
  date,
  linesOf,
  list,
  number,
  numberOf,
  optional,
  quantity,
  text,
  textOf,
} from '../fields.ts'
import type { Call, Operation } from '../operation.ts'
import { done, found, type Outcome, type Refusal, refused } from '../outcomes.ts'
import { refuseNumber } from '../sequences.ts'
import { changedAfter, sinceField } from '../since.ts'
import { unknownItem } from './items.ts'

export const stock: readonly Operation[] = [
  {
    name: 'selectStockMoveList',
    paths: ['selectStockMoveList', 'selectStockMoveLists'],
    kind: 'read',
    wantsBodyIdentity: true,
    fields: sinceField,
    run: ({ world, unit, fields }) =>
      found('stockList', world.data.documents.rows.filter(isSentTo(unit)).filter(changedAfter(fields)).map(listed)),
  },
  {
    name: 'insertStockIO',
    paths: ['insertStockIO', 'insert/stockIO'],
    kind: 'write',
    fields: {
      sarNo: always(counter),
      orgSarNo: always(counter),
      regTyCd: always(code('registration')),
      custTin: optional(text(11)),
      custNm: optional(text(100)),
      custBhfId: optional(text(2)),
      sarTyCd: always(code('stockMovement')),
      ocrnDt: always(date),
      totItemCnt: always(number(10, 0)),
      totTaxblAmt: always(amount),
      totTaxAmt: always(amount),
      totAmt: always(amount),
      remark: optional(text(400)),
      ...audit,
      itemList: always(
        list({
          itemSeq: always(number(3, 0)),
          itemCd: optional(text(20)),
          itemClsCd: always(text(10)),
          itemNm: always(text(200)),
          bcd: optional(text(20)),
          pkgUnitCd: always(code('packagingUnit')),
          pkg: always(quantity),
          qtyUnitCd: always(code('quantityUnit')),
          qty: always(quantity),
          itemExprDt: optional(date),
          prc: always(number(15, 2)),
          splyAmt: always(amount),
          totDcAmt: always(amount),
          taxblAmt: always(amount),
          taxTyCd: always(code('taxType')),
          taxAmt: always(amount),
          totAmt: always(amount),
        }),
      ),
    },
    onMissing:
      ({ preset }) =>
      (name) => {
        if (name !== 'orgSarNo' || preset !== 'live') return undefined
        const text = 'Expected a value but found null. Possible cause: …getOrgSarNo() is null'
        return refused('999', text) // A null that the real server does not survive.
      },
    run: saveMovement,
  },
  {
    name: 'saveStockMaster',
    paths: ['saveStockMaster', 'save/stockMaster'],
    kind: 'write',
    fields: { itemCd: always(text(20)), rsdQty: always(quantity), ...audit },
    run: saveMaster,
  },
]

/** Movements of types 01 to 06 come in, 11 to 16 go out. */
const isOutward = (sarTyCd: string | null): boolean => sarTyCd?.startsWith('1') ?? false

/** A movement to another branch is seen by that branch; to nobody, by nobody. */
const isSentTo =
  ({ tin, bhfId }: Unit) =>
  ({ fields, ...from }: StockDocument): boolean =>
    textOf(fields, 'sarTyCd') === '13' &&
    textOf(fields, 'custBhfId') === bhfId &&
    (textOf(fields, 'custTin') ?? from.tin) === tin &&
    from.tin === tin &&
    from.bhfId !== bhfId

function listed({ tin, bhfId, sarNo, fields }: StockDocument): object {
  const { ocrnDt, totItemCnt, totTaxblAmt, totTaxAmt, totAmt, remark, itemList } = fields
  return {
    ...{ custTin: tin, custBhfId: bhfId, sarNo, ocrnDt, totItemCnt },
    ...{ totTaxblAmt, totTaxAmt, totAmt, remark, itemList },
  }
}

function saveMovement(call: Call): Outcome {
  const { world, unit, fields, now } = call
  const progress = progressOf(world.data, unit)
  const sarNo = numberOf(fields, 'sarNo')
  const refusal =
    (call.checks.stock && !progress.hasFetchedClasses
      ? refused('910', "Make 'Get Item Classification List' request before performing StockIo")
      : undefined) ??
    refuseNumber(call, {
      number: sarNo,
      last: progress.sarNo,
      known: world.data.documents.get(key(unit.tin, unit.bhfId, sarNo))?.fields,
      text: (expected, found) => `Invalid sarNo: Expected: ${String(expected)} but found: ${String(found)}`,
    }) ??
    refuseLines(call) ??
    refuseTotals(fields, call.checks) ??
    refuseFuture(call, fields, ['ocrnDt'])
  if (refusal !== undefined) return refusal

  progress.sarNo = Math.max(progress.sarNo, sarNo)
  world.data.documents.add({ ...unit, sarNo, fields, changedAt: now })
  for (const { itemCd, quantity } of movedBy(call)) {
    const row = stockOf(world.data, unit, itemCd)
    row.balance += quantity
    row.hasMoved = true
    if (textOf(fields, 'sarTyCd') === '11') row.released -= quantity
  }
  return done()
}

/** How each item's balance changes, in hundredths. */
function movedBy({ fields }: Call): readonly { readonly itemCd: string; readonly quantity: number }[] {
  const sign = isOutward(textOf(fields, 'sarTyCd')) ? -1 : 1
  const moved = new Map<string, number>()
  for (const line of linesOf(fields)) {
    const itemCd = textOf(line, 'itemCd') ?? ''
    moved.set(itemCd, (moved.get(itemCd) ?? 0) + sign * Number(hundredths(numberOf(line, 'qty'))))
  }
  return [...moved].map(([itemCd, quantity]) => ({ itemCd, quantity }))
}

function refuseLines(call: Call): Refusal | undefined {
  const { world, unit, fields, checks } = call
  if (!checks.stock) return undefined
  for (const [index, line] of linesOf(fields).entries()) {
    const place = ` on item: ${String(index + 1)}`
    const itemCd = textOf(line, 'itemCd')
    if (world.data.items.get(key(unit.tin, itemCd ?? '')) === undefined) return unknownItem(itemCd, place)
    if (numberOf(line, 'totAmt') === 0) {
      return refused('910', `Expected a value for totAmt${place} but it is empty or null`)
    }
  }
  for (const { itemCd, quantity } of movedBy(call)) {
    const { balance, sold, released } = stockOf(world.data, unit, itemCd)
    // A movement that stems from a sale comes after its invoice (section 7.6).
    if (textOf(fields, 'sarTyCd') === '11' && released - quantity > sold) {
      return refused('910', `Sales invoice of item ${itemCd} is not received yet`)
    }
    if (quantity < 0 && balance + quantity < 0) {
      return refused('910', 'You dont have sufficient stock for this Transaction', { title: 'Insufficient Stock' })
    }
  }
  return undefined
}

function saveMaster({ world, unit, fields, checks }: Call): Outcome {
  const itemCd = textOf(fields, 'itemCd') ?? ''
  const rsdQty = numberOf(fields, 'rsdQty')
  const reported = Number(hundredths(rsdQty))
  if (checks.types && rsdQty < 0) return refused('910', 'rsdQty cannot be negative')
  if (checks.stock) {
    const known = world.data.stock.get(key(unit.tin, unit.bhfId, itemCd))
    // The gateway answers these two with HTTP 200 (section 4.1).
    if (known?.hasMoved !== true) {
      return refused('910', 'Stock IO is empty, consider adding items to the stock IO first', { status: 200 })
    }
    if (known.balance !== reported) {
      const expected = known.balance / 100
      const written = Number.isInteger(expected) ? `${String(expected)}.0` : String(expected)
      return refused('910', `rsdQty mismatch. Expected: ${written} but found: ${String(rsdQty)}`, { status: 200 })
    }
  }
  stockOf(world.data, unit, itemCd).master = reported
  return done()
}
