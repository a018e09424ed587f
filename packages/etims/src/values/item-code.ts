/**
 * Item codes: country, product type, packaging unit, quantity unit and a number, such as `KE2NTBA0000012`.
 *
 * @see spec/etims.md section 7.7
 * @module
 */
import { invalidArgument } from '@latchkey/core'
import { isCode } from './code-lists/code-list.ts'
import { countries } from './code-lists/countries.ts'
import { productTypes } from './code-lists/goods.ts'
import type { LooseCode } from './code-lists/code-list.ts'
import type { ProductType } from './code-lists/goods.ts'
import { packagingUnits, quantityUnits } from './code-lists/units.ts'

/** What an item code is made of. */
export interface ItemCodeParts {
  /** Country of origin, 2 letters. */
  readonly orgnNatCd: string
  readonly itemTyCd: LooseCode<ProductType>
  /** 2 characters: the server refuses `CTN`; `NT` is the usual stand-in. */
  readonly pkgUnitCd: string
  /** 2 characters: the server refuses `U`, `KTM` and the like; `NO` is the usual stand-in. */
  readonly qtyUnitCd: string
  /** Next number of the taxpayer's whole catalogue, from 1. The server counts it. */
  readonly seq: number
}

/**
 * Builds an item code with a number of seven digits.
 *
 * @throws {TypeError} `ERR_INVALID_ARG`: a part is no code of its list, a unit has not two characters, or the number is
 *   not 1 to 9 999 999.
 */
export function buildItemCode(parts: ItemCodeParts): string {
  const { orgnNatCd, itemTyCd, pkgUnitCd, qtyUnitCd, seq } = parts
  if (!isCode(countries, orgnNatCd)) throw invalidArgument('orgnNatCd must be a country code')
  if (!isCode(productTypes, itemTyCd)) throw invalidArgument('itemTyCd must be 1, 2 or 3')
  if (!isCode(packagingUnits, pkgUnitCd) || pkgUnitCd.length !== 2) {
    throw invalidArgument('pkgUnitCd must be a packaging unit of two characters, such as NT')
  }
  if (!isCode(quantityUnits, qtyUnitCd) || qtyUnitCd.length !== 2) {
    throw invalidArgument('qtyUnitCd must be a quantity unit of two characters, such as NO')
  }
  if (!Number.isInteger(seq) || seq < 1 || seq > 9_999_999) throw invalidArgument('seq must be 1 to 9 999 999')
  return `${orgnNatCd}${itemTyCd}${pkgUnitCd}${qtyUnitCd}${String(seq).padStart(7, '0')}`
}

// A unit of one or three characters stands in older codes behind an `X`, with which no unit begins.
const form = /^([A-Z]{2})([1-3])(X[A-Z]{3}|[A-Z]{2})(X[A-Z]{3}|X[A-Z]|[A-Z0-9]{2})(\d{7,13})$/

/**
 * Takes an item code apart. Also reads codes with the `X` marker (`KE1NTXU0000001`: unit `U`) and with longer numbers,
 * which exist although {@link buildItemCode} makes none.
 *
 * @returns `undefined` where the text is not of this form. The parts are not looked up in their lists.
 */
export function parseItemCode(itemCd: string): ItemCodeParts | undefined {
  const [, orgnNatCd, itemTyCd, pkgUnitCd, qtyUnitCd, seq] = (itemCd.length <= 20 && form.exec(itemCd)) || []
  if (orgnNatCd === undefined || pkgUnitCd === undefined || qtyUnitCd === undefined) return undefined
  if (!isCode(productTypes, itemTyCd)) return undefined
  return { orgnNatCd, itemTyCd, pkgUnitCd: unmarked(pkgUnitCd), qtyUnitCd: unmarked(qtyUnitCd), seq: Number(seq) }
}

function unmarked(unit: string): string {
  return unit.startsWith('X') ? unit.slice(1) : unit
}
