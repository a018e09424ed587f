/**
 * The operations as data. The pipeline, the command's flags and the reference pages are driven by this table; a row's
 * name is the method of the client that calls it.
 *
 * @see DESIGN "Operations are data", spec/truphone.md section 7
 * @module
 */
import type { Operation } from '@latchkey/http'
import type { z } from 'zod'
import type { ReadAnswer } from '../errors.ts'
import {
  decodeOrder,
  decodePaymentMethods,
  decodeProduct,
  decodeProducts,
  decodeSim,
  decodeSubscription,
  decodeSubscriptions,
} from '../wire/entities.ts'
import { hasObject } from '../wire/read-answer.ts'
import * as requests from './requests.ts'

/** What an API client may do. Granted by Truphone, a property of the credentials. */
export type Role = 'RESELLER' | 'ACCOUNT_MANAGER'

/** One row. */
export interface TruphoneOperation extends Operation {
  /** What it does, in one sentence. */
  readonly summary: string
  /** The fields that it takes, as an object schema. */
  readonly request: z.ZodObject
  /** Who may call it. */
  readonly roles: readonly Role[]
  /** True where the answer is one that this operation understands. Everything else is judged as a failure. */
  accepts(answer: ReadAnswer): boolean
}

const both: readonly Role[] = ['RESELLER', 'ACCOUNT_MANAGER']
const managers: readonly Role[] = ['ACCOUNT_MANAGER']

const succeeded = ({ status }: ReadAnswer): boolean => status >= 200 && status < 300
const gives =
  (decode: (json: unknown) => unknown) =>
  (answer: ReadAnswer): boolean =>
    succeeded(answer) && decode(answer.json) !== undefined

/** Every operation of the client, by name. */
export const operations = {
  'products.list': {
    name: 'products.list',
    method: 'GET',
    path: '/v1/products',
    effect: 'read',
    request: requests.listProductsRequest,
    roles: both,
    summary: 'Lists the plans that this partner may sell.',
    accepts: gives(decodeProducts),
  },
  'products.get': {
    name: 'products.get',
    method: 'GET',
    path: '/v1/products/{id}',
    effect: 'read',
    request: requests.getProductRequest,
    roles: both,
    summary: 'Reads one plan.',
    accepts: gives(decodeProduct),
  },
  'orders.newEsim': {
    name: 'orders.newEsim',
    method: 'POST',
    path: '/v1/order',
    effect: 'once',
    rateGroup: 'order',
    request: requests.newEsimRequest,
    roles: both,
    summary: 'Orders a new eSIM with one or more plans.',
    accepts: gives(decodeOrder),
  },
  'orders.topUp': {
    name: 'orders.topUp',
    method: 'POST',
    path: '/v1/order',
    effect: 'once',
    rateGroup: 'order',
    request: requests.topUpRequest,
    roles: both,
    summary: 'Orders further plans for a SIM.',
    accepts: gives(decodeOrder),
  },
  'orders.get': {
    name: 'orders.get',
    method: 'GET',
    path: '/v1/order/{id}',
    effect: 'read',
    request: requests.byIdRequest,
    roles: both,
    summary: 'Reads how far an order is.',
    accepts: gives(decodeOrder),
  },
  'sims.get': {
    name: 'sims.get',
    method: 'GET',
    path: '/v1/sim/{iccid}',
    effect: 'read',
    request: requests.byIccidRequest,
    roles: both,
    summary: 'Reads a SIM and where its profile is.',
    accepts: gives(decodeSim),
  },
  'sims.updateEid': {
    name: 'sims.updateEid',
    method: 'PUT',
    path: '/v1/sim/{iccid}',
    effect: 'keyed', // The same number twice is the same end.
    request: requests.updateEidRequest,
    roles: both,
    summary: 'Points an eSIM that is on no handset to another handset.',
    accepts: succeeded,
  },
  'webhooks.list': {
    name: 'webhooks.list',
    method: 'GET',
    path: '/v1/sim/{iccid}/preferences',
    effect: 'read',
    request: requests.byIccidRequest,
    roles: both,
    summary: 'Lists the webhooks of a SIM.',
    accepts: (answer) => succeeded(answer) && (hasObject(answer) || Array.isArray(answer.json)),
  },
  'webhooks.register': {
    name: 'webhooks.register',
    method: 'POST',
    path: '/v1/sim/{iccid}/preferences/notifications/{type}',
    effect: 'keyed', // There is one registration for each SIM and type.
    request: requests.registerWebhookRequest,
    roles: both,
    summary: 'Registers the webhook of a SIM for one type of event.',
    accepts: succeeded,
  },
  'webhooks.unregister': {
    name: 'webhooks.unregister',
    method: 'DELETE',
    path: '/v1/sim/{iccid}/preferences/notifications/{type}',
    effect: 'keyed',
    request: requests.unregisterWebhookRequest,
    roles: both,
    summary: 'Removes the webhook of a SIM for one type of event.',
    accepts: succeeded,
  },
  'subscriptions.listBySim': {
    name: 'subscriptions.listBySim',
    method: 'GET',
    path: '/v1/sim/{iccid}/subscriptions',
    effect: 'read',
    request: requests.byIccidRequest,
    roles: both,
    summary: 'Lists all plans that a SIM has had, with balances.',
    accepts: gives(decodeSubscriptions),
  },
  'subscriptions.list': {
    name: 'subscriptions.list',
    method: 'GET',
    path: '/v1/subscription',
    effect: 'read',
    request: requests.listSubscriptionsRequest,
    roles: both,
    summary: 'Lists plans by filter, page by page, without balances.',
    accepts: gives(decodeSubscriptions),
  },
  'subscriptions.get': {
    name: 'subscriptions.get',
    method: 'GET',
    path: '/v1/subscription/{id}',
    effect: 'read',
    request: requests.byIdRequest,
    roles: both,
    summary: 'Reads one plan of a SIM and its balance.',
    accepts: gives(decodeSubscription),
  },
  'subscriptions.activate': {
    name: 'subscriptions.activate',
    method: 'POST',
    path: '/v1/subscription/{id}/activate',
    effect: 'once', // Only after a look at the status (section 2.6).
    request: requests.byIdRequest,
    roles: both,
    summary: 'Activates a plan that was ordered for later.',
    accepts: succeeded,
  },
  'customer.create': {
    name: 'customer.create',
    method: 'POST',
    path: '/v1/customer',
    effect: 'once',
    request: requests.createCustomerRequest,
    roles: managers,
    summary: 'Creates an end customer.',
    accepts: succeeded,
  },
  'customer.getByEmail': {
    name: 'customer.getByEmail',
    method: 'GET',
    path: '/v1/customer',
    effect: 'read',
    request: requests.getCustomerRequest,
    roles: managers,
    summary: 'Finds an end customer by e-mail.',
    accepts: (answer) => succeeded(answer) && hasObject(answer),
  },
  'customer.update': {
    name: 'customer.update',
    method: 'PATCH',
    path: '/v1/customer/{id}',
    effect: 'keyed', // The same change twice is the same end.
    request: requests.updateCustomerRequest,
    roles: managers,
    summary: 'Changes an end customer; null deletes a field.',
    accepts: succeeded,
  },
  'paymentMethods.list': {
    name: 'paymentMethods.list',
    method: 'GET',
    path: '/v1/customer/{customerId}/payment-method',
    effect: 'read',
    request: requests.listPaymentMethodsRequest,
    roles: managers,
    summary: 'Lists how an end customer pays.',
    accepts: gives(decodePaymentMethods),
  },
  'paymentMethods.add': {
    name: 'paymentMethods.add',
    method: 'POST',
    path: '/v1/customer/{customerId}/payment-method',
    effect: 'once',
    request: requests.addPaymentMethodRequest,
    roles: managers,
    summary: 'Adds a way in which an end customer pays.',
    accepts: succeeded,
  },
  'paymentMethods.remove': {
    name: 'paymentMethods.remove',
    method: 'DELETE',
    path: '/v1/customer/{customerId}/payment-method/{paymentMethodId}',
    effect: 'keyed',
    request: requests.removePaymentMethodRequest,
    roles: managers,
    summary: 'Removes a way in which an end customer pays.',
    accepts: succeeded,
  },
} as const satisfies Record<string, TruphoneOperation>

/** The name of a row. */
export type OperationName = keyof typeof operations

/** True for rows of this table. */
export function isTruphoneOperation(operation: Operation): operation is TruphoneOperation {
  return 'accepts' in operation
}
