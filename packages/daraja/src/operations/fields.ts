/**
 * The fields that requests are made of, each with its rule and its sentence. A sentence never shows the value.
 *
 * @see spec/daraja.md sections 3.1, 3.9 and 4.8
 * @module
 */
import { Secret } from '@latchkey/core'
import { z } from 'zod'
import { parseEatTimestamp } from '../values/eat.ts'
import { stkAmountMaxKes } from '../values/money.ts'
import { normalizePhoneNumber } from '../values/phone.ts'

/** Text of `min` to `max` characters. */
export function text(min: number, max: number) {
  const message = `must be text of ${min} to ${max} characters`
  return z.string(message).min(min, message).max(max, message)
}

/** A shortcode, paybill or till. Text, because a number would lose leading zeros. */
export const shortCode = z
  .string('must be text of digits, so that leading zeros are kept')
  .regex(/^\d{5,10}$/, 'must be text of 5 to 10 digits')

/** A Kenyan mobile number in any usual form; comes out in the wire form. */
export const phoneNumber = z
  .string('must be a Kenyan mobile number as text: 07…, 01…, 254… or +254…')
  .transform((input, context) => {
    const number = normalizePhoneNumber(input)
    if (number !== undefined) return number
    context.addIssue('must be a Kenyan mobile number: 07…, 01…, 254… or +254…')
    return z.NEVER
  })

/** Whole shillings within the limits of one transaction. */
export const amountKes = z
  .int('must be a whole number of shillings')
  .min(1, 'must be 1 or more')
  .max(stkAmountMaxKes, `must be at most ${stkAmountMaxKes}`)

/** A secret as text or `Secret`; trimmed, because a pasted newline is a common cause of failures. */
export const secretText = z
  .union([z.string(), z.instanceof(Secret)], 'must be non-empty text or a Secret')
  .transform((input, context) => {
    const value = (typeof input === 'string' ? input : input.reveal()).trim()
    if (value !== '') return new Secret(value)
    context.addIssue('must not be empty')
    return z.NEVER
  })

/** `YYYYMMDDHHmmss` in East Africa Time. */
export const eatTimestamp = z
  .string('must be text, YYYYMMDDHHmmss in East Africa Time')
  .refine((value) => parseEatTimestamp(value) !== undefined, 'must be YYYYMMDDHHmmss in East Africa Time')

/** The three optional members of an {@link StkSecret}; which of them must be there is `stkSecretIssues`' to say. */
export const stkSecretFields = {
  passkey: secretText.optional(),
  password: secretText.optional(),
  timestamp: eatTimestamp.optional(),
}
