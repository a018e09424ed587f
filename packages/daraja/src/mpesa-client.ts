/**
 * MpesaClient: puts the parts together and nothing else.
 *
 * @see DESIGN section 3, spec/daraja.md sections 3.1, 3.2 and 3.9
 * @module
 */
import { assertKnown, invalidArgument, systemClock } from '@latchkey/core'
import type { Clock, TokenSource } from '@latchkey/core'
import { clientRequestNames, createPipeline, pipelineRequests } from '@latchkey/http'
import type { ClientRequests, ClientTransport, RunOptions, TokensFrom } from '@latchkey/http'
import { userAgent } from './auth/grant.ts'
import { assertServices } from './auth/options.ts'
import { TokenManager, tokenManagerOptionNames } from './auth/token-manager.ts'
import type { TokenManagerOptions } from './auth/token-manager.ts'
import { resolveAddresses } from './environments.ts'
import type { AddressOptions, Addresses, EnvironmentName } from './environments.ts'
import { accountBalance } from './operations/account-balance.ts'
import type { AccountBalanceAccepted, AccountBalanceRequest } from './operations/account-balance.ts'
import type { Context } from './operations/context.ts'
import { darajaDialect } from './operations/dialect.ts'
import { post } from './operations/post.ts'
import { stkPush } from './operations/stk-push.ts'
import type { StkPush, StkPushAccepted } from './operations/stk-push.ts'
import { stkPushQuery } from './operations/stk-push-query.ts'
import type { StkPushQuery, StkPushQueryResult } from './operations/stk-push-query.ts'

/** How requests are sent. */
export type RequestOptions = ClientRequests

/**
 * Where the tokens come from: a manager that is shared, a source of your own, or a consumer key. Two clients of one
 * consumer key must share `tokens` or a `store`, since each new token ends the previous one.
 */
export type MpesaClientOptions = RequestOptions &
  TokensFrom<TokenManager, TokenManagerOptions, 'consumerKey' | 'consumerSecret'>

const sharedNames = [...clientRequestNames, 'fetch', 'clock', 'environment', 'baseUrl', 'apiBaseUrl']

/**
 * Safaricom's M-PESA APIs, with token handling done.
 *
 * @example
 * ```ts
 * const mpesa = new MpesaClient({ consumerKey, consumerSecret, environment: 'sandbox' })
 * const accepted = await mpesa.stkPush({ businessShortCode, passkey, transactionType: 'CustomerPayBillOnline', … })
 * ```
 * @throws {TypeError} `ERR_INVALID_ARG`: an option is missing, of the wrong type or unknown. Never shows its value.
 */
export class MpesaClient implements AsyncDisposable {
  readonly #source: TokenSource
  readonly #own: TokenManager | undefined
  readonly #context: Context

  constructor(options: MpesaClientOptions) {
    const { source, own, addresses, clock, fetch } = parts(options)
    this.#source = source
    this.#own = own
    const http = createPipeline({
      source,
      baseUrl: addresses.apiBaseUrl,
      dialect: darajaDialect,
      clock,
      headers: { 'user-agent': userAgent },
      ...(fetch !== undefined && { fetch }),
      ...pipelineRequests(options),
    })
    this.#context = { http, clock, addresses }
  }

  /** The engine, for `authorizedFetch` or a second client. */
  get tokenSource(): TokenSource {
    return this.#source
  }

  get environment(): EnvironmentName {
    return this.#context.addresses.environment
  }

  /** Asks a customer's phone to approve a payment. See {@link stkPush}. */
  stkPush(push: StkPush, run?: RunOptions): Promise<StkPushAccepted> {
    return stkPush(this.#context, push, run)
  }

  /** Asks what became of an STK push. See {@link stkPushQuery}. */
  stkPushQuery(query: StkPushQuery, run?: RunOptions): Promise<StkPushQueryResult> {
    return stkPushQuery(this.#context, query, run)
  }

  /** Asks for the balances of a shortcode's accounts. See {@link accountBalance}. */
  accountBalance(request: AccountBalanceRequest, run?: RunOptions): Promise<AccountBalanceAccepted> {
    return accountBalance(this.#context, request, run)
  }

  /** Posts a body of your own to an API that has no method here. See {@link post}. */
  post(path: string, body: unknown, run?: RunOptions): Promise<unknown> {
    return post(this.#context, path, body, run)
  }

  /** Closes the token manager that this client made. One that was passed in stays open. */
  async close(): Promise<void> {
    await this.#own?.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

interface Parts extends ClientTransport {
  readonly source: TokenSource
  readonly own?: TokenManager
  readonly addresses: Addresses
  readonly clock: Clock
}

function parts(options: MpesaClientOptions): Parts {
  if (typeof options !== 'object' || options === null) throw invalidArgument('MpesaClient: takes an object of options')
  assertServices(options)
  if (options.tokens !== undefined) return sharedParts(options, options.tokens)
  if (options.tokenSource !== undefined) {
    assertKnown(options, [...sharedNames, 'tokenSource'], 'MpesaClient with tokenSource')
    const { tokenSource, environment, baseUrl, apiBaseUrl, clock = systemClock, fetch } = options
    return { source: tokenSource, addresses: resolveAddresses({ environment, baseUrl, apiBaseUrl }), clock, fetch }
  }
  assertKnown(options, [...clientRequestNames, ...tokenManagerOptionNames, 'tokens', 'tokenSource'], 'MpesaClient')
  const { timeoutMs: _t, deadlineMs: _d, log: _l, tokens: _m, tokenSource: _s, ...rest } = options
  const own = new TokenManager(rest)
  return { source: own.tokenSource, own, addresses: own.addresses, ...own.services }
}

function sharedParts(
  options: ClientTransport & Pick<AddressOptions, 'baseUrl' | 'apiBaseUrl'> & { readonly environment?: unknown },
  tokens: unknown,
): Parts {
  if (!(tokens instanceof TokenManager)) throw invalidArgument('tokens: must be a TokenManager')
  assertKnown(options, [...sharedNames, 'tokens'], 'MpesaClient with tokens')
  const { environment } = tokens
  if (options.environment !== undefined && options.environment !== environment) {
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
