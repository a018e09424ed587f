/**
 * Every shape in which Truphone and the gateways before it answer, read into one. Apart from `errors.ts`, which decides
 * what an answer means for us.
 *
 * @see spec/truphone.md sections 3.1 and 3.4
 * @module
 */
import { isObject, member, textMember } from '@latchkey/http'
import type { ReadAnswer } from '../errors.ts'
import { parseWire } from './json.ts'

/** Reads an answer's text. Never throws: what is not JSON is still an answer. */
export function readAnswer(status: number, text: string): ReadAnswer {
  const trimmed = text.trim()
  if (trimmed === '') return { status, kind: 'empty' }
  const json = parseWire(trimmed)
  if (json === undefined) return { status, kind: /^<|<html|<!doctype/i.test(trimmed.slice(0, 512)) ? 'html' : 'text' }
  const type = typeWord(textMember(json, 'type'))
  const field = status >= 400 ? fieldOf(member(json, 'messages')) : undefined
  return {
    status,
    kind: 'json',
    json,
    ...(status >= 400 && type !== undefined && { type }),
    ...(field !== undefined && { field }),
  }
}

/** True for a JSON object. */
export function hasObject({ json }: ReadAnswer): boolean {
  return isObject(json)
}

// An error shows this word, so a member that holds anything else, an echoed secret for one, is left out.
function typeWord(value: string | undefined): string | undefined {
  return value !== undefined && value.length <= 60 && /^[A-Z]+(?:[_ ][A-Z]+)*$/.test(value) ? value : undefined
}

const fields = new Set(
  (
    'operationType countryCode customer email firstName lastName countryOfResidence language device id type make model ' +
    'eid subscriptions product_id activationDate price currency esim iccid targetCurrency plan_id product-id before ' +
    'after size page webhook_url phoneNumber defaultCurrency verified billingAddress shippingAddress companyName ' +
    'companyNumber jobTitle streetAddress1 streetAddress2 city state postCode country token name last_digits ' +
    'expiry_month expiry_year gateway'
  ).split(' '),
)

// "input.subscriptions[0].currency: must be …" names a field by its path.
function fieldOf(messages: unknown): string | undefined {
  for (const message of Array.isArray(messages) ? messages.slice(0, 20) : []) {
    const [, path] = (typeof message === 'string' && /^([A-Za-z_][\w.[\]-]{0,100}):/.exec(message)) || []
    const words = path?.split(/[.[\]]+/).filter((word) => word !== '' && word !== 'input') ?? []
    if (words.length > 0 && words.every((word) => fields.has(word) || /^\d{1,4}$/.test(word))) return path
  }
  return undefined
}
