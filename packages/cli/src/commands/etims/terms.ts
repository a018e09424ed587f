/**
 * What the files of `sale`, `item save` and `stock io` may say: a complete request of KRA, which the client checks, or
 * plain terms, which the client's builders turn into one. Mistakes are told with the file, the line and the field.
 *
 * @see spec/etims.md sections 4.8, 4.10, 4.12 and 7.1
 * @module
 */
import { buildItem, buildSale, buildStockIO, isCode, stockTypes } from '@latchkey/etims'
import type { ItemRequest, SaleDocument, StockIoRequest, StockType, Unnumbered } from '@latchkey/etims'
import { systemClock } from '@latchkey/core'
import { isObject, member } from '@latchkey/http'
import { z } from 'zod'
import { known, text, wholeNumber, words } from '../../config/fields.ts'
import { readAs } from '../../json-file.ts'
import type { Path } from '../../config/placed-json.ts'
import type { JsonFile } from '../../json-file.ts'

/** Who writes where the file does not say. */
export const defaultAuditor = { id: 'latchkey', name: 'Latchkey' }

/** A sale as it is to be sent. */
export interface GivenSale {
  readonly document: SaleDocument
  /** False: the file has no date, so it would be another sale on another day. */
  readonly dated: boolean
}

export type GivenStock = Unnumbered<StockIoRequest, 'sarNo'>

/** @throws {UsageError} The file says neither. */
export function readSale(file: JsonFile): GivenSale {
  if (isComplete(file, 'itemList', 'items')) return { document: file.value as SaleDocument, dated: true } // Checked when sent.
  const { at, ...terms } = readAs(saleTerms, file)
  const given = { ...terms, at: at ?? systemClock.wall() } as Parameters<typeof buildSale>[0] // Absent members stay absent.
  const document = built(file, given, buildSale)
  return { document, dated: at !== undefined }
}

/** Without `itemCd` it is a new item, under the next number of the catalogue. @throws {UsageError} The file says neither. */
export function readItem(file: JsonFile): Unnumbered<ItemRequest, 'itemCd'> {
  if (isComplete(file, 'regrId', 'audit')) return file.value as ItemRequest // Checked when sent.
  return built(file, readAs(itemTerms, file) as ItemTerms, buildItem) // Absent members stay absent.
}

/** @throws {UsageError} The file says neither. */
export function readStock(file: JsonFile): GivenStock {
  if (isComplete(file, 'itemList', 'items')) return file.value as GivenStock // Checked when sent.
  const { at, ...terms } = readAs(stockTerms, file)
  const given = { ...terms, at: at ?? systemClock.wall() } as Parameters<typeof buildStockIO>[0] // Absent members stay absent.
  return built(file, given, buildStockIO)
}

/**
 * Sends what a file says. What the client finds wrong is told with its place in the file.
 *
 * @throws {UsageError} Nothing was sent.
 */
export async function sendFrom<T>(file: JsonFile, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw inFile(file, error)
  }
}

type ItemTerms = Parameters<typeof buildItem>[0] & { readonly items?: undefined }

const decimal = z.custom<number | string>(isDecimal, { error: words('a number such as 1160 or "1160.00"') })
const nullable = text.nullish()
const yesOrNo = z.enum(['Y', 'N'], { error: words('"Y" or "N"') })
const taxTyCd = z.enum(['A', 'B', 'C', 'D', 'E'], { error: words('a tax type: "A", "B", "C", "D" or "E"') })
const at = z.iso
  .datetime({ offset: true, error: words('a moment such as "2026-01-05T10:15:00+03:00"') })
  .transform((written) => Date.parse(written))
  .optional()
const audit = known({ id: text, name: text }, '{ "id", "name" }').default(defaultAuditor)

const line = {
  itemCd: text,
  itemClsCd: nullable,
  itemNm: text,
  bcd: nullable,
  pkgUnitCd: text,
  pkg: decimal.nullish(),
  qtyUnitCd: text,
  qty: decimal,
  prc: decimal,
  taxTyCd,
  dcAmt: decimal.nullish(),
  dcRt: decimal.nullish(),
}

function goods<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.array(known(shape, 'goods'), { error: words('a list of goods') }).min(1, 'must have one line or more')
}

const saleTerms = known(
  {
    trdInvcNo: text,
    at,
    audit,
    invcNo: wholeNumber(1, Number.MAX_SAFE_INTEGER).optional(),
    customer: known({ tin: nullable, name: nullable, phone: nullable }, '{ "tin", "name", "phone" }').optional(),
    pmtTyCd: nullable,
    prchrAcptcYn: yesOrNo.optional(),
    remark: nullable,
    receipt: known({ trdeNm: nullable, adrs: nullable, topMsg: nullable, btmMsg: nullable }, 'a receipt').optional(),
    items: goods({
      ...line,
      isrccCd: nullable,
      isrccNm: nullable,
      isrcRt: z.number().nullish(),
      isrcAmt: z.number().nullish(),
    }),
  },
  'a sale',
)

const itemTerms = known(
  {
    itemNm: text,
    itemClsCd: text,
    itemTyCd: z.enum(['1', '2', '3'], { error: words('a product type: "1", "2" or "3"') }),
    orgnNatCd: text,
    pkgUnitCd: text,
    qtyUnitCd: text,
    taxTyCd,
    dftPrc: decimal,
    audit,
    seq: wholeNumber(1, 9_999_999).optional(),
    itemCd: text.optional(),
    itemStdNm: nullable,
    btchNo: nullable,
    bcd: nullable,
    addInfo: nullable,
    sftyQty: decimal.nullish(),
    isrcAplcbYn: yesOrNo.optional(),
    useYn: yesOrNo.optional(),
  },
  'an item',
)

const stockTerms = known(
  {
    sarTyCd: z.custom<StockType>((value) => isCode(stockTypes, value), {
      error: words('a reason of class 12, such as "06" for opening stock'),
    }),
    at,
    audit,
    sarNo: wholeNumber(1, Number.MAX_SAFE_INTEGER).optional(),
    orgSarNo: wholeNumber(0, Number.MAX_SAFE_INTEGER).optional(),
    regTyCd: z.enum(['A', 'M'], { error: words('"A" or "M"') }).optional(),
    counterparty: known({ tin: nullable, name: nullable, bhfId: nullable }, '{ "tin", "name", "bhfId" }').optional(),
    remark: nullable,
    items: goods({ ...line, itemClsCd: text, itemExprDt: nullable }),
  },
  'a movement',
)

function isDecimal(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && /^\d{1,18}(\.\d{1,18})?$/.test(value))
}

/** Which of the two it is, by the members that only one of them has. */
function isComplete(file: JsonFile, requests: string, terms: string): boolean {
  if (!isObject(file.value)) throw file.mistake([], 'The file must hold an object')
  const complete = member(file.value, requests) !== undefined
  if (complete && member(file.value, terms) !== undefined) {
    throw file.mistake(
      [terms],
      `does not go together with "${requests}": the one is plain terms, the other KRA's request`,
    )
  }
  return complete
}

/** Builds a document. What is wrong with its goods is told of the line that it is wrong with. */
function built<Terms extends { readonly items?: readonly object[] | undefined }, T>(
  file: JsonFile,
  terms: Terms,
  build: (terms: Terms) => T,
): T {
  try {
    return build(terms)
  } catch (error) {
    const line = terms.items?.findIndex((item) => !isBuilt(() => build({ ...terms, items: [item] }))) ?? -1
    throw inFile(file, error, line < 0 ? [] : ['items', line])
  }
}

function isBuilt(build: () => unknown): boolean {
  try {
    build()
    return true
  } catch {
    return false
  }
}

/** The client's complaint about a document, as one about the file. Everything else stays what it is. */
function inFile(file: JsonFile, error: unknown, within: Path = []): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error
  if (error.code === 'ERR_INVALID_ARG') {
    const [, field = '', rest = ''] = /^(\w+):? (.+)$/s.exec(error.message) ?? []
    const path = [...within, field]
    return file.holds(path) ? file.mistake(path, rest, error) : file.mistake(within, error.message, error)
  }
  if (error.code !== 'ETIMS_INVALID_REQUEST' || !('issues' in error)) return error
  const complaints = (error.issues as readonly Issue[]).map(({ path, message }) => ({
    path: pathIn(file, path),
    message,
  })) // Its own.
  const first = complaints.find(({ path }) => file.holds(path)) ?? complaints[0]
  return first ? file.mistake(first.path, first.message, error) : error
}

interface Issue {
  /** Such as `itemList.[0].qty`. */
  readonly path: string
  readonly message: string
}

function pathIn(file: JsonFile, path: string): Path {
  if (path === '') return []
  const [first = '', ...rest] = path.split('.').map((step) => /^\[(\d+)\]$/.exec(step)?.[1] ?? step)
  return [first === 'itemList' && !file.holds(['itemList']) ? 'items' : first, ...rest]
}
