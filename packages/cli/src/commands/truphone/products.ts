/**
 * `latchkey truphone products`: the plans that this partner may sell, or one of them.
 *
 * @see spec/truphone.md section 7.1
 * @module
 */
import type { Product } from '@latchkey/truphone'
import type { CommonOptions, Io } from '../../io.ts'
import { json, pairs, table } from '../../output.ts'
import type { CurrencyFlags, ProductListFlags } from './flags.ts'
import { truphoneTarget } from './target.ts'

const heading = ['id', 'name', 'data', 'period', 'price', 'countries']

export async function products(options: CommonOptions & ProductListFlags, io: Io): Promise<void> {
  await using target = await truphoneTarget(options, io)
  const { currency, plan: planId } = options
  const found = await target.truphone.products.list({ currency, planId }, { signal: io.signal })
  if (options.json) return io.out(json({ products: found.map(document) }))
  const rows = found.map((product) => {
    const { id, name = '', footprint } = product
    return [id, name, dataOf(product), periodOf(product), priceOf(product), String(footprint.length)]
  })
  io.out(table(heading, rows))
}

export async function product(id: string, options: CommonOptions & CurrencyFlags, io: Io): Promise<void> {
  await using target = await truphoneTarget(options, io)
  const { currency } = options
  const found = await target.truphone.products.get(id, { currency }, { signal: io.signal })
  if (options.json) return io.out(json(document(found)))
  const { name, description, footprint, activeCountries = [], region, planId } = found
  io.out(
    pairs({
      ...{ id: found.id, name, description, data: dataOf(found), period: periodOf(found), price: priceOf(found) },
      ...{ worksIn: footprint.join(' '), soldIn: activeCountries.join(' '), region, planId },
    }),
  )
}

function document({ raw: _raw, ...shown }: Product): object {
  return shown
}

function dataOf({ data }: Product): string {
  return data ? `${data.value} ${data.unit}` : ''
}

function periodOf({ period, periodUnit = '' }: Product): string {
  return period === undefined ? '' : `${period} ${periodUnit}`.trimEnd()
}

function priceOf({ pricing }: Product): string {
  return Object.entries(pricing)
    .map(([currency, price]) => `${price} ${currency}`)
    .join(', ')
}
