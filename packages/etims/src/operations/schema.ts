/**
 * Makes a schema from the descriptions in `fields.ts`, for one of two rule books: the JavaScript SDK's, or the
 * specification's. A sentence names the rule and the type of what it found, never the value.
 *
 * @see spec/etims.md sections 0.3 and 8.4
 * @module
 */
import { z } from 'zod'
import type { Field, Fields, GroupField, NumberField, TextField } from './fields.ts'

/** Whose rules: the SDK's, or the specification's. */
export type RuleBook = 'js' | 'spec'

/** The schema of an object with these fields and no others. */
export function objectSchema(fields: Fields, book: RuleBook): z.ZodObject {
  const shape = Object.entries(fields).map(([name, field]) => [name, fieldSchema(field, book)] as const)
  return z.strictObject(Object.fromEntries(shape), { error: wrongType('an object') })
}

function fieldSchema(field: Field, book: RuleBook): z.ZodType {
  const schema = valueSchema(field, book)
  if (book === 'js' ? field.requiredJs : field.required) return schema
  // "Send null rather than omitting" (section 0.3): the SDK leaves an absent field out, the specification does not.
  return book === 'js' || field.extra ? schema.nullable().optional() : schema.nullable().default(null)
}

function valueSchema(field: Field, book: RuleBook): z.ZodType {
  switch (field.type) {
    case 'text':
      return textSchema(field, book)
    case 'number':
      return numberSchema(field, book)
    case 'object':
    case 'list':
      return groupSchema(field, book)
    default:
      return field satisfies never
  }
}

function groupSchema(field: GroupField, book: RuleBook): z.ZodType {
  const members = objectSchema(field.members, book)
  if (field.type === 'object') return members
  return z.array(members, { error: wrongType('a list') }).min(1, 'must have at least one line')
}

function textSchema(field: TextField, book: RuleBook): z.ZodType {
  const [min, max] = book === 'js' ? field.lengthJs : field.length
  const form = book === 'js' ? field.formJs : field.form
  const codes = book === 'js' ? undefined : field.codes
  const problemOf = (text: string): string | undefined => {
    if (text === '') return 'must not be empty'
    if (text.length < min || text.length > max) return lengthMessage(min, max)
    if (form !== undefined && !form.test(text)) return form.message
    return codes === undefined || codes.names.has(text) ? undefined : codesMessage(codes)
  }
  return z
    .string({ error: wrongType('text') })
    .refine((text) => problemOf(text) === undefined, { error: ({ input }) => problemOf(String(input)) })
}

function lengthMessage(min: number, max: number): string {
  if (min === max) return `must have exactly ${max} characters`
  return min <= 1 ? `must have at most ${max} characters` : `must have ${min} to ${max} characters`
}

function codesMessage(codes: NonNullable<TextField['codes']>): string {
  const known = codes.rows.length <= 12 ? `: ${codes.rows.map((row) => row.code).join(', ')}` : ''
  return `must be a code of class ${codes.cdCls}, ${codes.name}${known}`
}

function numberSchema(field: NumberField, book: RuleBook): z.ZodType {
  const problemOf = book === 'js' ? numberProblemJs(field) : numberProblem(field)
  return z
    .number({ error: wrongType('a number') })
    .refine((value) => problemOf(value) === undefined, { error: ({ input }) => problemOf(Number(input)) })
}

function numberProblemJs({ whole, minJs }: NumberField): (value: number) => string | undefined {
  return (value) => {
    if (Math.abs(value) > Number.MAX_SAFE_INTEGER) return 'is too large to be exact'
    if (whole && !Number.isInteger(value)) return 'must be a whole number'
    return minJs !== undefined && value < minJs ? `must be ${minJs} or more` : undefined
  }
}

function numberProblem({ digits: [digits, scale], min }: NumberField): (value: number) => string | undefined {
  const unit = 10 ** scale
  const limit = 10 ** (digits - scale)
  return (value) => {
    const scaled = Math.round(value * unit)
    if (!Number.isSafeInteger(scaled)) return 'is too large to be exact'
    if (scaled / unit !== value) return scale === 0 ? 'must be a whole number' : `must have at most ${scale} decimals`
    if (Math.abs(value) >= limit) return `must have at most ${digits - scale} digits before the point`
    return min !== undefined && value < min ? `must be ${min} or more` : undefined
  }
}

function wrongType(wanted: string): (issue: { readonly input?: unknown }) => string {
  return ({ input }) => (input === undefined ? 'is required' : `must be ${wanted}, not ${typeName(input)}`)
}

function typeName(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'an object'
  if (typeof value === 'number') return Number.isNaN(value) ? 'NaN' : Number.isFinite(value) ? 'a number' : 'infinity'
  return typeof value === 'string' ? 'text' : `a ${typeof value}`
}
