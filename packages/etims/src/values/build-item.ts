/**
 * Builds an item of the catalogue.
 *
 * @see spec/etims.md sections 4.8 and 7.7
 * @module
 */
import { invalidArgument } from '@latchkey/core'
import type { Maybe } from '../operations/requests/form.ts'
import type { ItemRequest } from '../operations/requests/item.ts'
import { auditFields, toNumber } from './build-parts.ts'
import type { Auditor, Unnumbered } from './build-parts.ts'
import type { LooseCode } from './code-lists/code-list.ts'
import type { ProductType, TaxType } from './code-lists/goods.ts'
import { buildItemCode } from './item-code.ts'
import type { Decimal } from './decimal.ts'

export interface ItemInput {
  readonly itemNm: string
  readonly itemClsCd: string
  readonly itemTyCd: LooseCode<ProductType>
  /** Country of origin. */
  readonly orgnNatCd: string
  readonly pkgUnitCd: string
  readonly qtyUnitCd: string
  readonly taxTyCd: LooseCode<TaxType>
  /** Default unit price with tax. */
  readonly dftPrc: Decimal
  readonly audit: Auditor
  /** The next number of the catalogue, from which the code is built. @default left open for the client */
  readonly seq?: number | undefined
  /** The code of an item that is updated; not together with `seq`. */
  readonly itemCd?: string | undefined
  readonly itemStdNm?: Maybe<string>
  readonly btchNo?: Maybe<string>
  readonly bcd?: Maybe<string>
  readonly addInfo?: Maybe<string>
  readonly sftyQty?: Maybe<Decimal>
  /** Whether an insurance applies. @default 'N' */
  readonly isrcAplcbYn?: 'Y' | 'N'
  /** @default 'Y' */
  readonly useYn?: 'Y' | 'N'
}

/**
 * Builds an item, with its code where the number is known.
 *
 * @throws {TypeError} `ERR_INVALID_ARG`: the price or the safety stock is not exact, `seq` and `itemCd` are both given,
 *   or the code cannot be built; see `buildItemCode`.
 */
export function buildItem(input: ItemInput): Unnumbered<ItemRequest, 'itemCd'> {
  const { itemNm, itemClsCd, itemTyCd, orgnNatCd, pkgUnitCd, qtyUnitCd, taxTyCd, seq, sftyQty } = input
  if (seq !== undefined && input.itemCd !== undefined) throw invalidArgument('give seq or itemCd, not both')
  const built = seq === undefined ? undefined : buildItemCode({ orgnNatCd, itemTyCd, pkgUnitCd, qtyUnitCd, seq })
  return {
    itemCd: input.itemCd ?? built,
    itemClsCd,
    itemTyCd,
    itemNm,
    itemStdNm: input.itemStdNm ?? null,
    orgnNatCd,
    pkgUnitCd,
    qtyUnitCd,
    taxTyCd,
    btchNo: input.btchNo ?? null,
    bcd: input.bcd ?? null,
    dftPrc: toNumber(input.dftPrc, 'dftPrc'),
    grpPrcL1: null,
    grpPrcL2: null,
    grpPrcL3: null,
    grpPrcL4: null,
    grpPrcL5: null,
    addInfo: input.addInfo ?? null,
    sftyQty: sftyQty === undefined || sftyQty === null ? null : toNumber(sftyQty, 'sftyQty'),
    isrcAplcbYn: input.isrcAplcbYn ?? 'N',
    useYn: input.useYn ?? 'Y',
    ...auditFields(input.audit),
  }
}
