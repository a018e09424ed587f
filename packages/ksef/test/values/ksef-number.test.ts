import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { crc8 } from '../../src/values/crc8.ts'
import { isCollectiveIdentifier, isKsefNumber, parseKsefNumber } from '../../src/values/ksef-number.ts'
import { generateNip } from '../../src/values/nip.ts'
import { isReferenceNumber } from '../../src/values/reference-number.ts'
import { randoms, runs } from './support/properties.ts'
import { sharedTest, sharedText } from './support/shared-data.ts'

const hex = fc.string({ unit: fc.constantFrom(...'0123456789ABCDEF'), minLength: 12, maxLength: 12 })
const days = fc.date({ min: new Date('2022-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })

const numbers = fc.tuple(randoms, days, hex).map(([random, day, unique]) => {
  const body = `${generateNip({ random })}-${day.toISOString().slice(0, 10).replaceAll('-', '')}-${unique}`
  return `${body}-${crc8(body)}`
})

describe('CRC-8 (section 5.2)', () => {
  test('the check value of 123456789 is F4', () => expect(crc8('123456789')).toBe('F4'))
  test('one byte gives what the worked example says', () =>
    expect([crc8('5'), crc8('52'), crc8('')]).toEqual(['8B', '26', '00']))
})

describe('KSeF number (section 5.2)', () => {
  test('the worked example is taken apart', () => {
    expect(parseKsefNumber('5265877635-20250826-0100001AF629-AF')).toEqual({
      text: '5265877635-20250826-0100001AF629-AF',
      sellerNip: '5265877635',
      acceptedOn: '2025-08-26',
      generation: 2,
    })
  })

  test('a number of KSeF 1.0 with 36 characters is held to the pattern alone', () => {
    const old = '5265877635-20230826-010000-1AF629-00'
    expect(isKsefNumber(old)).toBe(true)
    expect(parseKsefNumber(old).generation).toBe(1)
    expect(isKsefNumber('5265877635-20230826-010000-1AF629-0G')).toBe(false)
  })

  test.each([
    ['5265877635-20250826-0100001AF629-AE', 'wrong check characters'],
    ['5265877635-20250826-0100001AF629AAF', 'character 33 is no hyphen'],
    ['5265877635-20250826-0100001af629-AF', 'small letters'],
    ['5265877635-20251326-0100001AF629-AF', 'month 13'],
    ['5265877635-20250832-0100001AF629-AF', 'day 32'],
    ['5265877635-20190826-0100001AF629-AF', 'a year before KSeF'],
    ['5265877635-20250826-0100001AF629-AF ', 'a blank follows'],
    [' 5265877635-20250826-0100001AF629-AF', 'a blank precedes'],
    ['', 'empty'],
  ])('%s is refused: %s', (value) => {
    expect(isKsefNumber(value)).toBe(false)
    expect(() => parseKsefNumber(value)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG' }))
  })

  test('numbers made by the rule are accepted, and any one other character is noticed', () => {
    const character = fc.constantFrom(...'0123456789ABCDEF-')
    fc.assert(
      fc.property(numbers, fc.nat(34), character, (number, at, other) => {
        expect(isKsefNumber(number)).toBe(true)
        const changed = number.slice(0, at) + other + number.slice(at + 1)
        expect(isKsefNumber(changed)).toBe(changed === number)
      }),
      runs,
    )
  })
})

describe('reference numbers (section 1.8)', () => {
  test.each([
    ['20250514-AU-2DFC46C000-3AC6D5877F-D4', true],
    ['20250514-AU-2DFC46C000-3AC6D5877F-D5', false],
    ['20250514-au-2DFC46C000-3AC6D5877F-D4', false],
    ['20250514-AU-2DFC46C000-3AC6D5877F', false],
  ])('%s: %s', (value, valid) => expect(isReferenceNumber(value)).toBe(valid))

  test('a collective identifier is checked over its first 32 characters', () => {
    expect(isCollectiveIdentifier('1111111111-IZ202607-65ED02180000-E7')).toBe(true)
    expect(isCollectiveIdentifier('1111111111-IZ202607-65ED02180000-E8')).toBe(false)
    expect(isCollectiveIdentifier('1111111111-IZ202613-65ED02180000-E7')).toBe(false)
  })
})

sharedTest('the published vectors agree, character by character', () => {
  const { crc8: vector } = JSON.parse(sharedText('vectors.json')) as {
    crc8: {
      check_123456789: string
      ksefNumber: { value: string; data: string; crcAfterEachCharacter: string[] }
      referenceNumbers_first33chars: string[]
      collectiveIdentifier: string
    }
  } // Its shape is fixed.
  const { data, crcAfterEachCharacter, value } = vector.ksefNumber
  expect([...data].map((_, i) => crc8(data.slice(0, i + 1)))).toEqual(crcAfterEachCharacter)
  expect(crc8('123456789')).toBe(vector.check_123456789)
  expect(isKsefNumber(value)).toBe(true)
  expect(vector.referenceNumbers_first33chars.every(isReferenceNumber)).toBe(true)
  expect(isCollectiveIdentifier(vector.collectiveIdentifier)).toBe(true)
})
