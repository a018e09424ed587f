/**
 * The checks that every operation makes before its own, in the gateway's order: authorization, token, product, content
 * type, JSON, fields.
 *
 * @see spec/daraja.md section 8.2, item 4
 * @module
 */
import type { Answer } from '../../answers.ts'
import { parseJson } from '../../json.ts'
import type { SystemRequest } from '../../system.ts'
import { type Family, refuse, refuseField } from './errors.ts'
import type { ProductName } from './switches.ts'
import type { World } from './world.ts'

/** One field: whether its text is acceptable. `''` stands for a field that is missing, null or empty. */
export type FieldRule = (text: string) => boolean

/** The fields of an operation, in the order of its table, which is the order in which they are checked. */
export type FieldTable = Readonly<Record<string, FieldRule>>

/** A field that must match. */
export const matches =
  (pattern: RegExp): FieldRule =>
  (text) =>
    pattern.test(text)

/** A text with a length, in characters. */
export const hasLength =
  (min: number, max: number): FieldRule =>
  (text) =>
    text.length >= min && text.length <= max

/** `2547XXXXXXXX` or `2541XXXXXXXX`. */
export const isPhone = matches(/^254[17]\d{8}$/)

/** Five to seven digits. */
export const isShortCode = matches(/^\d{5,7}$/)

/** Refuses a call whose token is missing, dead, or not good for this product; undefined when it may go on. */
export function authorize(
  world: World,
  request: SystemRequest,
  family: Family,
  product: ProductName,
): Answer | undefined {
  const header = request.headers['authorization']
  const offered = /^Bearer +(\S+) *$/i.exec(typeof header === 'string' ? header : '')?.[1]
  if (offered === undefined) {
    return refuse(world, 'missing authorization', '404.001.04', 'Invalid Authentication Header')
  }
  const refusal = world.tokens.refusal(offered, world.clock.now())
  const { code, message } = family.tokenRefusal(offered)
  if (refusal !== null) return refuse(world, refusal, code, message)
  if (!world.switches.productsMissing.includes(product)) return undefined
  if (world.switches.missingProductAnswer === 'family') return refuse(world, 'productMissing', code, message)
  const text = 'Error Occurred - Invalid Access Token - Invalid API call as no apiproduct match found'
  return refuse(world, 'productMissing', '401.003.01', text)
}

/**
 * Reads the body's fields. Numbers count as their digits; fields that the table does not know are ignored.
 *
 * @returns The texts, or the refusal. Without JSON, the first field of the table is what Daraja complains about.
 */
export function readFields<Table extends FieldTable>(
  world: World,
  request: SystemRequest,
  table: Table,
): { fields: Readonly<Record<keyof Table, string>> } | { refused: Answer } {
  const body = isJsonType(request.headers['content-type']) ? parseObject(request.body) : {}
  const fields: Record<string, string> = {}
  for (const [name, isAcceptable] of Object.entries(table)) {
    const text = fieldText(Object.hasOwn(body, name) ? body[name] : undefined)
    if (text === undefined || !isAcceptable(text)) return { refused: refuseField(world, name) }
    fields[name] = text
  }
  return { fields: fields as Record<keyof Table, string> } // The loop has filled every name of the table.
}

function isJsonType(header: string | string[] | undefined): boolean {
  return typeof header === 'string' && /^\s*application\/json\s*(;|$)/i.test(header)
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value = parseJson(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return {}
    return value as Record<string, unknown> // Checked: an object that is no array.
  } catch {
    return {}
  }
}

/** The text of a field, or undefined when it is of a type that no field has. */
function fieldText(value: unknown): string | undefined {
  if (value === undefined || value === null) return ''
  if (typeof value === 'string') return value
  return typeof value === 'number' ? String(value) : undefined
}
