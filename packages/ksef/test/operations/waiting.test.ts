/**
 * Waiting for what KSeF works on: KSeF tokens, certificates, grants and revocations.
 *
 * @see spec/ksef.md sections 1.9, 2.14, 2.15 and 3.18
 * @module
 */
import { inspect } from 'node:util'
import type { Answer, Scripted } from '@latchkey/testkit'
import { describe, expect, test } from 'vitest'
import { KsefTokenNotActiveError } from '../../src/operations/ksef-token-error.ts'
import { on, services } from '../support/services.ts'
import { instant, reference, serial, tokenInfo, written } from '../support/samples.ts'

const grant = { referenceNumber: reference('EG') }
const enrolment = { referenceNumber: reference('CE') }
const token = { referenceNumber: reference('EC') }

const status = (code: number, ...details: readonly string[]): Answer => ({
  json: { status: { code, description: 'Opis', details } },
})
const enrolled = (code: number, more: object = {}): Answer => ({
  json: { requestDate: written, status: { code, description: 'Opis' }, ...more },
})
const askGrant = (answer: Scripted['answer'], times = 1): Scripted =>
  on(`GET /permissions/operations/${reference('EG')}`, answer, times)
const askEnrolment = (answer: Scripted['answer'], times = 1): Scripted =>
  on(`GET /certificates/enrollments/${reference('CE')}`, answer, times)
const askToken = (answer: Scripted['answer'], times = 1): Scripted =>
  on(`GET /tokens/${reference('EC')}`, answer, times)

const operationCodes: readonly (readonly [number, string, boolean])[] = [
  [400, 'failed', false],
  [410, 'identifiers-unrelated', false],
  [420, 'caller-not-permitted', false],
  [430, 'context-unfit', false],
  [440, 'relation-not-allowed', false],
  [450, 'identifier-not-allowed', false],
  [500, 'unknown-error', false],
  [550, 'cancelled', true],
  [599, 'failed', false], // A code that no document names.
]

describe('section 3.18: operations on permissions', () => {
  test('a grant is asked about until it has succeeded', async () => {
    const { auth, fetch, clock } = services([askGrant(status(100), 3), askGrant(status(200))])
    const ended = await clock.drive(auth.permissions.waitForOperation(grant))
    expect(ended).toEqual({ status: { code: 200, description: 'Opis', details: [] }, outcome: 'succeeded' })
    fetch.done()
  })

  test.each(operationCodes)('status %i is the outcome %s', async (code, outcome, retryable) => {
    const { auth, clock } = services([askGrant(status(code, 'Szczegół')), askGrant(status(code, 'Szczegół'))])
    expect(await clock.drive(auth.permissions.operationStatus(grant))).toMatchObject({ outcome })
    await expect(clock.drive(auth.permissions.waitForOperation(grant))).rejects.toMatchObject({
      code: 'KSEF_OPERATION_FAILED',
      operation: 'permissions.waitForOperation',
      providerCode: String(code),
      correlationId: reference('EG'),
      reason: outcome,
      retryable,
      codes: [{ code, description: 'Opis', details: ['Szczegół'] }],
    })
  })

  test('a code below 200 that no document names means that it goes on', async () => {
    const { auth, fetch, clock } = services([askGrant(status(150)), askGrant(status(200))])
    expect(await clock.drive(auth.permissions.waitForOperation(grant))).toMatchObject({ outcome: 'succeeded' })
    fetch.done()
  })

  test('the questions come ever more rarely: after 1 s, 1.5 s, 2.25 s, up to every 10 s', async () => {
    const at: number[] = []
    const { auth, clock } = services([
      askGrant(() => {
        at.push(clock.elapsed())
        return Response.json({ status: { code: 100, description: 'Opis' } })
      }, 100),
    ])
    await expect(clock.drive(auth.permissions.waitForOperation(grant))).rejects.toMatchObject({
      code: 'KSEF_NOT_FINISHED',
      retryable: true,
    })
    const pauses = at.slice(1).map((each, index) => each - (at[index] ?? 0))
    expect(pauses.slice(0, 3)).toEqual([1_000, 1_500, 2_250])
    expect(Math.max(...pauses)).toBe(10_000)
    expect(clock.elapsed()).toBeLessThanOrEqual(120_000)
  })

  test('time that is up is told with what was last heard, and that it goes on', async () => {
    const { auth, clock } = services([askGrant(status(100), 3)])
    const waiting = clock.drive(auth.permissions.waitForOperation({ ...grant, timeoutMs: 3_000 }))
    await expect(waiting).rejects.toMatchObject({ code: 'KSEF_NOT_FINISHED', correlationId: reference('EG') })
    await expect(waiting).rejects.toThrow(/pending.*do not repeat it/)
    expect(clock.elapsed()).toBeLessThanOrEqual(3_000)
  })

  test('what fails for now does not end the wait; a 429 is obeyed', async () => {
    const { auth, fetch, clock } = services([
      askGrant({ status: 503, text: '<html>' }, 3), // The pipeline's own tries of one question.
      askGrant({ status: 429, headers: { 'retry-after': '20' }, text: '' }),
      askGrant(status(200)),
    ])
    expect(await clock.drive(auth.permissions.waitForOperation(grant))).toMatchObject({ outcome: 'succeeded' })
    expect(clock.elapsed()).toBeGreaterThanOrEqual(20_000)
    fetch.done()
  })

  test('what fails for good ends it: 410, older than 30 days', async () => {
    const { auth, clock } = services([askGrant({ status: 410, json: { title: 'Gone', status: 410 } })])
    const waiting = clock.drive(auth.permissions.waitForOperation(grant))
    await expect(waiting).rejects.toMatchObject({ code: 'KSEF_GONE', status: 410 })
  })

  test('an aborted wait rejects with the signal’s own reason', async () => {
    const { auth, clock } = services([askGrant(status(100), 5)])
    const controller = new AbortController()
    const waiting = auth.permissions.waitForOperation({ ...grant, signal: controller.signal })
    const reason = new Error('enough')
    const settled = expect(waiting).rejects.toBe(reason)
    await clock.advance(2_000)
    controller.abort(reason)
    await settled
  })
})

describe('section 2.15, step 5: certificate requests', () => {
  test('a request is asked about until the certificate is issued', async () => {
    const { auth, fetch, clock } = services([
      askEnrolment(enrolled(100)),
      askEnrolment(enrolled(200, { certificateSerialNumber: serial })),
    ])
    expect(await clock.drive(auth.certificates.waitForEnrollment(enrolment))).toEqual({
      requestDate: instant,
      status: { code: 200, description: 'Opis' },
      certificateSerialNumber: serial,
      outcome: 'succeeded',
    })
    fetch.done()
  })

  test.each([
    [400, 'rejected', false],
    [500, 'unknown-error', false],
    [550, 'cancelled', true],
    [499, 'failed', false],
  ])('status %i is the outcome %s', async (code, outcome, retryable) => {
    const { auth, clock } = services([askEnrolment(enrolled(code))])
    await expect(clock.drive(auth.certificates.waitForEnrollment(enrolment))).rejects.toMatchObject({
      code: 'KSEF_OPERATION_FAILED',
      reason: outcome,
      retryable,
    })
  })
})

describe('section 2.14: KSeF tokens', () => {
  const state = (word: string, more: object = {}): Answer => ({ json: tokenInfo({ status: word, ...more }) })
  const made: Scripted = on('POST /tokens', {
    status: 202,
    json: { referenceNumber: reference('EC'), token: 'text-shown-once' },
  })
  const wanted = { permissions: ['InvoiceRead'], description: 'Reports of the shop' } as const

  test('a token is asked about until it is active', async () => {
    const { auth, fetch, clock } = services([askToken(state('Pending'), 2), askToken(state('Active'))])
    expect(await clock.drive(auth.tokens.waitForActivation(token))).toMatchObject({ status: 'Active' })
    fetch.done()
  })

  test.each(['Failed', 'Revoking', 'Revoked', 'Suspended'])('%s ends the wait with that state', async (word) => {
    const { auth, clock } = services([askToken(state(word, { statusDetails: ['Pierwszy.', 'Drugi.'] }))])
    await expect(clock.drive(auth.tokens.waitForActivation(token))).rejects.toMatchObject({
      code: 'KSEF_OPERATION_FAILED',
      reason: word,
      correlationId: reference('EC'),
      detail: 'Pierwszy. Drugi.',
      retryable: false,
    })
  })

  test('generate with wait hands the token out once it is active', async () => {
    const { auth, fetch, clock } = services([made, askToken(state('Pending')), askToken(state('Active'))])
    const generated = await clock.drive(auth.tokens.generate({ ...wanted, wait: true }))
    expect(generated.token).toBe('text-shown-once')
    fetch.done()
  })

  test('a wait that fails does not lose the text: it is on the error, and nobody is told to generate again', async () => {
    const { auth, clock } = services([made, askToken(state('Pending'), 9)])
    const call = clock.drive(auth.tokens.generate({ ...wanted, wait: { timeoutMs: 5_000 } }))
    const error: unknown = await call.catch((thrown: unknown) => thrown)
    if (!(error instanceof KsefTokenNotActiveError)) throw error
    expect(error).toMatchObject({ code: 'KSEF_NOT_FINISHED', retryable: false, correlationId: reference('EC') })
    expect(error.generated.token).toBe('text-shown-once')
    expect(error.message).toContain('take it from `generated`')
    const printed = inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error) + String(error.stack)
    expect(printed).not.toContain('text-shown-once')
  })

  test('the text is behind a getter: printing, inspecting and serialising show the reference number alone', async () => {
    const { auth, clock } = services([made])
    const generated = await clock.drive(auth.tokens.generate(wanted))
    expect(generated.token).toBe('text-shown-once')
    for (const shown of [inspect(generated, { showHidden: true }), JSON.stringify(generated)]) {
      expect(shown).not.toContain('text-shown-once')
    }
    expect(JSON.parse(JSON.stringify(generated))).toEqual({ referenceNumber: reference('EC') })
    expect({ ...generated }).toEqual({ referenceNumber: reference('EC') })
  })
})

test.each([0, -1, NaN])('a wait of %d milliseconds is refused, and nothing is sent', async (timeoutMs) => {
  const { auth, fetch } = services([])
  const waits = [
    auth.permissions.waitForOperation({ ...grant, timeoutMs }),
    auth.certificates.waitForEnrollment({ ...enrolment, timeoutMs }),
    auth.tokens.waitForActivation({ ...token, timeoutMs }),
  ]
  for (const wait of waits) await expect(wait).rejects.toMatchObject({ code: 'ERR_INVALID_ARG' })
  expect(fetch.calls).toHaveLength(0)
})

test('what KSeF answered and what lists hold is taken as it is, for the reference number in it', async () => {
  const accepted = { ...enrolment, timestamp: instant }
  const listed = { ...token, description: 'Reports of the shop', status: 'Active' }
  const { auth, fetch, clock } = services([
    askEnrolment(enrolled(200), 2),
    askToken({ json: tokenInfo() }, 2),
    on(`DELETE /tokens/${reference('EC')}`, { status: 204 }),
    on(`DELETE /auth/sessions/${reference('AU')}`, { status: 204 }),
  ])
  const all = async (): Promise<void> => {
    await auth.certificates.enrollmentStatus(accepted)
    await auth.certificates.waitForEnrollment(accepted)
    await auth.tokens.status(listed)
    await auth.tokens.waitForActivation({ ...listed, timeoutMs: 1_000 })
    await auth.tokens.revoke(listed)
    await auth.sessions.close({ ...grant, referenceNumber: reference('AU') })
  }
  await clock.drive(all())
  fetch.done()
})
