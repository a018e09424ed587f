/**
 * The catalogue: items and what they are composed of.
 *
 * @see spec/etims.md sections 4.8 and 7.7
 * @module
 */
import type { Issue } from '@latchkey/http'
import { countries } from '../../values/code-lists/countries.ts'
import { productTypes, taxTypes } from '../../values/code-lists/goods.ts'
import type { ProductType, TaxType } from '../../values/code-lists/goods.ts'
import { packagingUnits, quantityUnits } from '../../values/code-lists/units.ts'
import { amount, audit, char, code, decimal, extra, optional, yn } from '../fields.ts'
import type { AuditFields } from './audit.ts'
import { requestForm } from './form.ts'
import type { Maybe } from './form.ts'
import type { LooseCode } from '../../values/code-lists/code-list.ts'

/** Registers an item, or updates the one with the same code. */
export interface ItemRequest extends AuditFields {
  /** Country, product type, packaging unit, quantity unit and number; `buildItemCode` makes one. */
  readonly itemCd: string
  /** Classification, 8 or 10 digits; only the ten-digit level may be assigned. */
  readonly itemClsCd: string
  /** `1` raw material, `2` finished product, `3` service. */
  readonly itemTyCd: LooseCode<ProductType>
  /** At most 200 characters. */
  readonly itemNm: string
  /** Standard name, at most 200 characters. */
  readonly itemStdNm?: Maybe<string>
  /** Country of origin. */
  readonly orgnNatCd: string
  /** Packaging unit. A wrong one may pass here and then fail every sale with `913`. */
  readonly pkgUnitCd: string
  /** Quantity unit. */
  readonly qtyUnitCd: string
  readonly taxTyCd: LooseCode<TaxType>
  /** Batch number, at most 10 characters. */
  readonly btchNo?: Maybe<string>
  /** Barcode, at most 20 characters. */
  readonly bcd?: Maybe<string>
  /** Default unit price with tax, in shillings. */
  readonly dftPrc: number
  /** Group prices. */
  readonly grpPrcL1?: Maybe<number>
  readonly grpPrcL2?: Maybe<number>
  readonly grpPrcL3?: Maybe<number>
  readonly grpPrcL4?: Maybe<number>
  readonly grpPrcL5?: Maybe<number>
  /** At most 7 characters. */
  readonly addInfo?: Maybe<string>
  /** Safety stock. */
  readonly sftyQty?: Maybe<number>
  /** Whether an insurance applies. */
  readonly isrcAplcbYn: LooseCode<'Y' | 'N'>
  /** `N` takes the item out of use; there is no deleting. */
  readonly useYn: LooseCode<'Y' | 'N'>
}

/** Says what one item is made of. One call for each component; not readable back. */
export interface ItemCompositionRequest {
  /** The finished item. */
  readonly itemCd: string
  /** The component, which must have stock. */
  readonly cpstItemCd: string
  /** How much of the component, more than 0. */
  readonly cpstQty: number
  readonly regrId: string
  readonly regrNm: string
  readonly modrId?: Maybe<string>
  readonly modrNm?: Maybe<string>
}

export const itemRequest = requestForm<ItemRequest>(
  {
    itemCd: char(20),
    itemClsCd: char(10),
    itemTyCd: code(productTypes),
    itemNm: char(200),
    itemStdNm: optional(char(200)),
    orgnNatCd: { ...code(countries), lengthJs: [2, 5] },
    pkgUnitCd: code(packagingUnits),
    qtyUnitCd: code(quantityUnits),
    taxTyCd: code(taxTypes),
    btchNo: optional(char(10)),
    bcd: optional(char(20)),
    dftPrc: amount(0),
    grpPrcL1: optional(amount()),
    grpPrcL2: optional(amount()),
    grpPrcL3: optional(amount()),
    grpPrcL4: optional(amount()),
    grpPrcL5: optional(amount()),
    addInfo: optional(char(7)),
    sftyQty: optional(decimal(13, 2)),
    isrcAplcbYn: yn(),
    useYn: yn(),
    ...audit(),
  },
  { live: [itemCodeRule] },
)

const { modrId, modrNm, ...registered } = audit()

export const itemCompositionRequest = requestForm<ItemCompositionRequest>({
  itemCd: char(20),
  cpstItemCd: char(20),
  cpstQty: { ...decimal(13, 2), min: 0.01, minJs: 0.001 },
  ...registered,
  modrId: extra(modrId),
  modrNm: extra(modrNm),
})

// The server compares the flat fields with the parts of the code, and takes units of two characters only.
function itemCodeRule(item: ItemRequest): readonly Issue[] {
  const { itemCd, orgnNatCd, itemTyCd, pkgUnitCd, qtyUnitCd } = item
  const parts = [
    { from: 0, to: 2, field: 'orgnNatCd', value: orgnNatCd },
    { from: 2, to: 3, field: 'itemTyCd', value: itemTyCd },
    { from: 3, to: 5, field: 'pkgUnitCd', value: pkgUnitCd },
    { from: 5, to: 7, field: 'qtyUnitCd', value: qtyUnitCd },
  ]
  const wrong = parts
    .filter(({ from, to, value }) => itemCd.slice(from, to) !== value)
    .map(({ from, to, field }) => issue(`must have ${field} as its characters ${from + 1} to ${to}`))
  return /^\d{7,13}$/.test(itemCd.slice(7)) ? wrong : [...wrong, issue('must end in a number of 7 to 13 digits')]
}

function issue(message: string): Issue {
  return { path: 'itemCd', message }
}
