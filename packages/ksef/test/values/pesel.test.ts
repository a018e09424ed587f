import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { generatePesel, isPesel } from '../../src/values/pesel.ts'
import { randoms, runs } from './support/properties.ts'

describe('PESEL (section 1.8)', () => {
  test('the documented number is valid', () => expect(isPesel('15062788702')).toBe(true))

  test.each<[value: unknown, why: string]>([
    ['15062788703', 'its check digit is wrong'],
    ['15002788706', 'month 00 is in no century'],
    ['15132788708', 'month 13 is in no century'],
    ['1506278870', 'it is a digit short'],
    ['150627887020', 'it is a digit long'],
    ['15062788702 ', 'a blank follows'],
    [15062788702, 'it is a number'],
  ])('%s is refused: %s', (pesel) => expect(isPesel(pesel)).toBe(false))

  test.each([
    [1899, 12, 31, '999231'],
    [1900, 1, 1, '000101'],
    [1999, 12, 31, '991231'],
    [2000, 2, 29, '002229'],
    [2100, 2, 28, '004228'],
    [2299, 7, 4, '996704'],
  ])('a birth on %d-%d-%d begins with %s: the month tells the century', (year, month, day, head) => {
    const pesel = generatePesel({ year, month, day })
    expect(pesel.slice(0, 6)).toBe(head)
    expect(isPesel(pesel)).toBe(true)
  })

  test.each([
    [{ year: 1799 }, 'year'],
    [{ year: 2300 }, 'year'],
    [{ month: 0 }, 'month'],
    [{ month: 13 }, 'month'],
    [{ year: 2001, month: 2, day: 29 }, 'day'],
    [{ month: 4, day: 31 }, 'day'],
    [{ day: 0 }, 'day'],
    [{ year: 1990.5 }, 'year'],
  ])('%j is no day of birth: %s', (options, field) =>
    expect(() => generatePesel(options)).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG', message: expect.stringContaining(`${field}:`) as string }),
    ),
  )

  test('whatever the random numbers are, a generated PESEL is valid', () => {
    fc.assert(
      fc.property(randoms, fc.option(fc.integer({ min: 1800, max: 2299 }), { nil: undefined }), (random, year) =>
        isPesel(generatePesel({ random, year })),
      ),
      runs,
    )
  })

  test('changing one digit of the serial makes a PESEL invalid', () => {
    fc.assert(
      fc.property(randoms, fc.integer({ min: 6, max: 10 }), fc.integer({ min: 1, max: 9 }), (random, place, step) => {
        const pesel = generatePesel({ random })
        const digit = (Number(pesel[place]) + step) % 10
        expect(isPesel(pesel.slice(0, place) + String(digit) + pesel.slice(place + 1))).toBe(false)
      }),
      runs,
    )
  })
})
