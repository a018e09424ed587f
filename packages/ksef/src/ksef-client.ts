/**
 * KsefClient: puts the parts together and nothing else.
 *
 * @see DESIGN section 3, spec/ksef.md section 7.1
 * @module
 */
import { assertKnown } from '@latchkey/core'
import { parseAuthTokens } from './auth/auth-tokens.ts'
import type { StoredAuthTokens } from './auth/auth-tokens.ts'
import { authenticationOf } from './auth/authentication.ts'
import type { Authentication } from './auth/authentication.ts'
import { keptClient } from './auth/kept-client.ts'
import { parseContext } from './auth/plan.ts'
import type { SignInContext } from './auth/sign-in-options.ts'
import type { AuthenticatedClient } from './authenticated-client.ts'
import { parseClientOptions } from './client-options.ts'
import type { KsefClientOptions } from './client-options.ts'
import { ClientCore } from './client-core.ts'
import { encryptionOf } from './encryption/encryption.ts'
import type { Encryption } from './encryption/encryption.ts'
import { peppolOf } from './operations/peppol.ts'
import type { Peppol } from './operations/peppol.ts'
import { testdataOf } from './operations/testdata.ts'
import type { Testdata } from './operations/testdata.ts'
import { Environment } from './values/environments.ts'

/**
 * KSeF 2.0, the national system of invoices.
 *
 * @example
 * ```ts
 * const client = new KsefClient(Environment.TEST)
 * const auth = await client.authentication.withTestCertificate({ nip: generateNip() })
 * for await (const page of auth.sessions.all({ pageSize: 10 })) console.log(page.items.length)
 * ```
 * @throws {TypeError} `ERR_INVALID_ARG`: an option is of the wrong type or unknown. Never shows its value.
 */
export class KsefClient implements AsyncDisposable {
  /** Signing in. */
  readonly authentication: Authentication
  /** The Ministry's public keys. */
  readonly encryption: Encryption
  /** The register of Peppol providers. */
  readonly peppol: Peppol
  /** Test data, as far as it needs nobody to have signed in. */
  readonly testdata: Testdata
  readonly #core: ClientCore

  constructor(environment: Environment = Environment.PRODUCTION, options: KsefClientOptions = {}) {
    const core = new ClientCore(parseClientOptions(environment, options))
    this.#core = core
    this.authentication = authenticationOf(core)
    this.encryption = encryptionOf(core.open, core.keys)
    this.peppol = peppolOf(core.open)
    this.testdata = testdataOf(core.open)
  }

  get environment(): Environment {
    return this.#core.settings.environment
  }

  /**
   * An authenticated client of tokens that were kept, such as `auth.authTokens` of another one. They are refreshed until
   * the refresh token ends; then `LATCHKEY_REAUTHORIZATION_REQUIRED` says that somebody has to sign in. Sends nothing.
   *
   * @param context - In whose name the tokens are: what client-side rate limits are counted by.
   */
  authenticated(authTokens: StoredAuthTokens, context?: SignInContext): AuthenticatedClient {
    const tokens = parseAuthTokens(authTokens)
    if (context !== undefined) assertKnown(context, ['nip', 'contextIdentifier'], 'authenticated')
    return keptClient(this.#core, tokens, context && parseContext(context))
  }

  /**
   * Closes every authenticated client of this one, too. Sessions at KSeF stay as they are. Requests that were sent finish; a
   * sign-in that KSeF still checks is given up.
   */
  async close(): Promise<void> {
    await this.#core.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}
