import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { generateNip, isInternalId, isNip, nipPattern } from '../../src/values/nip.ts'
import { randoms, runs } from './support/properties.ts'
import { sharedTest, sharedText } from './support/shared-data.ts'

describe('NIP (section 1.8)', () => {
  test.each(['5265877635', '1111111111', '7762811692'])('%s has the right check digit', (nip) =>
    expect(isNip(nip)).toBe(true),
  )

  test.each<[value: unknown, why: string]>([
    ['1234567890', 'its check digit is wrong'],
    ['0265877635', 'it begins with 0'],
    ['1000000003', 'its second and third digits are both 0'],
    ['526587763', 'it is a digit short'],
    ['52658776355', 'it is a digit long'],
    ['526-587-76-35', 'it has hyphens'],
    ['5265877635\n', 'a line break follows'],
    [5265877635, 'it is a number'],
  ])('%s is refused: %s', (nip) => expect(isNip(nip)).toBe(false))

  test('a body whose remainder is 10 has no check digit at all', () => {
    // 101000012 has remainder 0 (6 + 7 + 6 + 14 = 33), so of the ten bodies 10100001x exactly one has remainder 10.
    const validEnds = (body: string): number =>
      Array.from({ length: 10 }, (_, check) => isNip(`${body}${check}`)).filter(Boolean).length
    expect(isNip('1010000120')).toBe(true)
    const counts = Array.from({ length: 10 }, (_, last) => validEnds(`10100001${last}`))
    expect(counts.sort()).toEqual([0, 1, 1, 1, 1, 1, 1, 1, 1, 1])
  })

  test('whatever the random numbers are, a generated NIP is valid', () => {
    fc.assert(
      fc.property(randoms, (random) => isNip(generateNip({ random }))),
      runs,
    )
  })

  test('a body whose remainder is 10 is replaced, and never by another such', () => {
    // The two numbers choose 101 and then every last digit in turn; one of them has remainder 10.
    for (let body = 0; body < 1_000_000; body += 9973) {
      const numbers = [0, 0.5 / 99, (body + 0.5) / 1_000_000]
      expect(isNip(generateNip({ random: () => numbers.shift() ?? 0 }))).toBe(true)
    }
  })

  test('without options, NIPs differ and fill the shape', () => {
    const made = new Set(Array.from({ length: 200 }, () => generateNip()))
    expect(made.size).toBeGreaterThan(190)
    for (const nip of made) expect(nip).toMatch(nipPattern)
  })

  test('changing one digit makes a NIP invalid', () => {
    fc.assert(
      fc.property(randoms, fc.nat(9), fc.integer({ min: 1, max: 9 }), (random, place, step) => {
        const nip = generateNip({ random })
        const digit = (Number(nip[place]) + step) % 10
        expect(isNip(nip.slice(0, place) + String(digit) + nip.slice(place + 1))).toBe(false)
      }),
      runs,
    )
  })

  test.each([1, -0.1, Number.NaN, 2])('random numbers outside of 0 to 1 (%s) are refused', (number) =>
    expect(() => generateNip({ random: () => number })).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG' })),
  )
})

describe('InternalId (section 1.8)', () => {
  test.each([
    ['6824515772-12343', true],
    ['6824515772-12347', false],
    ['6824515772-1234', false],
    ['6824515772_12343', false],
    ['0824515772-12343', false],
  ])('%s: %s', (id, valid) => expect(isInternalId(id)).toBe(valid))
})

sharedTest('the identifiers of the vectors are judged as the vectors say', () => {
  const { identifiers } = JSON.parse(sharedText('vectors.json')) as { identifiers: Record<string, string[]> } // Its shape is fixed.
  expect(identifiers['nipValid']?.map(isNip)).toEqual([true, true, true])
  expect(identifiers['nipInvalidChecksum']?.map(isNip)).toEqual([false])
  expect(identifiers['internalIdValid']?.map(isInternalId)).toEqual([true])
})
