import { scriptedFetch, virtualClock } from '@latchkey/testkit'
import { afterEach, describe, expect, test } from 'vitest'
import { discoverServer } from '../src/index.ts'
import { json, serve } from './support/server.ts'

const issuer = 'https://login.example.com/realms/demo'
const asks = `GET ${issuer}/.well-known/openid-configuration`
const metadata = {
  issuer,
  token_endpoint: `${issuer}/token`,
  revocation_endpoint: `${issuer}/revoke`,
  end_session_endpoint: `${issuer}/logout`,
}

describe('discovery (12.9)', () => {
  test('reads the endpoints of the issuer', async () => {
    const fetch = scriptedFetch([{ request: asks, answer: { json: metadata } }])
    const found = await discoverServer(issuer, { fetch })
    expect(found.tokenUrl.href).toBe(`${issuer}/token`)
    expect(found.revocationUrl?.href).toBe(`${issuer}/revoke`)
    expect(found.logoutUrl?.href).toBe(`${issuer}/logout`)
    expect(fetch.calls[0]?.redirect).toBe('manual')
    fetch.done()
  })

  test.each<readonly [string, object, string]>([
    ['another issuer', { json: { ...metadata, issuer: 'https://other.example.com' } }, 'LATCHKEY_NOT_JSON'],
    ['no token endpoint', { json: { issuer } }, 'LATCHKEY_NOT_JSON'],
    ['HTML', { text: '<html>' }, 'LATCHKEY_NOT_JSON'],
    [
      'a token endpoint elsewhere',
      { json: { ...metadata, token_endpoint: 'https://evil.example/token' } },
      'LATCHKEY_INSECURE_URL',
    ],
    [
      'a logout endpoint elsewhere',
      { json: { ...metadata, end_session_endpoint: 'https://evil.example/' } },
      'LATCHKEY_INSECURE_URL',
    ],
    ['an unknown realm', { status: 404, text: '' }, 'LATCHKEY_ENDPOINT_FAILED'],
    [
      'a redirect',
      { status: 302, text: '', headers: { location: 'https://evil.example' } },
      'LATCHKEY_ENDPOINT_FAILED',
    ],
    ['262 145 bytes', { text: 'x'.repeat(262_145) }, 'LATCHKEY_TOO_LARGE'],
  ])('%s is refused', async (_, answer, code) => {
    const fetch = scriptedFetch([{ request: asks, answer: answer }]) // Either shape of an answer.
    await expect(discoverServer(issuer, { fetch })).rejects.toMatchObject({ code })
    fetch.done()
  })

  test('a silent server is given up after timeoutMs', async () => {
    const clock = virtualClock()
    const fetch = () => new Promise<Response>(() => undefined)
    const found = clock.drive(discoverServer(issuer, { fetch, clock, timeoutMs: 1000 }))
    await expect(found).rejects.toMatchObject({ code: 'LATCHKEY_TIMEOUT' })
  })

  test("a caller's abort rejects with its own reason", async () => {
    const stop = new AbortController()
    const reason = new Error('mine')
    const fetch = () => new Promise<Response>(() => undefined)
    const found = discoverServer(issuer, { fetch, signal: stop.signal })
    stop.abort(reason)
    await expect(found).rejects.toBe(reason)
  })

  test('an issuer on plain http is refused before anything is sent', async () => {
    await expect(discoverServer('http://login.example.com')).rejects.toMatchObject({ code: 'ERR_INVALID_ARG' })
  })
})

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

test('an issuer on loopback is asked over a real socket', async () => {
  let origin = ''
  const server = await serve((_request, _count, response) =>
    json(response, { issuer: `${origin}/realms/demo`, token_endpoint: `${origin}/token` }),
  )
  open.push(server.close)
  origin = server.origin
  expect((await discoverServer(`${origin}/realms/demo`)).tokenUrl.href).toBe(`${origin}/token`)
  expect(server.arrived[0]?.line).toBe('GET /realms/demo/.well-known/openid-configuration')
})
