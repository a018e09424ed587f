/** The token endpoint: spec/truphone.md sections 6, 12.3 to 12.8. @module */
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startSimulator, type Simulator } from '../../src/index.ts'
import { call } from '../support.ts'
import { type Caller, createCaller, secrets } from './support.ts'

let simulator: Simulator
let caller: Caller
beforeAll(async () => {
  simulator = await startSimulator()
  caller = createCaller(simulator)
})
beforeEach(() => simulator.reset())
afterAll(() => simulator.close())

const error = (reply: { status: number; json: Record<string, unknown> }) => [
  reply.status,
  reply.json['error'],
  reply.json['error_description'],
]
const state = () => simulator.state().systems.truphone

describe('client_credentials', () => {
  test('gives both tokens, their lives and the session, in the order of a recorded answer (12.4)', async () => {
    const reply = await caller.login()
    expect(reply.status).toBe(200)
    expect(Object.keys(reply.json)).toEqual([
      ...['access_token', 'expires_in', 'refresh_expires_in', 'refresh_token', 'token_type', 'not-before-policy'],
      ...['session_state', 'scope'],
    ])
    expect(reply.json).toMatchObject({
      expires_in: 300,
      refresh_expires_in: 1800,
      token_type: 'Bearer',
      'not-before-policy': 0,
      scope: 'email profile',
    })
    expect(reply.headers.get('cache-control')).toBe('no-store')
    expect(reply.headers.get('pragma')).toBe('no-cache')
    expect(reply.headers.get('content-type')).toBe('application/json')
  })

  test('signs access tokens with RS256 and the keys of the realm (12.4, 12.9)', async () => {
    const reply = await caller.login('truphone-am')
    const jwks = createRemoteJWKSet(new URL(`${caller.oidc}/certs`))
    const issuer = `${simulator.systems.truphone.baseUrl}/auth/realms/tru-staff`
    const { payload, protectedHeader } = await jwtVerify(String(reply.json['access_token']), jwks, { issuer })
    expect(protectedHeader).toMatchObject({ alg: 'RS256', typ: 'JWT' })
    expect(payload).toMatchObject({
      typ: 'Bearer',
      azp: 'truphone-am',
      client_id: 'truphone-am',
      realm_access: { roles: ['ACCOUNT_MANAGER'] },
      preferred_username: 'service-account-truphone-am',
      sid: reply.json['session_state'],
    })
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(300)
  })

  test('gives refresh tokens as JWTs of a symmetric key, or opaque where told so (12.4, 14.2)', async () => {
    const jwt = String((await caller.login()).json['refresh_token'])
    expect(decodeProtectedHeader(jwt)).toMatchObject({ alg: 'HS512' })
    expect(decodeJwt(jwt)).toMatchObject({ typ: 'Refresh', azp: 'truphone' })
    simulator.set({ truphone: { refreshTokenForm: 'opaque' } })
    const opaque = String((await caller.login()).json['refresh_token'])
    expect(opaque).toMatch(/^[A-Za-z0-9]{64}$/)
    expect((await caller.refresh(opaque)).status).toBe(200)
  })

  test.each(Object.entries(secrets).slice(0, 3))('knows %s by its secret in the form (6.1)', async (id) => {
    expect((await caller.login(id)).status).toBe(200)
  })

  test('form-decodes both halves of Basic since version 20 (12.8)', async () => {
    const half = (text: string): string => new URLSearchParams({ s: text }).toString().slice(2)
    const encoded = btoa(`truphone-odd:${half(secrets['truphone-odd'] ?? '')}`)
    const literal = btoa(`truphone-odd:${secrets['truphone-odd'] ?? ''}`)
    const send = (basic: string) =>
      caller.form('token', { grant_type: 'client_credentials' }, { authorization: `Basic ${basic}` })
    expect((await send(encoded)).status).toBe(200)
    expect((await send(literal)).status).toBe(401)
    simulator.set({ truphone: { profile: 'kc-legacy' } })
    expect((await send(literal)).status).toBe(200)
    expect((await send(encoded)).status).toBe(401)
  })

  test('lets the form win over Basic (12.8)', async () => {
    const authorization = `Basic ${btoa('truphone:wrong')}`
    const fields = { grant_type: 'client_credentials', ...caller.ofClient('truphone') }
    expect((await caller.form('token', fields, { authorization })).status).toBe(200)
  })

  test('adds an id token for openid, and an unlimited refresh token for offline_access (12.3)', async () => {
    const reply = await caller.login('truphone', { scope: 'openid offline_access' })
    expect(decodeJwt(String(reply.json['id_token']))).toMatchObject({ typ: 'ID', aud: 'truphone' })
    expect(reply.json['refresh_expires_in']).toBe(0)
    await simulator.clock.advance(40_000_000)
    expect((await caller.refresh(reply.json['refresh_token'])).status).toBe(200)
    await simulator.clock.advance(31 * 86_400_000)
    expect(error(await caller.refresh(reply.json['refresh_token']))).toEqual([
      ...[400, 'invalid_grant', 'Offline session not active'],
    ])
  })
})

describe('errors of version 20 and later (12.6)', () => {
  const bad = 'Invalid client or Invalid client credentials'
  test.each([
    ['without a grant type', {}, 400, 'invalid_request', 'Missing form parameter: grant_type'],
    [
      ...([
        'with an unknown grant type, even with a wrong secret',
        { grant_type: 'x', client_secret: 'wrong' },
      ] as const),
      ...([400, 'unsupported_grant_type', 'Unsupported grant_type'] as const),
    ],
    ['of an unknown client', { grant_type: 'client_credentials', client_id: 'x' }, 401, 'invalid_client', bad],
    [
      ...(['of a disabled client', { grant_type: 'client_credentials', client_id: 'truphone-disabled' }] as const),
      ...([401, 'invalid_client', bad] as const),
    ],
    [
      ...([
        'with a wrong secret',
        { grant_type: 'client_credentials', client_id: 'truphone', client_secret: 'x' },
      ] as const),
      ...([401, 'unauthorized_client', bad] as const),
    ],
    [
      ...(['without a secret', { grant_type: 'client_credentials', client_id: 'truphone' }] as const),
      ...([401, 'unauthorized_client', bad] as const),
    ],
    ['without a client', { grant_type: 'client_credentials' }, 400, 'invalid_client', 'Missing client_id parameter'],
    [
      ...(['without a service account'] as const),
      { grant_type: 'client_credentials', client_id: 'truphone-nosa', client_secret: 'not-a-real-secret-0004' },
      ...([401, 'unauthorized_client', 'Client not enabled to retrieve service account'] as const),
    ],
    [
      ...(['with an unknown scope'] as const),
      {
        grant_type: 'client_credentials',
        scope: 'unheard-of',
        client_id: 'truphone',
        client_secret: 'not-a-real-secret-0001',
      },
      ...([400, 'invalid_scope', 'Invalid scopes: unheard-of'] as const),
    ],
  ])('a request %s', async (_what, fields, status, code, description) => {
    expect(error(await caller.form('token', fields as Record<string, string>))).toEqual([status, code, description])
  })

  test('a field that occurs twice is refused after the client was authenticated', async () => {
    const fields = (secret: string): string =>
      `grant_type=client_credentials&client_id=truphone&client_secret=${secret}&scope=email&scope=email`
    const send = (body: string) =>
      call(`${caller.oidc}/token`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body,
      })
    expect(error(await send(fields('not-a-real-secret-0001')))).toEqual([
      ...[400, 'invalid_request', 'duplicated parameter'],
    ])
    expect((await send(fields('wrong'))).json['error']).toBe('unauthorized_client')
  })

  test('an unreadable Authorization header is challenged without JSON', async () => {
    const authorization = 'Basic !!!'
    const reply = await caller.form('token', { grant_type: 'client_credentials' }, { authorization })
    expect([reply.status, reply.text, reply.headers.get('www-authenticate')]).toEqual([
      ...[401, '', 'Basic realm="tru-staff"'],
    ])
  })

  test('JSON, GET and an unknown realm are refused in their own ways', async () => {
    const json = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }
    expect((await call(`${caller.oidc}/token`, json)).status).toBe(415)
    expect(error(await call(`${caller.oidc}/token`))).toEqual([405, 'HTTP 405 Method Not Allowed', undefined])
    const other = caller.oidc.replace('tru-staff', 'master')
    expect(error(await call(`${other}/token`, json))).toEqual([404, 'Realm does not exist', undefined])
  })
})

describe('profiles (14.2)', () => {
  test('kc26-norefresh gives no refresh token, no session and refresh_expires_in 0', async () => {
    simulator.set({ truphone: { profile: 'kc26-norefresh' } })
    const reply = await caller.login()
    expect(Object.keys(reply.json)).toEqual([
      ...['access_token', 'expires_in', 'refresh_expires_in', 'token_type', 'not-before-policy', 'scope'],
    ])
    expect(reply.json['refresh_expires_in']).toBe(0)
    expect(state().sessions).toEqual([])
  })

  test('the client truphone-norefresh has none under the default profile either', async () => {
    expect((await caller.login('truphone-norefresh')).json).not.toHaveProperty('refresh_token')
    expect((await caller.login('truphone')).json).toHaveProperty('refresh_token')
  })

  test('kc-legacy writes bearer in lower case and words errors as before version 20', async () => {
    simulator.set({ truphone: { profile: 'kc-legacy' } })
    expect((await caller.login()).json['token_type']).toBe('bearer')
    const send = (fields: Record<string, string>) =>
      caller.form('token', { grant_type: 'client_credentials', ...fields })
    expect(error(await send({ client_id: 'x' }))).toEqual([400, 'invalid_client', 'Invalid client credentials'])
    expect(error(await send({ client_id: 'truphone', client_secret: 'x' }))).toEqual([
      ...[401, 'unauthorized_client', 'Invalid client secret'],
    ])
    expect(error(await send({ client_id: 'truphone' }))).toEqual([
      ...[400, 'unauthorized_client', 'Client secret not provided in request'],
    ])
  })

  test('minimal gives three fields and invalid_client for a wrong secret', async () => {
    simulator.set({ truphone: { profile: 'minimal' } })
    expect(Object.keys((await caller.login()).json)).toEqual(['access_token', 'token_type', 'expires_in'])
    const wrong = await caller.login('truphone', { client_secret: 'x' })
    expect(error(wrong)).toEqual([401, 'invalid_client', 'Client authentication failed'])
  })
})

describe('counts', () => {
  test('of arrivals, logins, refreshes and refusals are exact, and faults count as arrivals', async () => {
    simulator.faults.add({ system: 'truphone', operation: 'token', kind: 'status', status: 503 })
    expect((await caller.login()).status).toBe(503)
    const first = await caller.login()
    await caller.refresh(first.json['refresh_token'])
    await caller.login('truphone', { client_secret: 'wrong' })
    await caller.login('truphone', { grant_type: 'nonsense' })
    await caller.login('nobody')
    expect(state()).toMatchObject({ tokenRequests: 6, logins: 1, refreshes: 1, sessionsOpened: 1 })
    expect(state().apps).toEqual([
      { name: 'truphone', tokenRequests: 4, logins: 1, refreshes: 1, refused: 2, sessions: 1 },
    ])
    expect(state().rejected).toEqual({ unauthorized_client: 1, unsupported_grant_type: 1, invalid_client: 1 })
  })
})
