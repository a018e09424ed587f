/**
 * Reads what a request says, with all that is wrong about it in one answer and in the service's manner. Unknown fields
 * mean nothing; `null` is the same as nothing.
 *
 * @see spec/ksef.md sections 1.5, 1.7
 * @module
 */
import { z } from 'zod'
import { contextTypes, patterns } from './identity.ts'
import { refused } from './refusal.ts'
import { parseInstant } from './times.ts'

/**
 * Reads a value by a schema.
 *
 * @throws {Refusal} 21405 with one message for everything that is wrong.
 */
export function readInput<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value, { reportInput: true })
  if (result.success) return result.data
  throw refused(21405, ...result.error.issues.slice(0, messagesMax).map(messageOf))
}

const messagesMax = 50

/** An object with these fields. */
export function fields<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.object(shape)
}

/** May be missing or `null`; both are undefined. */
export function optional<Schema extends z.ZodType>(schema: Schema) {
  return schema.nullish().transform((value) => value ?? undefined)
}

/** A text of so many characters. */
export function text(min: number, max: number) {
  return z.string().superRefine((value, context) => {
    if (value.length >= min && value.length <= max) return
    const bounds =
      min === max ? `${String(min)} characters in length` : `between ${String(min)} and ${String(max)} characters`
    context.addIssue({ code: 'custom', message: `must be ${bounds}. You entered ${String(value.length)} characters.` })
  })
}

/** A text of a pattern. */
export function matching(pattern: RegExp) {
  return z.string().regex(pattern)
}

/** One of some names, in any letter case; read in the proper one. */
export function oneOf<const Name extends string>(names: readonly [Name, ...Name[]]) {
  const proper = (value: unknown): unknown =>
    typeof value === 'string' ? (names.find((name) => name.toLowerCase() === value.toLowerCase()) ?? value) : value
  return z.preprocess(proper, z.enum(names))
}

/** A list of so many. */
export function items<Schema extends z.ZodType>(schema: Schema, min: number, max: number) {
  return z.array(schema).min(min).max(max)
}

/** A date-time, as epoch milliseconds. Without an offset it is the time in Warsaw. */
export function instant() {
  return z.string().transform((value, context) => {
    const at = parseInstant(value)
    if (at !== null) return at
    context.addIssue({ code: 'custom', message: 'is not a valid date-time.' })
    return z.NEVER
  })
}

/** Standard Base64 with padding; read as the bytes. */
export function base64(max: number) {
  return z
    .string()
    .regex(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/)
    .max(max)
}

/** A reference number. The schema of the API only fixes its length. */
export function referenceNumber() {
  return text(36, 36)
}

/** A calendar day, `YYYY-MM-DD`. */
export function day() {
  return z.iso.date()
}

/** `{type, value}` with a value in the pattern of its type. */
export function identifier<const Type extends keyof typeof patterns>(types: readonly [Type, ...Type[]]) {
  return z.object({ type: oneOf(types), value: z.string() }).superRefine(({ type, value }, context) => {
    if (!patterns[type].test(value)) context.addIssue(malformedValue)
  })
}

/** The same, or `{type}` of one more type, which has no value. */
export function identifierOr<const Bare extends string, const Type extends keyof typeof patterns>(
  bare: Bare,
  types: readonly [Type, ...Type[]],
) {
  return z
    .object({ type: oneOf<Bare | Type>([bare, ...types]), value: optional(z.string()) })
    .transform(({ type, value = '' }, context): { type: Bare; value?: undefined } | { type: Type; value: string } => {
      const known = types.find((each) => each === type)
      const isRight = known === undefined ? value === '' : patterns[known].test(value)
      if (!isRight) context.addIssue(malformedValue)
      return known === undefined ? { type: bare } : { type: known, value }
    })
}

const malformedValue = { code: 'custom' as const, path: ['value'], message: 'is not in the correct format.' }

/** A context identifier: `{type, value}`. */
export function contextIdentifier() {
  return identifier(contextTypes)
}

/** A body's fields and others as one input. A body that is no object stays as it is, and is refused as such. */
export function withBody(body: unknown, others: object): unknown {
  if (body === undefined) return others
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? { ...body, ...others } : body
}

/** A message in the manner of the service's validator: English, with the path in quotes. */
function messageOf(issue: z.core.$ZodIssue): string {
  const path = issue.path.reduce<string>((before, part) => {
    if (typeof part === 'number') return `${before}[${String(part)}]`
    return before === '' ? String(part) : `${before}.${String(part)}`
  }, '')
  return `'${path === '' ? 'request' : path}' ${sentenceOf(issue)}`
}

function sentenceOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'custom':
      return issue.message
    case 'invalid_type':
      return issue.input === undefined || issue.input === null ? 'must not be empty.' : 'has an invalid value.'
    case 'invalid_value':
      if (issue.input === undefined || issue.input === null) return 'must not be empty.'
      return `has a range of values which does not include '${given(issue.input).slice(0, 50)}'.`
    case 'invalid_format':
      return 'is not in the correct format.'
    case 'too_small':
      return boundOf(issue.origin, 'at least', issue.minimum, issue.input)
    case 'too_big':
      return boundOf(issue.origin, 'at most', issue.maximum, issue.input)
    default:
      return 'has an invalid value.'
  }
}

function given(input: unknown): string {
  return typeof input === 'string' ? input : JSON.stringify(input)
}

function boundOf(origin: string, word: 'at least' | 'at most', bound: number | bigint, input: unknown): string {
  if (origin === 'array') return `must contain ${word} ${String(bound)} items.`
  if (origin === 'string') return `must have ${word} ${String(bound)} characters.`
  const relation = word === 'at least' ? 'greater than or equal to' : 'less than or equal to'
  return `must be ${relation} ${String(bound)}. You entered ${String(input)}.`
}

/** A whole number within bounds. */
export function whole(min: number, max: number) {
  return z.int().superRefine((value, context) => {
    if (value >= min && value <= max) return
    const message = `must be between ${String(min)} and ${String(max)}. You entered ${String(value)}.`
    context.addIssue({ code: 'custom', message })
  })
}

/** A whole number of the query. */
export function queryNumber(min: number, max: number) {
  return z.preprocess(
    (value) => (typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value),
    whole(min, max),
  )
}

/** A boolean of the query. */
export function queryFlag() {
  return z.preprocess(
    (value) => (typeof value === 'string' ? (flags[value.toLowerCase()] ?? value) : value),
    z.boolean(),
  )
}

const flags: Readonly<Record<string, boolean>> = { true: true, false: false }
