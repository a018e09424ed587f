import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { KsefApiError } from '../../src/index.ts'
import { signedIn } from '../support/clients.ts'
import { networkError, replied } from '../support/ksef-double.ts'
import type { Reply } from '../support/ksef-double.ts'

/** What an operation rejects with. Two answers, since a `read` is repeated once after some of them. */
async function failure(reply: Reply, operation: 'query' | 'terminateCurrent' = 'query'): Promise<unknown> {
  const { ksef, auth } = await signedIn()
  const asked = operation === 'query' ? 'GET /auth/sessions' : 'DELETE /auth/sessions/current'
  ksef.answers(asked, ...Array.from({ length: 10 }, () => reply))
  return ksef.clock.drive<unknown>(auth.sessions[operation]()).catch((error: unknown) => error)
}

const traceId = '0af7651916cd43dd8448eb211c80319c'
const serviceCode = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00'
const problem = (status: number, more: object = {}): Reply => {
  return () => replied(status, { title: 'T', status, instance: '/v2/auth/sessions', detail: 'Opis.', traceId, ...more })
}
const legacy = (status: number, body: object): Reply => {
  return () => replied(status, body)
}

describe('every error body (1.7)', () => {
  it.each<[name: string, reply: Reply, expected: object]>([
    [
      '400 in problem details, several codes',
      problem(400, {
        errors: [
          { code: 21405, description: 'Błąd.', details: ['a', 'b'] },
          { code: 29999, description: 'Inny.' },
        ],
      }),
      {
        code: 'KSEF_INVALID_REQUEST',
        providerCode: '21405',
        correlationId: traceId,
        traceId,
        detail: 'Opis.',
        codes: [
          { code: 21405, description: 'Błąd.', details: ['a', 'b'] },
          { code: 29999, description: 'Inny.', details: [] },
        ],
      },
    ],
    [
      '400 in the older shape',
      legacy(400, {
        exception: {
          exceptionDetailList: [{ exceptionCode: 21418, exceptionDescription: 'Token.', details: ['x'] }],
          serviceCode,
          timestamp: '2026-04-10T08:12:33.1234567Z',
        },
      }),
      {
        code: 'KSEF_INVALID_REQUEST',
        providerCode: '21418',
        traceId: serviceCode,
        codes: [{ code: 21418, description: 'Token.', details: ['x'] }],
      },
    ],
    ['400 with a code that no document names', problem(400, { errors: [{ code: 88888 }] }), { code: 'KSEF_REJECTED' }],
    ['400 that says nothing', () => new Response('', { status: 400 }), { code: 'KSEF_INVALID_REQUEST', codes: [] }],
    ['400 with nulls', legacy(400, { exception: null, errors: null }), { code: 'KSEF_INVALID_REQUEST', codes: [] }],
    [
      '403 for want of a permission',
      problem(403, {
        reasonCode: 'missing-permissions',
        security: { requiredAnyOfPermissions: ['CredentialsManage'], presentPermissions: [] },
      }),
      {
        code: 'KSEF_ACCESS_DENIED',
        reasonCode: 'missing-permissions',
        reason: 'missing-permissions',
        providerCode: 'missing-permissions',
        security: { requiredAnyOfPermissions: ['CredentialsManage'], presentPermissions: [] },
      },
    ],
    [
      '403 with a reason that is new',
      problem(403, { reasonCode: 'moon-phase' }),
      { code: 'KSEF_ACCESS_DENIED', reasonCode: 'moon-phase' },
    ],
    [
      '403 in HTML',
      () => new Response('<!DOCTYPE html><html>Incapsula incident</html>', { status: 403 }),
      { code: 'KSEF_ACCESS_DENIED', reasonCode: undefined },
    ],
    ['404 without a body', () => new Response(null, { status: 404 }), { code: 'KSEF_NOT_FOUND', retryable: false }],
    ['410', problem(410), { code: 'KSEF_GONE', retryable: false }],
    ['418', problem(418), { code: 'KSEF_UNEXPECTED_ANSWER' }],
    ['500 without a body', () => new Response(null, { status: 500 }), { code: 'KSEF_UNAVAILABLE', retryable: true }],
    ['503 in HTML', () => new Response('<html>', { status: 503 }), { code: 'KSEF_UNAVAILABLE' }],
    ['200 in HTML', () => new Response('<html>', { status: 200 }), { code: 'KSEF_MALFORMED_ANSWER' }],
    ['200 without its list', () => replied(200, {}), { code: 'KSEF_MALFORMED_ANSWER' }],
  ])('%s', async (_name, reply, expected) => {
    const error = await failure(reply)
    expect(error).toBeInstanceOf(KsefApiError)
    expect(error).toMatchObject({ provider: 'ksef', operation: 'sessions.query', ...expected })
  })

  it.each<[string, object]>([
    ['the older shape', { status: { code: 429, description: 'Too Many Requests', details: ['Przekroczono limit.'] } }],
    ['problem details', { title: 'Too Many Requests', status: 429, detail: 'Przekroczono limit.' }],
  ])('429 in %s, whose Retry-After is obeyed to the second', async (_name, body) => {
    const { ksef, auth } = await signedIn()
    const at: number[] = []
    const noted = (reply: () => Response): Reply => {
      return () => (at.push(ksef.clock.elapsed()), reply())
    }
    const throttled = noted(() => replied(429, body, { 'retry-after': '37' }))
    ksef.answers(
      'GET /auth/sessions',
      throttled,
      noted(() => replied(200, { items: [] })),
    )
    await ksef.clock.drive(auth.sessions.query())
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(37_000)
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeLessThan(39_000)
  })

  it('429 for longer than the call has: told at once, with the instant', async () => {
    const { ksef, auth } = await signedIn()
    ksef.answers('GET /auth/sessions', replied(429, { status: 429, detail: 'Limit.' }, { 'retry-after': '3600' }))
    const error: unknown = await auth.sessions.query().catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'KSEF_RATE_LIMITED', retryable: true, detail: 'Limit.' })
    expect((error as { retryAt: number }).retryAt - ksef.clock.wall()).toBe(3_600_000)
  })
})

describe('answers that were lost', () => {
  it('a question is asked again, and then says what happened', async () => {
    expect(await failure(networkError('ECONNREFUSED'))).toMatchObject({ code: 'KSEF_UNREACHABLE', retryable: true })
    expect(await failure(networkError('ECONNRESET'))).toMatchObject({ code: 'KSEF_UNREACHABLE', retryable: true })
  })
})

describe('what an error shows', () => {
  it('is codes and ids; KSeF’s own words only to those who ask for them', async () => {
    const marked = 'not-for-a-log-line'
    const error = await failure(
      problem(400, { detail: marked, errors: [{ code: 21405, description: marked, details: [marked] }] }),
    )
    expect(error).toHaveProperty('detail', marked)
    expect(inspect(error, { depth: 10, showHidden: true }) + JSON.stringify(error)).not.toContain(marked)
    expect(String(error)).toContain('HTTP 400 21405')
  })

  it('is bounded, whatever the answer', async () => {
    const long = 'x'.repeat(50_000)
    const errors = Array.from({ length: 500 }, () => ({ code: 21405, description: long, details: [long] }))
    const error = (await failure(
      problem(400, { detail: long, errors: errors.slice(0, 8), traceId: long }),
    )) as KsefApiError
    expect(error.detail?.length).toBe(1_001)
    expect(error.codes[0]?.description?.length).toBe(1_001)
    expect(error.traceId).toBeUndefined()
    const many = (await failure(
      problem(400, { errors: Array.from({ length: 500 }, () => ({ code: 1 })) }),
    )) as KsefApiError
    expect(many.codes).toHaveLength(100)
  })
})
