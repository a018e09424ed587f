import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { isNotSent } from '@latchkey/core'
import { fetchFailed, rejection, serve } from './doubles.ts'

describe('a request certainly never left', () => {
  test.each([
    ['ENOTFOUND', 'getaddrinfo'],
    ['EAI_AGAIN', 'getaddrinfo'],
    ['ECONNREFUSED', 'connect'],
    ['EHOSTUNREACH', 'connect'],
    ['ENETUNREACH', 'connect'],
    ['ETIMEDOUT', 'connect'],
    ['UND_ERR_CONNECT_TIMEOUT', undefined],
    ['CERT_HAS_EXPIRED', undefined],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', undefined],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', undefined],
    ['ERR_TLS_CERT_ALTNAME_INVALID', undefined],
  ])('at %s', (code, syscall) => expect(isNotSent(fetchFailed(code, syscall))).toBe(true))

  test('where every address was turned down', () => {
    const each = [0, 1].map(() => Object.assign(new Error(), { code: 'ECONNREFUSED' }))
    expect(isNotSent(new TypeError('fetch failed', { cause: new AggregateError(each) }))).toBe(true)
  })

  test('at a port where nobody listens, with the built-in fetch', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo // It listens on TCP.
    await new Promise((resolve) => server.close(resolve))
    expect(isNotSent(await rejection(fetch(`http://127.0.0.1:${port}`)))).toBe(true)
  })

  test('at a name that does not exist, with the built-in fetch', async () => {
    expect(isNotSent(await rejection(fetch('http://nowhere.invalid')))).toBe(true)
  })
})

describe('a request may have left', () => {
  test.each([
    ['ECONNRESET', 'read'],
    ['EPIPE', 'write'],
    ['EHOSTUNREACH', 'read'],
    ['ENETUNREACH', 'write'],
    ['ETIMEDOUT', 'read'],
    ['UND_ERR_SOCKET', undefined],
    ['UND_ERR_HEADERS_TIMEOUT', undefined],
    ['EPROTO', 'write'],
  ])('at %s while it tried to %s', (code, syscall) => expect(isNotSent(fetchFailed(code, syscall))).toBe(false))

  test('where one address of several broke later', () => {
    const each = [
      Object.assign(new Error(), { code: 'ECONNREFUSED' }),
      Object.assign(new Error(), { code: 'ECONNRESET' }),
    ]
    expect(isNotSent(new AggregateError(each))).toBe(false)
  })

  test('at anything unknown, a cause that is its own cause included', () => {
    const own = new Error('loop')
    own.cause = own
    for (const error of [own, undefined, null, 'ECONNREFUSED', {}, new TypeError('fetch failed')])
      expect(isNotSent(error)).toBe(false)
  })

  test('where the server reads the request and hangs up, with the built-in fetch', async () => {
    let seen = 0
    const base = await serve((request) => {
      request.resume()
      request.on('end', () => ((seen += 1), request.socket.destroy()))
    })
    onTestFinished(() => expect(seen).toBe(1))
    expect(isNotSent(await rejection(fetch(base, { method: 'POST', body: 'pay' })))).toBe(false)
  })
})
