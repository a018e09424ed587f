/**
 * Bad input: refused before anything is sent, with the field's path and without its value.
 *
 * @see spec/ksef.md sections 1.5, 1.8, 2.14, 2.15, 3.3 to 3.8, 3.16 and 3.18
 * @module
 */
import { describe, expect, test } from 'vitest'
import type { Services } from '../support/services.ts'
import { on, services } from '../support/services.ts'
import {
  accepted,
  bookkeeper,
  csr,
  description,
  entityByFp,
  entityDetails,
  fingerprint,
  foreignEntity,
  names,
  nip,
  permissionId,
  personById,
  pesel,
  serial,
} from '../support/samples.ts'

/** What is wrong, how it is called, and the paths that are named. */
type Row = readonly [string, (auth: Services) => unknown, ...paths: string[]]

/** As a program in plain JavaScript calls it. */
const bad = (input: unknown): never => input as never

const subunit = {
  subjectIdentifier: { type: 'Nip', value: nip },
  contextIdentifier: { type: 'Nip', value: nip },
  description,
  subjectDetails: personById,
} as const
const euGrant = {
  subjectIdentifier: { type: 'Fingerprint', value: fingerprint },
  contextIdentifier: { type: 'NipVatUe', value: `${nip}-DE123456789` },
  description,
  euEntityName: 'Beispiel GmbH, Musterweg 1',
  subjectDetails: entityByFp,
  euEntityDetails: foreignEntity,
} as const
const enrolment = { certificateName: 'Shop 1', certificateType: 'Authentication', csr } as const
const rate = { perSecond: 1, perMinute: 1, perHour: 1 }

const grantedTo =
  (type: string, value: unknown): Row[1] =>
  ({ permissions }) =>
    permissions.grantPerson(bad({ ...bookkeeper, subjectIdentifier: { type, value } }))
const withDetails =
  (subjectDetails: object): Row[1] =>
  ({ permissions }) =>
    permissions.grantPerson(bad({ ...bookkeeper, subjectDetails }))

const rows: Readonly<Record<string, readonly Row[]>> = {
  '1.6, pages': [
    ['a page of 9', ({ sessions }) => sessions.query({ pageSize: 9 }), 'pageSize'],
    ['a page of 101', ({ tokens }) => tokens.query({ pageSize: 101 }), 'pageSize'],
    ['a page of 51 certificates', ({ certificates }) => certificates.query({ pageSize: 51 }), 'pageSize'],
    ['half a page', ({ peppol }) => peppol.query({ pageSize: 10.5 }), 'pageSize'],
    ['a page before the first', ({ peppol }) => peppol.query({ pageOffset: -1 }), 'pageOffset'],
    [
      'a token that breaks the header',
      ({ sessions }) => sessions.query({ continuationToken: 'a\r\nb' }),
      'continuationToken',
    ],
    ['a token of no length', ({ tokens }) => tokens.query({ continuationToken: '' }), 'continuationToken'],
    ['an unknown field', ({ tokens }) => tokens.query(bad({ pagesize: 10 })), 'pagesize'],
  ],
  '1.8, identifiers': [
    ['a NIP of nine digits', grantedTo('Nip', '526587763'), 'subjectIdentifier.value'],
    ['a NIP that begins with 0', grantedTo('Nip', '0265877635'), 'subjectIdentifier.value'],
    ['a PESEL in the 13th month', grantedTo('Pesel', '99139912345'), 'subjectIdentifier.value'],
    ['a fingerprint in small letters', grantedTo('Fingerprint', fingerprint.toLowerCase()), 'subjectIdentifier.value'],
    ['a NIP as a number', grantedTo('Nip', 5265877635), 'subjectIdentifier.value'],
    ['no value', grantedTo('Nip', undefined), 'subjectIdentifier.value'],
    ['a type in small letters', grantedTo('nip', nip), 'subjectIdentifier.type'],
    ['a type of another list', grantedTo('PeppolId', 'PPL123456'), 'subjectIdentifier.type'],
    ['a short reference', ({ sessions }) => sessions.close({ referenceNumber: 'x' }), 'referenceNumber'],
    [
      'the reference number of a grant and a letter',
      ({ permissions }) => permissions.revokeCommon({ permissionId: `${permissionId}0` }),
      'permissionId',
    ],
    [
      'a serial number in small letters',
      ({ certificates }) => certificates.retrieve({ certificateSerialNumbers: [serial, 'abcdef0123456789'] }),
      'certificateSerialNumbers.1',
    ],
  ],
  '3.3, KSeF tokens': [
    ['nothing', ({ tokens }) => tokens.generate(bad(undefined)), ''],
    ['no permission', ({ tokens }) => tokens.generate({ permissions: [], description }), 'permissions'],
    [
      'a permission twice',
      ({ tokens }) => tokens.generate({ permissions: ['InvoiceRead', 'InvoiceRead'], description }),
      'permissions',
    ],
    [
      'a permission of another list',
      ({ tokens }) => tokens.generate(bad({ permissions: ['VatUeManage'], description })),
      'permissions.0',
    ],
    [
      'a description of 4 and no permissions',
      ({ tokens }) => tokens.generate(bad({ description: 'four' })),
      'permissions',
      'description',
    ],
    [
      'a description of 257',
      ({ tokens }) => tokens.generate({ permissions: ['InvoiceRead'], description: 'd'.repeat(257) }),
      'description',
    ],
    [
      'a wait of no time',
      ({ tokens }) => tokens.generate({ permissions: ['InvoiceRead'], description, wait: { timeoutMs: 0 } }),
      'wait.timeoutMs',
    ],
    ['a search of two letters', ({ tokens }) => tokens.query({ description: 'ab' }), 'description'],
    ['an unknown state', ({ tokens }) => tokens.query(bad({ status: ['Dead'] })), 'status.0'],
    ['a wait for nothing', ({ tokens }) => tokens.waitForActivation(bad({})), 'referenceNumber'],
  ],
  '3.4, certificates': [
    [
      'a name of 4',
      ({ certificates }) => certificates.enroll({ ...enrolment, certificateName: 'Shop' }),
      'certificateName',
    ],
    [
      'a name with a slash',
      ({ certificates }) => certificates.enroll({ ...enrolment, certificateName: 'Shop/1' }),
      'certificateName',
    ],
    ['a request in PEM', ({ certificates }) => certificates.enroll({ ...enrolment, csr: '-----BEGIN' }), 'csr'],
    ['an empty request', ({ certificates }) => certificates.enroll({ ...enrolment, csr: '' }), 'csr'],
    [
      'a time without its zone',
      ({ certificates }) => certificates.enroll({ ...enrolment, validFrom: '2031-05-01T12:00:00' }),
      'validFrom',
    ],
    [
      'a Date that is none',
      ({ certificates }) => certificates.enroll({ ...enrolment, validFrom: new Date('never') }),
      'validFrom',
    ],
    [
      'eleven certificates',
      ({ certificates }) => certificates.retrieve({ certificateSerialNumbers: Array(11).fill(serial) as string[] }),
      'certificateSerialNumbers',
    ],
    [
      'no certificate',
      ({ certificates }) => certificates.retrieve({ certificateSerialNumbers: [] }),
      'certificateSerialNumbers',
    ],
    [
      'a reason of one’s own',
      ({ certificates }) => certificates.revoke(bad({ certificateSerialNumber: serial, revocationReason: 'Lost' })),
      'revocationReason',
    ],
  ],
  '3.18, details of the subject': [
    [
      'none',
      ({ permissions }) => permissions.grantPerson(bad({ ...bookkeeper, subjectDetails: undefined })),
      'subjectDetails',
    ],
    [
      'another member than is named',
      withDetails({ ...personById, personById: undefined, personByFpNoId: names }),
      'subjectDetails.personById',
      'subjectDetails.personByFpNoId',
    ],
    [
      'a member more than is named',
      withDetails({ ...personById, entityByFp: foreignEntity }),
      'subjectDetails.entityByFp',
    ],
    ['a seal where a person is needed', withDetails(entityByFp), 'subjectDetails.subjectDetailsType'],
    [
      'a first name of one letter',
      withDetails({ ...personById, personById: { ...names, firstName: 'A' } }),
      'subjectDetails.personById.firstName',
    ],
    [
      'a last name of 82',
      withDetails({ ...personById, personById: { ...names, lastName: 'A'.repeat(82) } }),
      'subjectDetails.personById.lastName',
    ],
    [
      'a birthday that never was, and a country in small letters',
      withDetails({
        subjectDetailsType: 'PersonByFingerprintWithoutIdentifier',
        personByFpNoId: { ...names, birthDate: '1990-02-30', idDocument: { type: 'ID', number: '1', country: 'de' } },
      }),
      'subjectDetails.personByFpNoId.birthDate',
      'subjectDetails.personByFpNoId.idDocument.country',
    ],
  ],
  '3.5, grants': [
    ['no permission', ({ permissions }) => permissions.grantPerson({ ...bookkeeper, permissions: [] }), 'permissions'],
    [
      'a permission twice, once with delegation',
      ({ permissions }) =>
        permissions.grantEntity({
          subjectIdentifier: { type: 'Nip', value: nip },
          permissions: [{ type: 'InvoiceRead' }, { type: 'InvoiceRead', canDelegate: true }],
          description,
          subjectDetails: entityDetails,
        }),
      'permissions',
    ],
    [
      'a name of 91',
      ({ permissions }) =>
        permissions.grantAuthorization({
          subjectIdentifier: { type: 'Nip', value: nip },
          permission: 'SelfInvoicing',
          description,
          subjectDetails: { fullName: 'n'.repeat(91) },
        }),
      'subjectDetails.fullName',
    ],
    [
      'all partners, and one of them',
      ({ permissions }) =>
        permissions.grantIndirect(bad({ ...bookkeeper, targetIdentifier: { type: 'AllPartners', value: nip } })),
      'targetIdentifier.value',
    ],
    [
      'an internal id without a name for the unit and with a wrong check digit',
      ({ permissions }) =>
        permissions.grantSubunit({ ...subunit, contextIdentifier: { type: 'InternalId', value: '6824515772-12344' } }),
      'subunitName',
      'contextIdentifier.value',
    ],
    [
      'an EU entity of Poland',
      ({ permissions }) =>
        permissions.grantEuEntityAdministration({
          ...euGrant,
          contextIdentifier: { type: 'NipVatUe', value: `${nip}-PL5265877635` },
        }),
      'contextIdentifier.value',
    ],
    [
      'an address of 513',
      ({ permissions }) =>
        permissions.grantEuEntityAdministration({
          ...euGrant,
          euEntityDetails: { ...foreignEntity, address: 'a'.repeat(513) },
        }),
      'euEntityDetails.address',
    ],
  ],
  '3.7, searches': [
    ['no kind of search', ({ permissions }) => permissions.queryPersons(bad({})), 'queryType'],
    [
      'an EU VAT number with a NIP',
      ({ permissions }) => permissions.queryEuEntities({ vatUeIdentifier: `${nip}-DE123456789` }),
      'vatUeIdentifier',
    ],
    [
      'a form on paper with a number',
      ({ permissions }) =>
        permissions.queryPersons(
          bad({ queryType: 'PermissionsInCurrentContext', authorIdentifier: { type: 'System', value: nip } }),
        ),
      'authorIdentifier.value',
    ],
  ],
  '3.8, limits': [
    [
      '6 MB, 11 MB and 100 001 invoices',
      ({ limits }) =>
        limits.setSession({
          onlineSession: { maxInvoiceSizeInMB: 6, maxInvoiceWithAttachmentSizeInMB: 11, maxInvoices: 100_001 },
          batchSession: { maxInvoiceSizeInMB: 5, maxInvoiceWithAttachmentSizeInMB: 10, maxInvoices: 100_000 },
        }),
      'onlineSession.maxInvoiceSizeInMB',
      'onlineSession.maxInvoiceWithAttachmentSizeInMB',
      'onlineSession.maxInvoices',
    ],
    [
      'fewer certificates than none',
      ({ limits }) => limits.setSubject({ certificate: { maxCertificates: -1 } }),
      'certificate.maxCertificates',
    ],
    [
      'one group alone',
      ({ limits }) => limits.setRateLimits(bad({ onlineSession: { ...rate, perHour: 0 } })),
      'onlineSession.perHour',
      'batchSession',
      'invoiceSend',
      'invoiceStatus',
      'sessionList',
      'sessionInvoiceList',
      'sessionMisc',
      'invoiceMetadata',
      'invoiceExport',
      'invoiceExportStatus',
      'invoiceDownload',
      'collectiveIdentifier',
      'other',
    ],
  ],
  '3.16, test data': [
    [
      'a kind of its own and a unit without a description',
      ({ testdata }) =>
        testdata.createSubject(
          bad({ subjectNip: nip, subjectType: 'Company', subunits: [{ subjectNip: nip }], description }),
        ),
      'subjectType',
      'subunits.0.description',
    ],
    [
      'a bailiff by hearsay',
      ({ testdata }) => testdata.createPerson(bad({ nip, pesel, isBailiff: 'yes', description })),
      'isBailiff',
    ],
    [
      'an end that is no day',
      ({ testdata }) => testdata.revokeAttachments({ nip, expectedEndDate: '30.06.2031' }),
      'expectedEndDate',
    ],
    ['nobody', ({ testdata }) => testdata.blockContext(bad({})), 'contextIdentifier'],
    [
      'a time without its zone',
      ({ testdata }) => testdata.updateCertificateValidTo({ serialNumber: serial, validTo: '2031-05-01T12:00:00' }),
      'validTo',
    ],
  ],
}

for (const [section, cases] of Object.entries(rows)) {
  describe(`section ${section}`, () => {
    for (const [what, call, ...paths] of cases) {
      test(what, async () => {
        const { auth, fetch } = services([])
        const error: unknown = await Promise.resolve(call(auth)).catch((thrown: unknown) => thrown)
        expect(error).toBeInstanceOf(TypeError)
        expect(error).toMatchObject({ code: 'ERR_INVALID_ARG' })
        const { issues } = error as { readonly issues: readonly { readonly path: string }[] }
        expect(new Set(issues.map(({ path }) => path))).toEqual(new Set(paths))
        expect(fetch.calls).toHaveLength(0)
      })
    }
  })
}

test('a message tells the field and the rule, and never the value', async () => {
  const { auth } = services([])
  const marked = '0000666000'
  const call = auth.permissions.grantPerson(bad({ ...bookkeeper, subjectIdentifier: { type: 'Nip', value: marked } }))
  const error: unknown = await call.catch((thrown: unknown) => thrown)
  expect(String(error)).toContain('subjectIdentifier.value must be the ten digits of a NIP')
  expect(JSON.stringify(error) + String(error)).not.toContain(marked)
})

test.each([
  ['the shortest', 5, 2, 2],
  ['the longest', 256, 30, 81],
])('section 3.18: %s texts are sent', async (_, length, first, last) => {
  const { auth, fetch, clock } = services([on('POST /permissions/persons/grants', { status: 202, json: accepted })])
  const personById = { firstName: 'A'.repeat(first), lastName: 'T'.repeat(last) }
  const grant = {
    ...bookkeeper,
    description: 'd'.repeat(length),
    subjectDetails: { subjectDetailsType: 'PersonByIdentifier', personById },
  } as const
  expect(await clock.drive(auth.permissions.grantPerson(grant))).toEqual(accepted)
  fetch.done()
})
