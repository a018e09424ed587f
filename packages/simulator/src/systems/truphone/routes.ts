/**
 * Which operation a path and a method are for.
 *
 * @see spec/truphone.md sections 7, 7.9, 12.1
 * @module
 */
import type { Operation } from './api/call.ts'
import { createCustomer, getCustomer, patchCustomer } from './api/customers.ts'
import { createOrder, getOrder } from './api/orders.ts'
import { createPaymentMethod, deletePaymentMethod, listPaymentMethods } from './api/payment-methods.ts'
import { getProduct, listProducts } from './api/products.ts'
import { deleteNotification, getPreferences, getSim, postNotification, putSim } from './api/sims.ts'
import { activateSubscription, getSubscription, listSimSubscriptions, listSubscriptions } from './api/subscriptions.ts'
import { realmPath } from './keycloak/answers.ts'
import type { Environment } from './rows.ts'

/** The API's operations by name. */
export const operations = {
  products: listProducts,
  product: getProduct,
  createOrder,
  order: getOrder,
  sim: getSim,
  updateSim: putSim,
  preferences: getPreferences,
  registerNotification: postNotification,
  removeNotification: deleteNotification,
  simSubscriptions: listSimSubscriptions,
  subscriptions: listSubscriptions,
  subscription: getSubscription,
  activateSubscription,
  createCustomer,
  customer: getCustomer,
  updateCustomer: patchCustomer,
  paymentMethods: listPaymentMethods,
  addPaymentMethod: createPaymentMethod,
  removePaymentMethod: deletePaymentMethod,
} as const satisfies Record<string, Operation>

/** A name in {@link operations}. */
export type OperationName = keyof typeof operations

/** What can be called at a path. */
export interface Resource {
  /** Below `/v1`; `*` stands for one segment, which is a parameter. */
  readonly path: string
  readonly methods: Readonly<Record<string, OperationName>>
  /** Its successor, where it is deprecated. */
  readonly replacedBy?: string
}

/** The names of the realm's endpoints, and their paths below the realm's. */
export const realmPaths = {
  token: '/protocol/openid-connect/token',
  introspect: '/protocol/openid-connect/token/introspect',
  revoke: '/protocol/openid-connect/revoke',
  logout: '/protocol/openid-connect/logout',
  certs: '/protocol/openid-connect/certs',
  discovery: '/.well-known/openid-configuration',
} as const

/** A name in {@link realmPaths}. */
export type RealmEndpoint = keyof typeof realmPaths

const resources: readonly Resource[] = [
  { path: 'products', methods: { GET: 'products' } },
  { path: 'product', methods: { GET: 'products' } },
  { path: 'products/*', methods: { GET: 'product' } },
  { path: 'product/*', methods: { GET: 'product' } },
  { path: 'order', methods: { POST: 'createOrder' } },
  { path: 'order/*', methods: { GET: 'order' } },
  { path: 'sim/*', methods: { GET: 'sim', PUT: 'updateSim' } },
  { path: 'sim/*/preferences', methods: { GET: 'preferences' } },
  {
    path: 'sim/*/preferences/notifications/*',
    methods: { POST: 'registerNotification', DELETE: 'removeNotification' },
  },
  { path: 'sim/*/subscriptions', methods: { GET: 'simSubscriptions' } },
  { path: 'subscription', methods: { GET: 'subscriptions' } },
  { path: 'subscription/*', methods: { GET: 'subscription' } },
  { path: 'subscription/*/activate', methods: { POST: 'activateSubscription' } },
  { path: 'customer', methods: { POST: 'createCustomer', GET: 'customer', PATCH: 'updateCustomer' } },
  { path: 'customer/*', methods: { PATCH: 'updateCustomer' } },
  { path: 'customer/*/payment-method', methods: { GET: 'paymentMethods', POST: 'addPaymentMethod' } },
  { path: 'customer/*/payment-method/*', methods: { DELETE: 'removePaymentMethod' } },
  { path: 'status/sim', methods: { GET: 'sim' }, replacedBy: 'sim/{iccid}' },
  { path: 'status/sim/*', methods: { GET: 'sim' }, replacedBy: 'sim/{iccid}' },
  { path: 'status/subscriptions', methods: { GET: 'simSubscriptions' }, replacedBy: 'sim/{iccid}/subscriptions' },
  {
    path: 'status/subscription/*/activate',
    methods: { POST: 'activateSubscription' },
    replacedBy: 'subscription/{id}/activate',
  },
  { path: 'subscriptions', methods: { GET: 'subscriptions' }, replacedBy: 'subscription' },
]

/** By base path. Production has two. */
const basePaths: Readonly<Record<string, Environment>> = {
  '/connect-api': 'production',
  '/esim': 'production',
  '/connect-api-preprod': 'preproduction',
}

/** What a path is for. */
export type Route =
  | { readonly is: 'realm'; readonly endpoint: RealmEndpoint }
  | { readonly is: 'otherRealm' }
  | {
      readonly is: 'api'
      readonly environment: Environment
      readonly basePath: string
      /** Decides which roles may ask for it. */
      readonly group: string
      /** Null: nothing that the API has. */
      readonly resource: Resource | null
      readonly params: readonly string[]
    }
  | { readonly is: 'unknown' }

/** Finds what a path is for. */
export function routeOf(path: string): Route {
  const realm = /^(\/auth\/realms\/[^/]+)(\/.*)?$/.exec(path)
  if (realm !== null) {
    const endpoint = (Object.keys(realmPaths) as RealmEndpoint[]) // The keys are all there are.
      .find((name) => realmPaths[name] === realm[2])
    if (realm[1] !== realmPath) return { is: 'otherRealm' }
    return endpoint === undefined ? { is: 'unknown' } : { is: 'realm', endpoint }
  }
  const [, basePath = '', rest = ''] = /^(\/[^/]+)\/v1(?:\/(.*))?$/.exec(path) ?? []
  const environment = Object.hasOwn(basePaths, basePath) ? basePaths[basePath] : undefined
  if (environment === undefined) return { is: 'unknown' }
  const segments = rest.split('/').map(decoded)
  const found = resources.find((resource) => fits(resource.path.split('/'), segments))
  const params = found?.path.split('/').flatMap((part, index) => (part === '*' ? [segments[index] ?? ''] : [])) ?? []
  return { is: 'api', environment, basePath, group: segments[0] ?? '', resource: found ?? null, params }
}

function fits(pattern: readonly string[], segments: readonly string[]): boolean {
  return pattern.length === segments.length && pattern.every((part, index) => part === '*' || part === segments[index])
}

/** Ids may come encoded or not. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment // A percent sign that encodes nothing: an id that nobody has.
  }
}
