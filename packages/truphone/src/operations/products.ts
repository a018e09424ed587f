/**
 * The catalogue.
 *
 * @see spec/truphone.md section 7.1
 * @module
 */
import { isLatchkeyError } from '@latchkey/core'
import { parseRequest } from '@latchkey/http'
import type { SendRequest } from '@latchkey/http'
import type { Product } from '../values/product.ts'
import { decodeProduct, decodeProducts } from '../wire/entities.ts'
import { send } from './context.ts'
import type { CallOptions, Context, Sent } from './context.ts'
import { decoded } from './decoded.ts'
import { operations } from './table.ts'
import type { TruphoneOperation } from './table.ts'

/** Which part of the catalogue. */
export interface ProductQuery {
  /** ISO 4217. @default 'EUR', set by Truphone */
  readonly currency?: string | undefined
  readonly planId?: string | undefined
}

/** `truphone.products` */
export interface Products {
  /**
   * Lists the plans that this partner may sell. Ids change: do not keep the list for long.
   *
   * Source: spec/truphone.md section 7.1. `GET /v1/products`
   */
  list(query?: ProductQuery, run?: CallOptions): Promise<readonly Product[]>
  /**
   * Reads one plan.
   *
   * Source: spec/truphone.md section 7.1. `GET /v1/products/{id}`
   */
  get(id: string, query?: Pick<ProductQuery, 'currency'>, run?: CallOptions): Promise<Product>
}

export function productsOf(context: Context): Products {
  return Object.freeze({
    async list(query: ProductQuery = {}, run?: CallOptions) {
      const operation = operations['products.list']
      const { currency, planId } = parseRequest(operation, query, [])
      // The documents have the one name in a table and the other in every example, so both are sent.
      const request = { query: { targetCurrency: currency, currency, plan_id: planId } }
      const { json } = await sendList(context, operation, request, run)
      return decoded(decodeProducts(json))
    },
    async get(id: string, query: Pick<ProductQuery, 'currency'> = {}, run?: CallOptions) {
      const operation = operations['products.get']
      const { currency, ...params } = parseRequest(operation, { ...query, id }, [])
      const { json } = await send(context, under(context, operation), { params, query: { currency } }, run)
      return decoded(decodeProduct(json))
    },
  })
}

// Singular in the reference, plural in every example: one look under the other name, remembered.
async function sendList(
  context: Context,
  operation: TruphoneOperation,
  request: SendRequest,
  run: CallOptions | undefined,
): Promise<Sent> {
  const { catalogue } = context
  const tried = catalogue.path
  try {
    const sent = await send(context, under(context, operation), request, run)
    catalogue.settled = true
    return sent
  } catch (error) {
    if (catalogue.settled || !isLatchkeyError(error) || error.status !== 404) throw error
    const path = tried === 'products' ? 'product' : 'products'
    const sent = await send(
      { ...context, catalogue: { path, settled: true } },
      at(operation, path),
      request,
      run,
    ).catch(() => {
      throw error // The first one says what is wrong.
    })
    Object.assign(catalogue, { path, settled: true })
    return sent
  }
}

function under({ catalogue }: Context, operation: TruphoneOperation): TruphoneOperation {
  return at(operation, catalogue.path)
}

function at(operation: TruphoneOperation, name: 'products' | 'product'): TruphoneOperation {
  return { ...operation, path: operation.path.replace('/v1/products', `/v1/${name}`) }
}
