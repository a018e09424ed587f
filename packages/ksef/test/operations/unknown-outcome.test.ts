/**
 * An answer that is lost: what is repeated, what is not, and how one finds out.
 *
 * @see spec/ksef.md sections 2.14, 2.15, 3.5 and 3.7, DESIGN "Unknown is a value"
 * @module
 */
import { OutcomeUnknownError } from '@latchkey/http'
import type { Scripted } from '@latchkey/testkit'
import { describe, expect, test } from 'vitest'
import { resolved, since } from '../support/resolved.ts'
import { lost, on, problem, services } from '../support/services.ts'
import type { Services } from '../support/services.ts'
import {
  bookkeeper,
  certificateInfo,
  csr,
  description,
  nip,
  permissionId,
  pesel,
  reference,
  serial,
  tokenInfo,
} from '../support/samples.ts'

describe('effect once: sent one time', () => {
  const once: readonly (readonly [string, string, (auth: Services) => Promise<unknown>])[] = [
    ['tokens.generate', 'POST /tokens', ({ tokens }) => tokens.generate({ permissions: ['InvoiceRead'], description })],
    [
      'permissions.grantPerson',
      'POST /permissions/persons/grants',
      ({ permissions }) => permissions.grantPerson(bookkeeper),
    ],
    [
      'permissions.revokeCommon',
      `DELETE /permissions/common/grants/${permissionId}`,
      ({ permissions }) => permissions.revokeCommon({ permissionId }),
    ],
    [
      'testdata.createPerson',
      'POST /testdata/person',
      ({ testdata }) => testdata.createPerson({ nip, pesel, isBailiff: false, description }),
    ],
  ]
  test.each(once)('%s: a broken connection leaves the outcome unknown', async (_, request, call) => {
    const { auth, fetch, clock } = services([on(request, lost)])
    await expect(clock.drive(call(auth))).rejects.toMatchObject({ code: 'KSEF_OUTCOME_UNKNOWN', attempt: 1 })
    fetch.done()
  })

  test.each(once)('%s: so does a 502', async (_, request, call) => {
    const { auth, fetch, clock } = services([on(request, { status: 502, text: '<html>' })])
    await expect(clock.drive(call(auth))).rejects.toMatchObject({ code: 'KSEF_OUTCOME_UNKNOWN', status: 502 })
    fetch.done()
  })

  test.each(once)(
    '%s: a 429 proves that nothing happened, so it is sent again when KSeF said',
    async (_, request, call) => {
      const { auth, fetch, clock } = services([
        on(request, { status: 429, headers: { 'retry-after': '3' }, text: '' }),
        on(request, problem(21405)),
      ])
      await expect(clock.drive(call(auth))).rejects.toMatchObject({ code: 'KSEF_INVALID_REQUEST' })
      expect(clock.elapsed()).toBeGreaterThanOrEqual(3_000)
      fetch.done()
    },
  )

  test('an answer of 202 that is none leaves the outcome unknown', async () => {
    const { auth, clock } = services([on('POST /permissions/persons/grants', { status: 202, text: '' })])
    const call = clock.drive(auth.permissions.grantPerson(bookkeeper))
    await expect(call).rejects.toMatchObject({ code: 'KSEF_OUTCOME_UNKNOWN', status: 202 })
  })
})

describe('effect keyed: a repeat is the same end', () => {
  test.each<readonly [string, string, (auth: Services) => Promise<unknown>]>([
    [
      'sessions.close',
      `DELETE /auth/sessions/${reference('AU')}`,
      ({ sessions }) => sessions.close({ referenceNumber: reference('AU') }),
    ],
    [
      'tokens.revoke',
      `DELETE /tokens/${reference('EC')}`,
      ({ tokens }) => tokens.revoke({ referenceNumber: reference('EC') }),
    ],
    ['limits.resetSession', 'DELETE /testdata/limits/context/session', ({ limits }) => limits.resetSession()],
    ['testdata.removePerson', 'POST /testdata/person/remove', ({ testdata }) => testdata.removePerson({ nip })],
  ])('%s is sent again, and says so when every answer is lost', async (_, request, call) => {
    const again = services([on(request, lost), on(request, { status: 204 })])
    await again.clock.drive(call(again.auth))
    again.fetch.done()
    const never = services([on(request, lost, 3)])
    const ended = never.clock.drive(call(never.auth))
    await expect(ended).rejects.toMatchObject({ code: 'KSEF_OUTCOME_UNKNOWN', attempt: 3 })
    await expect(ended).rejects.toThrow(/Sending it again is harmless/)
  })
})

describe('section 2.14: a KSeF token whose text is lost', () => {
  const generate = ({ tokens }: Services): Promise<unknown> =>
    tokens.generate({ permissions: ['InvoiceWrite', 'InvoiceRead'], description: 'Reports of the shop' })
  const made = (more: object = {}): object =>
    tokenInfo({ requestedPermissions: ['InvoiceRead', 'InvoiceWrite'], dateCreated: since(500), ...more })
  const list = (...tokens: readonly object[]): Scripted =>
    on('GET /tokens?pageSize=100&description=Reports+of+the+shop', { json: { tokens } })

  test('is found by its description and permissions, among those made since', async () => {
    const others = [
      made({ referenceNumber: reference('E1'), description: 'Reports of the shop, old' }),
      made({ referenceNumber: reference('E2'), requestedPermissions: ['InvoiceRead'] }),
    ]
    const older = made({ referenceNumber: reference('E3'), dateCreated: since(-60_001) })
    const { resolution, message } = await resolved(
      [on('POST /tokens', lost), list(...others, made({ status: 'Pending' }), older)],
      generate,
    )
    expect(resolution).toMatchObject({
      state: 'settled',
      result: { referenceNumber: reference('EC'), status: 'Pending' },
    })
    expect(message).toContain('revoke what it finds')
  })

  test('two that could be it are not told apart', async () => {
    const { resolution } = await resolved(
      [on('POST /tokens', lost), list(made(), made({ referenceNumber: reference('E9') }))],
      generate,
    )
    expect(resolution).toEqual({ state: 'unknown' })
  })

  test('one that failed was refused', async () => {
    const { resolution } = await resolved([on('POST /tokens', lost), list(made({ status: 'Failed' }))], generate)
    expect(resolution).toMatchObject({ state: 'refused' })
  })

  test('none yet: ask again later; none after a quarter of an hour: asking again does not help', async () => {
    const early = await resolved([on('POST /tokens', lost), list()], generate)
    expect(early.resolution).toEqual({ state: 'unknown', askAgainAt: early.wall + 5_000 })
    const late = await resolved([on('POST /tokens', lost), list()], generate, 900_000)
    expect(late.resolution).toEqual({ state: 'unknown' })
  })

  test('a question that fails leaves the outcome as unknown as before', async () => {
    const { auth, clock } = services([
      on('POST /tokens', lost),
      on('GET /tokens?pageSize=100&description=Reports+of+the+shop', {
        status: 403,
        json: { reasonCode: 'missing-permissions' },
      }),
    ])
    const error: unknown = await clock.drive(generate(auth)).catch((thrown: unknown) => thrown)
    if (!(error instanceof OutcomeUnknownError)) throw error
    await expect(clock.drive(error.resolve())).rejects.toMatchObject({ code: 'KSEF_ACCESS_DENIED' })
  })
})

describe('section 2.15: certificates', () => {
  const search = 'POST /certificates/query'
  const enroll = ({ certificates }: Services): Promise<unknown> =>
    certificates.enroll({ certificateName: 'Shop 1', certificateType: 'Authentication', csr })
  const found = (...certificates: readonly object[]): Scripted =>
    on(`${search}?pageSize=50`, { json: { certificates, hasMore: false } })
  const asked = on('POST /certificates/enrollments', lost)

  test('an enrolment is found by the name of its certificate', async () => {
    const other = certificateInfo({ name: 'Shop 12', requestDate: since(500) }) // The filter takes parts of names.
    const { resolution } = await resolved([asked, found(other, certificateInfo({ requestDate: since(500) }))], enroll)
    expect(resolution).toMatchObject({ state: 'settled', result: { certificateSerialNumber: serial } })
  })

  test.each([
    ['none', []],
    ['an older one', [certificateInfo({ requestDate: since(-60_001) })]],
  ])('%s proves nothing', async (_, list) => {
    const { resolution, wall } = await resolved([asked, found(...list)], enroll)
    expect(resolution).toEqual({ state: 'unknown', askAgainAt: wall + 5_000 })
  })

  test.each([
    ['Blocked', 'settled'],
    ['Revoked', 'settled'],
    ['Active', 'unknown'],
  ])('a revocation after which the certificate is %s: %s', async (status, state) => {
    const { resolution } = await resolved(
      [
        on(`POST /certificates/${serial}/revoke`, lost),
        on(search, { json: { certificates: [certificateInfo({ status })], hasMore: false } }),
      ],
      ({ certificates }) => certificates.revoke({ certificateSerialNumber: serial }),
    )
    expect(resolution).toMatchObject({ state })
  })
})
