/**
 * What each preset checks, as data: the table of section 10. `lenient` is for running suites of other SDKs, `spec`
 * follows the specification, `live` follows what the live gateway was seen to do.
 *
 * @see spec/etims.md section 10
 * @module
 */
import type { Preset } from './switches.ts'

/** How strictly one call is checked. The JSON body, required keys and the device are checked by every preset. */
export interface Checks {
  readonly preset: Preset
  /** Types, lengths and dates; also the fields that only other SDKs leave out. */
  readonly types: boolean
  /** Codes of section 6. */
  readonly codes: boolean
  /** Header totals and line sums, in cents of tolerance; null is no check. */
  readonly totalsTolerance: bigint | null
  /** Which of the conventions of section 7.1 a line may follow. */
  readonly tax: 'none' | 'any' | 'inclusive'
  /** `invcNo`, `sarNo`, `itemCd`. */
  readonly sequences: 'free' | 'unique' | 'exact'
  /** Where items must be in the catalogue. */
  readonly catalogue: 'nowhere' | 'sales' | 'everywhere'
  /** The stock ledger and the order of operations. */
  readonly stock: boolean
  readonly creditNotes: 'none' | 'fields' | 'everything'
  readonly futureDates: boolean
  /** Import declarations, supplier invoices, original invoices must exist. */
  readonly references: boolean
}

/** By name. */
export const presets: Readonly<Record<Preset, Checks>> = {
  lenient: {
    preset: 'lenient',
    types: false,
    codes: false,
    totalsTolerance: null,
    tax: 'none',
    sequences: 'free',
    catalogue: 'nowhere',
    stock: false,
    creditNotes: 'none',
    futureDates: false,
    references: false,
  },
  spec: {
    preset: 'spec',
    types: true,
    codes: true,
    totalsTolerance: 1n,
    tax: 'any',
    sequences: 'unique',
    catalogue: 'sales',
    stock: false,
    creditNotes: 'fields',
    futureDates: false,
    references: true,
  },
  live: {
    preset: 'live',
    types: true,
    codes: true,
    totalsTolerance: 0n,
    tax: 'inclusive',
    sequences: 'exact',
    catalogue: 'everywhere',
    stock: true,
    creditNotes: 'everything',
    futureDates: true,
    references: true,
  },
}
