/**
 * What grants and revocations of permissions take.
 *
 * @see spec/ksef.md sections 3.5, 3.6 and 3.18
 * @module
 */
import { z } from 'zod'
import { isInternalId } from '../../values/nip.ts'
import { day, description, flag, identifier, object, permissionId, someWords, text, word } from '../fields.ts'

const anySubject = identifier('Nip', 'Pesel', 'Fingerprint')
const fingerprint = identifier('Fingerprint')
const names = { firstName: text(2, 30), lastName: text(2, 81) }
const entityDetails = object({ fullName: text(5, 90) })
const address = { fullName: text(0, 100), address: text(0, 512) }

const idDocument = object({
  type: text(0, 20),
  number: text(0, 20),
  country: z.string('must be text').regex(/^[A-Z]{2}$/, 'must be two capital letters'),
})

// Exactly the member that `subjectDetailsType` names, and no other.
const byIdentifier = object({
  subjectDetailsType: z.literal('PersonByIdentifier'),
  personById: object(names),
})
const byFingerprintWithId = object({
  subjectDetailsType: z.literal('PersonByFingerprintWithIdentifier'),
  personByFpWithId: object({ ...names, identifier: identifier('Pesel', 'Nip') }),
})
const byFingerprintWithoutId = object({
  subjectDetailsType: z.literal('PersonByFingerprintWithoutIdentifier'),
  personByFpNoId: object({ ...names, birthDate: day, idDocument }),
})
const entityByFingerprint = object({
  subjectDetailsType: z.literal('EntityByFingerprint'),
  entityByFp: object(address),
})

const personDetails = z.discriminatedUnion(
  'subjectDetailsType',
  [byIdentifier, byFingerprintWithId, byFingerprintWithoutId],
  'must have a subjectDetailsType of a person and the member that it names',
)
const euDetails = z.discriminatedUnion(
  'subjectDetailsType',
  [byFingerprintWithId, byFingerprintWithoutId, entityByFingerprint],
  'must have a subjectDetailsType by fingerprint and the member that it names',
)

export const grantPerson = object({
  subjectIdentifier: anySubject,
  permissions: someWords(
    'CredentialsManage',
    'CredentialsRead',
    'InvoiceWrite',
    'InvoiceRead',
    'Introspection',
    'SubunitManage',
    'EnforcementOperations',
    'CollectiveIdentifierManage',
  ),
  description,
  subjectDetails: personDetails,
})

const entityPermission = object({
  type: word('InvoiceWrite', 'InvoiceRead', 'CollectiveIdentifierManage'), // The third from API 2.8.1.
  canDelegate: flag.optional(),
})

export const grantEntity = object({
  subjectIdentifier: identifier('Nip'),
  permissions: z
    .array(entityPermission, 'must be a list')
    .min(1, 'must name at least one')
    .refine((list) => new Set(list.map(({ type }) => type)).size === list.length, 'must name nothing twice'),
  description,
  subjectDetails: entityDetails,
})

export const grantAuthorization = object({
  subjectIdentifier: identifier('Nip', 'PeppolId'),
  permission: word('SelfInvoicing', 'RRInvoicing', 'TaxRepresentative', 'PefInvoicing'),
  description,
  subjectDetails: entityDetails,
})

export const grantIndirect = object({
  subjectIdentifier: anySubject,
  targetIdentifier: identifier('AllPartners', 'Nip', 'InternalId').optional(),
  permissions: someWords('InvoiceRead', 'InvoiceWrite', 'CollectiveIdentifierManage'), // The third from API 2.8.1.
  description,
  subjectDetails: personDetails,
})

export const grantSubunit = object({
  subjectIdentifier: anySubject,
  contextIdentifier: identifier('InternalId', 'Nip'),
  description,
  subunitName: description.optional(),
  subjectDetails: personDetails,
}).superRefine(({ contextIdentifier: { type, value }, subunitName }, context) => {
  if (type !== 'InternalId') return
  if (subunitName === undefined) {
    const message = 'must be given for a context of type InternalId'
    context.addIssue({ code: 'custom', path: ['subunitName'], message })
  }
  if (!isInternalId(value)) {
    const path = ['contextIdentifier', 'value']
    context.addIssue({ code: 'custom', path, message: 'must end with its right check digit' })
  }
})

export const grantEuEntityAdministration = object({
  subjectIdentifier: fingerprint,
  contextIdentifier: identifier('NipVatUe'),
  description,
  euEntityName: description,
  subjectDetails: euDetails,
  euEntityDetails: object(address),
})

export const grantEuEntity = object({
  subjectIdentifier: fingerprint,
  permissions: someWords('InvoiceWrite', 'InvoiceRead'),
  description,
  subjectDetails: euDetails,
})

export const byPermissionId = object({ permissionId })
