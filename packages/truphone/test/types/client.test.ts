/**
 * Assertions that only have to compile: each `@ts-expect-error` is a mistake that must not.
 *
 * @module
 */
import type { Secret, TokenSource } from '@latchkey/core'
import { expect, expectTypeOf, test } from 'vitest'
import { parseWebhookDelivery, TokenManager, TruphoneClient } from '../../src/index.ts'
import type {
  CustomerPatch,
  NewEsimOrder,
  OrderStatus,
  Product,
  Subscription,
  TopUpOrder,
  TruphoneClientOptions,
  TruphoneErrorCode,
  WebhookDelivery,
} from '../../src/index.ts'
import { credential, newEsim, productId, topUp } from '../support/client.ts'

test('price and currency come together', () => {
  // @ts-expect-error A price alone.
  const price: NewEsimOrder = { ...newEsim, subscriptions: [{ productId, price: 1 }] }
  // @ts-expect-error A currency alone.
  const currency: NewEsimOrder = { ...newEsim, subscriptions: [{ productId, currency: 'EUR' }] }
  // @ts-expect-error No product at all.
  const none: TopUpOrder = { ...topUp, subscriptions: [] }
  // @ts-expect-error An ICCID as a number loses digits.
  const number: TopUpOrder = { ...topUp, esim: { iccid: 8944 } }
  // @ts-expect-error A top-up of nothing.
  const nothing: TopUpOrder = { device: { id: 'x' }, subscriptions: topUp.subscriptions }
  expect([price, currency, none, number, nothing]).toHaveLength(5)
})

test('tokens come from one place, and the environment is always said', () => {
  const tokens = new TokenManager({ ...credential, environment: 'production' })
  const good: TruphoneClientOptions[] = [
    { tokens },
    { ...credential, environment: 'pre-production', role: 'RESELLER' },
    { tokenSource: tokens.tokenSource, environment: 'production' },
  ]
  // @ts-expect-error Two places.
  const two: TruphoneClientOptions = { tokens, ...credential, environment: 'production' }
  // @ts-expect-error No environment.
  const nowhere: TruphoneClientOptions = credential
  // @ts-expect-error Not a role.
  const role: TruphoneClientOptions = { ...credential, environment: 'production', role: 'ADMIN' }
  expect([...good, two, nowhere, role]).toHaveLength(6)
  expectTypeOf(new TruphoneClient({ tokens }).tokenSource).toEqualTypeOf<TokenSource>()
})

test('what is not certain is optional, and open words keep their known ones', () => {
  expectTypeOf<Product['name']>().toEqualTypeOf<string | undefined>()
  expectTypeOf<Subscription['status']>().extract<undefined>().toEqualTypeOf<undefined>()
  expectTypeOf<'COMPLETED'>().toExtend<OrderStatus>()
  expectTypeOf<string>().toExtend<OrderStatus>()
  expectTypeOf<CustomerPatch['firstName']>().toEqualTypeOf<string | null | undefined>()
  expectTypeOf<'TRUPHONE_OUTCOME_UNKNOWN'>().toExtend<TruphoneErrorCode>()
  expectTypeOf<WebhookDelivery['kind']>().toEqualTypeOf<'usage-threshold' | 'subscription-end' | 'unknown'>()
  expectTypeOf<Extract<WebhookDelivery, { kind: 'usage-threshold' }>['iccid']>().toEqualTypeOf<string>()
  expectTypeOf(parseWebhookDelivery).parameter(0).toBeUnknown()
  expectTypeOf<TruphoneClientOptions['clientSecret']>().toEqualTypeOf<string | Secret | undefined>()
})
