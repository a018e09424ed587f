/**
 * The products. Production and pre-production share them; each client may sell some.
 *
 * @see spec/truphone.md sections 7.1, 14.8
 * @module
 */
import type { Client } from './credentials.ts'

/** A data plan. */
export interface Product {
  readonly key: string
  readonly id: string
  readonly name: string
  readonly planId: string
  readonly days: number
  readonly gigabytes: number
  readonly region: string
  readonly footprint: readonly string[]
  /** By currency. */
  readonly prices: Readonly<Record<string, number>>
}

const europe = ['AT', 'BE', 'BG', 'CZ', 'DE', 'DK', 'ES', 'FI', 'FR', 'GB', 'GR', 'IE', 'IT', 'NL', 'PL', 'PT', 'SE']

/** All of them, in the order in which they are listed. */
export const products: readonly Product[] = [
  {
    key: 'P1',
    id: 'cHJvZC1ldS0zZ2ItMzBk',
    name: 'Europe 3GB 30-Day',
    planId: 'PlanFictional01',
    days: 30,
    gigabytes: 3,
    region: 'TIER1',
    footprint: europe,
    prices: { EUR: 18, USD: 19.5, GBP: 16 },
  },
  {
    key: 'P2',
    id: 'cHJvZC11cy0xZ2ItN2Q=',
    name: 'USA 1GB 7-Day',
    planId: 'PlanFictional02',
    days: 7,
    gigabytes: 1,
    region: 'TIER1',
    footprint: ['US'],
    prices: { EUR: 7, USD: 8 },
  },
  {
    key: 'P3',
    id: '----AQID__4=',
    name: 'World 10GB 30-Day',
    planId: 'PlanFictional03',
    days: 30,
    gigabytes: 10,
    region: 'TIER2',
    footprint: [...europe, 'AU', 'BR', 'CA', 'HK', 'JP', 'MX', 'NZ', 'SG', 'TH', 'TR', 'US', 'ZA'],
    prices: { EUR: 60, USD: 65 },
  },
]

const byId = new Map(products.map((product) => [product.id, product]))

/** Those that a client may sell. */
export function productsOf(client: Client): readonly Product[] {
  return products.filter(({ key }) => client.catalogue.includes(key))
}

/** One that a client may sell. */
export function productOf(client: Client, id: string): Product | undefined {
  return productsOf(client).find((product) => product.id === id)
}

/** One that was sold. */
export function soldProduct(id: string): Product {
  const product = byId.get(id)
  if (product === undefined) throw new TypeError('A product that was sold is missing.') // Only known ones are sold.
  return product
}

/** Its capacity in bytes. */
export function capacityBytes({ gigabytes }: Product): number {
  return gigabytes * 1_073_741_824
}
