/** Identifiers and instants: spec/ksef.md sections 1.5, 1.8, 5.2. @module */
import { describe, expect, test } from 'vitest'
import { createRandom } from '../../src/random.ts'
import { crc8 } from '../../src/systems/ksef/crc8.ts'
import { patterns } from '../../src/systems/ksef/identity.ts'
import { createIds } from '../../src/systems/ksef/ids.ts'
import { formatErrorInstant, formatInstant, parseInstant } from '../../src/systems/ksef/times.ts'

describe('identifiers', () => {
  test('CRC-8: the check value, and the worked example (5.2)', () => {
    expect(crc8('123456789')).toBe('F4')
    expect(crc8('5')).toBe('8B')
    expect(crc8('5265877635')).toBe('60')
    expect(crc8('5265877635-20250826-0100001AF629')).toBe('AF')
  })

  test('a genuine reference number has the check digits that are made here (1.8)', () => {
    expect(crc8('20251010-EC-1DCE3E3000-12ECB5B36E')).toBe('45')
  })

  test('made ones have the shape, the day in UTC, and check', () => {
    const ids = createIds(createRandom(1, 'ksef/test'))
    for (let n = 0; n < 100; n += 1) {
      const made = ids.reference('AU', Date.parse('2026-02-02T23:30:00Z'))
      expect(made).toMatch(/^20260202-AU-[0-9A-F]{7}000-[0-9A-F]{10}-[0-9A-F]{2}$/)
      expect(made.slice(34)).toBe(crc8(made.slice(0, 33)))
      expect(ids.serial()).toMatch(/^[0-9A-F]{16}$/)
      expect(ids.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    }
  })

  test('a NIP has the pattern, and check digits (1.8)', () => {
    const ids = createIds(createRandom(2, 'ksef/test'))
    for (let n = 0; n < 100; n += 1) {
      const digits = [...ids.nip()].map(Number)
      const sum = [6, 5, 7, 2, 3, 4, 5, 6, 7].reduce((all, weight, index) => all + weight * (digits[index] ?? 0), 0)
      expect(digits.join('')).toMatch(patterns.Nip)
      expect(sum % 11).toBe(digits[9])
    }
  })

  test('the same seed gives the same', () => {
    const make = () => createIds(createRandom(3, 'ksef/test')).reference('CR', 0)
    expect(make()).toBe(make())
  })
})

describe('patterns (1.8)', () => {
  test.each<readonly [keyof typeof patterns, string, boolean]>([
    ['Nip', '5265877635', true],
    ['Nip', '1001234567', false],
    ['Nip', '1010000000', true],
    ['Nip', '526587763', false],
    ['Pesel', '88010112345', true],
    ['Pesel', '88330112345', false],
    ['Pesel', '02210112345', true],
    ['InternalId', '6824515772-12343', true],
    ['NipVatUe', '5265877635-DE123456789', true],
    ['NipVatUe', '5265877635-PL5265877635', false],
    ['NipVatUe', '5265877635-EL123456789', true],
    ['NipVatUe', '5265877635-XIGD123', true],
    ['PeppolId', 'PPL000001', true],
    ['PeppolId', 'APL000001', false],
  ])('%s %s: %j', (name, value, fits) => {
    expect(patterns[name].test(value)).toBe(fits)
  })
})

describe('instants (1.5)', () => {
  test('written in UTC with seven digits', () => {
    const at = Date.parse('2025-07-11T12:23:56.015Z')
    expect(formatInstant(at)).toMatch(/^2025-07-11T12:23:56\.015\d{4}\+00:00$/)
    expect(formatErrorInstant(at)).toMatch(/^2025-07-11T12:23:56\.015\d{4}Z$/)
  })

  test.each([
    ['2026-01-15T12:00:00', '2026-01-15T11:00:00.000Z'], // Winter time in Warsaw.
    ['2026-07-15T12:00:00', '2026-07-15T10:00:00.000Z'], // Summer time.
    ['2026-03-29T01:59:59', '2026-03-29T00:59:59.000Z'], // The last second before the clocks go forward.
    ['2026-03-29T03:00:00', '2026-03-29T01:00:00.000Z'], // The first one after.
    ['2026-07-15T12:00:00Z', '2026-07-15T12:00:00.000Z'],
    ['2026-07-15T12:00:00+02:00', '2026-07-15T10:00:00.000Z'],
    ['2026-07-15T12:00:00.1234567+00:00', '2026-07-15T12:00:00.123Z'],
    ['2026-07-15T12:00', '2026-07-15T10:00:00.000Z'],
  ])('%s is %s', (text, instant) => {
    expect(new Date(parseInstant(text) ?? 0).toISOString()).toBe(instant)
  })

  test.each([
    '',
    '2026-07-15',
    '2026-02-31T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '15.07.2026 12:00',
    '2026-07-15T25:00:00Z',
  ])('%j is none', (text) => {
    expect(parseInstant(text)).toBeNull()
  })
})
