/**
 * What the operations on KSeF tokens take.
 *
 * @see spec/ksef.md sections 2.14 and 3.3
 * @module
 */
import { z } from 'zod'
import { description, flag, object, someWords, text, word, wordSet } from '../fields.ts'
import { byToken } from './pages.ts'

export const generateToken = object({
  permissions: someWords(
    'InvoiceRead',
    'InvoiceWrite',
    'CredentialsRead',
    'CredentialsManage',
    'SubunitManage',
    'EnforcementOperations',
    'Introspection',
    'CollectiveIdentifierManage',
  ),
  description,
})

const timeoutMs = z.number('must be a positive number of milliseconds').positive().optional()

/** The same, and whether to wait: told before a token is made whose text would be lost with a late refusal. */
export const generateAndWait = generateToken.extend({
  wait: z.union([flag, object({ timeoutMs })], 'must be true, false or an object with timeoutMs').optional(),
})

const part = text(3, 256)

export const queryTokens = object({
  ...byToken(100),
  status: wordSet('Pending', 'Active', 'Revoking', 'Revoked', 'Failed').optional(),
  description: part.optional(),
  authorIdentifier: part.optional(),
  authorIdentifierType: word('Nip', 'Pesel', 'Fingerprint').optional(),
})
