/**
 * AuthClient: the engine behind the words of the SDKs that it replaces.
 *
 * @see spec/etims.md sections 2.5, 2.6 and 8.1, DESIGN section 3
 * @module
 */
import { createTokenSource, isLatchkeyError } from '@latchkey/core'
import type { ManagedTokenSource, Store } from '@latchkey/core'
import { engineServices, tokenDoor } from '@latchkey/http'
import type { TokenDoor } from '@latchkey/http'
import { fileStore } from '@latchkey/stores/file'
import { ApiException, AuthenticationException } from '../errors.ts'
import type { AuthenticationFacts } from '../errors.ts'
import { readConfig } from './config.ts'
import type { OscuConfig, Settings } from './config.ts'
import { etimsGrant } from './grant.ts'

/**
 * Gets, keeps and shares the access token of one consumer key.
 *
 * Concurrent callers share one request, in this process and, through `store` or `directory`, in a fleet. The token
 * cache files of the replaced SDKs are neither read nor written.
 *
 * @example
 * ```ts
 * const auth = new AuthClient(config)
 * const token = await auth.getToken()
 * ```
 * @throws {TypeError} `ERR_INVALID_ARG`: the configuration is wrong. Never shows a value.
 */
export class AuthClient implements AsyncDisposable {
  readonly #settings: Settings
  readonly #source: ManagedTokenSource | undefined
  #door: TokenDoor | undefined

  constructor(config: OscuConfig) {
    const settings = readConfig(config)
    this.#settings = shared(settings)
    this.#source = settings.credentials && sourceOf(this.#settings, settings.credentials)
  }

  /**
   * The engine itself, for `authorizedFetch`, a broker or a second client.
   *
   * @throws {ApiException} `ETIMS_NOT_CONFIGURED`: the configuration has no credentials for its environment.
   */
  get tokenSource(): ManagedTokenSource {
    if (this.#source !== undefined) return this.#source
    throw new ApiException(`Auth config missing for env [${this.#settings.env}]`, 500, undefined, undefined, {
      code: 'ETIMS_NOT_CONFIGURED',
      kind: 'client',
    })
  }

  /** @internal What a client that is given this one uses: its configuration, read, with its store. */
  get settings(): Settings {
    return this.#settings
  }

  /** @internal */
  get hasCredentials(): boolean {
    return this.#source !== undefined
  }

  /**
   * A usable access token: from memory while it is valid, renewed otherwise.
   *
   * @param forceRefresh - A token newer than the one that was given out last. Callers that force at the same time share
   *   one renewal.
   * @throws {AuthenticationException} `AUTH_INVALID_CREDENTIALS`: the key or secret is wrong. Other codes: see the
   *   README. `statusCode` is the HTTP status.
   */
  async getToken(forceRefresh = false): Promise<string> {
    const door = (this.#door ??= tokenDoor(this.tokenSource)) // Which says so where there are no credentials.
    try {
      return await door(forceRefresh ? { forceRefresh: true } : {}) // Programs in JavaScript pass a number, too.
    } catch (error) {
      throw authenticationFailure(error)
    }
  }

  /** {@link AuthClient.getToken} by its name in the SDKs for other languages. */
  token(force = false): Promise<string> {
    return this.getToken(force)
  }

  /** Drops the token everywhere we keep it. KRA offers no way to end it there. */
  async clearToken(): Promise<void> {
    await this.tokenSource.forget()
  }

  /** {@link AuthClient.clearToken} by its name in the SDKs for other languages. */
  forgetToken(): Promise<void> {
    return this.clearToken()
  }

  /** Rejects waiting callers, lets a request that was sent finish, and leaves nothing behind. */
  async close(): Promise<void> {
    await this.#source?.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

/** The exception for whatever kept us from a token; anything else is returned as it is, abort reasons for one. */
export function authenticationFailure(error: unknown): unknown {
  if (!isLatchkeyError(error) || error instanceof AuthenticationException) return error
  const { code, message, status, providerCode, retryable, retryAt, keyLabel, reason } = error
  const facts = { code, retryable, cause: error, retryAt, keyLabel, reason, status, providerCode }
  const known = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined))
  return new AuthenticationException(message, status ?? 500, providerCode, known as unknown as AuthenticationFacts) // Undefined members are left out.
}

/** Everything that one directory keeps is kept by one store. */
function shared(settings: Settings): Settings {
  const { directory: _, ...services } = settings.services
  return { ...settings, services: { ...services, ...engineServices(settings.services, open) } }
}

function open(directory: string): Store {
  return fileStore({ directory })
}

function sourceOf(settings: Settings, credentials: NonNullable<Settings['credentials']>): ManagedTokenSource {
  const { environment, addresses, services } = settings
  const { keyLabel = 'etims', credentialVersion } = services
  return createTokenSource({
    grant: etimsGrant({ ...credentials, tokenUrl: addresses.tokenUrl }),
    key: {
      provider: 'etims',
      environment,
      tokenEndpoint: addresses.tokenUrl.origin + addresses.tokenUrl.pathname,
      clientId: credentials.consumerKey,
      credentialVersion,
    },
    keyLabel,
    ...engineServices(services, open),
  })
}
