/**
 * The context: in whose name one works. The same value goes into the signed request and into the JSON of the KSeF
 * token.
 *
 * @see spec/ksef.md sections 1.8 and 2.2
 * @module
 */
import { invalidArgument } from '@latchkey/core'
import { internalIdPattern, nipPattern } from './nip.ts'
import { nipVatUePattern } from './nip-vat-ue.ts'

/** The shape of a Peppol provider's id. */
export const peppolIdPattern = /^P[A-Z]{2}[0-9]{6}$/

const patterns = {
  Nip: nipPattern,
  InternalId: internalIdPattern,
  NipVatUe: nipVatUePattern,
  PeppolId: peppolIdPattern,
} as const satisfies Record<string, RegExp>

export type ContextIdentifierType = keyof typeof patterns

export interface ContextIdentifier {
  readonly type: ContextIdentifierType
  readonly value: string
}

/** True for the nine characters of a Peppol provider's id. */
export function isPeppolId(value: unknown): value is string {
  return typeof value === 'string' && peppolIdPattern.test(value)
}

/**
 * Refuses a context that KSeF would refuse for its shape. Check digits are left to KSeF, which on TEST takes any.
 *
 * @throws {TypeError} `ERR_INVALID_ARG`
 */
export function assertContextIdentifier(context: ContextIdentifier): void {
  const { type, value } = context
  if (typeof type !== 'string' || !Object.hasOwn(patterns, type)) {
    throw invalidArgument(`context.type: must be one of ${Object.keys(patterns).join(', ')}`)
  }
  if (typeof value !== 'string' || !patterns[type].test(value)) {
    throw invalidArgument(`context.value: must have the shape of ${type}`)
  }
}
