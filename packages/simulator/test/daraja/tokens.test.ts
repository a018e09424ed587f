/** Token rules: spec/daraja.md sections 1.9, 2.1 to 2.4, 2.8. @module */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startSimulator, type Simulator } from '../../src/index.ts'
import { call, createCaller, post } from '../support.ts'

let simulator: Simulator
let caller: ReturnType<typeof createCaller>
let base: string
beforeAll(async () => {
  simulator = await startSimulator()
  caller = createCaller(simulator.systems.daraja)
  base = simulator.systems.daraja.baseUrl
})
beforeEach(() => simulator.reset())
afterAll(() => simulator.close())

describe('the token endpoint', () => {
  test('gives 28 characters and expires_in as a string (2.2)', async () => {
    const reply = await caller.requestToken()
    expect(reply.status).toBe(200)
    expect(reply.json).toEqual({
      access_token: expect.stringMatching(/^[A-Za-z0-9]{28}$/) as string,
      expires_in: '3599',
    })
  })

  test('answers wrong credentials with an empty 400 by default (2.3)', async () => {
    const reply = await caller.requestToken(`Basic ${btoa('nobody:nothing')}`)
    expect([reply.status, reply.text]).toEqual([400, ''])
  })

  test.each([
    ['json-400', 400, '400.008.01'],
    ['empty-401', 401, undefined],
    ['json-401', 401, '401'],
  ] as const)('answers wrong credentials with %s when told so (2.8)', async (badCredentials, status, code) => {
    simulator.set({ daraja: { badCredentials } })
    const key = simulator.systems.daraja.credentials.consumerKey
    const reply = await caller.requestToken(`Basic ${btoa(`${key}:wrong`)}`)
    expect([reply.status, reply.json['errorCode']]).toEqual([status, code])
  })

  test.each(['Bearer abc', 'Basic !!!', `Basic ${btoa('without-a-colon')}`])(
    'refuses the authorization "%s" with 400.008.01 (2.3)',
    async (authorization) => {
      const reply = await caller.requestToken(authorization)
      expect(reply.status).toBe(400)
      expect(reply.json).toMatchObject({ errorCode: '400.008.01', errorMessage: 'Invalid Authentication passed' })
    },
  )

  test('refuses a missing authorization with 400.008.01 (2.3)', async () => {
    const reply = await call(`${base}/oauth/v1/generate?grant_type=client_credentials`)
    expect(reply.json).toMatchObject({ errorCode: '400.008.01' })
  })

  test.each(['', '?grant_type=password', '?grant_type=client_credentials%20'])(
    'refuses the query "%s" with 400.008.02 (2.3)',
    async (query) => {
      const reply = await call(`${base}/oauth/v1/generate${query}`, { headers: { authorization: caller.basic } })
      expect(reply.status).toBe(400)
      expect(reply.json).toMatchObject({ errorCode: '400.008.02', errorMessage: 'Invalid grant type passed' })
    },
  )

  test('refuses POST with 405.001 (2.3)', async () => {
    const reply = await post(`${base}/oauth/v1/generate?grant_type=client_credentials`, {})
    expect(reply.status).toBe(405)
    expect(reply.json).toMatchObject({ errorCode: '405.001', errorMessage: 'POST Method Not Allowed' })
  })

  test.each([
    ['number', { expires_in: 3599 }],
    ['missing', {}],
    ['garbage', { expires_in: 'soon' }],
  ] as const)('writes expires_in as %s when told so (2.8)', async (expiresInType, expected) => {
    simulator.set({ daraja: { expiresInType } })
    const { access_token: token, ...rest } = (await caller.requestToken()).json
    expect(token).toHaveLength(28)
    expect(rest).toEqual(expected)
  })

  test('accepts any case of header and scheme, and a base URL that ends in a slash', async () => {
    const reply = await call(`${base}//oauth/v1/generate?grant_type=client_credentials`, {
      headers: { AUTHORIZATION: caller.basic.replace('Basic', 'basic'), 'User-Agent': '' },
    })
    expect(reply.status).toBe(200)
  })
})

describe('a token', () => {
  test('kills the one before it (2.4)', async () => {
    const first = await caller.token()
    const second = await caller.token()
    const refused = await caller.push(first)
    expect(refused.status).toBe(404)
    expect(refused.json).toMatchObject({ errorCode: '404.001.03', errorMessage: 'Invalid Access Token' })
    expect((await caller.push(second)).status).toBe(200)
    expect(simulator.state().systems.daraja.rejected).toEqual({ tokenReplaced: 1 })
  })

  test('leaves the one before it alive when told so (2.8)', async () => {
    simulator.set({ daraja: { previousToken: 'valid' } })
    const first = await caller.token()
    await caller.token()
    expect((await caller.push(first)).status).toBe(200)
  })

  test('is the same one until it expires when told so (2.8)', async () => {
    simulator.set({ daraja: { previousToken: 'same', tokenLifetimeSeconds: 100 } })
    const first = await caller.token()
    await simulator.clock.advance(40_000)
    const again = await caller.requestToken()
    expect(again.json['access_token']).toBe(first)
    expect(Number(again.json['expires_in'])).toBeLessThanOrEqual(60)
    await simulator.clock.advance(60_000)
    expect(await caller.token()).not.toBe(first)
  })

  test('kills the one before it after the grace (2.8)', async () => {
    simulator.set({ daraja: { previousToken: { graceSeconds: 30 } } })
    const first = await caller.token()
    await caller.token()
    await simulator.clock.advance(25_000)
    expect((await caller.query(first, 'ws_CO_15012026093000')).json['errorCode']).not.toBe('404.001.03')
    await simulator.clock.advance(5_000)
    expect((await caller.query(first, 'ws_CO_15012026093000')).json['errorCode']).toBe('404.001.03')
  })

  test('expires by the simulator’s clock', async () => {
    const token = await caller.token()
    await simulator.clock.advance(3_590_000)
    expect((await caller.push(token)).status).toBe(200)
    await simulator.clock.advance(9_000)
    expect((await caller.push(token)).json['errorCode']).toBe('404.001.03')
    expect(simulator.state().systems.daraja).toMatchObject({ rejected: { tokenExpired: 1 }, tokens: { live: 0 } })
  })

  test('of zero seconds is dead at once (2.8)', async () => {
    simulator.set({ daraja: { tokenLifetimeSeconds: 0 } })
    const reply = await caller.requestToken()
    expect(reply.json['expires_in']).toBe('0')
    expect((await caller.push(String(reply.json['access_token']))).json['errorCode']).toBe('404.001.03')
  })

  test('dies when the operator invalidates all', async () => {
    const token = await caller.token()
    expect(simulator.invalidateTokens('daraja')).toBe(1)
    expect((await caller.push(token)).json['errorCode']).toBe('404.001.03')
    expect(simulator.state().systems.daraja.rejected).toEqual({ tokenInvalidated: 1 })
  })

  test('that is bad is a 401 for balances, and is echoed (1.9)', async () => {
    const reply = await caller.balance('NotAToken')
    expect(reply.status).toBe(401)
    expect(reply.json).toMatchObject({
      errorCode: '401.002.01',
      errorMessage: 'Error Occurred - Invalid Access Token - NotAToken',
    })
  })

  test.each([undefined, 'Basic abc', 'Bearer', 'Bearer a b'])(
    'in the header "%s" is refused with 404.001.04 (1.9)',
    async (authorization) => {
      const headers: Record<string, string> = authorization === undefined ? {} : { authorization }
      for (const path of ['/mpesa/stkpush/v1/processrequest', '/mpesa/accountbalance/v1/query']) {
        const reply = await post(base + path, {}, headers)
        expect(reply.status).toBe(404)
        expect(reply.json).toMatchObject({ errorCode: '404.001.04', errorMessage: 'Invalid Authentication Header' })
      }
    },
  )

  test('does not reach a product that the app lacks (1.8, 2.8)', async () => {
    simulator.set({ daraja: { productsMissing: ['stkPush'] } })
    const token = await caller.token()
    const reply = await caller.push(token)
    expect(reply.status).toBe(401)
    expect(reply.json['errorCode']).toBe('401.003.01')
    expect(reply.json['errorMessage']).toContain('no apiproduct match found')
    expect((await caller.balance(token)).status).toBe(200)
    simulator.set({ daraja: { missingProductAnswer: 'family' } })
    expect((await caller.push(token)).json['errorCode']).toBe('404.001.03')
  })
})

test('counts two hundred parallel token requests exactly, and leaves one token alive', async () => {
  const tokens = await Promise.all(Array.from({ length: 200 }, () => caller.token()))
  expect(new Set(tokens).size).toBe(200)
  const state = (await call(`${simulator.control}/state`)).json
  expect(state).toMatchObject({
    requests: { total: 200, kept: 200 },
    systems: {
      daraja: {
        tokenRequests: 200,
        apps: [{ tokenRequests: 200, tokensIssued: 200 }],
        tokens: { live: 1, issued: 200 },
      },
    },
  })
  const seen = simulator.requests({ system: 'daraja', operation: 'oauth' })
  expect(seen.filter(({ answer }) => answer?.status === 200)).toHaveLength(200)
})
