/**
 * TokenManager: a thin door to the engine, for those who need the token itself.
 *
 * @see spec/truphone.md sections 13.6 and 13.8, DESIGN section 3
 * @module
 */
import { assertKnown, createTokenSource, systemClock } from '@latchkey/core'
import type { Clock, ManagedTokenSource, Secret } from '@latchkey/core'
import type { ClientAuthentication } from '@latchkey/oauth2'
import { clientServiceNames, engineServices, tokenDoor } from '@latchkey/http'
import type { ClientServices, GetTokenOptions, TokenDoor } from '@latchkey/http'
import { fileStore } from '@latchkey/stores/file'
import { resolveAddresses } from '../environments.ts'
import type { AddressOptions, Addresses, EnvironmentName } from '../environments.ts'
import { truphoneGrant } from './grant.ts'
import { assertServices, parseCredential } from './options.ts'

/** One client in one environment, and the services its engine runs on. */
export interface TokenManagerOptions extends AddressOptions, ClientServices {
  /** Trimmed. */
  readonly clientId: string
  /** Trimmed. */
  readonly clientSecret: string | Secret
  /** @default 'post' */
  readonly clientAuthentication?: ClientAuthentication | undefined
  /** Raise it when the secret changes, so that no token of the old one is used. */
  readonly credentialVersion?: string | undefined
  /** Your name for the client in events and errors. @default 'truphone' */
  readonly keyLabel?: string | undefined
}

/** How a manager or a client ends. */
export interface CloseOptions {
  /**
   * Also ends the login at Truphone, which needs a refresh token. Everybody who shares it through a store loses it.
   * Waits at most 2 s and never fails. @default false
   */
  readonly endLogin?: boolean | undefined
}

/** The names of {@link TokenManagerOptions}. */
export const tokenManagerOptionNames: readonly string[] = [
  ...['clientId', 'clientSecret', 'clientAuthentication', 'environment', 'baseUrl', 'tokenUrl', 'apiBaseUrl'],
  ...['credentialVersion', 'keyLabel', ...clientServiceNames],
]

const endLoginMs = 2_000 // Section 13.8.

/**
 * Gets, keeps and shares the access token of one client. One manager can serve several clients; without it each has
 * a login of its own, which Truphone allows.
 *
 * @example
 * ```ts
 * const tokens = new TokenManager({ clientId, clientSecret, environment: 'pre-production' })
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
    const { environment: named, baseUrl, tokenUrl, apiBaseUrl, credentialVersion, keyLabel = 'truphone' } = options
    const credential = parseCredential(options)
    const services = engineServices(options, (directory) => fileStore({ directory }))
    this.#addresses = resolveAddresses({ environment: named, baseUrl, tokenUrl, apiBaseUrl })
    this.#clock = services.clock ?? systemClock
    this.#fetch = services.fetch
    const { clientAuthentication } = options
    this.#source = createTokenSource({
      grant: truphoneGrant({ ...credential, ...this.#endpoints(), clientAuthentication }),
      key: {
        provider: 'truphone',
        environment: this.environment,
        tokenEndpoint: this.#addresses.tokenUrl.href,
        clientId: credential.clientId,
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
   * A usable access token: from memory while it is valid, refreshed or obtained otherwise.
   *
   * @param options - `forceRefresh`: a token newer than the one that this manager gave out last. Callers that force
   *   at the same time share one renewal.
   * @throws {TokenError} `AUTH_INVALID_CREDENTIALS`: the client id or secret is wrong. Other codes: see the README.
   */
  getToken(options?: GetTokenOptions): Promise<string> {
    return this.#door(options)
  }

  /** Drops the token everywhere we keep it. The login lives on at Truphone until it runs out. */
  async forgetToken(): Promise<void> {
    await this.#source.forget()
  }

  /** Rejects waiting callers, lets a request that was sent finish, and leaves nothing behind. */
  async close(options: CloseOptions = {}): Promise<void> {
    assertKnown(options, ['endLogin'], 'close')
    if (options.endLogin) await this.#endLogin()
    await this.#source.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #endpoints(): Pick<Addresses, 'tokenUrl' | 'logoutUrl'> {
    const { tokenUrl, logoutUrl } = this.#addresses
    return { tokenUrl, logoutUrl }
  }

  async #endLogin(): Promise<void> {
    const enough = new AbortController()
    const late = this.#clock.sleep(endLoginMs, enough.signal)
    late.catch(() => undefined) // Raced, or cancelled below.
    // Whatever becomes of it: the process is going away, and a login runs out by itself.
    await Promise.race([this.#source.revoke().catch(() => undefined), late])
    enough.abort(new Error('over'))
  }
}
