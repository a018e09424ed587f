/**
 * A sellable plan of the partner's catalogue.
 *
 * @see spec/truphone.md section 7.1
 * @module
 */
import type { Open } from '@latchkey/http'

/** A plan. Ids and prices change: do not cache a catalogue for long. */
export interface Product {
  /** Goes into an order as `productId`. */
  readonly id: string
  readonly name?: string
  readonly description?: string
  /** In {@link Product.periodUnit}s. */
  readonly period?: number
  readonly periodUnit?: Open<'DAYS'>
  readonly data?: { readonly value: number; readonly unit: Open<'GB' | 'MB' | 'KB' | 'TB'> }
  /** Where it works: ISO 3166-1 alpha-2. */
  readonly footprint: readonly string[]
  /** Where it is sold; `['ALL']` is everywhere. */
  readonly activeCountries?: readonly string[]
  /** Currency to price, as Truphone's JSON number. Do not compute money with it as it is. */
  readonly pricing: Readonly<Record<string, number>>
  readonly region?: string
  readonly planId?: string
  /** The parsed object, unchanged. */
  readonly raw: unknown
}
