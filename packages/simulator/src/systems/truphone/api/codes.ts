/**
 * Which countries and currencies exist, by the tables that come with Node.
 *
 * @see spec/truphone.md sections 3.2, 7.1, 7.2.1
 * @module
 */

const countryNames = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' })

/** Codes that Node knows and that are no countries of ISO 3166-1. */
const notCountries = new Set([
  ...['AC', 'CP', 'CQ', 'DG', 'EA', 'EU', 'EZ', 'IC', 'QO', 'TA', 'UN', 'XA', 'XB', 'XK', 'ZZ'],
  ...['AN', 'BU', 'CS', 'DD', 'FX', 'NT', 'SU', 'TP', 'YD', 'YU', 'ZR', 'UK'],
])
const currencies = new Set(Intl.supportedValuesOf('currency'))

/** True of an ISO 3166-1 alpha-2 code. */
export function isCountry(code: string): boolean {
  return /^[A-Z]{2}$/.test(code) && !notCountries.has(code) && countryNames.of(code) !== undefined
}

/** True of an ISO 4217 code, present or past. */
export function isCurrency(code: string): boolean {
  return currencies.has(code)
}
