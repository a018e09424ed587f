/** Lifetimes and waiting times as providers state them: engine.md 3.2, 3.7 and 11. @module */
import { describe, expect, it } from 'vitest'
import { lifetimeMs, retryAfterMs } from '../../src/lifetime.ts'

const now = Date.UTC(2026, 0, 15, 12)
const tenYears = 10 * 365.25 * 86_400

describe('a relative lifetime (3.7)', () => {
  it.each([
    ['a number of seconds', 3599, 3_599_000],
    ['a numeric string', '3599', 3_599_000],
    ['a numeric string with spaces around it', ' 3599 ', 3_599_000],
    ['a fraction', 1.5, 1_500],
    ['a fraction in a string', '0.25', 250],
    ['zero', 0, 0],
    ['zero in a string', '0', 0],
    ['ten years', tenYears, tenYears * 1000],
    ['more than a platform timer holds, 24.8 days', 2_592_000, 2_592_000_000],
  ])('is read from %s', (_, seconds, ms) => {
    expect(lifetimeMs({ seconds }, now)).toBe(ms)
  })

  it.each([
    ['missing', undefined],
    ['null', null],
    ['NaN', NaN],
    ['infinite', Infinity],
    ['infinite in a string', 'Infinity'],
    ['negative', -1],
    ['negative in a string', '-1'],
    ['just above ten years', tenYears + 0.001],
    ['in milliseconds of a calendar by mistake', now],
    ['empty', ''],
    ['blank', '  '],
    ['a word', 'soon'],
    ['a number with its unit', '3599s'],
    ['a truth value', true],
    ['a list', [3599]],
    ['an object', { seconds: 3599 }],
    ['a big integer', 3599n],
    ['a symbol', Symbol('3599')],
  ])('is unknown where it is %s', (_, seconds) => {
    expect(lifetimeMs({ seconds }, now)).toBeUndefined()
  })

  it('is unknown where the provider names none', () => {
    expect(lifetimeMs(undefined, now)).toBeUndefined()
  })
})

describe('an absolute end (3.2)', () => {
  it.each([
    ['epoch milliseconds', now + 900_000],
    ['an ISO 8601 text', new Date(now + 900_000).toISOString()],
    ['an HTTP date', new Date(now + 900_000).toUTCString()],
  ])('given as %s is turned into a lifetime with the clock of the answer', (_, at) => {
    expect(lifetimeMs({ at }, now)).toBe(900_000)
  })

  it('is read with the clock that came with it, before any other', () => {
    expect(lifetimeMs({ at: now + 900_000, now: now + 600_000 }, now)).toBe(300_000)
  })

  it('of this very instant is a lifetime of zero, and of one millisecond ago is unknown', () => {
    expect(lifetimeMs({ at: now }, now)).toBe(0)
    expect(lifetimeMs({ at: now - 1 }, now)).toBeUndefined()
  })

  it.each([['garbage'], [''], [NaN], [Infinity]])('is unknown where it is %j', (at) => {
    expect(lifetimeMs({ at }, now)).toBeUndefined()
  })
})

describe('Retry-After (11)', () => {
  const read = (value: string): number | undefined => retryAfterMs(new Headers({ 'retry-after': value }), now)

  it.each([
    ['seconds', '7', 7_000],
    ['a fraction of seconds', '1.5', 1_500],
    ['zero', '0', 0],
    ['a date, by the date of the answer', new Date(now + 30_000).toUTCString(), 30_000],
    ['an hour', '3600', 3_600_000],
    ['more than an hour, as an hour', '3601', 3_600_000],
    ['a huge number, as an hour', '9'.repeat(400), 3_600_000],
    ['a date next year, as an hour', new Date(now + 31_536_000_000).toUTCString(), 3_600_000],
  ])('is read from %s', (_, value, ms) => {
    expect(read(value)).toBe(ms)
  })

  it.each([
    ['empty', ''],
    ['a word', 'soon'],
    ['negative', '-5'],
    ['a negative fraction', '-0.5'],
    ['a date that has passed', new Date(now - 1_000).toUTCString()],
    ['two values', '5, 10'],
    ['a duration with its unit', '5s'],
    ['not a number', 'NaN'],
    ['infinite', 'Infinity'],
    ['hexadecimal', '0x10'],
    ['a bare year', '2050'.padStart(4) + '-'],
    ['a year among words', 'not before 2050'],
  ])('is absent where it is %s', (_, value) => {
    expect(read(value)).toBeUndefined()
  })

  it('is absent where the header is', () => {
    expect(retryAfterMs(new Headers(), now)).toBeUndefined()
  })
})
