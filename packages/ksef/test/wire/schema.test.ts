/**
 * How answers are read: tolerant of what is new, strict about what would be misread.
 *
 * @see spec/ksef.md sections 1.3 and 1.5
 * @module
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { identifier, instant, looseIdentifier, object, optional, statusInfo, text } from '../../src/wire/schema.ts'
import { runs } from '../values/support/properties.ts'

describe('section 1.5: instants', () => {
  test.each([
    ['2025-07-11T12:23:56.0154302+00:00', Date.UTC(2025, 6, 11, 12, 23, 56, 15)],
    ['2025-07-11T12:23:56.9999999+00:00', Date.UTC(2025, 6, 11, 12, 23, 56, 999)], // Cut, never rounded into the future.
    ['2025-07-11T14:23:56+02:00', Date.UTC(2025, 6, 11, 12, 23, 56)],
    ['2026-04-10T08:12:33Z', Date.UTC(2026, 3, 10, 8, 12, 33)],
    ['2026-04-10T00:12:33.1+01:00', Date.UTC(2026, 3, 9, 23, 12, 33, 100)],
  ])('%s', (written, ms) => {
    expect(instant.parse(written).getTime()).toBe(ms)
  })

  test.each([
    '2025-07-11T12:23:56', // Whose local time?
    '2025-07-11',
    '2025-13-11T12:23:56Z',
    '11 July 2025 12:23 GMT',
    '',
    1_752_236_636_000,
  ])('%s is none', (written) => {
    expect(instant.safeParse(written).success).toBe(false)
  })

  test('any instant with seven digits and any offset is the same instant', () => {
    const offsets = fc.integer({ min: -14 * 60, max: 14 * 60 })
    const at = fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2100, 0) })
    fc.assert(
      fc.property(at, offsets, fc.integer({ min: 0, max: 9_999 }), (ms, offset, beyond) => {
        const local = new Date(ms + offset * 60_000).toISOString().slice(0, -1)
        const [hours, minutes] = [Math.trunc(Math.abs(offset) / 60), Math.abs(offset) % 60].map(twoDigits)
        const written = `${local}${String(beyond).padStart(4, '0')}${offset < 0 ? '-' : '+'}${hours}:${minutes}`
        expect(instant.parse(written).getTime()).toBe(ms)
      }),
      runs,
    )
  })
})

describe('section 1.5: members', () => {
  const person = object({ name: text, email: optional(text), address: optional(object({ city: text })) })

  test('null and missing are the same, at every depth', () => {
    expect(person.parse({ name: 'Anna', email: null, address: null })).toStrictEqual({ name: 'Anna' })
    expect(person.safeParse({ name: null }).success).toBe(false)
  })

  test('what is new is kept as it came', () => {
    const newer = { name: 'Anna', pronouns: ['she'], address: { city: 'Łódź', floor: 3 } }
    expect(person.parse(newer)).toStrictEqual(newer)
  })

  test('a member of another kind is an answer of another kind', () => {
    expect(person.safeParse({ name: 7 }).success).toBe(false)
    expect(person.safeParse([{ name: 'Anna' }]).success).toBe(false)
  })

  test('words of an enumeration are open', () => {
    expect(identifier.parse({ type: 'Eori', value: 'PL1' })).toStrictEqual({ type: 'Eori', value: 'PL1' })
    expect(looseIdentifier.parse({ type: 'System', value: null })).toStrictEqual({ type: 'System' })
  })

  test('a status has its code and description; details may be missing', () => {
    expect(statusInfo.parse({ code: 200, description: 'OK', details: null })).toStrictEqual({
      code: 200,
      description: 'OK',
    })
    expect(statusInfo.safeParse({ code: '200', description: 'OK' }).success).toBe(false)
  })
})

function twoDigits(number: number): string {
  return String(number).padStart(2, '0')
}
