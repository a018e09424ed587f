/** The token service and how business calls refuse tokens: spec/etims.md sections 2.1 to 2.4, 2.7, 3.1. @module */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startSimulator, type Simulator } from '../../src/index.ts'
import { call, type Reply } from '../support.ts'
import { createEtimsCaller, type EtimsCaller, item, ready, readyDevice, since } from './support.ts'

let simulator: Simulator
let caller: EtimsCaller
beforeAll(async () => {
  simulator = await startSimulator()
  caller = createEtimsCaller(simulator, 'gateway', readyDevice(simulator))
})
beforeEach(() => simulator.reset())
afterAll(() => simulator.close())

const request = (
  headers: Record<string, string> = {},
  init: RequestInit = {},
  query = '?grant_type=client_credentials',
) => call(`${simulator.systems.etims.baseUrl}/v1/token/generate${query}`, { headers, ...init })
const basic = (text: string): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(text).toString('base64')}`,
})
const shape = ({ status, text }: Reply): unknown[] => [status, text]

describe('the token endpoint', () => {
  test('gives 28 alphanumeric characters and a lifetime in text (2.2)', async () => {
    const reply = await request(basic('sim-key:sim-secret'))
    expect(reply.status).toBe(200)
    expect(reply.json).toEqual({
      access_token: expect.stringMatching(/^[A-Za-z0-9]{28}$/) as string,
      expires_in: '3599',
    })
  })

  test.each([
    ['a wrong key', basic('other:sim-secret')],
    ['a wrong secret', basic('sim-key:other')],
    ['a secret of the right length', basic('sim-key:sim-secreT')],
    ['no colon', basic('sim-key')],
    ['no header', {}],
    ['a bearer', { authorization: 'Bearer x' }],
  ])('answers %s with 400 and nothing (2.3)', async (_, headers) => {
    expect(shape(await request(headers))).toEqual([400, ''])
    expect(simulator.state().systems.etims.rejected).toEqual({ 'invalid consumer credentials': 1 })
  })

  test.each(['', '?grant_type=password', '?grant_type=client_credentials&grant_type=client_credentials'])(
    'answers the query "%s" with 400 and nothing (2.7)',
    async (query) => {
      expect(shape(await request(basic('sim-key:sim-secret'), {}, query))).toEqual([400, ''])
    },
  )

  test('answers a POST with nothing, a form with its echo, and gives no token (2.3)', async () => {
    const headers = basic('sim-key:sim-secret')
    expect(shape(await request(headers, { method: 'POST' }))).toEqual([200, ''])
    const form = { ...headers, 'content-type': 'application/x-www-form-urlencoded' }
    const body = 'grant_type=client_credentials'
    expect(shape(await request(form, { method: 'POST', body }))).toEqual([200, body])
    expect(simulator.state().systems.etims).toMatchObject({ tokenRequests: 2, tokens: { issued: 0 } })
  })

  test.each([
    ['error-400', 400, { errorCode: '400.008.01' }],
    ['error-200', 200, { errorCode: '400.008.01' }],
    ['fault-401', 401, { fault: { faultstring: 'Invalid client credentials' } }],
    ['fault-500', 500, { fault: { faultstring: 'Invalid client credentials' } }],
    ['overloaded-504', 504, { header: { responseCode: 504 }, body: {} }],
  ] as const)('refuses as %s when told to (2.3)', async (badCredentials, status, json) => {
    simulator.set({ etims: { badCredentials } })
    const reply = await request(basic('sim-key:other'))
    expect(reply.status).toBe(status)
    expect(reply.json).toMatchObject(json)
  })

  test.each([
    ['number', { expires_in: 60 }],
    ['missing', {}],
    ['garbage', { expires_in: 'soon' }],
  ] as const)('writes expires_in as %s when told to', async (expiresInType, expected) => {
    simulator.set({ etims: { expiresInType, tokenTtl: 60 } })
    const { access_token: _, ...rest } = (await request(basic('sim-key:sim-secret'))).json
    expect(rest).toEqual(expected)
  })

  test('counts what arrived, what named the app, and what was issued', async () => {
    await request(basic('sim-key:sim-secret'))
    await request(basic('sim-key:wrong'))
    await request(basic('other:wrong'))
    expect(simulator.state().systems.etims).toMatchObject({
      tokenRequests: 3,
      apps: [{ name: 'default', tokenRequests: 2, tokensIssued: 1 }],
      tokens: { live: 1, issued: 1 },
    })
  })
})

describe('a token', () => {
  test('stays good when another is issued, until its own end', async () => {
    simulator.set({ etims: { tokenTtl: 100 } })
    const first = await caller.signIn()
    await simulator.clock.advance(50_000)
    await caller.signIn()
    const use = async (): Promise<number> =>
      (await caller.send('selectNoticeList', since, { authorization: `Bearer ${first}` })).status
    expect(await use()).toBe(200)
    await simulator.clock.advance(50_000)
    expect(await use()).toBe(401)
    expect((await caller.send('selectNoticeList', since)).status).toBe(200)
    expect(simulator.state().systems.etims.rejected).toEqual({ tokenExpired: 1 })
  })

  test('that is missing, unknown or killed is refused on the gateway with header and body (2.4)', async () => {
    const device = createEtimsCaller(simulator, 'gateway', readyDevice(simulator))
    await caller.signIn()
    expect(simulator.invalidateTokens('etims')).toBe(1)
    const replies = [
      await device.send('selectNoticeList', since),
      await device.send('selectNoticeList', since, { authorization: 'Bearer unknown' }),
      await caller.send('selectNoticeList', since),
    ]
    for (const reply of replies) {
      expect([reply.status, reply.json]).toEqual([
        401,
        {
          header: {
            responseMessage: 'Unauthorised-Invalid Access Token',
            responseCode: 401,
            customerMessage: 'Unauthorised-Invalid Access Token',
            requestRefId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
            timestamp: expect.any(String) as string,
          },
          body: {},
        },
      ])
    }
    expect(simulator.state().systems.etims.rejected).toEqual({ tokenMissing: 1, tokenUnknown: 1, tokenInvalidated: 1 })
  })

  test.each([
    ['fault-expired-401', 401, 'Access Token expired', 'keymanagement.service.access_token_expired'],
    ['fault-expired-500', 500, 'Access Token expired', 'keymanagement.service.access_token_expired'],
    ['fault-invalid-401', 401, 'Invalid Access Token', 'keymanagement.service.invalid_access_token'],
    ['fault-invalid-500', 500, 'Invalid Access Token', 'keymanagement.service.invalid_access_token'],
  ] as const)('is refused as %s when told to (2.4)', async (tokenRefusal, status, faultstring, errorcode) => {
    simulator.set({ etims: { tokenRefusal } })
    const reply = await caller.send('selectNoticeList', since, { authorization: 'Bearer unknown' })
    expect([reply.status, reply.json]).toEqual([status, { fault: { faultstring, detail: { errorcode } } }])
  })

  test('is refused for the next calls when told to, however good it is', async () => {
    await caller.signIn()
    simulator.set({ etims: { nextTokenRefusals: { count: 2, shape: 'fault-expired-500' } } })
    const statuses = []
    for (let round = 0; round < 3; round += 1) statuses.push((await caller.send('selectNoticeList', since)).status)
    expect(statuses).toEqual([500, 500, 200])
    expect(simulator.state().systems.etims.switches.nextTokenRefusals).toBeNull()
  })

  test('is optional on the direct face, but checked if present; both can be switched (10)', async () => {
    const direct = await ready(simulator, 'direct')
    const withToken = (token: string): Promise<Reply> =>
      direct.send('selectNoticeList', since, { authorization: `Bearer ${token}` })
    expect((await direct.send('selectNoticeList', since)).status).toBe(200)
    expect((await withToken('unknown')).status).toBe(401)
    expect((await withToken(await caller.signIn())).status).toBe(200)
    simulator.set({ etims: { auth: { direct: 'required', gateway: 'off' } } })
    expect((await direct.send('selectNoticeList', since)).status).toBe(401)
    expect((await caller.send('selectNoticeList', since, { authorization: 'Bearer unknown' })).status).toBe(200)
  })
})

describe('the app id', () => {
  const withId = (path: string, body: unknown, id: string): Promise<Reply> =>
    caller.send(path, body, { apigee_app_id: id })

  test('is needed by saveItem alone, and a wrong one makes the server fail (3.1)', async () => {
    await caller.signIn()
    const refused = await withId('saveItem', item(1), '')
    expect([refused.status, refused.json]).toMatchObject([
      400,
      {
        responseHeader: {
          responseCode: 400,
          customerMessage: 'Invalid Headers apigee_app_id',
          debugMessage: 'apigee_app_id cannot be Null',
        },
        responseBody: null,
      },
    ])
    expect((await withId('selectNoticeList', since, '')).status).toBe(200)
    expect((await withId('selectNoticeList', since, 'another')).status).toBe(500)
    expect((await withId('saveItem', item(1), simulator.systems.etims.credentials.appId)).status).toBe(200)
    expect(simulator.state().systems.etims.rejected).toEqual({ appIdMissing: 1, appIdUnknown: 1 })
  })

  test('is needed by all, or by none, when told to', async () => {
    await caller.signIn()
    simulator.set({ etims: { requireAppId: 'all' } })
    expect((await withId('selectNoticeList', since, '')).status).toBe(400)
    simulator.set({ etims: { requireAppId: 'none' } })
    expect((await withId('saveItem', item(1), 'another')).status).toBe(200)
  })
})
