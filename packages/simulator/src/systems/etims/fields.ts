/**
 * The fields of a request: their types, and how a body is read by a table of them. Numeric texts count as numbers and
 * numbers as texts, since the real server coerces, too.
 *
 * @see spec/etims.md sections 0.3 and 4.2
 * @module
 */
import { type CodeClassName, isCode } from './codes/lists.ts'
import type { Fields } from './data.ts'
import type { Checks } from './presets.ts'

/** What a field holds. Lengths in characters. */
export type FieldType =
  | { readonly is: 'text'; readonly max: number; readonly codes?: CodeClassName }
  | { readonly is: 'number'; readonly digits: number; readonly decimals: number }
  | { readonly is: 'form'; readonly pattern: RegExp; readonly form: string }
  | { readonly is: 'object'; readonly fields: FieldTable }
  | { readonly is: 'list'; readonly fields: FieldTable }

/** A field. `checked`: needed, but presets that do not check types do without, as other SDKs leave it out. */
export interface Field {
  readonly type: FieldType
  readonly need: 'always' | 'checked' | 'never'
}

/** The fields of an operation, in the order in which they are checked. */
export type FieldTable = Readonly<Record<string, Field>>

export const always = (type: FieldType): Field => ({ type, need: 'always' })
export const checked = (type: FieldType): Field => ({ type, need: 'checked' })
export const optional = (type: FieldType): Field => ({ type, need: 'never' })

export const text = (max: number): FieldType => ({ is: 'text', max })
export const code = (codes: CodeClassName): FieldType => ({ is: 'text', max: 5, codes })
export const number = (digits: number, decimals: number): FieldType => ({ is: 'number', digits, decimals })
/** `NUMBER(38)`, 0 or more, as far as JSON has it exactly. */
export const counter: FieldType = { is: 'number', digits: 38, decimals: 0 }
export const amount = number(18, 2)
export const quantity = number(13, 2)
export const yesNo: FieldType = { is: 'form', pattern: /^[YN]$/, form: 'Y or N' }
export const date: FieldType = { is: 'form', pattern: /^\d{8}$/, form: 'yyyyMMdd' }
export const time: FieldType = { is: 'form', pattern: /^\d{14}$/, form: 'yyyyMMddHHmmss' }
/** Purchases come with either; the other SDKs send both. */
export const dateOrTime: FieldType = { is: 'form', pattern: /^\d{8}(\d{6})?$/, form: 'yyyyMMddHHmmss' }
export const object = (fields: FieldTable): FieldType => ({ is: 'object', fields })
export const list = (fields: FieldTable): FieldType => ({ is: 'list', fields })

/** Who registered and changed something. */
export const audit = {
  regrId: always(text(20)),
  regrNm: always(text(60)),
  modrId: always(text(20)),
  modrNm: always(text(60)),
} satisfies FieldTable

/** The same where other SDKs leave out who changed it. */
export const looseAudit = { ...audit, modrId: checked(text(20)), modrNm: checked(text(60)) } satisfies FieldTable

/** Something that is wrong with a body. */
export interface Problem {
  readonly is: 'missing' | 'type' | 'code'
  /** From the root: names, and the places in lists from 0. */
  readonly path: readonly (string | number)[]
  readonly why: string
}

/** Reads a body. Names that the table does not know are left out, missing fields are null. */
export function readFields(
  table: FieldTable,
  body: Fields,
  checks: Checks,
): { readonly fields: Fields; readonly problems: readonly Problem[] } {
  const problems: Problem[] = []
  return { fields: readObject(table, body, checks, [], problems), problems }
}

/** The text of a field that was read, or null. */
export function textOf(fields: Fields, name: string): string | null {
  const value = fields[name]
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return typeof value === 'string' ? value : null
}

/** The number of a field that was read; 0 when it has none or is beyond all bounds, as only an unchecked body may. */
export function numberOf(fields: Fields, name: string): number {
  const value = fields[name]
  return typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER ? value : 0
}

/** The lines of a body that was read. */
export function linesOf(fields: Fields): readonly Fields[] {
  const lines = fields['itemList']
  return Array.isArray(lines) ? (lines as Fields[]) : [] // Read by this file.
}

function readObject(
  table: FieldTable,
  body: Fields,
  checks: Checks,
  path: Problem['path'],
  problems: Problem[],
): Fields {
  return Object.fromEntries(
    Object.entries(table).map(([name, field]) => {
      const value = Object.hasOwn(body, name) ? body[name] : undefined
      return [name, readField(field, value, checks, [...path, name], problems)]
    }),
  )
}

function readField(
  { type, need }: Field,
  value: unknown,
  checks: Checks,
  path: Problem['path'],
  problems: Problem[],
): unknown {
  const report = (is: Problem['is'], why: string): null => {
    problems.push({ is, path, why })
    return null
  }
  const isNeeded = need === 'always' || (need === 'checked' && checks.types)
  if (value === undefined || value === null || value === '')
    return isNeeded ? report('missing', 'may not be empty') : null
  if (type.is === 'object') {
    return isObject(value)
      ? readObject(type.fields, value, checks, path, problems)
      : report(isNeeded ? 'missing' : 'type', 'is not an object')
  }
  if (type.is === 'list') {
    if (!Array.isArray(value) || (value.length === 0 && checks.types)) return report('missing', 'may not be empty')
    return value.map((line: unknown, index) =>
      isObject(line)
        ? readObject(type.fields, line, checks, [...path, index], problems)
        : report('type', `line ${String(index + 1)} is not an object`),
    )
  }
  if (typeof value === 'object') return report('type', 'is not a single value')
  const found = readScalar(type, value)
  if (!checks.types) return 'value' in found ? found.value : value
  if ('why' in found) return report('type', found.why)
  if (type.is === 'text' && String(found.value).length > type.max)
    return report('type', `has more than ${String(type.max)} characters`)
  if (type.is === 'text' && type.codes !== undefined && checks.codes && !isCode(type.codes, String(found.value))) {
    return report('code', 'is not in the code list')
  }
  return found.value
}

function readScalar(
  type: Exclude<FieldType, { is: 'object' | 'list' }>,
  value: unknown,
): { readonly value: string | number } | { readonly why: string } {
  if (typeof value !== 'string' && typeof value !== 'number') return { why: 'is neither text nor a number' }
  if (type.is === 'text') return { value: String(value) }
  if (type.is === 'form')
    return type.pattern.test(String(value)) ? { value: String(value) } : { why: `is not ${type.form}` }
  if (typeof value === 'string' && !/^-?\d+(\.\d+)?$/.test(value)) return { why: 'is not a number' }
  const parsed = Number(value)
  const [whole = '', fraction = ''] = String(Math.abs(parsed)).split('.') // Or 1e-7, which has too many decimals.
  if (!Number.isFinite(parsed) || Math.abs(parsed) > Number.MAX_SAFE_INTEGER) return { why: 'is too large' }
  if (fraction.length > type.decimals || whole.includes('e') || fraction.includes('e'))
    return { why: `has more than ${String(type.decimals)} decimals` }
  if (whole.length > type.digits - type.decimals) return { why: 'is too large' }
  if (type.digits === 38 && parsed < 0) return { why: 'is negative' }
  return { value: parsed }
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
