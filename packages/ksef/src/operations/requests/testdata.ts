/**
 * What the operations on test data take.
 *
 * @see spec/ksef.md sections 3.16 and 3.19
 * @module
 */
import { z } from 'zod'
import { day, description, flag, identifier, instant, nip, object, pesel, serialNumber, word } from '../fields.ts'

export const createSubject = object({
  subjectNip: nip,
  subjectType: word('EnforcementAuthority', 'VatGroup', 'JST'),
  subunits: z.array(object({ subjectNip: nip, description }), 'must be a list').optional(),
  description,
  createdDate: instant.optional(),
})

export const removeSubject = object({ subjectNip: nip })

export const createPerson = object({
  nip,
  pesel,
  isBailiff: flag,
  description,
  isDeceased: flag.optional(),
  createdDate: instant.optional(),
})

export const byNip = object({ nip })

const permission = object({
  permissionType: word(
    'InvoiceRead',
    'InvoiceWrite',
    'Introspection',
    'CredentialsRead',
    'CredentialsManage',
    'EnforcementOperations',
    'SubunitManage',
    'CollectiveIdentifierManage',
  ),
  description,
})

const holder = { contextIdentifier: identifier('Nip'), authorizedIdentifier: identifier('Nip', 'Pesel', 'Fingerprint') }

export const grantTestPermissions = object({
  ...holder,
  permissions: z.array(permission, 'must be a list').min(1, 'must name at least one'),
})

export const revokeTestPermissions = object(holder)

export const revokeAttachments = object({ nip, expectedEndDate: day.optional() })

export const byContext = object({ contextIdentifier: identifier('Nip', 'InternalId', 'NipVatUe', 'PeppolId') })

export const updateCertificate = object({ serialNumber, validTo: instant })
