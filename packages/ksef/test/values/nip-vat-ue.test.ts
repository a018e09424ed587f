import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { generateNipVatUe, isNipVatUe } from '../../src/values/nip-vat-ue.ts'
import type { VatUeCountry } from '../../src/values/nip-vat-ue.ts'
import { randoms, runs } from './support/properties.ts'
import { sharedTest, sharedText } from './support/shared-data.ts'

const countries = 'AT BE BG CY CZ DE DK EE EL ES FI FR HR HU IE IT LT LU LV MT NL PT RO SE SI SK XI'.split(
  ' ',
) as VatUeCountry[] // The list of the specification.

describe('NipVatUe (section 1.8, appendix A)', () => {
  test.each([
    'DE123456789',
    'ATU12345678',
    'BE0123456789',
    'BG123456789',
    'BG1234567890',
    'CY12345678A',
    'ESA12345678',
    'ES12345678A',
    'ESA1234567B',
    'FRAB123456789',
    'IE1234567AB',
    'IE1+12345A',
    'NL123456789B01',
    'NL+*ABCDEFGHIJ',
    'RO12',
    'RO1234567890',
    'LT123456789',
    'LT123456789012',
    'XI123456789',
    'XIGD123',
    'XIHA123',
  ])('%s is a VAT number', (vat) => expect(isNipVatUe(`5265877635-${vat}`)).toBe(true))

  test.each([
    ['5265877635-PL5265877635', 'Poland is no prefix'],
    ['5265877635-GR123456789', 'Greece is EL'],
    ['5265877635-GB123456789', 'Northern Ireland is XI'],
    ['5265877635-DE123456789012', 'Germany has nine digits, unlike in an official example'],
    ['5265877635-BE2123456789', 'Belgium begins with 0 or 1'],
    ['5265877635-BG12345678', 'Bulgaria has nine or ten'],
    ['5265877635-LT1234567890', 'Lithuania has nine or twelve'],
    ['5265877635-RO1', 'Romania has at least two'],
    ['5265877635-XIXX123', 'only GD and HA have three'],
    ['5265877635-de123456789', 'letters are capital'],
    ['5265877635DE123456789', 'the hyphen is missing'],
    ['0265877635-DE123456789', 'the NIP has another shape'],
    ['5265877635-DE123456789\n', 'a line break follows'],
  ])('%s is refused: %s', (value) => expect(isNipVatUe(value)).toBe(false))

  test.each(countries)('a generated number of %s is valid and 15 to 25 characters long', (country) => {
    fc.assert(
      fc.property(randoms, (random) => {
        const value = generateNipVatUe({ country, random })
        expect(value).toMatch(new RegExp(`^\\d{10}-${country}`))
        expect(isNipVatUe(value)).toBe(true)
        expect(value.length).toBeGreaterThanOrEqual(15)
        expect(value.length).toBeLessThanOrEqual(25)
      }),
      { ...runs, numRuns: 50 },
    )
  })

  test('the NIP can be given, and other shapes and countries are refused', () => {
    expect(generateNipVatUe({ nip: '5265877635' })).toMatch(/^5265877635-[A-Z]{2}/)
    const refusal = expect.objectContaining({ code: 'ERR_INVALID_ARG' }) as Error
    expect(() => generateNipVatUe({ nip: '526' })).toThrow(refusal)
    expect(() => generateNipVatUe({ country: 'PL' as 'DE' })).toThrow(refusal) // As JavaScript could call it.
  })

  test('all countries come up when none is given', () => {
    const seen = new Set(Array.from({ length: 1500 }, () => generateNipVatUe().slice(11, 13)))
    expect([...seen].sort()).toEqual(countries)
  })
})

sharedTest('the published schema agrees with every generated number, and on numbers one character off', () => {
  const pattern = /<xsd:pattern value="([^"]+XI[^"]+)\$"\/>/.exec(sharedText('xsd/auth/schemat_auth_v2-1.xsd'))?.[1]
  const published = new RegExp(`^(?:${pattern ?? expect.unreachable('the schema has no such pattern')})$`)
  const place = fc.integer({ min: 11, max: 24 })
  const character = fc.constantFrom(...'0159AXZ+*a-')
  fc.assert(
    fc.property(randoms, place, character, (random, at, other) => {
      const value = generateNipVatUe({ random })
      expect(published.test(value)).toBe(true)
      const changed = value.slice(0, at) + other + value.slice(at + 1)
      expect(isNipVatUe(changed)).toBe(published.test(changed))
      expect(isNipVatUe(value + other)).toBe(published.test(value + other))
    }),
    { ...runs, numRuns: 1000 },
  )
})
