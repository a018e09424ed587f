/**
 * TruphoneClient: puts the parts together and nothing else.
 *
 * @see DESIGN section 3, spec/truphone.md section 7
 * @module
 */
import { assertKnown, invalidArgument, systemClock } from '@latchkey/core'
import type { Clock, TokenSource } from '@latchkey/core'
import { clientRequestNames, createPipeline, pipelineRequests } from '@latchkey/http'
import type { ClientRequests, ClientTransport, TokensFrom } from '@latchkey/http'
import { userAgent } from './auth/grant.ts'
import { assertServices } from './auth/options.ts'
import { TokenManager, tokenManagerOptionNames } from './auth/token-manager.ts'
import type { CloseOptions, TokenManagerOptions } from './auth/token-manager.ts'
import { parseEnvironment, resolveAddresses } from './environments.ts'
import type { AddressOptions, Addresses, EnvironmentName } from './environments.ts'
import type { Context } from './operations/context.ts'
import { correlatedFetch } from './operations/correlation.ts'
import { customersOf } from './operations/customers.ts'
import type { Customers } from './operations/customers.ts'
import { truphoneDialect } from './operations/dialect.ts'
import { ordersOf } from './operations/orders.ts'
import type { Orders } from './operations/orders.ts'
import { paymentMethodsOf } from './operations/payment-methods.ts'
import type { PaymentMethods } from './operations/payment-methods.ts'
import { productsOf } from './operations/products.ts'
import type { Products } from './operations/products.ts'
import { simsOf } from './operations/sims.ts'
import type { Sims } from './operations/sims.ts'
import { subscriptionsOf } from './operations/subscriptions.ts'
import type { Subscriptions } from './operations/subscriptions.ts'
import type { Role } from './operations/table.ts'
import { webhooksOf } from './operations/webhooks.ts'
import type { Webhooks } from './operations/webhooks.ts'

/** How requests are sent. */
export interface RequestOptions extends ClientRequests {
  /** What Truphone granted to these credentials. Absent: every operation is sent, and Truphone decides. */
  readonly role?: Role | undefined
  /** Under which name the catalogue is asked first. A 404 leads to one look under the other. @default 'products' */
  readonly productsPath?: 'products' | 'product' | undefined
}

/** Where the tokens come from: a manager that is shared, a source of your own, or a client id and secret. */
export type TruphoneClientOptions = RequestOptions &
  TokensFrom<TokenManager, TokenManagerOptions, 'clientId' | 'clientSecret'>

const requestNames = ['role', 'productsPath', ...clientRequestNames]
const sharedNames = [...requestNames, 'fetch', 'clock', 'environment', 'baseUrl', 'apiBaseUrl']

/**
 * Truphone Connect, with token handling done.
 *
 * @example
 * ```ts
 * const truphone = new TruphoneClient({ environment: 'production', clientId, clientSecret, role: 'RESELLER' })
 * const products = await truphone.products.list()
 * ```
 * @throws {TypeError} `ERR_INVALID_ARG`: an option is missing, of the wrong type or unknown. Never shows its value.
 */
export class TruphoneClient implements AsyncDisposable {
  /** The catalogue. */
  readonly products: Products
  /** New eSIMs and top-ups. */
  readonly orders: Orders
  /** SIM profiles. */
  readonly sims: Sims
  /** The plans on SIMs. */
  readonly subscriptions: Subscriptions
  /** Registration of webhooks. */
  readonly webhooks: Webhooks
  /** End customers; for `ACCOUNT_MANAGER`. */
  readonly customer: Customers
  /** How end customers pay; for `ACCOUNT_MANAGER`. */
  readonly paymentMethods: PaymentMethods
  readonly #source: TokenSource
  readonly #own: TokenManager | undefined
  readonly #addresses: Addresses
  readonly #role: Role | undefined

  constructor(options: TruphoneClientOptions) {
    const { source, own, addresses, clock, fetch = defaultFetch } = parts(options)
    const { role, productsPath = 'products' } = options
    this.#source = source
    this.#own = own
    this.#addresses = addresses
    this.#role = role
    const http = createPipeline({
      source,
      baseUrl: addresses.apiBaseUrl,
      dialect: truphoneDialect,
      clock,
      fetch: correlatedFetch(fetch, clock),
      headers: { 'user-agent': userAgent },
      ...pipelineRequests(options),
    })
    const catalogue = { path: productsPath, settled: false }
    const context: Context = { http, clock, random: Math.random, role, catalogue }
    this.products = productsOf(context)
    this.orders = ordersOf(context)
    this.sims = simsOf(context)
    this.subscriptions = subscriptionsOf(context)
    this.webhooks = webhooksOf(context)
    this.customer = customersOf(context)
    this.paymentMethods = paymentMethodsOf(context)
  }

  /** The engine, for `authorizedFetch` or a second client. */
  get tokenSource(): TokenSource {
    return this.#source
  }

  get environment(): EnvironmentName {
    return this.#addresses.environment
  }

  get role(): Role | undefined {
    return this.#role
  }

  /** Closes the token manager that this client made, and with `endLogin` its login. One that was passed in stays open. */
  async close(options: CloseOptions = {}): Promise<void> {
    assertKnown(options, ['endLogin'], 'close')
    await this.#own?.close(options)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

// The global one at the time of the call, so that a program may replace it.
const defaultFetch: typeof globalThis.fetch = (input, init) => globalThis.fetch(input, init)

interface Parts extends ClientTransport {
  readonly source: TokenSource
  readonly own?: TokenManager
  readonly addresses: Addresses
  readonly clock: Clock
}

function parts(options: TruphoneClientOptions): Parts {
  if (typeof options !== 'object' || options === null)
    throw invalidArgument('TruphoneClient: takes an object of options')
  assertServices(options)
  if (options.tokens !== undefined) return sharedParts(options, options.tokens)
  if (options.tokenSource !== undefined) {
    assertKnown(options, [...sharedNames, 'tokenSource'], 'TruphoneClient with tokenSource')
    const { tokenSource, environment, baseUrl, apiBaseUrl, clock = systemClock, fetch } = options
    return { source: tokenSource, addresses: resolveAddresses({ environment, baseUrl, apiBaseUrl }), clock, fetch }
  }
  assertKnown(options, [...requestNames, ...tokenManagerOptionNames, 'tokens', 'tokenSource'], 'TruphoneClient')
  const { role: _r, productsPath: _p, timeoutMs: _t, deadlineMs: _d, log: _l, ...more } = options
  const { tokens: _m, tokenSource: _s, ...rest } = more
  const own = new TokenManager(rest)
  return { source: own.tokenSource, own, addresses: own.addresses, ...own.services }
}

function sharedParts(
  options: ClientTransport & Pick<AddressOptions, 'baseUrl' | 'apiBaseUrl'> & { readonly environment?: unknown },
  tokens: unknown,
): Parts {
  if (!(tokens instanceof TokenManager)) throw invalidArgument('tokens: must be a TokenManager')
  assertKnown(options, [...sharedNames, 'tokens'], 'TruphoneClient with tokens')
  const { environment } = tokens
  if (options.environment !== undefined && parseEnvironment(options.environment) !== environment) {
    throw invalidArgument(`environment: the tokens are for '${environment}'`)
  }
  const { baseUrl, apiBaseUrl } = options
  const elsewhere = baseUrl !== undefined || apiBaseUrl !== undefined
  return {
    source: tokens.tokenSource,
    addresses: elsewhere ? resolveAddresses({ environment, baseUrl, apiBaseUrl }) : tokens.addresses,
    clock: options.clock ?? tokens.services.clock,
    fetch: options.fetch ?? tokens.services.fetch,
  }
}
