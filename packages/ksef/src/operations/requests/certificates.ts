/**
 * What the operations on certificates take.
 *
 * @see spec/ksef.md sections 2.15 and 3.4
 * @module
 */
import { z } from 'zod'
import { base64, instant, object, serialNumber, text, word } from '../fields.ts'
import { byOffset } from './pages.ts'

const type = word('Authentication', 'Offline')
const nameRule = 'must be letters, digits, spaces, hyphens and underscores'
const requestMax = 65_536 // A request with an RSA key of 16 384 bits fits.

export const enroll = object({
  certificateName: text(5, 100).regex(/^[a-zA-Z0-9_\- ąćęłńóśźżĄĆĘŁŃÓŚŹŻ]+$/, nameRule),
  certificateType: type,
  csr: base64(requestMax),
  validFrom: instant.optional(),
})

export const retrieve = object({
  certificateSerialNumbers: z
    .array(serialNumber, 'must be a list')
    .min(1, 'must name at least one')
    .max(10, 'must name at most 10'),
})

export const revokeCertificate = object({
  certificateSerialNumber: serialNumber,
  revocationReason: word('Unspecified', 'Superseded', 'KeyCompromise').optional(),
})

export const queryCertificates = object({
  ...byOffset(50),
  certificateSerialNumber: serialNumber.optional(),
  name: text(1, 100).optional(),
  type: type.optional(),
  status: word('Active', 'Blocked', 'Revoked', 'Expired').optional(),
  expiresAfter: instant.optional(),
})
