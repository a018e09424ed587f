/**
 * The fields that requests are made of, each with its rule and its sentence. A sentence never shows the value. Check
 * digits are left to KSeF, which on TEST takes any, but for one place that section 1.8 names.
 *
 * @see spec/ksef.md sections 1.5, 1.8 and appendix A
 * @module
 */
import { z } from 'zod'
import { peppolIdPattern } from '../values/context-identifier.ts'
import { internalIdPattern, nipPattern } from '../values/nip.ts'
import { nipVatUePattern, vatUePattern } from '../values/nip-vat-ue.ts'
import { peselPattern } from '../values/pesel.ts'

/** An object without further fields. */
export const object = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject(shape, { error: 'must be an object' })

/** Text of a length in characters. */
export const text = (min: number, max: number) => {
  const message =
    min === 0 ? `must be text of at most ${max} characters` : `must be text of ${min} to ${max} characters`
  return z.string(message).min(min, message).max(max, message)
}

/** What most things are described by. */
export const description = text(5, 256)

const matching = (pattern: RegExp, message: string) => z.string(message).regex(pattern, message)

interface Shape {
  readonly pattern: RegExp
  readonly message: string
}

const shapes = {
  Nip: { pattern: nipPattern, message: 'must be the ten digits of a NIP' },
  Pesel: { pattern: peselPattern, message: 'must be the eleven digits of a PESEL' },
  InternalId: { pattern: internalIdPattern, message: 'must be a NIP, a hyphen and five digits' },
  NipVatUe: { pattern: nipVatUePattern, message: 'must be a NIP, a hyphen and an EU VAT number with its country' },
  PeppolId: { pattern: peppolIdPattern, message: 'must be P, two capital letters and six digits' },
  Fingerprint: { pattern: /^[0-9A-F]{64}$/, message: 'must be 64 capital hexadecimal digits' },
  AllPartners: undefined, // Everybody.
  System: undefined, // Nobody in particular.
} as const satisfies Record<string, Shape | undefined>

type IdentifierType = keyof typeof shapes

export const nip = matching(shapes.Nip.pattern, shapes.Nip.message)
export const pesel = matching(shapes.Pesel.pattern, shapes.Pesel.message)
export const vatUe = matching(vatUePattern, 'must be an EU VAT number with its country')
export const serialNumber = matching(/^[0-9A-F]{16}$/, 'must be the 16 capital hexadecimal digits of a serial number')

/** The schema fixes the length alone, and so do we. */
export const referenceNumber = matching(/^[\x21-\x7e]{36}$/, 'must be the 36 characters of a reference number')

export const permissionId = matching(
  /^[\x21-\x7e]{36}$/,
  'must be the 36 characters of a permission id, which a query gives; the reference number of a grant is none',
)

/** One of the types, with a value of its shape, or without one where the type has none. */
export const identifier = <Type extends IdentifierType>(...types: readonly [Type, ...Type[]]) =>
  object({ type: word(...types), value: z.string('must be text').optional() }).superRefine((input, context) => {
    const shape: Shape | undefined = shapes[input.type]
    const fits = shape === undefined ? input.value === undefined : shape.pattern.test(input.value ?? '')
    const message = shape?.message ?? 'must be left out for this type'
    if (!fits) context.addIssue({ code: 'custom', path: ['value'], message })
  })

/** One of several words, spelled exactly. */
export const word = <Word extends string>(...words: readonly [Word, ...Word[]]) =>
  z.enum(words, `must be ${words.map((each) => `'${each}'`).join(' or ')}`)

/** A list of words, none twice. */
export const wordSet = <Word extends string>(...words: readonly [Word, ...Word[]]) =>
  z
    .array(word(...words), 'must be a list')
    .refine((list) => new Set(list).size === list.length, 'must name nothing twice')

/** The same, not empty. */
export const someWords = <Word extends string>(...words: readonly [Word, ...Word[]]) =>
  wordSet(...words).min(1, 'must name at least one')

/** A whole number. */
export const whole = (min: number, max: number) => {
  const message = `must be a whole number from ${min} to ${max}`
  return z.int(message).min(min, message).max(max, message)
}

export const flag = z.boolean('must be true or false')

/** A day. */
export const day = z.iso.date('must be a day as YYYY-MM-DD')

/**
 * A moment as `Date` or text with its zone: KSeF would read text without one as the time in Warsaw. Text is sent as it
 * is, with all of its digits.
 */
export const instant = z
  .union([z.date(), z.string()], 'must be a Date or a date and time with its zone')
  .transform((input, context) => {
    if (input instanceof Date && !Number.isNaN(input.getTime())) return input.toISOString()
    if (typeof input === 'string' && zoned.test(input) && !Number.isNaN(Date.parse(input))) return input
    context.addIssue('must be a Date or a date and time with its zone, such as 2031-05-01T12:00:00Z')
    return z.NEVER
  })

const zoned = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,7})?(?:Z|[+-]\d\d:\d\d)$/

/** Base64 with padding. */
export const base64 = (max: number) =>
  z.base64('must be Base64').min(1, 'must not be empty').max(max, `must have at most ${max} characters`)
