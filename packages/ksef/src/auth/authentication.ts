/**
 * Signing in to KSeF: each way ends in an authenticated client.
 *
 * @see spec/ksef.md sections 2 and 7.2
 * @module
 */
import { assertKnown, Secret } from '@latchkey/core'
import { AuthenticatedClient } from '../authenticated-client.ts'
import type { ClientCore } from '../client-core.ts'
import { ksefError } from '../errors.ts'
import { ask } from '../operations/answers.ts'
import type { CallOptions } from '../operations/context.ts'
import { operations } from '../operations/table.ts'
import type { Challenge } from '../values/challenge.ts'
import { authTokensOf, parseTokenText, TokenInfo } from './auth-tokens.ts'
import type { Door } from './door.ts'
import { fixedSource } from './fixed-source.ts'
import { ksefGrant } from './grant.ts'
import { keptClient } from './kept-client.ts'
import { audienceOf } from './plan.ts'
import type { SignInPlan } from './plan.ts'
import { parseResumeState } from './resume-state.ts'
import type { AuthenticationResumeState } from './resume-state.ts'
import { signIn } from './sign-in.ts'
import type { SignedRequestSignIn, TestCertificateSignIn, TokenSignIn, XadesSignIn } from './sign-in-options.ts'
import { tokenPlan } from './token-plan.ts'
import { signedRequestPlan, testCertificatePlan, xadesPlan } from './xades-plans.ts'

/** An access token that was refreshed by hand. */
export interface RefreshedToken {
  /** Its end as KSeF names it. */
  readonly accessToken: TokenInfo
}

/**
 * `client.authentication`
 *
 * Every way resolves when it is signed in: with the tokens of the client's store where those are good, so that a program
 * that starts again goes on with its refresh token, and through a sign-in otherwise. Each rejects with a `TokenError`; the
 * README has the codes.
 */
export interface Authentication {
  /**
   * Signs in with a certificate that is made for the occasion: a seal of `nip`, or the signature of the person with
   * `pesel`. For TEST and simulators.
   *
   * @throws {ProviderError} `KSEF_TEST_ONLY`: another environment; nothing was sent.
   */
  withTestCertificate(options: TestCertificateSignIn): Promise<AuthenticatedClient>
  /**
   * Signs in with a certificate and its key, or with a signer that has both.
   *
   * @throws {LatchkeyError} `KSEF_CREDENTIAL_MISMATCH`: the key is not the certificate's.
   */
  withXades(options: XadesSignIn): Promise<AuthenticatedClient>
  /** Signs in with a KSeF token. */
  withToken(options: TokenSignIn): Promise<AuthenticatedClient>
  /**
   * Signs in with a request that somebody else signs: through a function, which is asked for every new sign-in, or as a
   * document that was signed for a challenge of {@link Authentication.challenge} and is good once.
   */
  withSignedRequest(options: SignedRequestSignIn): Promise<AuthenticatedClient>
  /**
   * Goes on with a sign-in that `auth.resumeState()` told of, also in another process: as the client that it came from,
   * but without its credential, so that `LATCHKEY_REAUTHORIZATION_REQUIRED` follows the end of the refresh token. Sends
   * nothing.
   *
   * @throws {TypeError} `ERR_INVALID_ARG`: not such a state, or one of another environment.
   */
  resume(state: AuthenticationResumeState | string): Promise<AuthenticatedClient>
  /**
   * Asks for a challenge, which lives ten minutes and is good for one sign-in.
   *
   * Source: spec/ksef.md section 3.1. `POST /auth/challenge`
   */
  challenge(run?: CallOptions): Promise<Challenge>
  /**
   * Gets an access token for a refresh token, by hand: an authenticated client does it by itself.
   *
   * Source: spec/ksef.md section 3.1. `POST /auth/token/refresh`
   *
   * @throws {ProviderError} `KSEF_REJECTED` with 21301, 21304 or 21308, `KSEF_TOKEN_REJECTED`: it is of no use any more.
   */
  refresh(options: { readonly refreshToken: string }, run?: CallOptions): Promise<RefreshedToken>
}

export function authenticationOf(core: ClientCore): Authentication {
  const { settings, keys } = core
  const authentication: Authentication = {
    async withTestCertificate(options) {
      if (!settings.isTest) throw testOnly(settings.environment.name)
      return enter(core, testCertificatePlan(options, settings))
    },
    withXades: async (options) => enter(core, xadesPlan(options, settings)),
    withToken: async (options) => enter(core, tokenPlan(options, { ...settings, keys })),
    withSignedRequest: async (options) => enter(core, signedRequestPlan(options, settings)),
    async resume(state) {
      const { tokens, context } = parseResumeState(state, settings.environment)
      return Promise.resolve(keptClient(core, tokens, context))
    },
    challenge: (run) => ask(core.open, operations['authentication.challenge'], {}, run),
    async refresh(options, run) {
      assertKnown(options, ['refreshToken'], 'refresh')
      const source = fixedSource(parseTokenText('refreshToken', options.refreshToken))
      const context = core.contextFor(source, settings.budgets?.open)
      const { accessToken } = await ask(context, operations['authentication.refresh'], {}, run)
      const { token, validUntil } = accessToken
      return Object.freeze({ accessToken: new TokenInfo(new Secret(token), validUntil) })
    },
  }
  return Object.freeze(authentication)
}

async function enter(core: ClientCore, plan: SignInPlan): Promise<AuthenticatedClient> {
  const { method, patience, context, identity, authorizationPolicy, keyLabel, onFirstUse, signal } = plan
  const { id, credential } = method
  const entrance = { id, obtain: (door: Door) => signIn(door, method, patience) }
  const subject = `${context.type}:${context.value}`
  const source = core.sourceFor({
    grant: ksefGrant(core.entry, credential === undefined ? entrance : { ...entrance, credential }),
    key:
      identity === undefined ? undefined : { clientId: identity, subject, audience: audienceOf(authorizationPolicy) },
    keyLabel,
  })
  if (onFirstUse) return new AuthenticatedClient({ core, source, context, tokens: undefined })
  try {
    const tokens = authTokensOf(await source.get({ signal }), core.settings.clock)
    return new AuthenticatedClient({ core, source, context, tokens })
  } catch (error) {
    core.release(source).catch(() => undefined) // What was begun finishes for itself; nobody waits for it.
    throw error
  }
}

function testOnly(environment: string): Error {
  const text = `withTestCertificate: only the environment TEST takes such a certificate, and this client is for '${environment}'. Nothing was sent.`
  return ksefError('KSEF_TEST_ONLY', text, { operation: 'withTestCertificate' })
}
