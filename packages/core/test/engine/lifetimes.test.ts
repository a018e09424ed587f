/**
 * Answers of token endpoints, from usual to absurd, and what becomes of them.
 *
 * @see engine.md sections 3.7, 10.4 and 10.5, section 15 "Answers"
 * @module
 */
import { describe, expect, it } from 'vitest'
import { Secret } from '../../src/index.ts'
import type { Issued, LatchkeyError } from '../../src/index.ts'
import { ask, grantOf, issued, stage } from './support.ts'

const tenYears = 10 * 365.25 * 86_400

describe('stated lifetimes (3.7)', () => {
  it.each([
    ['a number', 3_600, 3_600_000],
    ['a numeric string', '3599', 3_599_000],
    ['a fraction', 59.5, 59_500],
    ['a fraction as a string', '0.5', 500],
    ['a string with blanks', ' 300 ', 300_000],
    ['beyond 24.8 days', 2_592_000, 2_592_000_000],
    ['milliseconds by mistake', 3_599_000, 3_599_000_000],
    ['ten years exactly', tenYears, tenYears * 1_000],
  ])('3.7: %s is taken as it is', async (_, seconds, expected) => {
    const { engine, provider, clock, requests } = stage()
    provider.fail({ kind: 'fields', fields: { expires_in: seconds } })
    const one = engine()
    expect((await one.get()).lifetime).toBe(expected)
    expect(one.events.count('lifetime.assumed')).toBe(0)
    await clock.advance(Math.min(expected / 4, 1_000_000))
    await one.get()
    expect(requests()).toBe(1)
  })

  it.each([
    ['missing', undefined],
    ['null', null],
    ['NaN', 'NaN'],
    ['infinite', 'Infinity'],
    ['negative', -1],
    ['above ten years', tenYears + 1],
    ['empty', ''],
    ['a word', 'soon'],
    ['true', true],
    ['a list', [300]],
  ])('3.7: %s is unknown: the assumed lifetime applies and is reported', async (_, seconds) => {
    const { engine, provider } = stage()
    provider.fail({ kind: 'fields', fields: { expires_in: seconds } })
    const base = provider.grant()
    const one = engine({ grant: { ...base, traits: { ...base.traits, assumedLifetime: 123_000 } } })
    expect((await one.get()).lifetime).toBe(123_000)
    expect(one.events.of('lifetime.assumed').map(({ value }) => value)).toEqual([123_000])
  })

  it('3.7: zero serves those who wait already, and nobody after them', async () => {
    const { engine, provider, requests, clock } = stage({ latencyMs: 100 })
    provider.fail({ kind: 'fields', fields: { expires_in: 0 }, count: 2 })
    const { source } = engine()
    const tokens = await clock.drive(Promise.all([source.get(), source.get(), source.get()]))
    expect(new Set(tokens).size).toBe(1)
    expect(requests()).toBe(1)
    expect(source.peek()).toBeUndefined()
    await clock.drive(source.get())
    expect(requests()).toBe(2)
  })

  it('G9: a token of life zero does not meet a need for remaining life', async () => {
    const { engine, provider, requests } = stage()
    provider.fail({ kind: 'fields', fields: { expires_in: 0 }, count: 9 })
    expect((await engine().fails({ minRemaining: 1_000 })).code).toBe('LATCHKEY_NEED_UNMET')
    expect(requests()).toBe(1)
  })

  it('4.4: a token that is over before it arrives is answered after one renewal', async () => {
    const { engine, requests } = stage({ lifetimeMs: 2_000, latencyMs: 3_000 })
    await engine().fails({ patience: 0 })
    expect(requests()).toBe(1)
  })

  it('15: lives that shrink with every renewal are followed down and never served past their end', async () => {
    const { engine, provider, clock } = stage({ renewal: 'reusable' })
    const one = engine()
    for (const seconds of [300, 120, 40, 10, 2]) {
      provider.fail({ kind: 'fields', fields: { expires_in: seconds } })
      const token = await one.get({ after: one.source.peek()?.generation ?? 0 })
      expect(token.lifetime).toBe(seconds * 1_000)
      await clock.advance(seconds * 1_000)
      expect(one.source.peek()).toBeUndefined()
    }
  })
})

describe('answers without a usable token (10.4, 10.5)', () => {
  async function answered(answer: () => Issued): Promise<string> {
    const { engine, store } = stage()
    const one = engine({
      fetch: () => Promise.resolve(new Response('{}')),
      grant: grantOf(async (run) => (await ask(run), answer())),
    })
    const { code } = await one.fails({ patience: 0 })
    expect((await store.record()).gen).toBe(0)
    return code
  }

  it.each([
    ['empty', '', 'LATCHKEY_NO_TOKEN'],
    ['a line break', 'abc\r\nx-evil: 1', 'LATCHKEY_BAD_TOKEN'],
    ['a trailing line break', 'abc\n', 'LATCHKEY_BAD_TOKEN'],
    ['a blank', 'abc def', 'LATCHKEY_BAD_TOKEN'],
    ['a letter beyond ASCII', 'abcé', 'LATCHKEY_BAD_TOKEN'],
    ['a control character', 'abc\u0007', 'LATCHKEY_BAD_TOKEN'],
    ['one character more than 16 KiB', 'a'.repeat(16_385), 'LATCHKEY_BAD_TOKEN'],
  ])('10.4: an access token with %s is malformed', async (_, access, code) => {
    expect(await answered(() => ({ ...issued(), access: new Secret(access) }))).toBe(code)
  })

  it('10.4: an access token of exactly 16 KiB is served', async () => {
    const { engine } = stage()
    const one = engine({
      grant: grantOf(() => Promise.resolve({ ...issued(), access: new Secret('a'.repeat(16_384)) })),
    })
    expect((await one.get()).reveal()).toHaveLength(16_384)
  })

  it('10.4: a scheme that would inject a header is malformed', async () => {
    const { engine } = stage()
    const one = engine({ grant: grantOf(() => Promise.resolve(issued(300, { scheme: 'Bearer\r\nx-evil: 1' }))) })
    const header = await one.get({ patience: 0 }).then(
      (token) => token.header(),
      () => '',
    )
    expect(header).not.toMatch(/[\r\n]/)
  })

  it.each(['bearer', 'BEARER', 'Bearer'])('15: token_type %s is written as Bearer', async (scheme) => {
    const { engine, provider } = stage()
    provider.fail({ kind: 'fields', fields: { token_type: scheme } })
    expect((await engine().get()).header()).toMatch(/^Bearer /)
  })

  it('1: another scheme of the provider is kept', async () => {
    const { engine } = stage()
    const one = engine({ grant: grantOf(() => Promise.resolve(issued(300, { scheme: 'DPoP' }))) })
    expect((await one.get()).header()).toMatch(/^DPoP own-access-/)
  })

  it('15: scopes narrower than asked are shown as granted', async () => {
    const { engine, provider } = stage()
    provider.fail({ kind: 'fields', fields: { scope: 'read' } })
    expect((await engine({ key: { ...provider.key(), scopes: ['read', 'write'] } }).get()).scopes).toEqual(['read'])
  })

  it('15: a byte order mark before the JSON is not in the way', async () => {
    const { engine, provider } = stage()
    provider.fail({ kind: 'bom' })
    expect((await engine().get()).remaining()).toBe(300_000)
  })

  it.each([
    [262_144, 200],
    [262_145, 0],
  ])('10.5: an answer of %i bytes ends with status %i', async (bytes, expected) => {
    const { engine } = stage()
    let status = 0
    const one = engine({
      fetch: () => Promise.resolve(new Response('x'.repeat(bytes))),
      grant: grantOf(async (run) => {
        const answer = await ask(run)
        status = answer.status
        expect(answer.text).toHaveLength(bytes)
        return issued()
      }),
    })
    const code = await one.get({ patience: 0 }).then(
      () => 'none',
      (error: unknown) => (error as LatchkeyError).code, // The engine's own.
    )
    expect([status, code]).toEqual([expected, expected ? 'none' : 'LATCHKEY_TOO_LARGE'])
  })

  it('15: a slow drip past the deadline ends at the deadline, and the body is given up', async () => {
    const { engine, provider, clock } = stage({ longestMs: 5_000 })
    provider.fail({ kind: 'drip', ms: 1_000 })
    const one = engine()
    const before = clock.mono()
    expect((await one.fails({ patience: 0 })).code).toBe('LATCHKEY_TIMEOUT')
    expect(clock.mono() - before).toBe(5_000)
  })

  it('15: a redirect of the token endpoint is not followed', async () => {
    const { engine, provider, requests } = stage()
    provider.fail({ kind: 'redirect' })
    const asked: string[] = []
    const one = engine({
      fetch: (input, init) => {
        asked.push(`${init?.redirect} ${new URL(input instanceof Request ? input.url : input).host}`)
        return provider.fetch(input, init)
      },
    })
    await one.fails({ patience: 0 })
    expect(asked).toEqual(['manual provider.test'])
    expect(requests()).toBe(1)
  })

  it.each([
    ['http://provider.test/', false],
    ['https://provider.test/', true],
    ['http://127.0.0.1:8080/', true],
    ['http://localhost/', true],
    ['http://[::1]/', true],
    ['http://127.0.0.1.evil.test/', false],
    ['http://localhost.evil.test/', false],
  ])('1: a request to %s is let out: %s', async (url, safe) => {
    const { engine } = stage()
    let asked = 0
    const one = engine({
      fetch: () => ((asked += 1), Promise.resolve(new Response('{}'))),
      grant: grantOf(async (run) => {
        await run.send({ method: 'POST', url: new URL(url), headers: new Headers(), spendsRefreshToken: false })
        return issued()
      }),
    })
    const code = await one.get({ patience: 0 }).then(
      () => 'none',
      (error: unknown) => (error as LatchkeyError).code, // The engine's own.
    )
    expect([asked, code]).toEqual(safe ? [1, 'none'] : [0, 'LATCHKEY_INSECURE_URL'])
  })
})
