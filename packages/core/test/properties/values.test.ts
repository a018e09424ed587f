/** Parsers that never fail and keys that never meet: engine.md 2.2, 3.7, 11 and 16.2. @module */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { freshness, leewayMs, windowMs } from '../../src/freshness.ts'
import { canonicalKey } from '../../src/key.ts'
import type { KeyParts } from '../../src/key.ts'
import { lifetimeMs, retryAfterMs } from '../../src/lifetime.ts'
import { bounded } from './settings.ts'

const tenYearsMs = 10 * 365.25 * 86_400_000
const runs = bounded(5_000)

describe('the lifetime parser (3.7)', () => {
  it('is total: any value is a lifetime of zero to ten years, or unknown', () => {
    const anything = fc.oneof(
      fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true }),
      fc.double(),
      fc.double().map(String),
      fc.string(),
    )
    fc.assert(
      fc.property(anything, fc.double(), (seconds, now) => {
        const ms = lifetimeMs({ seconds }, now)
        if (ms !== undefined) expect(ms >= 0 && ms <= tenYearsMs).toBe(true)
      }),
      runs,
    )
  })

  it('is total for instants, with any clock', () => {
    const at = fc.oneof(
      fc.double(),
      fc.string(),
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
    )
    fc.assert(
      fc.property(at, fc.option(fc.double(), { nil: undefined }), fc.double(), (instant, own, now) => {
        const ms = lifetimeMs({ at: instant, now: own }, now)
        if (ms !== undefined) expect(ms >= 0 && ms <= tenYearsMs).toBe(true)
      }),
      runs,
    )
  })

  it('reads number and text alike', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (seconds) => {
        expect(lifetimeMs({ seconds: String(seconds) }, 0)).toEqual(lifetimeMs({ seconds: seconds + 0 }, 0))
      }),
      runs,
    )
  })
})

describe('the Retry-After parser (11)', () => {
  it('is total: any header is a wait of zero to an hour, or absent', () => {
    const visible = fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)) })
    const value = fc.oneof(
      visible,
      fc.double().map(String),
      fc.date({ noInvalidDate: true }).map((d) => d.toUTCString()),
    )
    fc.assert(
      fc.property(value, fc.double(), (text, now) => {
        const ms = retryAfterMs(new Headers({ 'retry-after': text }), now)
        if (ms !== undefined) expect(ms >= 0 && ms <= 3_600_000).toBe(true)
      }),
      runs,
    )
  })
})

describe('keys (2.2)', () => {
  const text = fc.oneof(fc.string(), fc.constantFrom('', '-', 'a', 'b', '1:a', '[', ']', '0:', 'a b'))
  const name = fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom('a', 'b', '1:a', '-'))
  const optional = fc.option(text, { nil: undefined })
  const set = fc.option(fc.array(text, { maxLength: 4 }), { nil: undefined })
  const someParts: fc.Arbitrary<KeyParts> = fc.record({
    provider: name,
    environment: name,
    tokenEndpoint: fc.constantFrom('https://a.test/token', 'https://b.test/token', 'https://a.test/token?x=1:a'),
    clientId: name,
    grantId: optional,
    credentialVersion: optional,
    subject: optional,
    audience: set,
    scopes: set,
  })
  const plain = (parts: KeyParts): unknown => ({
    ...parts,
    audience: parts.audience && [...new Set(parts.audience)].sort(),
    scopes: parts.scopes && [...new Set(parts.scopes)].sort(),
  })

  it('are injective: two inputs give the same key only where they are the same but for order', () => {
    const near = fc
      .tuple(someParts, someParts, fc.array(fc.boolean(), { minLength: 9, maxLength: 9 }))
      .map(([one, other, take]): [KeyParts, KeyParts] => {
        const names = Object.keys(one) as (keyof KeyParts)[] // Made of exactly these above.
        const mixed = Object.fromEntries(names.map((key, index) => [key, (take[index] ? one : other)[key]]))
        return [one, mixed as unknown as KeyParts] // The fields of two whole ones.
      })
    fc.assert(
      fc.property(near, ([one, other]) => {
        const same = JSON.stringify(plain(one)) === JSON.stringify(plain(other))
        expect(canonicalKey(one) === canonicalKey(other)).toBe(same)
      }),
      runs,
    )
  })

  it('do not depend on the order of sets', () => {
    const shuffled = fc
      .array(text, { maxLength: 6 })
      .chain((values) => fc.tuple(fc.constant(values), fc.shuffledSubarray(values, { minLength: values.length })))
    fc.assert(
      fc.property(someParts, shuffled, (parts, [scopes, other]) => {
        expect(canonicalKey({ ...parts, scopes })).toBe(canonicalKey({ ...parts, scopes: other }))
        expect(canonicalKey({ ...parts, audience: scopes })).toBe(canonicalKey({ ...parts, audience: other }))
      }),
      runs,
    )
  })

  it('survive a text that splits a field elsewhere', () => {
    fc.assert(
      fc.property(someParts, name, name, fc.nat(6), (parts, a, b, cut) => {
        const moved = { ...parts, clientId: a + b.slice(0, cut), grantId: b.slice(cut) }
        fc.pre(moved.clientId !== a)
        expect(canonicalKey(moved)).not.toBe(canonicalKey({ ...parts, clientId: a, grantId: b }))
      }),
      runs,
    )
  })
})

describe('freshness (4)', () => {
  const life = fc.oneof(fc.integer({ min: 0, max: 4_000_000 }), fc.double({ min: 0, max: 1e9, noNaN: true }))
  const draw = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

  it('is monotone in remaining life', () => {
    const order = { spent: 0, due: 1, fresh: 2 }
    fc.assert(
      fc.property(life, life, fc.boolean(), draw, life, (total, remaining, exclusive, u, more) => {
        const window = windowMs(total, exclusive, u)
        const shorter = order[freshness(remaining, total, window)]
        expect(order[freshness(remaining + more, total, window)]).toBeGreaterThanOrEqual(shorter)
      }),
      runs,
    )
  })

  it('keeps leeway ≤ window ≤ half the life for a shareable token, and every window above 70 % of its full size', () => {
    fc.assert(
      fc.property(life, fc.boolean(), draw, (total, exclusive, u) => {
        const window = windowMs(total, exclusive, u)
        expect(window).toBeLessThanOrEqual(total / 2)
        expect(window).toBeGreaterThanOrEqual(0.7 * windowMs(total, exclusive, 0) - 1e-6)
        expect(window).toBeGreaterThanOrEqual(leewayMs(total))
      }),
      runs,
    )
  })
})
