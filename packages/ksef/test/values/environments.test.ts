import { expect, test } from 'vitest'
import { Environment, resolveAddresses } from '../../src/values/environments.ts'

test('section 1.1: each environment has all its own addresses', () => {
  expect(Environment.TEST).toEqual({
    name: 'test',
    apiBaseUrl: 'https://api-test.ksef.mf.gov.pl/v2',
    docsUrl: 'https://api-test.ksef.mf.gov.pl/docs/v2',
    qrBaseUrl: 'https://qr-test.ksef.mf.gov.pl',
    availabilityUrl: 'https://api-latarnia-test.ksef.mf.gov.pl',
    acceptsSelfSigned: true,
    hasTestData: true,
  })
  expect(Environment.DEMO).toEqual({
    name: 'demo',
    apiBaseUrl: 'https://api-demo.ksef.mf.gov.pl/v2',
    docsUrl: 'https://api-demo.ksef.mf.gov.pl/docs/v2',
    qrBaseUrl: 'https://qr-demo.ksef.mf.gov.pl',
    availabilityUrl: undefined,
    acceptsSelfSigned: false,
    hasTestData: false,
  })
  expect(Environment.PRODUCTION).toEqual({
    name: 'production',
    apiBaseUrl: 'https://api.ksef.mf.gov.pl/v2',
    docsUrl: 'https://api.ksef.mf.gov.pl/docs/v2',
    qrBaseUrl: 'https://qr.ksef.mf.gov.pl',
    availabilityUrl: 'https://api-latarnia.ksef.mf.gov.pl',
    acceptsSelfSigned: false,
    hasTestData: false,
  })
})

test('an environment cannot be changed', () => {
  expect(Object.isFrozen(Environment)).toBe(true)
  expect(Object.values(Environment).every((environment) => Object.isFrozen(environment))).toBe(true)
})

test('no address of one environment is an address of another', () => {
  const hosts = Object.values(Environment).flatMap(({ apiBaseUrl, qrBaseUrl, availabilityUrl }) =>
    [apiBaseUrl, qrBaseUrl, availabilityUrl].flatMap((url) => (url === undefined ? [] : [new URL(url).hostname])),
  )
  expect(new Set(hosts).size).toBe(hosts.length)
})

test('baseUrl replaces the host and keeps the path, apiBaseUrl replaces both', () => {
  const environment = Environment.TEST
  const at = (options: object): string => resolveAddresses({ environment, ...options }).apiBaseUrl.href
  expect(at({})).toBe('https://api-test.ksef.mf.gov.pl/v2')
  expect(at({ baseUrl: 'http://127.0.0.1:4010/ksef/' })).toBe('http://127.0.0.1:4010/ksef/v2')
  expect(at({ baseUrl: new URL('http://localhost:1'), apiBaseUrl: 'https://proxy.example/k' })).toBe(
    'https://proxy.example/k',
  )
})

test.each([
  { environment: Environment.TEST, apiBaseUrl: 'https://api.ksef.mf.gov.pl/v2' },
  { environment: Environment.TEST, baseUrl: 'https://api.ksef.mf.gov.pl.' },
  { environment: Environment.PRODUCTION, baseUrl: 'https://api-test.ksef.mf.gov.pl' },
  { environment: Environment.DEMO, baseUrl: 'https://api-test.ksef.mf.gov.pl' },
  { environment: Environment.TEST, baseUrl: 'http://ksef.example' },
  { environment: Environment.TEST, baseUrl: 'nonsense' },
  { environment: { ...Environment.TEST } },
])('addresses of another environment, plain http and copies are refused (%#)', (options) =>
  expect(() => resolveAddresses(options)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG' })),
)
