/**
 * What users get wrong: each mistake has a code, says what to do, and sends nothing to a server that is listening.
 *
 * @see STYLE sections 6 and 7
 * @module
 */
import { createTokenSource, createTokenSources, isLatchkeyError } from '@latchkey/core'
import { MpesaClient, TokenManager } from '@latchkey/daraja'
import { authorizedFetch } from '@latchkey/http'
import { startSimulator } from '@latchkey/simulator'
import { providerDouble } from '@latchkey/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { closedAddress, serve } from './support/server.ts'
import type { LocalServer } from './support/server.ts'

let server: LocalServer
let answer: { readonly status: number; readonly type: string; readonly body: string }

beforeAll(async () => {
  server = await serve((_, response) =>
    response.writeHead(answer.status, { 'content-type': answer.type }).end(answer.body),
  )
})
beforeEach(() => (answer = { status: 200, type: 'application/json', body: '{}' }))
afterAll(() => server.close())

// What JavaScript callers pass: the types would refuse most of it.
const loose = <Result>(make: (options: never) => Result) => make as (options: unknown) => Result
const manager = loose((options) => new TokenManager(options))
const client = loose((options) => new MpesaClient(options))
const source = loose((options) => createTokenSource(options))
const sources = loose((options) => createTokenSources(options))
const simulate = loose((options) => startSimulator(options))

const good = () => ({ consumerKey: 'key', consumerSecret: 'secret', environment: 'sandbox', baseUrl: server.url })
const double = providerDouble()
const goodSource = () => ({ grant: double.grant(server.url), key: double.key(server.url), keyLabel: 'label' })
const anySource = () => source(goodSource())
const fetcher = (options: unknown) => authorizedFetch(anySource(), options as never) // As above.

const mistakes: readonly (readonly [string, () => unknown, RegExp])[] = [
  ['TokenManager: no options', () => manager(undefined), /takes an object of options/],
  ['TokenManager: null', () => manager(null), /takes an object of options/],
  [
    'TokenManager: a misspelt name',
    () => manager({ ...good(), enviroment: 'x' }),
    /"enviroment"; did you mean "environment"/,
  ],
  ['TokenManager: no key', () => manager({ ...good(), consumerKey: undefined }), /^consumerKey: must be/],
  ['TokenManager: a key that is a number', () => manager({ ...good(), consumerKey: 5 }), /^consumerKey: must be/],
  ['TokenManager: a key with a colon', () => manager({ ...good(), consumerKey: 'a:b' }), /^consumerKey: .*colon/],
  ['TokenManager: no secret', () => manager({ ...good(), consumerSecret: undefined }), /^consumerSecret: must be/],
  ['TokenManager: an empty secret', () => manager({ ...good(), consumerSecret: ' \n' }), /^consumerSecret: must be/],
  ['TokenManager: no environment', () => manager({ ...good(), environment: undefined }), /'sandbox' or 'production'/],
  [
    'TokenManager: an unknown environment',
    () => manager({ ...good(), environment: 'test' }),
    /'sandbox' or 'production'/,
  ],
  ['TokenManager: a base URL that is none', () => manager({ ...good(), baseUrl: 'localhost' }), /^baseUrl: must be/],
  [
    'TokenManager: plain http elsewhere',
    () => manager({ ...good(), baseUrl: 'http://example.com' }),
    /https, or http on/,
  ],
  ['TokenManager: a user in the URL', () => manager({ ...good(), baseUrl: 'https://u:p@example.com' }), /without user/],
  ['TokenManager: a clock that is none', () => manager({ ...good(), clock: {} }), /^clock: must be a clock with/],
  ['TokenManager: a fetch that is none', () => manager({ ...good(), fetch: 'fetch' }), /^fetch: must be a function/],
  ['MpesaClient: no options', () => client(undefined), /takes an object of options/],
  ['MpesaClient: a misspelt name', () => client({ ...good(), consumersecret: 'x' }), /did you mean "consumerSecret"/],
  ['MpesaClient: tokens that are none', () => client({ tokens: {} }), /^tokens: must be a TokenManager/],
  ['MpesaClient: no time', () => client({ ...good(), timeoutMs: 0 }), /^timeoutMs: must be a positive number/],
  [
    'MpesaClient: a source that is none',
    () => client({ tokenSource: {}, environment: 'sandbox' }),
    /^tokenSource: must be/,
  ],
  ['createTokenSource: no options', () => source(undefined), /object/],
  ['createTokenSource: a text', () => source('options'), /object/],
  ['createTokenSource: a misspelt name', () => source({ ...goodSource(), observr: {} }), /did you mean "observer"/],
  ['createTokenSource: no grant', () => source({ ...goodSource(), grant: undefined }), /^grant\b.*must be/],
  ['createTokenSource: a grant without traits', () => source({ ...goodSource(), grant: { obtain() {} } }), /traits/],
  ['createTokenSource: no key', () => source({ ...goodSource(), key: undefined }), /^key\b.*object/],
  [
    'createTokenSource: a key without client',
    () => source({ ...goodSource(), key: { provider: 'x' } }),
    /key\.\w+ must be/,
  ],
  ['createTokenSource: no label', () => source({ ...goodSource(), keyLabel: '' }), /^keyLabel\b.*must be/],
  ['createTokenSource: a clock that is none', () => source({ ...goodSource(), clock: {} }), /clock/],
  ['createTokenSource: no budget', () => source({ ...goodSource(), refusalBudget: null }), /refusalBudget/],
  ['createTokenSources: null', () => sources(null), /object/],
  ['createTokenSources: a misspelt name', () => sources({ maxkey: 5 }), /did you mean "maxKeys"/],
  ['authorizedFetch: no options', () => fetcher(undefined), /object of options/],
  ['authorizedFetch: a misspelt name', () => fetcher({ origin: ['https://example.com'] }), /did you mean "origins"/],
  ['authorizedFetch: no origin', () => fetcher({ origins: [] }), /give at least one/],
  [
    'authorizedFetch: plain http elsewhere',
    () => fetcher({ origins: ['http://example.com'] }),
    /https nor http on loopback/,
  ],
  ['authorizedFetch: an origin with a path', () => fetcher({ origins: ['https://example.com/api'] }), /path/],
  ['startSimulator: null', () => simulate(null), /object/],
  ['startSimulator: a misspelt name', () => simulate({ prot: 4010 }), /"prot".*\bport\b/],
  ['startSimulator: a port that is text', () => simulate({ port: '4010' }), /port: .*number/],
  ['startSimulator: a misspelt switch', () => simulate({ daraja: { expires: 1 } }), /"expires".*expiresInType/],
]

describe('a mistake in the program: TypeError with ERR_INVALID_ARG that says what is wanted, and nothing is sent', () => {
  it.each(mistakes)('%s', async (_, make, message) => {
    const before = server.arrived.length
    const error: unknown = await (async () => make())().catch((error: unknown) => error)
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toMatchObject({ code: 'ERR_INVALID_ARG', message: expect.stringMatching(message) as string })
    expect(server.arrived.length).toBe(before)
  })

  it('shows no value of what was passed', async () => {
    const secret = 'hunter2-hunter2'
    for (const options of [
      { ...good(), consumerKey: `${secret}:x` },
      { ...good(), consumerSecret: [secret] },
      { ...good(), baseUrl: `https://user:${secret}@example.com` },
      { ...good(), environment: secret },
    ]) {
      expect(() => manager(options)).toThrow(expect.not.stringContaining(secret) as string)
    }
  })

  it.each([
    ['an amount of nothing', { amount: 0 }, /amount/],
    ['an amount with cents', { amount: 1.5 }, /amount/],
    ['a phone that is none', { phoneNumber: '12345' }, /phoneNumber must be a Kenyan mobile number/],
    ['no passkey', { passkey: undefined }, /passkey is missing/],
    ['a misspelt field', { callbackURL: 'x' }, /callbackURL is not a field; did you mean "callbackUrl"/],
    ['a reference that is too long', { accountReference: 'x'.repeat(13) }, /accountReference/],
  ])('stkPush: %s', async (_, change, message) => {
    const mpesa = client(good())
    const push = {
      businessShortCode: '174379',
      passkey: 'passkey',
      transactionType: 'CustomerPayBillOnline',
      amount: 1,
      partyA: '254708374149',
      partyB: '174379',
      phoneNumber: '254708374149',
      callbackUrl: 'http://127.0.0.1:9/hooks',
      accountReference: 'x',
      ...change,
    }
    const before = server.arrived.length
    await expect(mpesa.stkPush(push as never)).rejects.toMatchObject({
      code: 'ERR_INVALID_ARG',
      message: expect.stringMatching(message) as string,
    })
    expect(server.arrived.length).toBe(before)
    await mpesa.close()
  })
})

describe('an address that does not answer as Daraja does', () => {
  const refusal = async (options: Readonly<Record<string, unknown>>) => {
    const tokens = manager({ ...good(), ...options })
    const error: unknown = await tokens.getToken().catch((error: unknown) => error)
    await tokens.close()
    if (!isLatchkeyError(error)) throw new Error('No error of ours.', { cause: error })
    return error
  }

  it('says that nothing was sent and to check the address where nothing listens', async () => {
    const error = await refusal({ baseUrl: await closedAddress() })
    expect([error.code, error.retryable]).toEqual(['LATCHKEY_ENDPOINT_UNREACHABLE', true])
    expect(error.message).toMatch(/Nothing was sent; check the network and the address/)
  })

  it('says the same where the name does not resolve', async () => {
    const asked: string[] = []
    const error = await refusal({
      baseUrl: 'https://daraja.invalid',
      fetch: async (url: URL) => {
        asked.push(url.host)
        const cause = Object.assign(new Error('getaddrinfo ENOTFOUND daraja.invalid'), { code: 'ENOTFOUND' })
        throw new TypeError('fetch failed', { cause })
      },
    })
    expect([error.code, String(error.cause)]).toEqual(['LATCHKEY_ENDPOINT_UNREACHABLE', 'TypeError: ENOTFOUND'])
    expect(error.message).toMatch(/daraja\.invalid.*Nothing was sent; check the network and the address/)
    expect(new Set(asked)).toEqual(new Set(['daraja.invalid']))
  })

  it.each([
    ['HTML instead of JSON', 200, 'text/html', '<html>Maintenance</html>', 'LATCHKEY_NOT_JSON', /Try again later/],
    ['JSON without a token', 200, 'application/json', '{"ok":true}', 'LATCHKEY_NO_TOKEN', /Try again later/],
    ['an empty 400', 400, 'application/json', '', 'AUTH_INVALID_CREDENTIALS', /Check both/],
    ['a 404 of another server', 404, 'text/plain', 'Not here', 'DARAJA_TOKEN_DENIED', /Check tokenUrl or baseUrl/],
    ['a 403 web page', 403, 'text/html', '<html>Denied</html>', 'DARAJA_BLOCKED', /do not hammer/],
  ])('explains %s, after one request', async (_, status, type, body, code, message) => {
    answer = { status, type, body }
    const before = server.arrived.length
    const error = await refusal({})
    expect([error.code, error.details['status']]).toEqual([code, status])
    expect(error.message).toMatch(message)
    expect(server.arrived.slice(before)).toEqual(['GET /oauth/v1/generate?grant_type=client_credentials'])
  })
})
