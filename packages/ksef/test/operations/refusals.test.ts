/**
 * What KSeF refuses, operation by operation, as typed errors; and what is refused before anything is sent.
 *
 * @see spec/ksef.md sections 1.7, 1.9 and 3.2 to 3.16
 * @module
 */
import { inspect } from 'node:util'
import type { Answer } from '@latchkey/testkit'
import { describe, expect, test } from 'vitest'
import { KsefApiError } from '../../src/errors.ts'
import { operations } from '../../src/operations/table.ts'
import { Environment } from '../../src/values/environments.ts'
import { legacyProblem, on, problem, services } from '../support/services.ts'
import type { Services } from '../support/services.ts'
import {
  bookkeeper,
  csr,
  description,
  nip,
  permissionId,
  pesel,
  reference,
  serial,
  tokenInfo,
} from '../support/samples.ts'

interface Call {
  readonly request: string
  readonly call: (auth: Services) => Promise<unknown>
}

const generate: Call = {
  request: 'POST /tokens',
  call: ({ tokens }) => tokens.generate({ permissions: ['InvoiceRead'], description }),
}
const enroll: Call = {
  request: 'POST /certificates/enrollments',
  call: ({ certificates }) =>
    certificates.enroll({ certificateName: 'Shop 1', certificateType: 'Authentication', csr }),
}
const revokeCertificate: Call = {
  request: `POST /certificates/${serial}/revoke`,
  call: ({ certificates }) => certificates.revoke({ certificateSerialNumber: serial }),
}
const enrollmentStatus: Call = {
  request: `GET /certificates/enrollments/${reference('CE')}`,
  call: ({ certificates }) => certificates.enrollmentStatus({ referenceNumber: reference('CE') }),
}
const grantPerson: Call = {
  request: 'POST /permissions/persons/grants',
  call: ({ permissions }) => permissions.grantPerson(bookkeeper),
}
const createSubject: Call = {
  request: 'POST /testdata/subject',
  call: ({ testdata }) => testdata.createSubject({ subjectNip: nip, subjectType: 'JST', description }),
}
const createPerson: Call = {
  request: 'POST /testdata/person',
  call: ({ testdata }) => testdata.createPerson({ nip, pesel, isBailiff: false, description }),
}
const updateCertificate: Call = {
  request: `PUT /testdata/certificates/${serial}`,
  call: ({ testdata }) => testdata.updateCertificateValidTo({ serialNumber: serial, validTo: '2031-05-01T00:00:00Z' }),
}
const list: Call = { request: 'GET /tokens', call: ({ tokens }) => tokens.query() }
const sessions: Call = { request: 'GET /auth/sessions', call: ({ sessions }) => sessions.query() }
const enrollmentData: Call = {
  request: 'GET /certificates/enrollments/data',
  call: ({ certificates }) => certificates.enrollmentData(),
}

describe('sections 3.2 to 3.16: the codes of each operation, in both shapes of section 1.7', () => {
  test.each<readonly [number, string, string, Call]>([
    [21418, 'sessions.query', 'KSEF_INVALID_REQUEST', sessions],
    [26001, 'tokens.generate', 'KSEF_REJECTED', generate],
    [26002, 'tokens.generate', 'KSEF_REJECTED', generate],
    [21418, 'tokens.query', 'KSEF_INVALID_REQUEST', list],
    [25001, 'certificates.enrollmentData', 'KSEF_REJECTED', enrollmentData],
    [25002, 'certificates.enroll', 'KSEF_REJECTED', enroll],
    [25003, 'certificates.enroll', 'KSEF_REJECTED', enroll],
    [25004, 'certificates.enroll', 'KSEF_REJECTED', enroll],
    [25006, 'certificates.enroll', 'KSEF_REJECTED', enroll],
    [25007, 'certificates.enroll', 'KSEF_REJECTED', enroll],
    [25010, 'certificates.enroll', 'KSEF_REJECTED', enroll],
    [25011, 'certificates.enroll', 'KSEF_REJECTED', enroll],
    [25005, 'certificates.enrollmentStatus', 'KSEF_NOT_FOUND', enrollmentStatus],
    [25008, 'certificates.revoke', 'KSEF_NOT_FOUND', revokeCertificate],
    [25009, 'certificates.revoke', 'KSEF_REJECTED', revokeCertificate],
    [21405, 'permissions.grantPerson', 'KSEF_INVALID_REQUEST', grantPerson],
    [30001, 'testdata.createSubject', 'KSEF_REJECTED', createSubject],
    [30001, 'testdata.createPerson', 'KSEF_REJECTED', createPerson],
    [25008, 'testdata.updateCertificateValidTo', 'KSEF_NOT_FOUND', updateCertificate],
    [99999, 'permissions.grantPerson', 'KSEF_REJECTED', grantPerson], // A code that no document names.
  ])('%i of %s is %s', async (providerCode, operation, code, { request, call }) => {
    for (const answer of [problem(providerCode, 'Szczegół.'), legacyProblem(providerCode, 'Szczegół.')]) {
      const { auth, fetch, clock } = services([on(request, answer)])
      const error: unknown = await clock.drive(call(auth)).catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(KsefApiError)
      expect(error).toMatchObject({
        code,
        operation,
        status: 400,
        providerCode: String(providerCode),
        retryable: false,
        codes: [{ code: providerCode, description: 'Opis po polsku.', details: ['Szczegół.'] }],
      })
      fetch.done() // Sent once: a refusal is not repeated.
    }
  })

  test('several codes are all kept, in their order', async () => {
    const errors = [
      { code: 25003, description: 'Pierwszy', details: [] },
      { code: 21405, description: 'Drugi' },
    ]
    const { auth, clock } = services([on(enroll.request, { status: 400, json: { errors } })])
    await expect(clock.drive(enroll.call(auth))).rejects.toMatchObject({
      providerCode: '25003',
      codes: [{ code: 25003 }, { code: 21405, details: [] }],
    })
  })
})

describe('section 1.7: other statuses', () => {
  const forbidden = (reasonCode: string, security: object): Answer => ({
    status: 403,
    json: { title: 'Forbidden', status: 403, detail: 'Brak wymaganych uprawnień.', reasonCode, security },
  })

  test.each<readonly [string, object]>([
    ['missing-permissions', { requiredAnyOfPermissions: ['CredentialsManage'], presentPermissions: ['InvoiceRead'] }],
    ['insufficient-resource-access', {}],
    ['auth-method-not-allowed', { authenticationMethodCategory: 'Token' }],
    ['context-type-not-allowed', { contextIdentifierType: 'NipVatUe' }],
    ['ip-not-allowed', { clientIp: '192.0.2.1' }],
    ['a-reason-of-tomorrow', {}],
  ])('403 %s is told with what belongs to it, and the token stays', async (reasonCode, security) => {
    const { auth, fetch, clock } = services([on(grantPerson.request, forbidden(reasonCode, security))])
    await expect(clock.drive(grantPerson.call(auth))).rejects.toMatchObject({
      code: 'KSEF_ACCESS_DENIED',
      reason: reasonCode,
      reasonCode,
      security,
    })
    fetch.done()
  })

  test.each([
    [
      'operations',
      `GET /permissions/operations/${reference('EG')}`,
      ({ permissions }: Services) => permissions.operationStatus({ referenceNumber: reference('EG') }),
    ],
    ['enrolments', enrollmentStatus.request, enrollmentStatus.call],
  ])('410: %s are remembered for 30 days', async (_, request, call) => {
    const { auth, clock } = services([on(request, { status: 410, json: { title: 'Gone', status: 410 } })])
    await expect(clock.drive(call(auth))).rejects.toMatchObject({ code: 'KSEF_GONE', retryable: false })
  })

  test.each([
    ['problem details', { title: 'Too Many Requests', status: 429, detail: 'Przekroczono limit 8 żądań na minutę.' }],
    ['the older shape', { status: { code: 429, description: 'Too Many Requests', details: ['Przekroczono limit.'] } }],
  ])('429 in %s: retryAt is to the second', async (_, json) => {
    const { auth, clock } = services([on(list.request, { status: 429, headers: { 'retry-after': '3600' }, json })])
    const askedAt = clock.wall()
    await expect(clock.drive(list.call(auth))).rejects.toMatchObject({
      code: 'KSEF_RATE_LIMITED',
      retryable: true,
      retryAt: askedAt + 3_600_000,
    })
  })

  test.each<readonly [string, Answer]>([
    ['no body', { status: 200, text: '' }],
    ['a page of HTML', { status: 200, text: '<!doctype html><p>Przerwa techniczna</p>' }],
    ['another object', { json: { items: [] } }],
    ['half an item', { json: { tokens: [{ referenceNumber: reference('EC') }] } }],
    ['an instant without its zone', { json: { tokens: [tokenInfo({ dateCreated: '2031-05-01T12:00:00' })] } }],
  ])('200 with %s is no answer', async (_, answer) => {
    const { auth, fetch, clock } = services([on(list.request, answer, 3)])
    await expect(clock.drive(list.call(auth))).rejects.toMatchObject({ code: 'KSEF_MALFORMED_ANSWER' })
    fetch.done()
  })
})

describe('refused before anything is sent', () => {
  const call = (name: string, { testdata, limits }: Services): Promise<unknown> => {
    if (name.startsWith('testdata.')) return testdata.removePerson({ nip })
    return limits.resetSession()
  }

  test.each([
    ['testdata.removePerson', Environment.PRODUCTION],
    ['testdata.removePerson', Environment.DEMO],
    ['limits.resetSession', Environment.PRODUCTION],
    ['limits.resetSession', Environment.DEMO],
  ])('section 1.1: %s exists on TEST alone', async (name, environment) => {
    const { auth, fetch } = services([], environment)
    const refused = call(name, auth)
    await expect(refused).rejects.toMatchObject({ code: 'KSEF_TEST_ONLY', operation: name, retryable: false })
    await expect(refused).rejects.toThrow(environment.name)
    expect(fetch.calls).toHaveLength(0)
  })

  test('section 3.16 and 3.8: so it is with every operation below /testdata', () => {
    const below = Object.values(operations).filter(({ path }) => path.startsWith('/testdata/'))
    expect(below).toHaveLength(11 + 7)
  })
})

test('section 3.16: the one operation on test data that needs somebody who signed in says so', async () => {
  const { client, fetch } = services([])
  const call = client.testdata.updateCertificateValidTo({ serialNumber: serial, validTo: new Date(0) })
  await expect(call).rejects.toMatchObject({ code: 'KSEF_NOT_SIGNED_IN' })
  expect(fetch.calls).toHaveLength(0)
})

test('no error shows the access token, a body or a person’s number', async () => {
  const marked = { ...bookkeeper, description: 'marked-description' }
  const detail = `Podmiot ${pesel} nie ma uprawnień.`
  const answers: readonly Answer[] = [
    problem(21405, detail),
    legacyProblem(21405, detail),
    { status: 403, json: { reasonCode: 'missing-permissions', detail } },
    { status: 401, json: { title: 'Unauthorized', detail } },
    { status: 502, text: detail },
    { status: 202, text: detail },
  ]
  for (const answer of answers) {
    const { auth, clock } = services([on(grantPerson.request, answer)])
    const error: unknown = await clock.drive(auth.permissions.grantPerson(marked)).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(Error)
    const printed = inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error) + String(error)
    for (const secret of ['A1-access-token', pesel, 'marked-description', permissionId]) {
      expect(printed).not.toContain(secret)
    }
  }
})
