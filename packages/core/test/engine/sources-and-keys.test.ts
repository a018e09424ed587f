/**
 * Keys, collections of sources, and the options that both are made with.
 *
 * @see engine.md sections 2 and 12.1, STYLE section 7
 * @module
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { collectEvents } from '@latchkey/testkit'
import { createTokenSource, createTokenSources, memoryStore } from '../../src/index.ts'
import type { EngineOptions, KeyParts, ManagedTokenSource, TokenSources } from '../../src/index.ts'
import { ask, failure, gate, grantOf, hush, issued, stage } from './support.ts'

const key: KeyParts = {
  provider: 'p',
  environment: 'test',
  tokenEndpoint: 'https://auth.test/token',
  clientId: 'client',
}
const grant = grantOf(async (run) => (await ask(run), issued()))

function sourcesOf(options: EngineOptions & { readonly maxKeys?: number } = {}): TokenSources {
  return createTokenSources({ fetch: () => Promise.resolve(new Response('{}')), ...options })
}

function same(a: KeyParts, b: KeyParts): boolean {
  const sources = sourcesOf()
  return sources.get({ grant, key: a, keyLabel: 'a' }) === sources.get({ grant, key: b, keyLabel: 'b' })
}

describe('keys (2)', () => {
  it('2.1: the label of a key is not part of it', () => {
    expect(same(key, { ...key })).toBe(true)
  })

  it.each([
    ['provider', { provider: 'q' }],
    ['environment', { environment: 'production' }],
    ['token endpoint', { tokenEndpoint: 'https://auth.test/other' }],
    ['client id', { clientId: 'Client' }],
    ['grant id', { grantId: 'another' }],
    ['credential version', { credentialVersion: '2' }],
    ['subject', { subject: 'x' }],
    ['audience', { audience: ['a'] }],
    ['scopes', { scopes: ['a'] }],
  ])('2.1: another %s is another key', (_, change) => {
    expect(same(key, { ...key, ...change })).toBe(false)
  })

  it.each([
    'https://AUTH.test/token',
    'https://auth.test:443/token',
    'https://auth.test/token#fragment',
    'https://auth.test/x/../token',
    'HTTPS://auth.test/token',
  ])('2.1: the endpoint is normalised: %s', (tokenEndpoint) => {
    expect(same(key, { ...key, tokenEndpoint })).toBe(true)
  })

  it('2.2: the order of scopes and audiences does not matter, nor do repetitions', () => {
    const a = { ...key, scopes: ['b', 'a', 'b'], audience: ['y', 'x'] }
    expect(same(a, { ...key, scopes: ['a', 'b'], audience: ['x', 'y'] })).toBe(true)
  })

  it('2.2: different inputs never give the same key', () => {
    const text = fc.oneof(fc.constantFrom('', '-', '1:a', '[', ']', 'a', 'b', '1:', '"'), fc.string({ maxLength: 4 }))
    const optional = fc.option(text, { nil: undefined })
    const list = fc.option(fc.uniqueArray(text, { maxLength: 3 }), { nil: undefined })
    const parts = fc.record({ subject: optional, credentialVersion: optional, audience: list, scopes: list })
    const sorted = (values: readonly string[] | undefined): readonly string[] | undefined =>
      values && [...values].sort()
    const picture = (p: { audience: string[] | undefined; scopes: string[] | undefined }): string =>
      JSON.stringify({ ...p, audience: sorted(p.audience) ?? null, scopes: sorted(p.scopes) ?? null })
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        expect(same({ ...key, ...a }, { ...key, ...b })).toBe(picture(a) === picture(b))
      }),
      { numRuns: 300 },
    )
  })

  it('2.2: the stored key is a SHA-256 under the prefix and shows nothing of the parts', async () => {
    const { engine, store } = stage()
    await engine().get()
    expect(store.key()).toMatch(/^latchkey:[0-9a-f]{64}$/)
    await engine({ prefix: 'mine/' }).get()
    expect(store.key()).toMatch(/^mine\/[0-9a-f]{64}$/)
  })

  it('2.1: two programs with other labels and grants of one id meet at one record', async () => {
    const { engine, requests } = stage()
    await engine({ keyLabel: 'program' }).get()
    await engine({ keyLabel: 'command' }).get()
    expect(requests()).toBe(1)
  })

  it('G10: no token crosses keys', async () => {
    const { engine, provider, requests } = stage()
    const a = await engine().get()
    const b = await engine({ key: { ...provider.key(), subject: 'other' } }).get()
    expect(b.reveal()).not.toBe(a.reveal())
    expect(requests()).toBe(2)
  })

  it.each(['provider', 'environment', 'tokenEndpoint', 'clientId'])('2.1: %s must be there', (name) => {
    for (const value of [undefined, '', 5]) {
      const broken = { ...key, [name]: value }
      expect(() => createTokenSource({ grant, key: broken, keyLabel: 'x' })).toThrow(
        expect.objectContaining({ name: 'TypeError', code: 'ERR_INVALID_ARG' }) as Error,
      )
    }
  })
})

describe('collections (2.4, 12.1)', () => {
  const named = (sources: TokenSources, clientId: string): ManagedTokenSource =>
    sources.get({ grant, key: { ...key, clientId }, keyLabel: clientId })

  it('12.1: keeps exactly as many keys as allowed; the one past it costs the least recently used', async () => {
    const { clock } = stage()
    const events = collectEvents()
    const sources = sourcesOf({ maxKeys: 3, clock, observer: events })
    const [a, b, c] = ['a', 'b', 'c'].map((name) => named(sources, name))
    for (const source of [a, b, c]) {
      await source?.get()
      await clock.advance(1)
    }
    expect(sources.size).toBe(3)
    expect(events.count('key.evicted')).toBe(0)
    await a?.get()
    await clock.advance(1)
    named(sources, 'd')
    expect(sources.size).toBe(3)
    expect(events.last('key.evicted')).toMatchObject({ keyLabel: 'b' })
    expect(named(sources, 'a')).toBe(a)
    expect(named(sources, 'c')).toBe(c)
  })

  it('12.1: a key with a flight is never evicted, and the bound is kept again afterwards', async () => {
    const { clock, provider } = stage({ latencyMs: 1_000 })
    const sources = sourcesOf({ maxKeys: 2, clock, fetch: provider.fetch })
    const of = (clientId: string): ManagedTokenSource =>
      sources.get({ grant: provider.grant(), key: { ...provider.key(), clientId }, keyLabel: clientId })
    const calls: Promise<unknown>[] = []
    const busy = ['a', 'b', 'c'].map((clientId) => {
      const source = of(clientId)
      calls.push(source.get().catch(() => undefined)) // The double knows one client id.
      return source
    })
    const d = of('d')
    expect(sources.size).toBeGreaterThanOrEqual(3)
    for (const [n, clientId] of ['a', 'b', 'c'].entries()) expect(of(clientId)).toBe(busy[n])
    await clock.drive(Promise.all(calls))
    await clock.drive(d.get().catch(() => undefined))
    of('e')
    expect(sources.size).toBeLessThanOrEqual(2)
  })

  it('12.1: a key with an uncommitted result is not evicted', async () => {
    const { clock, provider, store, chaos } = stage()
    const sources = sourcesOf({ maxKeys: 1, clock, fetch: provider.fetch, store })
    const of = (clientId: string): ManagedTokenSource =>
      sources.get({ grant: provider.grant(), key: { ...provider.key(), clientId }, keyLabel: clientId })
    const a = of('a')
    let swaps = 0
    store.onSwap = (go) => {
      if ((swaps += 1) === 2) chaos.setDown(true)
      return go()
    }
    await clock.drive(a.get())
    expect(a.describe().uncommitted).toBe(true)
    of('b')
    expect(of('a')).toBe(a)
    chaos.setDown(false)
    await clock.drive(sources.close())
  })

  it("2.3: an evicted source in a caller's hands and its successor never ask at once (G3)", async () => {
    const { clock, provider } = stage({ latencyMs: 1_000, exclusive: true })
    const sources = sourcesOf({ maxKeys: 1, clock, fetch: provider.fetch })
    const of = (clientId: string): ManagedTokenSource =>
      sources.get({ grant: provider.grant(), key: { ...provider.key(), clientId }, keyLabel: clientId })
    const held = of('client-1')
    of('other')
    const successor = of('client-1')
    const [a, b] = await clock.drive(Promise.all([held.get(), successor.get()]))
    expect(b.generation).toBe(a.generation)
    expect(provider.report()).toMatchObject({ tokenRequests: 1, inFlightMax: 1 })
  })

  it('12.1: an evicted token is found again in the store', async () => {
    const { clock, provider, requests } = stage()
    const sources = sourcesOf({ maxKeys: 1, clock, fetch: provider.fetch })
    const of = (clientId: string): ManagedTokenSource =>
      sources.get({ grant: provider.grant(), key: { ...provider.key(), clientId }, keyLabel: clientId })
    const first = await clock.drive(of('client-1').get())
    of('other')
    expect((await clock.drive(of('client-1').get())).generation).toBe(first.generation)
    expect(requests()).toBe(1)
  })

  it("12.1: a store of one's own keeps no more records than keys, and lets go of evicted ones first", async () => {
    const { clock, provider, requests } = stage()
    const sources = sourcesOf({ maxKeys: 2, clock, fetch: provider.fetch })
    const get = (subject: string): Promise<unknown> =>
      clock.drive(
        sources.get({ grant: provider.grant(), key: { ...provider.key(), subject }, keyLabel: subject }).get(),
      )
    await get('a')
    await clock.advance(1)
    await get('b')
    await clock.advance(1)
    await get('c') // Evicts `a`, whose record has to go.
    await clock.advance(1)
    await get('b')
    expect(requests()).toBe(3)
    await clock.advance(1)
    await get('a')
    expect(requests()).toBe(4)
  })

  it('8.3: close ends every source, and none can be had afterwards', async () => {
    const { clock } = stage()
    const sources = sourcesOf({ clock })
    const a = named(sources, 'a')
    const hold = gate()
    const b = sources.get({
      grant: grantOf(async (run) => (await hold.opened, await ask(run), issued())),
      key,
      keyLabel: 'b',
    })
    await clock.drive(a.get())
    const waits = failure(b.get())
    await clock.settle()
    const closed = sources.close()
    hold.open()
    await clock.drive(closed)
    expect((await waits).code).toBe('LATCHKEY_CLOSED')
    expect((await failure(a.get())).code).toBe('LATCHKEY_CLOSED')
    expect(sources.size).toBe(0)
    expect(() => named(sources, 'c')).toThrow()
    expect(clock.sleepers()).toBe(0)
  })

  it('8.3: a source closed by its holder is made anew when asked for', async () => {
    const { clock } = stage()
    const sources = sourcesOf({ clock })
    const a = named(sources, 'a')
    await a.close()
    const again = named(sources, 'a')
    expect(again).not.toBe(a)
    expect((await clock.drive(again.get())).remaining()).toBe(300_000)
  })

  it('12.2: many warm keys share one timer', async () => {
    const { clock } = stage()
    const sources = sourcesOf({ clock })
    for (let n = 0; n < 50; n += 1) {
      await clock.drive(sources.get({ grant, key: { ...key, clientId: `c${n}` }, keyLabel: 'x', keepWarm: true }).get())
    }
    expect(clock.sleepers()).toBe(1)
    await sources.close()
  })
})

describe('options (STYLE 7, 10.1)', () => {
  const refused = expect.objectContaining({ name: 'TypeError', code: 'ERR_INVALID_ARG' }) as Error
  const make = (options: object): ManagedTokenSource => createTokenSource({ grant, key, keyLabel: 'x', ...options }) // Wrong on purpose.

  it('refuses unknown names and names the nearest known one, without quoting values', () => {
    expect(() => make({ obsrver: 'a-secret-value' })).toThrow(/"obsrver"; did you mean "observer"/)
    expect(() => make({ obsrver: 'a-secret-value' })).not.toThrow(/a-secret-value/)
    expect(() => make({ zzz: 1 })).toThrow(/unknown option "zzz"$/)
    expect(() => createTokenSources({ maxKey: 1 } as object)).toThrow(/did you mean "maxKeys"/)
    expect(() => sourcesOf().get({ grant, key, keyLabel: 'x', keepwarm: true } as never)).toThrow(/keepWarm/) // Wrong on purpose.
  })

  it.each([
    { grant: {} },
    { grant: undefined },
    { key: undefined },
    { keyLabel: '' },
    { keyLabel: 5 },
    { keepWarm: 'yes' },
    { store: {} },
    { clock: {} },
    { random: 0.5 },
    { observer: {} },
    { fetch: 'fetch' },
    { refusalBudget: { renewals: -1, per: 1 } },
    { refusalBudget: { renewals: 1, per: 0 } },
    { refusalBudget: {} },
    { refusalBudget: null },
    { storeTrouble: 'panic' },
    { prefix: 5 },
    { idleMs: -1 },
    { idleMs: NaN },
    { ring: {} },
    { plaintext: 'yes' },
    { grant: grantOf(() => Promise.resolve(issued()), { longest: 0 }) },
    { grant: grantOf(() => Promise.resolve(issued()), { longest: 600_001 }) },
    { grant: { id: 'x', obtain: () => Promise.resolve(issued()) } },
  ])('refuses %o with ERR_INVALID_ARG', (options) => {
    expect(() => make(options)).toThrow(refused)
  })

  it.each([0, -1, NaN, 1.5, '5'])('12.1: refuses maxKeys %s with ERR_INVALID_ARG', (maxKeys) => {
    expect(() => createTokenSources({ maxKeys } as object)).toThrow(refused)
  })

  it.each(['host', 'fleet'] as const)(
    '10.1: refuses a store of scope %s without a ring, unless plaintext is stated',
    (scope) => {
      const store = { ...memoryStore(), scope }
      expect(() => make({ store })).toThrow(refused)
      expect(() => createTokenSources({ store })).toThrow(refused)
      expect(() => make({ store, plaintext: true })).not.toThrow()
      const ring = {
        seal: () => Promise.resolve(''),
        open: () => Promise.resolve(''),
        fingerprint: () => Promise.resolve(''),
      }
      expect(() => make({ store, ring })).not.toThrow()
    },
  )

  it('takes every option as undefined for its default', () => {
    const names = [
      'store',
      'ring',
      'plaintext',
      'clock',
      'random',
      'observer',
      'fetch',
      'refusalBudget',
      'storeTrouble',
      'prefix',
      'idleMs',
      'keepWarm',
    ]
    expect(() => make(Object.fromEntries(names.map((name) => [name, undefined])))).not.toThrow()
  })

  it('does not follow changes to the options object', async () => {
    const { clock, provider } = stage()
    const refusalBudget = { renewals: 2, per: 60_000 }
    const source = createTokenSource({
      grant: provider.grant(),
      key: provider.key(),
      keyLabel: 'x',
      clock,
      fetch: provider.fetch,
      refusalBudget,
    })
    refusalBudget.renewals = 0
    const token = await clock.drive(source.get())
    source.refuse(token.generation)
    const renewed = hush(clock.drive(source.get({ after: token.generation, patience: 0 })))
    expect((await renewed).generation).toBeGreaterThan(token.generation)
  })
})
