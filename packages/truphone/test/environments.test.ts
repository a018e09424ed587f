import { describe, expect, test } from 'vitest'
import { environments, resolveAddresses, TokenManager, TruphoneClient } from '../src/index.ts'
import type { AddressOptions, TruphoneClientOptions } from '../src/index.ts'
import { api, bare, client, credential, host, on, token } from './support/client.ts'

describe('section 1: addresses', () => {
  test('both environments share the token URL and differ in the API base alone', () => {
    expect(environments.production).toEqual({
      name: 'production',
      tokenUrl: `${host}/auth/realms/tru-staff/protocol/openid-connect/token`,
      apiBaseUrl: api,
    })
    expect(environments['pre-production'].apiBaseUrl).toBe(`${host}/connect-api-preprod`)
    expect(environments['pre-production'].tokenUrl).toBe(environments.production.tokenUrl)
  })

  test('no pre-production call reaches the production base (T27)', async () => {
    const { truphone, clock, fetch } = bare(
      [token('A1'), { request: `GET ${host}/connect-api-preprod/v1/products`, answer: { json: [] } }],
      { environment: 'pre-production' },
    )
    expect(truphone.environment).toBe('pre-production')
    await clock.drive(truphone.products.list())
    fetch.done()
  })

  test("'preproduction' is the same environment, also where tokens are shared", async () => {
    const tokens = new TokenManager({ ...credential, environment: 'preproduction' })
    expect([tokens.environment, tokens.addresses]).toEqual([
      'pre-production',
      resolveAddresses({ environment: 'pre-production' }),
    ])
    expect(new TruphoneClient({ tokens, environment: 'preproduction' }).environment).toBe('pre-production')
    expect(() => new TruphoneClient({ tokens, environment: 'production' })).toThrow(
      "the tokens are for 'pre-production'",
    )
    await tokens.close()
  })

  test('baseUrl stands for the host of both', () => {
    const { tokenUrl, logoutUrl, apiBaseUrl } = resolveAddresses({
      environment: 'pre-production',
      baseUrl: 'http://127.0.0.1:4010/truphone/',
    })
    const below = 'http://127.0.0.1:4010/truphone'
    expect(tokenUrl.href).toBe(`${below}/auth/realms/tru-staff/protocol/openid-connect/token`)
    expect(logoutUrl?.href).toBe(`${below}/auth/realms/tru-staff/protocol/openid-connect/logout`)
    expect(apiBaseUrl.href).toBe(`${below}/connect-api-preprod`)
  })

  test('a token URL of another kind has no logout beside it', () => {
    const { logoutUrl } = resolveAddresses({ environment: 'production', tokenUrl: 'https://login.example.com/token' })
    expect(logoutUrl).toBeUndefined()
  })

  test.each<readonly [string, object]>([
    ['environment', {}],
    ['environment', { environment: 'staging' }],
    ['baseUrl', { environment: 'production', baseUrl: 'http://services.truphone.com' }],
    ['apiBaseUrl', { environment: 'production', apiBaseUrl: `${host}/connect-api-preprod/` }],
    ['apiBaseUrl', { environment: 'pre-production', apiBaseUrl: api }],
    ['tokenUrl', { environment: 'production', tokenUrl: 'https://user:pass@example.com/' }],
  ])('%s: %o is refused', (named, options) => {
    const attempt = () => resolveAddresses(options as AddressOptions) // Wrong on purpose.
    expect(attempt).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG' }))
    expect(attempt).toThrow(named)
  })

  test('apiBaseUrl with a trailing slash is the same base', async () => {
    const { truphone, clock, fetch } = client([on('GET /v1/products', { json: [] })], { apiBaseUrl: `${api}/` })
    await clock.drive(truphone.products.list())
    fetch.done()
  })
})

describe('TruphoneClient refuses wrong options at construction', () => {
  const whole = { ...credential, environment: 'production' }
  test.each<readonly [string, object]>([
    ['clientId', { environment: 'production' }],
    ['clientSecret', { ...whole, clientSecret: ' ' }],
    ['environment', credential],
    ['role', { ...whole, role: 'reseller' }],
    ['productsPath', { ...whole, productsPath: 'catalogue' }],
    ['clientAuthentication', { ...whole, clientAuthentication: 'jwt' }],
    ['timeoutMs', { ...whole, timeoutMs: 0 }],
    ['did you mean "deadlineMs"', { ...whole, deadlineMS: 1 }],
    ['directory', { ...whole, directory: '/x', store: { read: () => 0, compareAndSet: () => 0 } }],
    ['tokens', { tokens: {} }],
    ['tokenSource', { tokenSource: {}, environment: 'production' }],
  ])('%s: %o', (named, options) => {
    const attempt = () => new TruphoneClient(options as TruphoneClientOptions) // Wrong on purpose.
    expect(attempt).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG' }))
    expect(attempt).toThrow(named)
    expect(attempt).not.toThrow(/not-a-real/)
  })
})
