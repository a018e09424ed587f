/**
 * Limits, Peppol providers and test data as tables: what a call puts on the wire, and what it makes of the answer.
 *
 * @see spec/ksef.md sections 3.8, 3.14, 3.16 and 3.19
 * @module
 */
import { describe } from 'vitest'
import { description, instant, internalId, nip, peppolId, pesel, serial, written } from '../support/samples.ts'
import { eachOperation } from '../support/wire-table.ts'
import type { Area, WireRow } from '../support/wire-table.ts'

const session = { maxInvoiceSizeInMB: 1, maxInvoiceWithAttachmentSizeInMB: 3, maxInvoices: 10_000 }
const rate = { perSecond: 10, perMinute: 30, perHour: 120 }
const rates = {
  onlineSession: rate,
  batchSession: rate,
  invoiceSend: rate,
  invoiceStatus: rate,
  sessionList: rate,
  sessionInvoiceList: rate,
  sessionMisc: rate,
  invoiceMetadata: rate,
  invoiceExport: rate,
  invoiceExportStatus: rate,
  invoiceDownload: rate,
  collectiveIdentifier: rate,
  other: rate,
}
const done = { answer: { status: 200 }, result: undefined } as const

const limits: Record<Area<'limits'>, WireRow> = {
  'limits.context': {
    call: ({ limits }) => limits.context(),
    request: 'GET /limits/context',
    answer: { json: { onlineSession: session, batchSession: session, collectiveIdentifier: null } },
    result: { onlineSession: session, batchSession: session },
  },
  'limits.subject': {
    call: ({ limits }) => limits.subject(),
    request: 'GET /limits/subject',
    answer: { json: { enrollment: { maxEnrollments: 12 }, certificate: null } },
    result: { enrollment: { maxEnrollments: 12 } },
  },
  'limits.rateLimits': {
    call: ({ limits }) => limits.rateLimits(),
    request: 'GET /rate-limits',
    answer: { json: { ...rates, onlineSessionClose: rate } },
    result: { ...rates, onlineSessionClose: rate },
  },
  'limits.setSession': {
    call: ({ limits }) => limits.setSession({ onlineSession: session, batchSession: session }),
    request: 'POST /testdata/limits/context/session',
    body: { onlineSession: session, batchSession: session },
    ...done,
  },
  'limits.resetSession': {
    call: ({ limits }) => limits.resetSession(),
    request: 'DELETE /testdata/limits/context/session',
    ...done,
  },
  'limits.setSubject': {
    call: ({ limits }) =>
      limits.setSubject({ subjectIdentifierType: 'Nip', certificate: { maxCertificates: 0 }, enrollment: {} }),
    request: 'POST /testdata/limits/subject/certificate',
    body: { subjectIdentifierType: 'Nip', certificate: { maxCertificates: 0 }, enrollment: {} },
    ...done,
  },
  'limits.resetSubject': {
    call: ({ limits }) => limits.resetSubject(),
    request: 'DELETE /testdata/limits/subject/certificate',
    ...done,
  },
  'limits.setRateLimits': {
    call: ({ limits }) => limits.setRateLimits(rates),
    request: 'POST /testdata/rate-limits',
    body: { rateLimits: rates },
    ...done,
  },
  'limits.resetRateLimits': {
    call: ({ limits }) => limits.resetRateLimits(),
    request: 'DELETE /testdata/rate-limits',
    ...done,
  },
  'limits.setProductionRateLimits': {
    call: ({ limits }) => limits.setProductionRateLimits(),
    request: 'POST /testdata/rate-limits/production',
    ...done,
  },
}

const peppol: Record<Area<'peppol'>, WireRow> = {
  'peppol.query': {
    call: ({ peppol }) => peppol.query({ pageSize: 100, pageOffset: 3 }),
    request: 'GET /peppol/query?pageSize=100&pageOffset=3',
    answer: { json: { peppolProviders: [{ id: peppolId, name: 'Dostawca', dateCreated: written }], hasMore: true } },
    result: { items: [{ id: peppolId, name: 'Dostawca', dateCreated: instant }], hasMore: true },
  },
}

const holder = {
  contextIdentifier: { type: 'Nip', value: nip },
  authorizedIdentifier: { type: 'Pesel', value: pesel },
} as const
const subject = {
  subjectNip: nip,
  subjectType: 'VatGroup',
  subunits: [{ subjectNip: '1111111111', description: 'A member' }],
  description: 'A VAT group',
} as const
const person = { nip, pesel, isBailiff: true, isDeceased: false, description: 'A court bailiff' }
const permissions = [{ permissionType: 'Introspection', description }] as const
const blocked = { contextIdentifier: { type: 'InternalId', value: internalId } } as const

const testdata: Record<Area<'testdata'>, WireRow> = {
  'testdata.createSubject': {
    call: ({ testdata }) => testdata.createSubject({ ...subject, createdDate: new Date('2031-05-01T12:00:00Z') }),
    request: 'POST /testdata/subject',
    body: { ...subject, createdDate: '2031-05-01T12:00:00.000Z' },
    ...done,
  },
  'testdata.removeSubject': {
    call: ({ testdata }) => testdata.removeSubject({ subjectNip: nip }),
    request: 'POST /testdata/subject/remove',
    body: { subjectNip: nip },
    ...done,
  },
  'testdata.createPerson': {
    call: ({ testdata }) => testdata.createPerson({ ...person, createdDate: '2031-05-01T12:00:00.1234567+02:00' }),
    request: 'POST /testdata/person',
    body: { ...person, createdDate: '2031-05-01T12:00:00.1234567+02:00' },
    ...done,
  },
  'testdata.removePerson': {
    call: ({ testdata }) => testdata.removePerson({ nip }),
    request: 'POST /testdata/person/remove',
    body: { nip },
    ...done,
  },
  'testdata.grantPermissions': {
    call: ({ testdata }) => testdata.grantPermissions({ ...holder, permissions }),
    request: 'POST /testdata/permissions',
    body: { ...holder, permissions },
    ...done,
  },
  'testdata.revokePermissions': {
    call: ({ testdata }) => testdata.revokePermissions(holder),
    request: 'POST /testdata/permissions/revoke',
    body: holder,
    ...done,
  },
  'testdata.enableAttachments': {
    call: ({ testdata }) => testdata.enableAttachments({ nip }),
    request: 'POST /testdata/attachment',
    body: { nip },
    ...done,
  },
  'testdata.revokeAttachments': {
    call: ({ testdata }) => testdata.revokeAttachments({ nip, expectedEndDate: '2031-06-30' }),
    request: 'POST /testdata/attachment/revoke',
    body: { nip, expectedEndDate: '2031-06-30' },
    ...done,
  },
  'testdata.blockContext': {
    call: ({ testdata }) => testdata.blockContext(blocked),
    request: 'POST /testdata/context/block',
    body: blocked,
    ...done,
  },
  'testdata.unblockContext': {
    call: ({ testdata }) => testdata.unblockContext(blocked),
    request: 'POST /testdata/context/unblock',
    body: blocked,
    ...done,
  },
  'testdata.updateCertificateValidTo': {
    call: ({ testdata }) =>
      testdata.updateCertificateValidTo({ serialNumber: serial, validTo: new Date('2031-04-30T00:00:00Z') }),
    request: `PUT /testdata/certificates/${serial}`,
    body: { validTo: '2031-04-30T00:00:00.000Z' },
    ...done,
  },
}

describe('section 3.8: limits', () => eachOperation(limits))
describe('section 3.14: Peppol providers', () => eachOperation(peppol))
describe('section 3.16: test data', () => eachOperation(testdata))
