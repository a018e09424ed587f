import { describe, expect, test } from 'vitest'
import { checkCallbackUrl } from '../../src/index.ts'
import { isPrivateHost } from '../../src/values/callback-url.ts'
import { containing } from '../support/matching.ts'

const production = { environment: 'production' } as const
const sandbox = { environment: 'sandbox' } as const
const worst = (url: unknown, use: Parameters<typeof checkCallbackUrl>[1]): string => {
  const severities = checkCallbackUrl(url, use).map(({ severity }) => severity)
  return severities.includes('error') ? 'error' : (severities[0] ?? 'ok')
}

describe('callback URL rules (section 4.3)', () => {
  test('appendix B: a plain https address has no problem anywhere', () => {
    expect(checkCallbackUrl('https://shop.example.com/hooks/payments', production)).toEqual([])
    expect(checkCallbackUrl('https://shop.example.com/hooks/payments', { ...production, purpose: 'c2b' })).toEqual([])
  })

  test.each([
    ['https://shop.example.com/MPESA/cb', '"mpesa"'],
    ['https://shop.example.com/executive', '"exec", "exe"'],
    ['https://mysql.example.com/x', '"sql"'],
    ['https://a.example.com/jquery', '"query"'],
  ])('appendix B: %s is refused for C2B in production and named', (url, words) => {
    const problems = checkCallbackUrl(url, { ...production, purpose: 'c2b' })
    expect(problems).toContainEqual({ severity: 'error', message: containing(words) })
  })

  test('a forbidden word is a warning for one request and in the sandbox', () => {
    expect(worst('https://shop.example.com/mpesa/cb', production)).toBe('warning')
    expect(worst('https://shop.example.com/mpesa/cb', { ...sandbox, purpose: 'c2b' })).toBe('warning')
  })

  test('http is an error in production and a warning in the sandbox', () => {
    expect(worst('http://shop.example.com/cb', production)).toBe('error')
    expect(worst('http://shop.example.com/cb', sandbox)).toBe('warning')
  })

  test.each([
    ...['https://localhost/cb', 'https://127.0.0.1/cb', 'https://10.1.2.3/cb', 'https://172.16.0.1/cb'],
    ...['https://192.168.1.1/cb', 'https://[::1]/cb', 'https://169.254.1.1/cb', 'https://intranet/cb'],
    ...['ftp://shop.example.com/cb', '/cb', 'shop.example.com/cb', 'https://shop.example.com/a b', '', null, 7],
    ...['https://user:word@shop.example.com/cb', `https://shop.example.com/${'a'.repeat(2048)}`],
  ])('%j is refused', (url) => {
    expect(worst(url, sandbox)).toBe('error')
  })

  test('a server on this machine may call local addresses, and nothing that is no URL', () => {
    const local = { ...sandbox, localApi: true }
    expect(checkCallbackUrl('http://127.0.0.1:4321/mpesa/cb', local)).toEqual([])
    expect(checkCallbackUrl('http://localhost:4321/cb', local)).toEqual([])
    expect(worst('not a url', local)).toBe('error')
    expect(worst('file:///etc/passwd', local)).toBe('error')
  })

  test('tunnels are refused in production and warned of in the sandbox', () => {
    expect(worst('https://abc.ngrok.io/cb', production)).toBe('error')
    expect(worst('https://abc.ngrok.io/cb', sandbox)).toBe('warning')
  })

  test.each(['https://shop.example.com/Hook', 'https://shop.example.com/h?id=1', 'https://shop.example.com:8443/h'])(
    '%s is unwise',
    (url) => expect(worst(url, production)).toBe('warning'),
  )

  test.each(['172.15.0.1', '172.32.0.1', '11.0.0.1', '196.201.214.200', '100.63.0.1', 'example.com', '2606:4700::1'])(
    '%s is a public host',
    (host) => expect(isPrivateHost(host)).toBe(false),
  )
})
