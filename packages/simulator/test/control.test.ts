/** The control plane: what it does, what it refuses, and that it shows no secret. @module */
import { request } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startSimulator, type Simulator } from '../src/index.ts'
import { call, createCaller, createReceiver, post, timestamp } from './support.ts'

let simulator: Simulator
let caller: ReturnType<typeof createCaller>
beforeAll(async () => {
  simulator = await startSimulator()
  caller = createCaller(simulator.systems.daraja)
})
beforeEach(() => simulator.reset())
afterAll(() => simulator.close())

/** A raw request, since fetch does not let a caller choose Host and Origin. */
function statusWith(headers: Record<string, string>, path = '/_simulator/state'): Promise<number> {
  return new Promise((resolve, reject) => {
    request(simulator.url + path, { headers, agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
      .once('error', reject)
      .end()
  })
}

test('the start page names the systems, the magic values and the endpoints', async () => {
  const page = (await call(simulator.url)).json
  expect(page).toMatchObject({
    systems: [
      { name: 'daraja', baseUrl: simulator.systems.daraja.baseUrl },
      { name: 'etims', baseUrl: simulator.systems.etims.baseUrl },
      { name: 'truphone', baseUrl: simulator.systems.truphone.baseUrl },
      { name: 'ksef', baseUrl: simulator.systems.ksef.baseUrl },
    ],
  })
  expect(JSON.stringify(page)).toContain('phone …1032')
  expect(JSON.stringify(page)).toContain('POST /_simulator/clock')
})

test('a path that one system documents is answered without its prefix, as SDKs that join URLs ask for it', async () => {
  const reply = await fetch(`${simulator.url}/oauth/v1/generate?grant_type=client_credentials`)
  expect([reply.status, ((await reply.json()) as { errorCode: string }).errorCode]).toEqual([400, '400.008.01'])
  expect(simulator.requests()).toMatchObject([
    { system: 'daraja', operation: 'oauth', path: '/oauth/v1/generate?grant_type=client_credentials' },
  ])
})

test('the control plane is found below a base URL that ends in a slash', async () => {
  const reply = await call(`${simulator.url}//_simulator//switches/daraja`)
  expect([reply.status, reply.json['tokenLifetimeSeconds']]).toEqual([200, 3599])
  expect((await call(`${simulator.url}//`)).json['name']).toBe('Latchkey simulator')
})

test('paths of no system are a 404 that says what there is', async () => {
  const reply = await post(`${simulator.url}/foo/bar`, {})
  expect([reply.status, reply.json['error']]).toEqual([
    404,
    'The simulator imitates /daraja, /etims, /truphone, /ksef; POST /foo/bar is not part of it. Its control plane is /_simulator/.',
  ])
  expect(simulator.requests()).toMatchObject([{ system: null, path: '/foo/bar', answer: { status: 404 } }])
})

describe('over HTTP', () => {
  test('the clock is moved, and due callbacks have been attempted when the answer comes', async () => {
    const receiver = await createReceiver()
    const token = await caller.token()
    await caller.push(token, { CallBackURL: receiver.url })
    const reply = await post(`${simulator.control}/clock`, { advanceMs: 3_600_000 })
    await receiver.close()
    expect(reply.json['advancedMs']).toBeGreaterThanOrEqual(3_600_000)
    expect(receiver.received).toHaveLength(1)
    const callbacks = await call(`${simulator.control}/callbacks`)
    expect(callbacks.json).toMatchObject([
      { system: 'daraja', kind: 'stkCallback', status: 'delivered', httpStatus: 200 },
    ])
    expect((await caller.push(token)).json['errorCode']).toBe('404.001.03')
  })

  test('faults are added, listed and dropped', async () => {
    const fault = { system: 'daraja', operation: 'oauth', kind: 'throttle', retryAfter: 1, count: 2 }
    expect((await post(`${simulator.control}/faults`, fault)).status).toBe(200)
    expect((await post(`${simulator.control}/faults`, [fault])).status).toBe(200)
    expect((await caller.requestToken()).status).toBe(429)
    expect((await call(`${simulator.control}/faults`)).json).toEqual([
      { ...fault, remaining: 1 },
      { ...fault, remaining: 2 },
    ])
    expect((await call(`${simulator.control}/faults`, { method: 'DELETE' })).status).toBe(200)
    expect((await caller.requestToken()).status).toBe(200)
  })

  test('tokens are invalidated, switches changed, and a reset takes all back', async () => {
    await caller.token()
    expect((await post(`${simulator.control}/tokens/invalidate`, {})).json).toEqual({ invalidated: 1 })
    const switched = await post(`${simulator.control}/switches/daraja`, { expiresInType: 'number' })
    expect(switched.json).toMatchObject({ expiresInType: 'number', tokenLifetimeSeconds: 3599 })
    expect((await caller.requestToken()).json['expires_in']).toBe(3599)
    expect((await call(`${simulator.control}/reset`, { method: 'POST' })).status).toBe(200)
    expect((await caller.requestToken()).json['expires_in']).toBe('3599')
    expect(simulator.state()).toMatchObject({ requests: { total: 1 }, clock: { advancedMs: 0 } })
  })

  test('requests are filtered by system, operation and number', async () => {
    await caller.query(await caller.token(), 'x')
    const all = simulator.requests()
    const list = async (query: string): Promise<unknown> => (await call(`${simulator.control}/requests${query}`)).json
    expect(await list('?system=daraja')).toEqual(all)
    expect(await list('?operation=oauth')).toEqual([all[0]])
    expect(await list(`?after=${String(all[0]?.seq)}`)).toEqual([all[1]])
  })

  test('credentials are offered to programs', async () => {
    expect((await call(`${simulator.control}/credentials`)).json).toEqual(simulator.systems)
  })
})

describe('what it refuses', () => {
  test.each([
    ['POST', '/clock', '{"advanceMs":-1}'],
    ['POST', '/clock', '{"advanceMs":"1"}'],
    ['POST', '/clock', '{"advanceMs":1,"unit":"s"}'],
    ['POST', '/clock', '{}'],
    ['POST', '/clock', '{'],
    ['POST', '/clock', '{"advanceMs":1e300}'],
    ['POST', '/faults', '{"system":"daraja","kind":"explode"}'],
    ['POST', '/faults', '{"system":"daraja","kind":"latency"}'],
    ['POST', '/faults', '{"system":"daraja","kind":"resetAfter","count":0}'],
    ['POST', '/faults', '{"system":"daraja","kind":"resetAfter","color":"red"}'],
    ['POST', '/faults', '{"system":"nowhere","kind":"resetAfter"}'],
    ['POST', '/faults', '{"system":"daraja","operation":"nothing","kind":"resetAfter"}'],
    ['POST', '/tokens/invalidate', '{"system":"nowhere"}'],
    ['POST', '/switches/nowhere', '{}'],
    ['POST', '/switches/daraja', '{"previousToken":"gone"}'],
    ['POST', '/switches/daraja', '{"lifetime":1}'],
    ['POST', '/reset', '{"now":true}'],
    ['GET', '/requests?system=nowhere', undefined],
    ['GET', '/requests?after=x', undefined],
    ['GET', '/requests?limit=1', undefined],
  ])('%s %s %s with 400 and a word of help', async (method, path, body) => {
    const reply = await call(simulator.control + path, { method, ...(body === undefined ? {} : { body }) })
    expect(reply.status).toBe(400)
    expect(reply.json).toEqual({ error: expect.stringMatching(/^.{20,}$/) as string })
  })

  test.each([
    ['GET', '/nothing'],
    ['GET', '/clock'],
    ['DELETE', '/state'],
    ['GET', '/daraja/key'],
  ])('%s %s with 404 and what there is', async (method, path) => {
    const reply = await call(simulator.control + path, { method })
    expect(reply.status).toBe(404)
    expect(reply.json['error']).toContain('GET /_simulator/state')
  })

  test('bodies past 256 KiB with 413, on both sides, and not at it', async () => {
    const text = (length: number): string => JSON.stringify('x'.repeat(length - 2))
    const limit = 256 * 1024
    const url = `${simulator.systems.daraja.baseUrl}/mpesa/stkpush/v1/processrequest`
    expect((await post(url, text(limit))).status).toBe(404)
    expect((await post(url, text(limit + 1))).status).toBe(413)
    expect((await post(`${simulator.control}/reset`, text(limit + 1))).status).toBe(413)
  })

  test('hosts and origins that are not its own with 403', async () => {
    const { host } = new URL(simulator.url)
    expect(await statusWith({ host })).toBe(200)
    expect(await statusWith({ host: host.replace('127.0.0.1', 'localhost') })).toBe(200)
    expect(await statusWith({ host, origin: simulator.url })).toBe(200)
    expect(await statusWith({ host: 'rebound.example.com' })).toBe(403)
    expect(await statusWith({ host, origin: 'https://example.com' })).toBe(403)
    expect(await statusWith({ host, origin: 'null' })).toBe(403)
    expect(await statusWith({ host, 'sec-fetch-site': 'cross-site' })).toBe(403)
    expect(await statusWith({ host: 'rebound.example.com' }, '/')).toBe(403)
  })
})

test('neither requests, state nor callbacks contain a secret', async () => {
  const { credentials, baseUrl } = simulator.systems.daraja
  const first = await caller.token()
  const second = await caller.token()
  const foreign = 'ForeignTokenThatIsNotOurs000'
  await caller.push(first, { Passkey: credentials.passkey })
  await caller.push(second, { Passkey: credentials.passkey, TransactionDesc: second })
  await caller.balance(second, { SecurityCredential: credentials.securityCredential, Remarks: second })
  await caller.balance(second, { CommandID: credentials.initiatorPassword })
  await caller.balance(foreign)
  await caller.requestToken(`Basic ${btoa(`${credentials.consumerKey}:wrong-secret-of-mine`)}`)
  await call(`${baseUrl}/oauth/v1/generate?access_token=${second}&secret=${credentials.consumerSecret}`, {
    headers: { 'x-note': credentials.consumerSecret, cookie: 'session=abc' },
  })
  await post(`${baseUrl}/mpesa/stkpush/v1/processrequest`, `Password=${credentials.passkey}`)
  await post(`${baseUrl}/nowhere`, { deep: { consumer_secret: credentials.consumerSecret, list: [first] } })
  await caller.push(second, { CallBackURL: 'http://user:hush-hush@127.0.0.1:9/', PhoneNumber: '254712345678' })
  await simulator.clock.advance(1_000)

  const shown = JSON.stringify([simulator.requests(), simulator.state(), simulator.callbacks()])
  const { consumerSecret, consumerKey, passkey, initiatorPassword, securityCredential } = credentials
  const password = Buffer.from(credentials.shortCode + passkey + timestamp).toString('base64')
  const secrets = {
    ...{ consumerSecret, consumerKey, passkey, initiatorPassword, securityCredential, password },
    ...{ first, second, foreign, basic: caller.basic.slice(6), wrong: btoa(`${consumerKey}:wrong-secret-of-mine`) },
    ...{ cookie: 'session=abc', user: 'hush-hush' },
  }
  for (const [name, secret] of Object.entries(secrets)) expect(shown.includes(secret), name).toBe(false)
  expect(simulator.requests()[0]).toMatchObject({
    headers: { authorization: 'Basic ***' },
    answer: { status: 200, body: { access_token: '***', expires_in: '3599' } },
  })
  expect(simulator.requests({ operation: 'stkPush' })[1]).toMatchObject({
    headers: { authorization: 'Bearer ***' },
    body: { Password: '***', Passkey: '***', BusinessShortCode: '174379', Amount: 1 },
  })
})
