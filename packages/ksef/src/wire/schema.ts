/**
 * What the schemas of KSeF's answers are made of.
 *
 * Answers are read with tolerance: `null` is absence, further members are kept as they came, words of an enumeration
 * are any text, lengths and patterns are not looked at. What a schema demands is what the API always sends.
 *
 * @see spec/ksef.md sections 1.3 and 1.5
 * @module
 */
import { isObject, member, textMember } from '@latchkey/http'
import { z } from 'zod'
import type { KnownIdentifier, LooseIdentifier } from '../values/identifier.ts'
import type { OffsetPage, TokenPage } from '../values/page.ts'
import type { StatusInfo } from '../values/status.ts'

/** An object whose `null` members are absent and whose further members stay. */
export const object = <Shape extends z.ZodRawShape>(shape: Shape) => z.preprocess(withoutNulls, z.looseObject(shape))

/** A member that may be absent. */
export const optional = z.exactOptional

export const text = z.string()
export const texts = z.array(text)

/**
 * An instant with its zone; up to seven fractional digits come, of which `Date` keeps three. Text without a zone is
 * refused, since it would be read as this machine's local time.
 */
export const instant: z.ZodType<Date> = z.string().transform((value, context) => {
  const at = zoned.test(value) ? Date.parse(value) : NaN
  if (!Number.isNaN(at)) return new Date(at)
  context.addIssue('must be an instant with its zone')
  return z.NEVER
})

const zoned = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/

export const identifier: z.ZodType<KnownIdentifier<string>> = object({ type: text, value: text })

/** Some types, such as `System`, have no value. */
export const looseIdentifier: z.ZodType<LooseIdentifier<string>> = object({ type: text, value: optional(text) })

export const statusInfo: z.ZodType<StatusInfo> = object({
  code: z.int(),
  description: text,
  details: optional(texts),
})

/** A page whose items are under `name`. */
export function tokenPage<Item>(name: string, item: z.ZodType<Item>): z.ZodType<TokenPage<Item>> {
  const listed = (json: unknown): unknown => {
    const continuationToken = textMember(json, 'continuationToken') // Empty is absent.
    return { items: member(json, name), ...(continuationToken !== undefined && { continuationToken }) }
  }
  return z.preprocess(listed, z.object({ items: z.array(item), continuationToken: optional(text) }))
}

/** A page whose items are under `name`. */
export function offsetPage<Item>(name: string, item: z.ZodType<Item>): z.ZodType<OffsetPage<Item>> {
  const listed = (json: unknown): unknown => ({ items: member(json, name), hasMore: member(json, 'hasMore') })
  return z.preprocess(listed, z.object({ items: z.array(item), hasMore: z.boolean() }))
}

function withoutNulls(json: unknown): unknown {
  if (!isObject(json)) return json
  return Object.fromEntries(Object.entries(json).filter(([, value]) => value !== null))
}
