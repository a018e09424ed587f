/**
 * The catalogue of a taxpayer.
 *
 * Source: spec/etims.md sections 4.8 and 7.7
 * @module
 */
import { type Fields, type Item, key, stockOf } from '../data.ts'
import { packagingUnits } from '../codes/packaging-units.ts'
import { always, amount, audit, code, number, numberOf, optional, quantity, text, textOf, yesNo } from '../fields.ts'
import type { Call, Operation } from '../operation.ts'
import { done, found, type Outcome, type Refusal, refused } from '../outcomes.ts'
import { changedAfter, sinceField } from '../since.ts'

export const items: readonly Operation[] = [
  {
    name: 'saveItem',
    paths: ['saveItem'],
    kind: 'write',
    fields: {
      itemCd: always(text(20)),
      itemClsCd: always(text(10)),
      itemTyCd: always(code('itemType')),
      itemNm: always(text(200)),
      itemStdNm: optional(text(200)),
      orgnNatCd: always(code('country')),
      pkgUnitCd: always(code('packagingUnit')),
      qtyUnitCd: always(code('quantityUnit')),
      taxTyCd: always(code('taxType')),
      btchNo: optional(text(10)),
      bcd: optional(text(20)),
      dftPrc: always(amount),
      grpPrcL1: optional(amount),
      grpPrcL2: optional(amount),
      grpPrcL3: optional(amount),
      grpPrcL4: optional(amount),
      grpPrcL5: optional(amount),
      addInfo: optional(text(7)),
      sftyQty: optional(quantity),
      isrcAplcbYn: always(yesNo),
      useYn: always(yesNo),
      ...audit,
    },
    run: saveItem,
  },
  {
    name: 'selectItemList',
    paths: ['selectItemList', 'itemInfo'],
    kind: 'read',
    fields: sinceField,
    run: ({ world, unit, fields }) =>
      found(
        'itemList',
        world.data.items.rows
          .filter(({ tin }) => tin === unit.tin)
          .filter(changedAfter(fields))
          .map(listed),
      ),
  },
  {
    name: 'saveItemComposition',
    paths: ['saveItemComposition'],
    kind: 'write',
    fields: {
      itemCd: always(text(20)),
      cpstItemCd: always(text(20)),
      cpstQty: always(number(13, 2)),
      regrId: always(text(20)),
      regrNm: always(text(60)),
      modrId: optional(text(20)),
      modrNm: optional(text(60)),
    },
    run: saveComposition,
  },
]

/** What is said of an item that the taxpayer has not registered. */
export function unknownItem(itemCd: string | null, place: string): Refusal {
  const help = 'Ensure it is added under item management package'
  return refused('910', `Item ${String(itemCd)} provided${place}. does not exist in your inventory. ${help}`)
}

function saveItem({ world, unit, fields, checks, now }: Call): Outcome {
  const { data, switches } = world
  const itemCd = textOf(fields, 'itemCd') ?? ''
  const known = data.items.get(key(unit.tin, itemCd))
  if (known !== undefined && switches.itemDuplicate === '994') {
    return refused('994', 'It is overlapped data', { hasEnvelope: true })
  }
  const last = data.itemSequences.get(unit.tin)?.last ?? 0
  const refusal =
    checks.sequences === 'exact' ? refuseCode(itemCd, fields, known === undefined ? last + 1 : null) : undefined
  if (refusal !== undefined) return refusal

  if (known === undefined) data.items.add({ ...unit, itemCd, fields, changedAt: now })
  else Object.assign(known, { fields, changedAt: now })
  noteSequence(world.data, unit.tin, itemCd)
  return done()
}

/** The live gateway's rules for item codes. `expected` is the next number; null for an item that is known. */
function refuseCode(itemCd: string, fields: Fields, expected: number | null): Refusal | undefined {
  const part = (name: string): string => textOf(fields, name) ?? ''
  const [, nation, type, packaging, unit, digits] = /^(.{2})(.)(.{2})(.{2})(\d+)$/.exec(itemCd) ?? []
  if (nation !== undefined && nation !== part('orgnNatCd')) return refused('910', 'Incorrect OrgnNatCd Prefix')
  if (type !== undefined && type !== part('itemTyCd')) return refused('910', 'Incorrect ItemTyCd Prefix')
  if (!packagingUnits.some(([cd]) => cd === part('pkgUnitCd')) || part('pkgUnitCd').length !== 2) {
    return refused('910', 'Incorrect Packaging Unit Prefix')
  }
  if (packaging !== undefined && packaging !== part('pkgUnitCd'))
    return refused('910', 'Incorrect Packaging Unit Prefix')
  if (unit !== part('qtyUnitCd')) return refused('910', 'Incorrect QtyUnitCd Prefix')
  if (expected === null || Number(digits) === expected) return undefined
  return refused('910', `Invalid itemCd Sequence. Expected sequence ending with: ********${String(expected)}`)
}

/** The number at the end of a code, if it is one of the contract's. */
function noteSequence({ itemSequences }: Call['world']['data'], tin: string, itemCd: string): void {
  const number = Number(/^.{7}(\d{7,13})$/.exec(itemCd)?.[1] ?? 0)
  const known = itemSequences.get(tin)
  if (known === undefined) itemSequences.add({ tin, last: number })
  else known.last = Math.max(known.last, number)
}

/** As the list shows it: unset numbers are 0, and nobody is named (section 4.8). */
function listed({ tin, bhfId, fields }: Item): object {
  const { regrId: _r, regrNm: _n, modrId: _i, modrNm: _m, ...shown } = fields
  const numbers: Record<string, number> = {}
  for (const name of unsetAsZero) numbers[name] = numberOf(fields, name)
  return { tin, ...shown, ...numbers, regBhfId: bhfId, rraModYn: 'N' }
}

const unsetAsZero = ['grpPrcL1', 'grpPrcL2', 'grpPrcL3', 'grpPrcL4', 'grpPrcL5', 'sftyQty']

/** Says whether a composition could be; it cannot be read back (section 4.8). */
function saveComposition({ world, unit, fields, checks }: Call): Outcome {
  if (checks.types && numberOf(fields, 'cpstQty') <= 0) return refused('910', 'cpstQty must be more than 0')
  if (!checks.stock) return done()
  const [parent, component] = ['itemCd', 'cpstItemCd'].map((name) =>
    world.data.items.get(key(unit.tin, textOf(fields, name) ?? '')),
  )
  if (parent === undefined) return unknownItem(textOf(fields, 'itemCd'), '')
  if (component === undefined) return unknownItem(textOf(fields, 'cpstItemCd'), '')
  if (textOf(parent.fields, 'itemTyCd') === '3') return refused('910', 'You cannot create an service using an item')
  if (stockOf(world.data, unit, component.itemCd).balance > 0) return done()
  return refused('910', 'You dont have sufficient stock for this Transaction', { title: 'Insufficient Stock' })
}
