/**
 * Sessions, KSeF tokens and certificates as tables: what a call puts on the wire, and what it makes of the answer.
 *
 * @see spec/ksef.md sections 3.2 to 3.4
 * @module
 */
import { describe } from 'vitest'
import { certificateInfo, csr, instant, nip, reference, serial, tokenInfo, written } from '../support/samples.ts'
import { eachOperation } from '../support/wire-table.ts'
import type { Area, WireRow } from '../support/wire-table.ts'

const status = { code: 200, description: 'Uwierzytelnianie zakończone sukcesem' }
const method = { category: 'XadesSignature', code: 'xades', displayName: 'Podpis' }
const tokenContinued = { 'x-continuation-token': 'W3siY29tcG9zaXRl' }

const sessions: Record<Area<'sessions'>, WireRow> = {
  'sessions.query': {
    call: ({ sessions }) => sessions.query({ pageSize: 10, continuationToken: 'W3siY29tcG9zaXRl' }),
    request: 'GET /auth/sessions?pageSize=10',
    headers: tokenContinued,
    answer: {
      json: {
        continuationToken: 'W3sibmV4dCI6',
        items: [
          {
            referenceNumber: reference('AU'),
            isCurrent: true,
            startDate: written,
            authenticationMethod: 'QualifiedSeal',
            authenticationMethodInfo: method,
            status: { ...status, details: null },
            isTokenRedeemed: true,
            lastTokenRefreshDate: null,
            refreshTokenValidUntil: written,
          },
        ],
      },
    },
    result: {
      items: [
        {
          referenceNumber: reference('AU'),
          isCurrent: true,
          startDate: instant,
          authenticationMethod: 'QualifiedSeal', // Kept as it came: the API is about to drop it.
          authenticationMethodInfo: method,
          status,
          isTokenRedeemed: true,
          refreshTokenValidUntil: instant,
        },
      ],
      continuationToken: 'W3sibmV4dCI6',
    },
  },
  'sessions.terminateCurrent': {
    call: ({ sessions }) => sessions.terminateCurrent(),
    request: 'DELETE /auth/sessions/current',
    answer: { status: 204 },
    result: undefined,
  },
  'sessions.close': {
    call: ({ sessions }) => sessions.close({ referenceNumber: reference('AU') }),
    request: `DELETE /auth/sessions/${reference('AU')}`,
    answer: { status: 204 },
    result: undefined,
  },
}

const tokens: Record<Area<'tokens'>, WireRow> = {
  'tokens.generate': {
    call: async ({ tokens }) => {
      const generated = await tokens.generate({
        permissions: ['InvoiceRead', 'CollectiveIdentifierManage'],
        description: 'Reports of the shop',
      })
      return [generated.referenceNumber, generated.token]
    },
    request: 'POST /tokens',
    body: { permissions: ['InvoiceRead', 'CollectiveIdentifierManage'], description: 'Reports of the shop' },
    answer: { status: 202, json: { referenceNumber: reference('EC'), token: 'text-shown-once' } },
    result: [reference('EC'), 'text-shown-once'],
  },
  'tokens.query': {
    call: ({ tokens }) =>
      tokens.query({
        status: ['Active', 'Pending'],
        description: 'shop & co',
        authorIdentifier: '526',
        authorIdentifierType: 'Nip',
        pageSize: 100,
        continuationToken: 'W3siY29tcG9zaXRl',
      }),
    request:
      'GET /tokens?pageSize=100&status=Active&status=Pending&description=shop+%26+co&authorIdentifier=526&authorIdentifierType=Nip',
    headers: tokenContinued,
    answer: { json: { continuationToken: '', tokens: [tokenInfo({ lastUseDate: null, statusDetails: null })] } },
    result: { items: [tokenInfo({ dateCreated: instant })] }, // An empty token is the end (section 1.6).
  },
  'tokens.status': {
    call: ({ tokens }) => tokens.status({ referenceNumber: reference('EC') }),
    request: `GET /tokens/${reference('EC')}`,
    answer: { json: tokenInfo({ status: 'Failed', statusDetails: ['Błąd'], lastUseDate: written }) },
    result: tokenInfo({ status: 'Failed', statusDetails: ['Błąd'], lastUseDate: instant, dateCreated: instant }),
  },
  'tokens.revoke': {
    call: ({ tokens }) => tokens.revoke({ referenceNumber: reference('EC') }),
    request: `DELETE /tokens/${reference('EC')}`,
    answer: { status: 204 },
    result: undefined,
  },
}

const certificates: Record<Area<'certificates'>, WireRow> = {
  'certificates.limits': {
    call: ({ certificates }) => certificates.limits(),
    request: 'GET /certificates/limits',
    answer: {
      json: { canRequest: true, enrollment: { remaining: 299, limit: 300 }, certificate: { remaining: 0, limit: 100 } },
    },
    result: { canRequest: true, enrollment: { remaining: 299, limit: 300 }, certificate: { remaining: 0, limit: 100 } },
  },
  'certificates.enrollmentData': {
    call: ({ certificates }) => certificates.enrollmentData(),
    request: 'GET /certificates/enrollments/data',
    answer: {
      json: { commonName: 'Firma', countryName: 'PL', surname: null, organizationIdentifier: `TINPL-${nip}` },
    },
    result: { commonName: 'Firma', countryName: 'PL', organizationIdentifier: `TINPL-${nip}` },
  },
  'certificates.enroll': {
    call: ({ certificates }) =>
      certificates.enroll({
        certificateName: 'Kasa 1_Łódź',
        certificateType: 'Offline',
        csr,
        validFrom: '2031-06-01T00:00:00+02:00',
      }),
    request: 'POST /certificates/enrollments',
    body: {
      certificateName: 'Kasa 1_Łódź',
      certificateType: 'Offline',
      csr,
      validFrom: '2031-06-01T00:00:00+02:00',
    },
    answer: { status: 202, json: { referenceNumber: reference('CE'), timestamp: written } },
    result: { referenceNumber: reference('CE'), timestamp: instant },
  },
  'certificates.enrollmentStatus': {
    call: ({ certificates }) => certificates.enrollmentStatus({ referenceNumber: reference('CE') }),
    request: `GET /certificates/enrollments/${reference('CE')}`,
    answer: { json: { requestDate: written, status: { ...status, details: null }, certificateSerialNumber: serial } },
    result: { requestDate: instant, status, certificateSerialNumber: serial, outcome: 'succeeded' },
  },
  'certificates.retrieve': {
    call: ({ certificates }) => certificates.retrieve({ certificateSerialNumbers: [serial] }),
    request: 'POST /certificates/retrieve',
    body: { certificateSerialNumbers: [serial] },
    answer: {
      json: {
        certificates: [
          {
            certificate: csr,
            certificateName: 'Kasa 1',
            certificateSerialNumber: serial,
            certificateType: 'Offline',
          },
        ],
      },
    },
    result: [
      { certificate: csr, certificateName: 'Kasa 1', certificateSerialNumber: serial, certificateType: 'Offline' },
    ],
  },
  'certificates.revoke': {
    call: ({ certificates }) =>
      certificates.revoke({ certificateSerialNumber: serial, revocationReason: 'KeyCompromise' }),
    request: `POST /certificates/${serial}/revoke`,
    body: { revocationReason: 'KeyCompromise' },
    answer: { status: 204 },
    result: undefined,
  },
  'certificates.query': {
    call: ({ certificates }) =>
      certificates.query({
        certificateSerialNumber: serial,
        name: 'Kasa',
        type: 'Offline',
        status: 'Blocked',
        expiresAfter: new Date('2031-05-01T12:00:00Z'),
        pageSize: 50,
        pageOffset: 1,
      }),
    request: 'POST /certificates/query?pageSize=50&pageOffset=1',
    body: {
      certificateSerialNumber: serial,
      name: 'Kasa',
      type: 'Offline',
      status: 'Blocked',
      expiresAfter: '2031-05-01T12:00:00.000Z',
    },
    answer: { json: { certificates: [certificateInfo({ status: 'Suspended', lastUseDate: null })], hasMore: false } },
    result: {
      items: [
        // A status that no document names is handed on.
        certificateInfo({ status: 'Suspended', validFrom: instant, validTo: instant, requestDate: instant }),
      ],
      hasMore: false,
    },
  },
}

describe('section 3.2: authentication sessions', () => eachOperation(sessions))
describe('section 3.3: KSeF tokens', () => eachOperation(tokens))
describe('section 3.4: certificates', () => eachOperation(certificates))
