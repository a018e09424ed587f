/**
 * AuthenticatedClient: what somebody who signed in can do. Puts the parts together and nothing else.
 *
 * @see DESIGN section 3, spec/ksef.md section 7.3
 * @module
 */
import type { ManagedTokenSource } from '@latchkey/core'
import { authTokensOf } from './auth/auth-tokens.ts'
import type { AuthTokens } from './auth/auth-tokens.ts'
import { AuthenticationResumeState } from './auth/resume-state.ts'
import type { ClientCore } from './client-core.ts'
import { encryptionOf } from './encryption/encryption.ts'
import type { Encryption } from './encryption/encryption.ts'
import { ksefError } from './errors.ts'
import { certificatesOf } from './operations/certificates.ts'
import type { KsefCertificates } from './operations/certificates.ts'
import { ksefTokensOf } from './operations/ksef-tokens.ts'
import type { KsefTokens } from './operations/ksef-tokens.ts'
import { limitsOf } from './operations/limits.ts'
import type { Limits } from './operations/limits.ts'
import { permissionsOf } from './operations/permissions.ts'
import type { Permissions } from './operations/permissions.ts'
import { sessionsOf } from './operations/sessions.ts'
import type { AuthenticationSessions } from './operations/sessions.ts'
import { testdataOf } from './operations/testdata.ts'
import type { Testdata } from './operations/testdata.ts'
import type { ContextIdentifier } from './values/context-identifier.ts'
import type { Environment } from './values/environments.ts'

/** @internal What one is made of. */
export interface AuthenticatedParts {
  readonly core: ClientCore
  readonly source: ManagedTokenSource
  readonly context: ContextIdentifier | undefined
  /** Absent before the first sign-in. */
  readonly tokens: AuthTokens | undefined
}

/**
 * Signed in for one context. The access token is refreshed as needed, and where the sign-in itself has ended, signing in
 * is repeated once. Close it when it is not needed any more: it ends with its client otherwise. Closing leaves the
 * session at KSeF as it is; `sessions.terminateCurrent()` ends that.
 */
export class AuthenticatedClient implements AsyncDisposable {
  /** Who is signed in, and ending it. */
  readonly sessions: AuthenticationSessions
  /** KSeF tokens. */
  readonly tokens: KsefTokens
  /** KSeF certificates. */
  readonly certificates: KsefCertificates
  /** Who may do what. */
  readonly permissions: Permissions
  /** How much may be done. */
  readonly limits: Limits
  /** Test data, with the token that some of it needs. */
  readonly testdata: Testdata
  /** The Ministry's public keys. */
  readonly encryption: Encryption
  /** In whose name; unknown where the tokens came from elsewhere and nobody said. */
  readonly contextIdentifier: ContextIdentifier | undefined
  readonly #core: ClientCore
  readonly #source: ManagedTokenSource
  #tokens: AuthTokens | undefined
  #generation = 0

  /** @internal */
  constructor({ core, source, context: contextIdentifier, tokens }: AuthenticatedParts) {
    this.#core = core
    this.#source = source
    this.#tokens = tokens
    this.contextIdentifier = contextIdentifier
    const budget = contextIdentifier && core.settings.budgets?.of(contextIdentifier)
    const context = core.contextFor(source, budget)
    const sessions = sessionsOf(context)
    const limits = limitsOf(context)
    this.sessions = Object.freeze<AuthenticationSessions>({
      ...sessions,
      async terminateCurrent(run) {
        await sessions.terminateCurrent(run)
        await source.forget() // Its refresh token is dead, for others who share the store, too.
      },
    })
    this.tokens = ksefTokensOf(context)
    this.certificates = certificatesOf(context)
    this.permissions = permissionsOf(context)
    this.limits = Object.freeze<Limits>({
      ...limits,
      async rateLimits(run) {
        const effective = await limits.rateLimits(run)
        budget?.use(effective)
        return effective
      },
    })
    this.testdata = testdataOf(context)
    this.encryption = encryptionOf(context, core.keys)
  }

  /** The access token in hand. It may have ended since nobody used it: `tokenSource.get()` gives one that has not. */
  get accessToken(): string {
    return this.authTokens.accessToken.token
  }

  /** The refresh token in hand, good until it ends or the session does. */
  get refreshToken(): string {
    return this.authTokens.refreshToken.token
  }

  /**
   * Both tokens in hand, each with its end. Keep them as secrets; `client.authenticated()` takes them back.
   *
   * @throws {ProviderError} `KSEF_NOT_SIGNED_IN`: with `onFirstUse`, before the first use.
   */
  get authTokens(): AuthTokens {
    const token = this.#source.peek()
    if (token !== undefined && token.generation !== this.#generation) {
      this.#tokens = authTokensOf(token, this.#core.settings.clock)
      this.#generation = token.generation
    }
    if (this.#tokens !== undefined) return this.#tokens
    throw ksefError(
      'KSEF_NOT_SIGNED_IN',
      'Asked for the tokens in hand, and nobody signed in yet: tokenSource.get() does.',
    )
  }

  /**
   * The sign-in as it stands, for `authentication.resume()` in a later run. It shows no token until it is exported.
   *
   * @throws {ProviderError} `KSEF_NOT_SIGNED_IN`, as {@link AuthenticatedClient.authTokens}.
   */
  resumeState(): AuthenticationResumeState {
    return new AuthenticationResumeState(this.environment.name, this.contextIdentifier, this.authTokens)
  }

  /** The engine, for `authorizedFetch` or a broker. */
  get tokenSource(): ManagedTokenSource {
    return this.#source
  }

  get environment(): Environment {
    return this.#core.settings.environment
  }

  /** Rejects waiting callers and lets a request that was sent finish. The tokens stay in the store. */
  async close(): Promise<void> {
    await this.#core.release(this.#source)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}
