import { expect, test } from 'vitest'
import { environments, resolveAddresses } from '../src/index.ts'

test('section 1.1: each environment has all of its addresses, and they differ', () => {
  expect(environments.sandbox).toEqual({
    name: 'sandbox',
    tokenUrl: 'https://sandbox.safaricom.co.ke/oauth/v1/generate?grant_type=client_credentials',
    apiBaseUrl: 'https://sandbox.safaricom.co.ke',
  })
  expect(environments.production).toEqual({
    name: 'production',
    tokenUrl: 'https://api.safaricom.co.ke/oauth/v1/generate?grant_type=client_credentials',
    apiBaseUrl: 'https://api.safaricom.co.ke',
  })
})

test('baseUrl replaces the host part of every address, with its path before theirs', () => {
  const { tokenUrl, apiBaseUrl, localApi } = resolveAddresses({
    environment: 'sandbox',
    baseUrl: 'http://127.0.0.1:4010/daraja/',
  })
  expect(tokenUrl.href).toBe('http://127.0.0.1:4010/daraja/oauth/v1/generate?grant_type=client_credentials')
  expect(apiBaseUrl.href).toBe('http://127.0.0.1:4010/daraja')
  expect(localApi).toBe(true)
})

test('tokenUrl and apiBaseUrl replace one address each, and a missing grant type is added', () => {
  const token = resolveAddresses({ environment: 'sandbox', tokenUrl: 'https://id.example.com/token' })
  expect(token.tokenUrl.href).toBe('https://id.example.com/token?grant_type=client_credentials')
  expect(token.apiBaseUrl.href).toBe('https://sandbox.safaricom.co.ke/')
  const api = resolveAddresses({ environment: 'production', apiBaseUrl: 'https://proxy.example.com/mpesa' })
  expect(api.tokenUrl.href).toBe(environments.production.tokenUrl)
  expect(api.apiBaseUrl.href).toBe('https://proxy.example.com/mpesa')
  expect(api.localApi).toBe(false)
})

test('no sandbox address can be made to be a production one, nor the other way round', () => {
  for (const [environment, other] of [
    ['sandbox', 'api.safaricom.co.ke'],
    ['production', 'sandbox.safaricom.co.ke'],
  ] as const) {
    for (const name of ['baseUrl', 'tokenUrl', 'apiBaseUrl']) {
      for (const host of [other, other.toUpperCase(), `${other}.`, `${other}:443`]) {
        expect(() => resolveAddresses({ environment, [name]: `https://${host}/x` })).toThrow(/other environment/)
      }
    }
  }
})

test.each([
  ['environment', 'Sandbox'],
  ['environment', undefined],
  ['baseUrl', 'sandbox.safaricom.co.ke'],
  ['baseUrl', 'http://example.com'],
  ['baseUrl', 'http://127.0.0.1.example.com'],
  ['baseUrl', 'https://user:private-word@example.com'],
  ['apiBaseUrl', 'https://example.com/?private-word=1'],
  ['tokenUrl', 'https://example.com/#private-word'],
  ['tokenUrl', 7],
])('%s %j is refused, and its value is not shown', (name, value) => {
  // A wrong type on purpose.
  const attempt = () => resolveAddresses({ environment: 'sandbox', [name]: value } as never)
  expect(attempt).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG' }))
  expect(attempt).toThrow(new RegExp(`^${name}:`))
  expect(attempt).not.toThrow(/private-word/)
})
