/**
 * The token door of the replaced SDKs, and every way in which the token endpoint answers.
 *
 * @see spec/etims.md sections 1.4, 2 and 8.1
 * @module
 */
import { inspect } from 'node:util'
import { isLatchkeyError } from '@latchkey/core'
import type { Answer } from '@latchkey/testkit'
import { describe, expect, it } from 'vitest'
import { AuthClient } from '../../src/auth/auth-client.ts'
import { readConfig } from '../../src/auth/config.ts'
import type { OscuConfig } from '../../src/auth/config.ts'
import { ApiException, AuthenticationException } from '../../src/errors.ts'
import { auth, generation2, generation3, tokenCall, tokenIs } from '../support/client.ts'

const caught = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )

describe('2.5: getToken, clearToken and their aliases', () => {
  it('asks with GET, the grant type in the query and Basic, and returns text (fact 2)', async () => {
    const { auth: door, fetch } = auth([tokenIs('Zk3fictional0Token')])
    expect(await door.getToken()).toBe('Zk3fictional0Token')
    const { headers, method, text } = fetch.calls[0]!
    expect({ method, text }).toEqual({ method: 'GET', text: '' })
    expect(headers.get('authorization')).toBe(
      `Basic ${Buffer.from('demo-key:demo-consumer-secret').toString('base64')}`,
    )
  })

  it('keeps the token until shortly before its end, and asks once for fifty callers', async () => {
    const { auth: door, clock, fetch } = auth([tokenIs('T1'), tokenIs('T2')])
    const all = await Promise.all(Array.from({ length: 50 }, () => door.getToken()))
    expect(new Set(all)).toEqual(new Set(['T1']))
    await clock.advance(3_400_000)
    expect(await door.token()).toBe('T1')
    await clock.advance(200_000)
    expect(await clock.drive(door.getToken())).toBe('T2')
    fetch.done()
  })

  it('getToken(true) brings a newer one, and callers who force together share it', async () => {
    const { auth: door, fetch } = auth([tokenIs('T1'), tokenIs('T2')])
    await door.getToken()
    expect(await Promise.all([door.getToken(true), door.token(true)])).toEqual(['T2', 'T2'])
    fetch.done()
  })

  it('clearToken and forgetToken drop it', async () => {
    const { auth: door, fetch } = auth([tokenIs('T1'), tokenIs('T2'), tokenIs('T3')])
    await door.getToken()
    await door.clearToken()
    expect(await door.getToken()).toBe('T2')
    await door.forgetToken()
    expect(await door.getToken()).toBe('T3')
    fetch.done()
  })
})

describe('2.2: the lifetime', () => {
  it.each([['3599'], [3599], [undefined], ['soon'], ['0'], ['-5']])('%j is about an hour', async (expiresIn) => {
    const {
      auth: door,
      clock,
      fetch,
    } = auth([{ request: tokenCall, answer: { json: { access_token: 'T1', expires_in: expiresIn } } }])
    await door.getToken()
    await clock.advance(3_300_000)
    expect(await door.getToken()).toBe('T1')
    fetch.done()
  })

  it('a short one is respected', async () => {
    const {
      auth: door,
      clock,
      fetch,
    } = auth([{ request: tokenCall, answer: { json: { access_token: 'T1', expires_in: '60' } } }, tokenIs('T2')])
    await door.getToken()
    await clock.advance(30_000)
    expect(await door.getToken()).toBe('T1')
    await clock.advance(31_000)
    expect(await clock.drive(door.getToken())).toBe('T2')
    fetch.done()
  })
})

describe('2.3: answers without a token', () => {
  it.each<[what: string, answer: Answer, code: string, statusCode: number]>([
    ['400 and nothing', { status: 400, text: '' }, 'AUTH_INVALID_CREDENTIALS', 400],
    [
      '401',
      {
        status: 401,
        json: { fault: { faultstring: 'Invalid client', detail: { errorcode: 'oauth.v2.InvalidClient' } } },
      },
      'AUTH_INVALID_CREDENTIALS',
      401,
    ],
    ['200 and nothing', { text: '' }, 'LATCHKEY_NO_TOKEN', 200],
    ['200 and an echo', { json: { grant_type: 'client_credentials' } }, 'LATCHKEY_NO_TOKEN', 200],
    ['200 with a blank token', { json: { access_token: ' ', expires_in: '3599' } }, 'LATCHKEY_NO_TOKEN', 200],
    ['200 with an error code', { json: { errorCode: '401.003.01', errorMessage: 'no' } }, 'ETIMS_TOKEN_DENIED', 200],
    ['200 of HTML', { text: '<html></html>' }, 'LATCHKEY_NOT_JSON', 200],
    ['504', { status: 504, json: { header: { responseCode: 504 }, body: {} } }, 'LATCHKEY_ENDPOINT_FAILED', 504],
    ['429', { status: 429, text: '' }, 'LATCHKEY_ENDPOINT_THROTTLED', 429],
    ['403', { status: 403, text: 'no' }, 'ETIMS_TOKEN_DENIED', 403],
  ])('%s', async (_, answer, code, statusCode) => {
    const { auth: door, fetch } = auth([{ request: tokenCall, answer }])
    const error = await caught(door.getToken())
    expect(error).toBeInstanceOf(AuthenticationException)
    expect(isLatchkeyError(error)).toBe(true)
    expect(error).toMatchObject({ code, statusCode, name: 'AuthenticationException' })
    expect(inspect(error, { depth: 9 })).not.toMatch(/demo-consumer-secret|ZGVtby1rZXk/)
    fetch.done()
  })
})

describe('1.4: configurations', () => {
  it.each<[string, OscuConfig]>([
    ['generation 2', generation2],
    ['generation 3', generation3],
    ['the documentation’s page, without api', { ...generation2, api: undefined }],
    [
      'camel case',
      {
        ...generation2,
        auth: { sandbox: { consumerKey: 'demo-key', consumerSecret: 's3cret-value' } },
      } as unknown as OscuConfig,
    ],
  ])('%s', (_, config) => {
    const { addresses, credentials, environment } = readConfig(config)
    expect({ environment, key: credentials?.consumerKey }).toEqual({ environment: 'sandbox', key: 'demo-key' })
    expect(addresses.tokenUrl.href).toBe('https://sbx.kra.go.ke/v1/token/generate?grant_type=client_credentials')
    expect(addresses.apiBaseUrl.href).toBe('https://etims-api-sbx.kra.go.ke/etims-api')
  })

  it('production means production, and an alias stands for it', () => {
    const { addresses } = readConfig({ ...generation3, env: 'prod', auth: { production: generation3.auth.sbx } })
    expect(addresses.tokenUrl.origin).toBe('https://api.kra.go.ke')
    expect(addresses.apiBaseUrl.href).toBe('https://etims-api.kra.go.ke/etims-api')
  })

  it.each<[string, object, RegExp]>([
    ['an unknown environment', { ...generation3, env: 'live' }, /^env: /],
    ['an unknown option', { ...generation3, cash_file: 'x' }, /did you mean "cache_file"/],
    [
      'a colon in the key',
      { ...generation3, auth: { sbx: { consumer_key: 'a:b', consumer_secret: 'c' } } },
      /consumer_key: must not contain a colon/,
    ],
    [
      'no secret',
      { ...generation3, auth: { sbx: { consumer_key: 'a', consumer_secret: ' ' } } },
      /consumer_secret: must be/,
    ],
    ['plain HTTP', { ...generation3, baseUrl: 'http://example.com' }, /baseUrl: must be https/],
    [
      'the other environment’s host',
      { ...generation2, api: { sandbox: { base_url: 'https://etims-api.kra.go.ke/etims-api' } } },
      /belongs to the other environment/,
    ],
    ['an unknown environment of auth', { ...generation3, auth: { sandbx: {} } }, /did you mean "sandbox"/],
    ['a path as an endpoint key', { ...generation3, endpoints: { '/x': '/x' } }, /names of operations/],
    [
      'directory and store',
      { ...generation3, directory: 'd', store: { read() {}, compareAndSet() {} } },
      /either directory or store/,
    ],
    ['a timeout of 0', { ...generation3, http: { timeout: 0 } }, /http\.timeout/],
  ])('refuses %s', (_, config, message) => {
    expect(() => new AuthClient(config as OscuConfig)).toThrow(message)
  })

  it('says at the first token that the environment has no credentials, as the SDKs do', async () => {
    const door = new AuthClient({ ...generation3, env: 'prod' })
    const error = await caught(door.getToken())
    expect(error).toBeInstanceOf(ApiException)
    expect(error).toMatchObject({ message: 'Auth config missing for env [prod]', statusCode: 500 })
  })

  it('printing a door or a client shows no secret', () => {
    const door = new AuthClient(generation2)
    expect(inspect(door, { depth: 9, showHidden: true })).not.toMatch(/demo-consumer-secret|DEMO-CMC-KEY/)
    expect(JSON.stringify(door)).toBe('{}')
  })
})
