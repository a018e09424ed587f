/**
 * Who somebody is, and in whose name he acts.
 *
 * @see spec/ksef.md sections 1.8, 2.1, 2.2, B.1
 * @module
 */
import { z } from 'zod'

/** Who authenticates. `PeppolId` only by a provider's certificate. */
export const identityKinds = ['Nip', 'Pesel', 'Fingerprint', 'PeppolId'] as const

/** In whose name. */
export const contextTypes = ['Nip', 'InternalId', 'NipVatUe', 'PeppolId'] as const

export const identityRow = z.strictObject({ kind: z.enum(identityKinds), value: z.string() })
export const contextRow = z.strictObject({ type: z.enum(contextTypes), value: z.string() })

/** An identity. */
export type Identity = z.infer<typeof identityRow>

/** A context. */
export type Context = z.infer<typeof contextRow>
export type ContextType = Context['type']

const nip = '[1-9](?:\\d[1-9]|[1-9]\\d)\\d{7}'
const vatUe =
  'ATU\\d{8}|BE[01]\\d{9}|BG\\d{9,10}|CY\\d{8}[A-Z]|CZ\\d{8,10}|DE\\d{9}|DK\\d{8}|EE\\d{9}|EL\\d{9}|' +
  'ES(?:[A-Z]\\d{8}|\\d{8}[A-Z]|[A-Z]\\d{7}[A-Z])|FI\\d{8}|FR[A-Z0-9]{2}\\d{9}|HR\\d{11}|HU\\d{8}|' +
  'IE(?:\\d{7}[A-Z]{2}|\\d[A-Z0-9+*]\\d{5}[A-Z])|IT\\d{11}|LT(?:\\d{9}|\\d{12})|LU\\d{8}|LV\\d{11}|MT\\d{8}|' +
  'NL[A-Z0-9+*]{12}|PT\\d{9}|RO\\d{2,10}|SE\\d{12}|SI\\d{8}|SK\\d{10}|XI(?:\\d{9}|\\d{12}|(?:GD|HA)\\d{3})'

/** The patterns of identifiers. Check digits are not part of them: the API checks the pattern alone. */
export const patterns = {
  Nip: new RegExp(`^${nip}$`),
  InternalId: new RegExp(`^${nip}-\\d{5}$`),
  VatUe: new RegExp(`^(?:${vatUe})$`),
  NipVatUe: new RegExp(`^${nip}-(?:${vatUe})$`),
  PeppolId: /^P[A-Z]{2}[0-9]{6}$/,
  Pesel: /^\d{2}(?:0[1-9]|1[0-2]|2[1-9]|3[0-2]|4[1-9]|5[0-2]|6[1-9]|7[0-2]|8[1-9]|9[0-2])\d{7}$/,
  Fingerprint: /^[0-9A-F]{64}$/,
  Challenge: /^\d{8}-CR-[A-F0-9]{10}-[A-F0-9]{10}-[A-F0-9]{2}$/,
} as const

/** True of the same context. */
export function isSameContext(left: Context, right: Context): boolean {
  return left.type === right.type && left.value === right.value
}

/** A context in words, for keys and for the service's messages. */
export function contextText({ type, value }: Context): string {
  return `${type}: ${value}`
}
