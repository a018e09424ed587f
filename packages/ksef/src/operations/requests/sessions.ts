/**
 * What the operations on authentication sessions take, and the steps of signing in.
 *
 * @see spec/ksef.md sections 3.1 and 3.2
 * @module
 */
import { z } from 'zod'
import { base64, flag, identifier, object, text } from '../fields.ts'
import { byToken } from './pages.ts'

export const querySessions = object(byToken(100))

const challenge = text(36, 36)
const addresses = z.array(text(1, 40), 'must be a list').max(10, 'must have at most 10').optional()

/** The document is the body; it is signed and must not be touched. */
export const submitXades = object({ verifyCertificateChain: flag.optional() })

/** The rules of the policy are `assertAuthorizationPolicy`'s. */
export const submitKsefToken = object({
  challenge,
  contextIdentifier: identifier('Nip', 'InternalId', 'NipVatUe', 'PeppolId'),
  encryptedToken: base64(4_096),
  publicKeyId: base64(44).optional(),
  authorizationPolicy: object({
    allowedIps: object({ ip4Addresses: addresses, ip4Ranges: addresses, ip4Masks: addresses }),
  }).optional(),
})
