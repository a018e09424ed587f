/**
 * The fields that requests are made of, each with its rule and its sentence. A sentence never shows the value. The rules
 * are few on purpose: what Truphone accepts must not be refused here.
 *
 * @see spec/truphone.md sections 2.4 and 15
 * @module
 */
import { Secret } from '@latchkey/core'
import { z } from 'zod'

/** Text that is not empty and not absurdly long. */
export const text = (max = 256) => {
  const message = `must be text of 1 to ${max} characters`
  return z.string(message).min(1, message).max(max, message)
}

/** An opaque id: never trimmed, never matched with a pattern. */
export const id = text(512)

/** Text, because a number would lose digits. */
export const iccid = z.string('must be text of digits').regex(/^\d{1,32}$/, 'must be text of 1 to 32 digits')

/** An eUICC's number; comes out trimmed. */
export const eid = z
  .string('must be text of 32 digits')
  .trim()
  .regex(/^\d{32}$/, 'must be text of 32 digits')

/** A moment as `Date` or text with its zone; comes out in UTC with a literal `Z`. */
export const instant = z
  .union([z.date(), z.string()], 'must be a Date or a date and time with its zone')
  .transform((input, context) => {
    const at = input instanceof Date ? input.getTime() : zoned.test(input) && isDay(input) ? Date.parse(input) : NaN
    if (!Number.isNaN(at)) return new Date(at).toISOString()
    context.addIssue('must be a Date or a date and time with its zone, such as 2031-05-01T12:00:00Z')
    return z.NEVER
  })

const zoned = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)$/

// Date.parse would take 30 February for 2 March.
function isDay(text: string): boolean {
  const [year = NaN, month = NaN, day = NaN] = text.slice(0, 10).split('-').map(Number)
  return new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day
}

/** `http` and `https`, absolute: the vendor's own examples have both. */
export const webhookUrl = z
  .string('must be a URL')
  .max(2048, 'must have at most 2048 characters')
  .refine(
    (value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol),
    'must be an absolute http or https URL',
  )

/** A secret as text or `Secret`. */
export const secretText = z
  .union([z.string(), z.instanceof(Secret)], 'must be non-empty text or a Secret')
  .transform((input, context) => {
    const value = typeof input === 'string' ? input : input.reveal()
    if (value !== '') return new Secret(value)
    context.addIssue('must not be empty')
    return z.NEVER
  })

/** The type of a notification, spelled right. */
export const notificationType = z.enum(
  ['USAGE_THRESHOLD', 'SUBSCRIPTION_END'],
  "must be 'USAGE_THRESHOLD' or 'SUBSCRIPTION_END'",
)
