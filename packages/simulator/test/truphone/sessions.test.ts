/** Refresh tokens and KC sessions: spec/truphone.md sections 12.6, 12.7, 12.10 to 12.12. @module */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startSimulator, type Simulator } from '../../src/index.ts'
import { call } from '../support.ts'
import { type Caller, createCaller } from './support.ts'

let simulator: Simulator
let caller: Caller
beforeAll(async () => {
  simulator = await startSimulator()
  caller = createCaller(simulator)
})
beforeEach(() => simulator.reset())
afterAll(() => simulator.close())

const description = (reply: { json: Record<string, unknown> }) => reply.json['error_description']
const state = () => simulator.state().systems.truphone
const loginRefresh = async (clientId?: string) => (await caller.login(clientId)).json['refresh_token']

describe('without rotation', () => {
  test('a refresh gives a new pair of the same session, and the old refresh token still works (12.7)', async () => {
    const first = await caller.login()
    const second = await caller.refresh(first.json['refresh_token'])
    expect(second.status).toBe(200)
    expect(second.json['session_state']).toBe(first.json['session_state'])
    expect(second.json['refresh_token']).not.toBe(first.json['refresh_token'])
    expect((await caller.refresh(first.json['refresh_token'])).status).toBe(200)
    expect(state().sessions).toMatchObject([{ refreshes: 2 }])
  })

  test('four refreshes at once with one token all succeed (12.7)', async () => {
    const token = await loginRefresh()
    const replies = await Promise.all([1, 2, 3, 4].map(() => caller.refresh(token)))
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200])
  })
})

describe('with rotation', () => {
  beforeEach(() => simulator.set({ truphone: { profile: 'kc26-rotate' } }))

  test('the replay of a used token fails, and so does the newest token afterwards (12.7)', async () => {
    const r1 = await loginRefresh()
    const r2 = (await caller.refresh(r1)).json['refresh_token']
    const replay = await caller.refresh(r1)
    expect([replay.status, replay.json['error'], description(replay)]).toEqual([
      ...[400, 'invalid_grant', 'Maximum allowed refresh token reuse exceeded'],
    ])
    expect(description(await caller.refresh(r2))).toBe("Session doesn't have required client")
    expect(state().sessions).toMatchObject([{ isDetached: true }])
  })

  test('an older token than the last used one is stale (12.7)', async () => {
    const r1 = await loginRefresh()
    const r2 = (await caller.refresh(r1)).json['refresh_token']
    await caller.refresh(r2)
    expect(description(await caller.refresh(r1))).toBe('Stale token')
  })

  test('the family survives a replay where that is switched off (12.7)', async () => {
    simulator.set({ truphone: { replayEndsFamily: false } })
    const r1 = await loginRefresh()
    const r2 = (await caller.refresh(r1)).json['refresh_token']
    expect((await caller.refresh(r1)).status).toBe(400)
    expect((await caller.refresh(r2)).status).toBe(200)
  })

  test('of four refreshes at once one succeeds, and its new token is dead (12.7)', async () => {
    const token = await loginRefresh()
    const replies = await Promise.all([1, 2, 3, 4].map(() => caller.refresh(token)))
    const winners = replies.filter(({ status }) => status === 200)
    expect(winners).toHaveLength(1)
    expect((await caller.refresh(winners[0]?.json['refresh_token'])).status).toBe(400)
  })

  test('refreshTokenMaxReuse 1 allows one more use, and no second (12.7)', async () => {
    simulator.set({ truphone: { refreshTokenMaxReuse: 1 } })
    const token = await loginRefresh()
    const statuses = []
    for (let use = 1; use <= 3; use += 1) statuses.push((await caller.refresh(token)).status)
    expect(statuses).toEqual([200, 200, 400])
  })

  test('a refresh whose answer is lost has used the token up (12.7, 14.7)', async () => {
    const token = await loginRefresh()
    simulator.faults.add({ system: 'truphone', operation: 'token', kind: 'resetAfter' })
    await expect(caller.refresh(token)).rejects.toThrow()
    expect(description(await caller.refresh(token))).toBe('Maximum allowed refresh token reuse exceeded')
  })
})

describe('lifetimes', () => {
  test('a refresh token dies of 30 minutes of silence, not a second earlier (12.7)', async () => {
    const token = await loginRefresh()
    await simulator.clock.advance(1_795_000)
    expect((await caller.refresh(token)).status).toBe(200)
    await simulator.clock.advance(5_000)
    const late = await caller.refresh(token)
    expect([late.status, late.json['error'], description(late)]).toEqual([400, 'invalid_grant', 'Token is not active'])
  })

  test('each refresh starts the idle time again; with slidingIdle off it does not (12.7)', async () => {
    const refreshes = async (): Promise<unknown[]> => {
      let token = await loginRefresh()
      const lives: unknown[] = []
      for (let round = 0; round < 3; round += 1) {
        await simulator.clock.advance(1_000_000)
        const reply = await caller.refresh(token)
        token = reply.json['refresh_token']
        lives.push(reply.json['refresh_expires_in'] ?? description(reply))
      }
      return lives
    }
    expect(await refreshes()).toEqual([1800, 1800, 1800])
    simulator.set({ truphone: { slidingIdle: false } })
    const [first, second] = await refreshes()
    expect(first).toBeGreaterThan(790)
    expect(first).toBeLessThanOrEqual(800)
    expect(second).toBe('Token is not active')
  })

  test('both lives shrink before the session maximum, and nothing outlives it (12.7)', async () => {
    simulator.set({ truphone: { ssoSessionMaxLifespan: 2000 } })
    let token = await loginRefresh()
    await simulator.clock.advance(1_000_000)
    const middle = await caller.refresh(token)
    expect(middle.json['refresh_expires_in']).toBeLessThanOrEqual(1000)
    expect(middle.json['refresh_expires_in']).toBeGreaterThan(990)
    expect(middle.json['expires_in']).toBe(300)
    token = middle.json['refresh_token']
    await simulator.clock.advance(900_000)
    const late = await caller.refresh(token)
    expect(late.json['expires_in']).toBeLessThanOrEqual(100)
    expect(late.json['expires_in']).toBeGreaterThan(90)
    await simulator.clock.advance(100_000)
    expect((await caller.refresh(late.json['refresh_token'])).status).toBe(400)
    expect(state().sessions).toEqual([])
  })

  test('the lifetimes are switches (14.2)', async () => {
    simulator.set({ truphone: { accessTokenLifespan: 4, ssoSessionIdleTimeout: 12 } })
    const reply = await caller.login()
    expect(reply.json).toMatchObject({ expires_in: 4, refresh_expires_in: 12 })
    const products = () => caller.api('GET', 'products', String(reply.json['access_token']))
    expect((await products()).status).toBe(200)
    await simulator.clock.advance(4_000)
    expect((await products()).status).toBe(401)
  })

  test('a refresh without a new refresh token leaves the old one to live out its time (12.5)', async () => {
    simulator.set({ truphone: { newRefreshToken: false } })
    const token = await loginRefresh()
    expect(await caller.refresh(token)).toMatchObject({ status: 200, json: { refresh_expires_in: 0 } })
    expect((await caller.refresh(token)).json).not.toHaveProperty('refresh_token')
    await simulator.clock.advance(1_800_000)
    expect((await caller.refresh(token)).status).toBe(400)
  })
})

describe('other refusals of a refresh (12.6)', () => {
  test.each([
    ['garbage', async () => 'garbage'],
    ['an access token', () => caller.token()],
    [
      'a token with another signature',
      async () =>
        `${String(await loginRefresh())
          .split('.')
          .slice(0, 2)
          .join('.')}.AAAA`,
    ],
  ])('%s is an invalid refresh token', async (_what, make) => {
    const reply = await caller.refresh(await make())
    expect([reply.status, description(reply)]).toEqual([400, 'Invalid refresh token'])
  })

  test('a missing refresh token is an invalid request', async () => {
    const reply = await caller.form('token', { grant_type: 'refresh_token', ...caller.ofClient('truphone') })
    expect([reply.json['error'], description(reply)]).toEqual(['invalid_request', 'No refresh token'])
  })

  test('the token of another client is refused', async () => {
    const reply = await caller.refresh(await loginRefresh(), 'truphone-am')
    expect(description(reply)).toBe("Invalid refresh token. Token client and authorized client don't match")
  })

  test('a token from another host name is refused, but not by an old version', async () => {
    const token = await loginRefresh()
    const elsewhere = createCaller({
      systems: {
        truphone: {
          ...simulator.systems.truphone,
          baseUrl: simulator.systems.truphone.baseUrl.replace('127.0.0.1', 'localhost'),
        },
      },
    })
    expect(description(await elsewhere.refresh(token))).toMatch(/^Invalid token issuer\. Expected 'http:\/\/localhost:/)
    simulator.set({ truphone: { profile: 'kc-legacy' } })
    expect((await elsewhere.refresh(token)).status).toBe(200)
  })

  test('a not-before time makes older tokens stale, and is told (12.12)', async () => {
    const token = await loginRefresh()
    const notBefore = Math.floor(simulator.clock.now() / 1000) + 2
    simulator.set({ truphone: { notBefore } })
    expect(description(await caller.refresh(token))).toBe('Stale token')
    await simulator.clock.advance(3000)
    const next = await caller.login()
    expect(next.json['not-before-policy']).toBe(notBefore)
    expect((await caller.refresh(next.json['refresh_token'])).status).toBe(200)
  })

  test('a restart of the server, or "sign out all", ends every session; new logins go on (12.11)', async () => {
    const token = await loginRefresh()
    simulator.set({ truphone: { actions: [{ do: 'endSessions' }] } })
    expect(description(await caller.refresh(token))).toBe('Session not active')
    expect((await caller.login()).status).toBe(200)
  })
})

describe('KC sessions (12.11)', () => {
  test('every login opens one, and they live 30 minutes: logging in every five minutes holds six', async () => {
    for (let round = 0; round < 12; round += 1) {
      await caller.login()
      await simulator.clock.advance(300_000)
    }
    expect(state().sessions.length).toBeGreaterThanOrEqual(5)
    expect(state().sessions.length).toBeLessThanOrEqual(6)
    expect(state()).toMatchObject({ logins: 12, sessionsOpened: 12 })
  })
})

describe('the other endpoints (12.9, 12.10)', () => {
  const body = (token: unknown, clientId = 'truphone') => ({ token: String(token), ...caller.ofClient(clientId) })

  test('discovery names the endpoints below its issuer', async () => {
    const issuer = `${simulator.systems.truphone.baseUrl}/auth/realms/tru-staff`
    const reply = await call(`${issuer}/.well-known/openid-configuration`)
    expect(reply.json).toMatchObject({ issuer, token_endpoint: `${caller.oidc}/token` })
    for (const name of ['introspection_endpoint', 'revocation_endpoint', 'end_session_endpoint', 'jwks_uri']) {
      expect(String(reply.json[name]).startsWith(`${issuer}/`)).toBe(true)
    }
  })

  test('what can be read with GET can be asked for with HEAD', async () => {
    const issuer = `${simulator.systems.truphone.baseUrl}/auth/realms/tru-staff`
    for (const url of [`${issuer}/.well-known/openid-configuration`, `${caller.oidc}/certs`]) {
      const reply = await call(url, { method: 'HEAD' })
      expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'application/json'])
    }
    expect((await call(`${caller.oidc}/token`, { method: 'HEAD' })).status).toBe(405)
  })

  test('the keys are one for signatures and one for encryption', async () => {
    const keys = (await call(`${caller.oidc}/certs`)).json['keys'] as Record<string, unknown>[]
    expect(keys.map(({ use, alg }) => `${String(use)} ${String(alg)}`).sort()).toEqual(['enc RSA-OAEP', 'sig RS256'])
    expect(keys.every((key) => !('d' in key))).toBe(true)
  })

  test('introspection knows live tokens, and calls all else inactive', async () => {
    const { access_token, refresh_token } = (await caller.login()).json
    expect((await caller.form('token/introspect', body(access_token))).json).toMatchObject({
      active: true,
      client_id: 'truphone',
      username: 'service-account-truphone',
      token_type: 'Bearer',
    })
    expect((await caller.form('token/introspect', body(refresh_token))).json['active']).toBe(true)
    expect((await caller.form('token/introspect', body('garbage'))).json).toEqual({ active: false })
    await simulator.clock.advance(300_000)
    expect((await caller.form('token/introspect', body(access_token))).json).toEqual({ active: false })
    const wrong = await caller.form('token/introspect', { token: 'x', client_id: 'nobody', client_secret: 'x' })
    expect([wrong.status, wrong.json['error']]).toEqual([401, 'invalid_client'])
  })

  test('introspection calls a known client with a bad secret invalid, too', async () => {
    for (const secret of [{ client_secret: 'x' }, {}]) {
      const refused = await caller.form('token/introspect', { token: 'x', client_id: 'truphone', ...secret })
      expect([refused.status, refused.json['error']]).toEqual([401, 'invalid_client'])
    }
  })

  test('revoking a refresh token takes the client out of all its sessions, and of no others', async () => {
    const [mine, sibling, other] = [await loginRefresh(), await loginRefresh(), await loginRefresh('truphone-am')]
    const reply = await caller.form('revoke', body(mine))
    expect([reply.status, reply.text, reply.headers.get('content-type')]).toEqual([200, '', null])
    expect(description(await caller.refresh(sibling))).toBe("Session doesn't have required client")
    expect((await caller.refresh(other, 'truphone-am')).status).toBe(200)
  })

  test('revoking an access token voids it for the realm; the API accepts it until it asks the realm', async () => {
    const token = await caller.token()
    await caller.form('revoke', body(token))
    expect((await caller.form('token/introspect', body(token))).json).toEqual({ active: false })
    expect((await caller.api('GET', 'products', token)).status).toBe(200)
    simulator.set({ truphone: { tokenCheck: 'online' } })
    expect((await caller.api('GET', 'products', token)).status).toBe(401)
  })

  test('revoking answers an unknown token with 200 and an error, that of another client with 400', async () => {
    const unknown = await caller.form('revoke', body('garbage'))
    expect([unknown.status, unknown.json['error']]).toEqual([200, 'invalid_token'])
    const foreign = await caller.form('revoke', body(await loginRefresh(), 'truphone-am'))
    expect([foreign.status, description(foreign)]).toEqual([400, 'Unmatching clients'])
    const missing = await caller.form('revoke', caller.ofClient('truphone'))
    expect([missing.status, description(missing)]).toEqual([400, 'Token not provided'])
  })

  test('logout ends one session, answers 204 even when it is gone, and refuses garbage', async () => {
    const [mine, sibling] = [await loginRefresh(), await loginRefresh()]
    const logout = (token: unknown) =>
      caller.form('logout', { refresh_token: String(token), ...caller.ofClient('truphone') })
    const ended = await logout(mine)
    expect([ended.status, ended.headers.get('content-length')]).toEqual([204, null])
    expect((await logout(mine)).status).toBe(204)
    expect(description(await caller.refresh(mine))).toBe('Session not active')
    expect((await caller.refresh(sibling)).status).toBe(200)
    expect(description(await logout('garbage'))).toBe('Invalid refresh token')
    const noSecret = await caller.form('logout', { refresh_token: String(sibling), client_id: 'truphone' })
    expect([noSecret.status, noSecret.json['error']]).toEqual([401, 'unauthorized_client'])
  })
})
