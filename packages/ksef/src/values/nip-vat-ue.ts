/**
 * NIP-VAT UE: a Polish tax number and the EU VAT number of a foreign entity, as one context identifier.
 *
 * @see spec/ksef.md section 1.8 and appendix A (`VATUE`)
 * @module
 */
import { invalidArgument } from '@latchkey/core'
import { generateNip, nipPattern } from './nip.ts'
import { pickInt, pickText, systemRandom } from './random.ts'
import type { Random } from './random.ts'

/**
 * What follows a country's prefix, from which both the check and the generator are made: `#` digit, `@` capital
 * letter, `?` either, `*` either or one of `+*`, `!` 0 or 1; a number behind `#` repeats it.
 * Poland is no prefix here; Greece is `EL`, Northern Ireland `XI`.
 */
const shapes = {
  AT: ['U#8'],
  BE: ['!#9'],
  BG: ['#9', '#10'],
  CY: ['#8@'],
  CZ: ['#8', '#9', '#10'],
  DE: ['#9'],
  DK: ['#8'],
  EE: ['#9'],
  EL: ['#9'],
  ES: ['@#8', '#8@', '@#7@'],
  FI: ['#8'],
  FR: ['??#9'],
  HR: ['#11'],
  HU: ['#8'],
  IE: ['#7@@', '#*#5@'],
  IT: ['#11'],
  LT: ['#9', '#12'],
  LU: ['#8'],
  LV: ['#11'],
  MT: ['#8'],
  NL: ['************'],
  PT: ['#9'],
  RO: ['#2', '#3', '#4', '#5', '#6', '#7', '#8', '#9', '#10'],
  SE: ['#12'],
  SI: ['#8'],
  SK: ['#10'],
  XI: ['#9', '#12', 'GD#3', 'HA#3'],
} as const satisfies Record<string, readonly string[]>

/** The prefixes that a VAT number of this kind may have. */
export type VatUeCountry = keyof typeof shapes

const digits = '0123456789'
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const alphabets: Readonly<Record<string, string>> = {
  '#': digits,
  '@': letters,
  '?': digits + letters,
  '*': `${digits}${letters}+*`,
  '!': '01',
}

const vatNumber = Object.entries(shapes).map(([country, forms]) => `${country}(?:${forms.map(source).join('|')})`)

/** The shape that the API demands of an EU VAT number with its country's prefix. */
export const vatUePattern = new RegExp(`^(?:${vatNumber.join('|')})$`)

/** The shape that the API demands of a NIP-VAT UE. */
export const nipVatUePattern = new RegExp(`${nipPattern.source.slice(0, -1)}-(?:${vatNumber.join('|')})$`)

/** True for `{NIP}-{VAT number}` in the API's shape. Check digits, which differ by country, are not looked at. */
export function isNipVatUe(value: unknown): value is string {
  return typeof value === 'string' && nipVatUePattern.test(value)
}

/**
 * Makes a NIP-VAT UE at random, for the TEST environment.
 *
 * @param options - `nip` and `country` are chosen at random where they are left out.
 * @throws {TypeError} `ERR_INVALID_ARG`: `nip` or `country` has another shape.
 */
export function generateNipVatUe(
  options: {
    readonly nip?: string | undefined
    readonly country?: VatUeCountry | undefined
    readonly random?: Random | undefined
  } = {},
): string {
  const random = options.random ?? systemRandom
  const nip = options.nip ?? generateNip({ random })
  if (!nipPattern.test(nip)) throw invalidArgument('nip: must be ten digits in the shape of a NIP')
  const countries = Object.keys(shapes) as VatUeCountry[] // The keys of the table are the type.
  const country = options.country ?? countries[pickInt(random, 0, countries.length - 1)] ?? 'DE'
  if (!Object.hasOwn(shapes, country)) throw invalidArgument(`country: must be one of ${countries.join(', ')}`)
  const forms = shapes[country]
  const form = forms[pickInt(random, 0, forms.length - 1)] ?? forms[0]
  const number = places(form).map(([kind, count]) => {
    const alphabet = alphabets[kind]
    return alphabet === undefined ? kind : pickText(random, alphabet, count)
  })
  return `${nip}-${country}${number.join('')}`
}

function source(form: string): string {
  const parts = places(form).map(([kind, count]) => {
    const alphabet = alphabets[kind]
    return alphabet === undefined ? kind : `[${alphabet}]{${count}}`
  })
  return parts.join('')
}

// A shape as its places in order: kind (or a literal letter) and how often.
function places(form: string): [kind: string, count: number][] {
  return [...form.matchAll(/(\D)(\d*)/g)].map(([, kind = '', count]) => [kind, Number(count || 1)])
}
