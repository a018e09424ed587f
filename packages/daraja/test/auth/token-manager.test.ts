import { inspect } from 'node:util'
import { Secret } from '@latchkey/core'
import { describe, expect, test } from 'vitest'
import { TokenManager } from '../../src/index.ts'
import type { TokenManagerOptions } from '../../src/index.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { scriptedFetch, token } from '../support/scripted-fetch.ts'
import type { Reply } from '../support/scripted-fetch.ts'

function managed(script: readonly Reply[], options: Partial<TokenManagerOptions> = {}) {
  const double = scriptedFetch(...script)
  const clock = new FakeClock()
  const fetch = double.fetch
  const credential = { consumerKey: 'demo-consumer-key', consumerSecret: 'demo-consumer-secret' }
  const tokens = new TokenManager({ ...credential, environment: 'sandbox', fetch, clock, ...options })
  return { tokens, clock, ...double }
}

describe('TokenManager (sections 2 and 5.4)', () => {
  test('asks with Basic and the grant type in the query, and caches while valid', async () => {
    const { tokens, clock, seen, verify } = managed([token('T1')])
    expect(await clock.run(tokens.getToken())).toBe('T1')
    clock.advance(3_500_000)
    expect(await clock.run(tokens.getToken())).toBe('T1')
    expect(seen[0]).toMatchObject({
      method: 'GET',
      url: 'https://sandbox.safaricom.co.ke/oauth/v1/generate?grant_type=client_credentials',
      authorization: 'Basic ZGVtby1jb25zdW1lci1rZXk6ZGVtby1jb25zdW1lci1zZWNyZXQ=',
      body: undefined,
    })
    expect(seen[0]?.headers.get('user-agent')).toMatch(/^Latchkey/)
    await tokens.close()
    verify()
  })

  test('section 2.1: a pasted newline around key and secret does not matter', async () => {
    const consumerSecret = new Secret(' demo-consumer-secret\r\n')
    const { tokens, clock, seen } = managed([token('T1')], { consumerKey: '\tdemo-consumer-key\n', consumerSecret })
    await clock.run(tokens.getToken())
    expect(seen[0]?.authorization).toBe('Basic ZGVtby1jb25zdW1lci1rZXk6ZGVtby1jb25zdW1lci1zZWNyZXQ=')
  })

  test('section 2.4: five callers at once make one request', async () => {
    const { tokens, clock, verify } = managed([token('T1')])
    const all = await clock.run(Promise.all(Array.from({ length: 5 }, () => tokens.getToken())))
    expect(new Set(all)).toEqual(new Set(['T1']))
    verify()
  })

  test('force means newer than the one I hold: callers that force together share one renewal', async () => {
    const { tokens, clock, verify } = managed([token('T1'), token('T2'), token('T3')])
    await clock.run(tokens.getToken())
    const force = () => tokens.getToken({ forceRefresh: true })
    expect(await clock.run(Promise.all([force(), force(), force()]))).toEqual(['T2', 'T2', 'T2'])
    expect(await clock.run(force())).toBe('T3')
    verify()
  })

  test('force after another caller has renewed makes no request', async () => {
    const { tokens, clock, verify } = managed([token('T1'), token('T2')])
    await clock.run(tokens.getToken())
    const held = tokens.tokenSource.peek()
    await clock.run(tokens.tokenSource.get({ after: held?.generation }))
    expect(await clock.run(tokens.getToken({ forceRefresh: true }))).toBe('T2')
    verify()
  })

  test.each([
    ['3599', 3_599_000],
    [3599, 3_599_000],
    [undefined, 3_599_000],
    ['soon', 3_599_000],
    ['60', 60_000],
  ])('section 2.2: expires_in %j lives %d ms', async (expiresIn, lifetime) => {
    const { tokens, clock } = managed([token('T1', expiresIn)])
    await clock.run(tokens.getToken())
    expect(tokens.tokenSource.peek()?.lifetime).toBe(lifetime)
  })

  test('peek gives the token in hand with its dates, and nothing without one', async () => {
    const { tokens, clock } = managed([token('T1')])
    expect(tokens.peek()).toBeUndefined()
    const askedAt = clock.wall()
    await clock.run(tokens.getToken())
    clock.advance(1000)
    const held = tokens.peek()
    expect(held?.token).toBe('T1')
    expect(held?.creationDatetime).toEqual(new Date(askedAt))
    expect(held?.expirationTime).toEqual(new Date(askedAt + 3_599_000))
    expect(held?.isExpired()).toBe(false)
    clock.advance(3_597_999)
    expect(held?.isExpired()).toBe(false)
    clock.advance(1)
    expect(held?.isExpired()).toBe(true)
    expect(tokens.peek()).toBeUndefined()
  })

  test('printing and serialising shows no secret', async () => {
    const { tokens, clock } = managed([token('private-word-token')], { consumerSecret: 'private-word-secret' })
    await clock.run(tokens.getToken())
    for (const thing of [tokens, tokens.peek(), { ...tokens.peek() }]) {
      const shown = inspect(thing, { depth: 9, showHidden: true, getters: false }) + JSON.stringify(thing)
      expect(shown).not.toContain('private-word')
    }
  })

  test('forgetToken drops the token, so that the next caller gets another', async () => {
    const { tokens, clock, verify } = managed([token('T1'), token('T2')])
    await clock.run(tokens.getToken())
    await clock.run(tokens.forgetToken())
    expect(tokens.peek()).toBeUndefined()
    expect(await clock.run(tokens.getToken())).toBe('T2')
    verify()
  })

  test('bad credentials are one code, and are not asked about again while the cool-down runs', async () => {
    const { tokens, clock, verify } = managed([{ status: 400, body: '' }])
    const denied = { code: 'AUTH_INVALID_CREDENTIALS', reason: 'invalid_credentials', retryable: false }
    await expect(clock.run(tokens.getToken())).rejects.toMatchObject(denied)
    await expect(clock.run(tokens.getToken())).rejects.toMatchObject({ code: 'AUTH_INVALID_CREDENTIALS' })
    verify()
  })

  test("a caller's abort ends its own wait with its own reason", async () => {
    const { tokens, clock } = managed([])
    const reason = new Error('mine')
    await expect(clock.run(tokens.getToken({ signal: AbortSignal.abort(reason) }))).rejects.toBe(reason)
  })

  test('await using closes it', async () => {
    const { tokens } = managed([])
    await tokens[Symbol.asyncDispose]()
    await expect(tokens.getToken()).rejects.toMatchObject({ code: 'LATCHKEY_CLOSED' })
  })
})

describe('TokenManager refuses wrong options at construction, by name and without their values', () => {
  const good = { consumerKey: 'private-word', consumerSecret: 'private-word', environment: 'sandbox' }
  test.each([
    ['consumerKey', { consumerKey: undefined }],
    ['consumerKey', { consumerKey: '  ' }],
    ['consumerKey', { consumerKey: 'private-word:x' }],
    ['consumerSecret', { consumerSecret: undefined }],
    ['consumerSecret', { consumerSecret: ['private-word'] }],
    ['consumerSecret', { consumerSecret: new Secret(' ') }],
    ['environment', { environment: 'Production' }],
    ['environment', { environment: undefined }],
    ['fetch', { fetch: 'private-word' }],
    ['clock', { clock: { wall: () => 0 } }],
    ['store', { store: {} }],
    ['ring', { ring: 'private-word' }],
    ['observer', { observer: () => undefined }],
    ['refusalBudget', { refusalBudget: 2 }],
    ['keyLabel', { keyLabel: '' }],
    ['plaintext', { plaintext: 'yes' }],
    ['did you mean "consumerSecret"', { consumerSecrt: 'private-word' }],
    ['did you mean "baseUrl"', { baseURL: 'private-word' }],
  ])('%s: %j', (named, wrong) => {
    // A wrong type on purpose.
    const attempt = () => new TokenManager({ ...good, ...wrong } as never)
    expect(attempt).toThrow(TypeError)
    expect(attempt).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG' }))
    expect(attempt).toThrow(named)
    expect(attempt).not.toThrow(/private-word/)
  })

  test.each([[undefined], [null], ['private-word']])('%j is no options object', (options) => {
    // A wrong type on purpose.
    expect(() => new TokenManager(options as never)).toThrow(/takes an object/)
  })

  test('getToken takes an object of known options', async () => {
    const { tokens } = managed([])
    // Wrong types on purpose.
    await expect(tokens.getToken(true as never)).rejects.toThrow(/forceRefresh/)
    await expect(tokens.getToken({ force: true } as never)).rejects.toThrow(/force/)
    await expect(tokens.getToken({ forceRefresh: 1 } as never)).rejects.toThrow(/forceRefresh/)
  })
})
