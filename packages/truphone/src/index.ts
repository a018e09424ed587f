/**
 * Truphone Connect (eSIM): tokens, operations, webhooks and the values they are made of.
 *
 * @module
 */
export type { InvalidRequestError, Issue, Open, WaitOptions } from '@latchkey/http'
export { truphoneGrant, truphoneTraits } from './auth/grant.ts'
export { TokenManager } from './auth/token-manager.ts'
export type { CloseOptions, TokenManagerOptions } from './auth/token-manager.ts'
export { deliveryKey, parseWebhookDelivery } from './callbacks/webhook-delivery.ts'
export type {
  SubscriptionEndDelivery,
  UnknownDelivery,
  UsageThresholdDelivery,
  WebhookDelivery,
} from './callbacks/webhook-delivery.ts'
export { createWebhookReceiver, createWebhookToken } from './callbacks/webhook-receiver.ts'
export type {
  FastifyReply,
  FastifyRequest,
  IncomingDelivery,
  NodeRequest,
  NodeResponse,
  WebhookReceiver,
  WebhookReceiverOptions,
} from './callbacks/webhook-receiver.ts'
export type { NodeStream } from './callbacks/read-body.ts'
export { environments, resolveAddresses } from './environments.ts'
export type { Addresses, AddressOptions, Environment, EnvironmentName } from './environments.ts'
export { truphoneErrorCodes } from './errors.ts'
export type { ReadAnswer, TruphoneErrorCode } from './errors.ts'
export type { CallOptions } from './operations/context.ts'
export type { Customers } from './operations/customers.ts'
export type {
  DeviceType,
  NewEsimOrder,
  OrderCustomer,
  OrderItem,
  OrderOptions,
  Orders,
  TopUpOrder,
} from './operations/orders.ts'
export type { PageOptions } from './operations/pages.ts'
export type { NewPaymentMethod, PaymentMethods } from './operations/payment-methods.ts'
export type { ProductQuery, Products } from './operations/products.ts'
export type { OrderFound } from './operations/resolve-order.ts'
export type { Sims } from './operations/sims.ts'
export type { SubscriptionFilter, Subscriptions } from './operations/subscriptions.ts'
export { operations } from './operations/table.ts'
export type { OperationName, Role, TruphoneOperation } from './operations/table.ts'
export type { Webhooks } from './operations/webhooks.ts'
export { TruphoneClient } from './truphone-client.ts'
export type { RequestOptions, TruphoneClientOptions } from './truphone-client.ts'
export type { Address, Customer, CustomerPatch, CustomerType, NewCustomer, PaymentMethod } from './values/customer.ts'
export { activationQrPng, activationQrSvg, lpaString } from './values/lpa.ts'
export type { ActivationQrOptions, LpaParts } from './values/lpa.ts'
export type { NotificationType, WebhookRegistration } from './values/notification.ts'
export type { Order, OrderOutput, OrderStatus } from './values/order.ts'
export type { Product } from './values/product.ts'
export type { Sim, SimStatus } from './values/sim.ts'
export { remainingBytes } from './values/subscription.ts'
export type { Subscription, SubscriptionStatus } from './values/subscription.ts'
