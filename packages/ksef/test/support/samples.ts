/**
 * Inputs and answers that many tests share. Nobody has these numbers.
 *
 * @see spec/ksef.md sections 1.8 and 3.18
 * @module
 */
import type { PersonGrant } from '../../src/operations/permission-grants.ts'

export const nip = '5265877635'
export const pesel = '15062788702'
export const internalId = '6824515772-12343'
export const nipVatUe = '5265877635-DE123456789'
export const peppolId = 'PPL123456'
export const fingerprint = 'C0FFEE00'.repeat(8)
export const serial = '0123456789ABCDEF'
export const permissionId = '0c9a72e8-1111-4222-8333-123456789abc'
export const csr = 'MIIBCg=='

/** A reference number of a kind; 36 characters. */
export const reference = (kind: string): string => `20310501-${kind}-333C814000-C529F710D8-D2`

/** Seven fractional digits and an offset, as KSeF writes instants, and the same as `Date`. */
export const written = '2031-05-01T11:59:59.1234567+00:00'
export const instant = new Date('2031-05-01T11:59:59.123Z')

export const accepted = { referenceNumber: reference('EG') }
export const names = { firstName: 'Adam', lastName: 'Testowy' }
export const personById = { subjectDetailsType: 'PersonByIdentifier', personById: names } as const
export const entityDetails = { fullName: 'Spółka testowa' }
export const foreignEntity = { fullName: 'Beispiel GmbH', address: 'Musterweg 1, Berlin' }
export const entityByFp = { subjectDetailsType: 'EntityByFingerprint', entityByFp: foreignEntity } as const
export const description = 'Bookkeeping'

export const bookkeeper: PersonGrant = {
  subjectIdentifier: { type: 'Pesel', value: pesel },
  permissions: ['InvoiceRead', 'InvoiceWrite'],
  description,
  subjectDetails: personById,
}

export const tokenInfo = (more: object = {}) => ({
  referenceNumber: reference('EC'),
  authorIdentifier: { type: 'Nip', value: nip },
  contextIdentifier: { type: 'Nip', value: nip },
  description: 'Reports of the shop',
  requestedPermissions: ['InvoiceRead'],
  dateCreated: written,
  status: 'Active',
  ...more,
})

export const certificateInfo = (more: object = {}) => ({
  certificateSerialNumber: serial,
  name: 'Shop 1',
  type: 'Authentication',
  commonName: 'Adam Testowy',
  status: 'Active',
  subjectIdentifier: { type: 'Nip', value: nip },
  validFrom: written,
  validTo: written,
  requestDate: written,
  ...more,
})

export const personPermission = (more: object = {}) => ({
  id: permissionId,
  authorizedIdentifier: { type: 'Pesel', value: pesel },
  authorIdentifier: { type: 'System' },
  permissionScope: 'InvoiceWrite',
  description,
  permissionState: 'Active',
  startDate: written,
  canDelegate: false,
  ...more,
})
