/**
 * TokenManager: the engine behind the words of the systems it replaces.
 *
 * @see spec/daraja.md sections 2.5 and 5.4, DESIGN section 3
 * @module
 */
import { assertKnown, createTokenSource, systemClock } from '@latchkey/core'
import type { Clock, ManagedTokenSource, Secret } from '@latchkey/core'
import { clientServiceNames, engineServices, tokenDoor } from '@latchkey/http'
import type { ClientServices, GetTokenOptions, TokenDoor } from '@latchkey/http'
import { fileStore } from '@latchkey/stores/file'
import { resolveAddresses } from '../environments.ts'
import type { AddressOptions, Addresses, EnvironmentName } from '../environments.ts'
import { AccessToken } from './access-token.ts'
import { darajaGrant } from './grant.ts'
import { parseCredential, assertServices } from './options.ts'

/** One consumer key in one environment, and the services its engine runs on. */
export interface TokenManagerOptions extends AddressOptions, ClientServices {
  /** Trimmed. */
  readonly consumerKey: string
  /** Trimmed. */
  readonly consumerSecret: string | Secret
  /** Raise it when the secret changes, so that no token of the old one is used. */
  readonly credentialVersion?: string | undefined
  /** Your name for the key in events and errors. @default 'daraja' */
  readonly keyLabel?: string | undefined
}

/** The names of {@link TokenManagerOptions}. */
export const tokenManagerOptionNames: readonly string[] = [
  ...['consumerKey', 'consumerSecret', 'environment', 'baseUrl', 'tokenUrl', 'apiBaseUrl', 'credentialVersion'],
  ...['keyLabel', ...clientServiceNames],
]

/**
 * Gets, keeps and shares the access token of one consumer key.
 *
 * Concurrent callers share one request, in this process and, through `store`, in a fleet: with Daraja each new token
 * ends the previous one, so a second cache of the same key would take this one's token away.
 *
 * @example
 * ```ts
 * const tokens = new TokenManager({ consumerKey, consumerSecret, environment: 'sandbox' })
 * const token = await tokens.getToken()
 * ```
 * @throws {TypeError} `ERR_INVALID_ARG`: an option is missing, of the wrong type or unknown. Never shows its value.
 */
export class TokenManager implements AsyncDisposable {
  readonly #addresses: Addresses
  readonly #source: ManagedTokenSource
  readonly #clock: Clock
  readonly #fetch: typeof globalThis.fetch | undefined
  readonly #door: TokenDoor

  constructor(options: TokenManagerOptions) {
    assertKnown(options, tokenManagerOptionNames, 'TokenManager')
    assertServices(options)
    const { environment, baseUrl, tokenUrl, apiBaseUrl, credentialVersion, keyLabel = 'daraja' } = options
    const credential = parseCredential(options)
    const services = engineServices(options, (directory) => fileStore({ directory }))
    this.#addresses = resolveAddresses({ environment, baseUrl, tokenUrl, apiBaseUrl })
    this.#clock = services.clock ?? systemClock
    this.#fetch = services.fetch
    this.#source = createTokenSource({
      grant: darajaGrant({ ...credential, tokenUrl: this.#addresses.tokenUrl }),
      key: {
        provider: 'daraja',
        environment,
        tokenEndpoint: this.#addresses.tokenUrl.origin + this.#addresses.tokenUrl.pathname,
        clientId: credential.consumerKey,
        credentialVersion,
      },
      keyLabel,
      ...services,
    })
    this.#door = tokenDoor(this.#source)
  }

  /** The engine itself, for `authorizedFetch`, a broker or a second client. */
  get tokenSource(): ManagedTokenSource {
    return this.#source
  }

  get environment(): EnvironmentName {
    return this.#addresses.environment
  }

  /** Where this manager's tokens come from and are meant for. */
  get addresses(): Addresses {
    return this.#addresses
  }

  /** @internal What a client that is given this manager uses where it has nothing of its own. */
  get services(): { readonly clock: Clock; readonly fetch: typeof globalThis.fetch | undefined } {
    return { clock: this.#clock, fetch: this.#fetch }
  }

  /**
   * A usable access token: from memory while it is valid, renewed otherwise.
   *
   * @param options - `forceRefresh`: a token newer than the one that this manager gave out last. Callers that force
   *   at the same time share one renewal, and one that is late gets what another has fetched meanwhile.
   * @throws {TokenError} `AUTH_INVALID_CREDENTIALS`: the key or secret is wrong. Other codes: see the README.
   */
  getToken(options?: GetTokenOptions): Promise<string> {
    return this.#door(options)
  }

  /** The token in hand if it is usable now: no waiting, no request. */
  peek(): AccessToken | undefined {
    const token = this.#source.peek()
    return token && new AccessToken(token, this.#clock)
  }

  /** Drops the token everywhere we keep it. Daraja offers no way to end it there. */
  async forgetToken(): Promise<void> {
    await this.#source.forget()
  }

  /** Rejects waiting callers, lets a request that was sent finish, and leaves nothing behind. */
  async close(): Promise<void> {
    await this.#source.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}
