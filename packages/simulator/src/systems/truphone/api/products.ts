/**
 * The catalogue: a list and one product, priced in one currency.
 *
 * Source: spec/truphone.md section 7.1. `GET /v1/products`, `GET /v1/products/{id}`
 * @module
 */
import { type Answer, jsonAnswer } from '../../../answers.ts'
import { type Product, productOf, products, productsOf } from '../catalogue.ts'
import { type Call, param } from './call.ts'
import { isCurrency } from './codes.ts'
import { invalid, ruled } from './refusal.ts'

/** The products that have a price in the currency. */
export function listProducts(call: Call): Answer {
  const currency = readCurrency(call)
  const plan = call.request.query.get('plan_id')
  const found = productsOf(call.client).filter(
    (product) => currency in product.prices && (plan === null || plan === '' || plan === product.planId),
  )
  return jsonAnswer(
    200,
    found.map((product) => describe(product, currency)),
  )
}

/** One product. */
export function getProduct(call: Call): Answer {
  const currency = readCurrency(call)
  const product = productOf(call.client, param(call))
  if (product === undefined) throw ruled(call.world, 'unknownProduct', 'Product not found')
  if (!(currency in product.prices)) throw invalid(`currency: the product has no price in ${currency}`)
  return jsonAnswer(200, describe(product, currency))
}

/** True of a currency in which something is sold. */
export function isSupportedCurrency(currency: string): boolean {
  return products.some(({ prices }) => Object.hasOwn(prices, currency))
}

function readCurrency({ request }: Call): string {
  const { query } = request
  const name = query.has('targetCurrency') ? 'targetCurrency' : 'currency'
  const currency = query.get(name) ?? 'EUR'
  if (!isCurrency(currency)) throw invalid(`${name}: unknown currency`)
  if (!isSupportedCurrency(currency)) throw invalid(`${name}: no product has a price in ${currency}`)
  return currency
}

function describe(product: Product, currency: string): object {
  return {
    id: product.id,
    name: product.name,
    description: product.name,
    period: product.days,
    period_unit: 'DAYS',
    data: { value: product.gigabytes, unit: 'GB' },
    footprint: product.footprint,
    activeCountries: ['ALL'],
    pricing: { [currency]: product.prices[currency] },
    region: product.region,
  }
}
