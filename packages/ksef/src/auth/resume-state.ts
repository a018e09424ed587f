/**
 * A sign-in as text, by which a later run of a program goes on without a credential: for those who keep it themselves. A
 * client with a `store` needs none of this. KSeF does not rotate refresh tokens, so that two holders do each other no harm.
 *
 * @see spec/ksef.md sections 2.10, 7.2 and 7.3
 * @module
 */
import { invalidArgument, Secret } from '@latchkey/core'
import { isObject, parseJson } from '@latchkey/http'
import { assertContextIdentifier } from '../values/context-identifier.ts'
import type { ContextIdentifier } from '../values/context-identifier.ts'
import type { Environment, EnvironmentName } from '../values/environments.ts'
import { parseAuthTokens } from './auth-tokens.ts'
import type { AuthTokens, StoredAuthTokens } from './auth-tokens.ts'
import type { GivenTokens } from './given-tokens.ts'

const formatVersion = 1
const textMaxLength = 65_536

/** What `authentication.resume()` takes. Printing, inspecting or serialising it shows no token. */
export class AuthenticationResumeState {
  readonly formatVersion = formatVersion
  readonly environment: EnvironmentName
  /** Absent where it is unknown, as with tokens that came from elsewhere. */
  readonly contextIdentifier: ContextIdentifier | undefined
  readonly #text: Secret

  /** @internal */
  constructor(environment: EnvironmentName, contextIdentifier: ContextIdentifier | undefined, tokens: AuthTokens) {
    this.environment = environment
    this.contextIdentifier = contextIdentifier
    const { accessToken, refreshToken } = tokens
    const [access, refresh] = [accessToken, refreshToken].map(({ token, validUntil }) => ({ token, validUntil }))
    const state = { formatVersion, environment, contextIdentifier, accessToken: access, refreshToken: refresh }
    this.#text = new Secret(JSON.stringify(state))
  }

  /** The whole as JSON, with both tokens: keep it as a secret. */
  export(): string {
    return this.#text.reveal()
  }
}

/** What a state says. */
export interface Resumed {
  readonly tokens: GivenTokens
  readonly context: ContextIdentifier | undefined
}

/** @throws {TypeError} `ERR_INVALID_ARG`: no state of this version, or of another environment. Shows no value. */
export function parseResumeState(state: AuthenticationResumeState | string, environment: Environment): Resumed {
  const text: unknown = state instanceof AuthenticationResumeState ? state.export() : state
  const json = typeof text === 'string' && text.length <= textMaxLength ? parseJson(text) : undefined
  if (!isObject(json)) throw invalidArgument('state: must be what resumeState() gave, or the text that it exports')
  if (json['formatVersion'] !== formatVersion) {
    throw invalidArgument(`state.formatVersion: must be ${formatVersion}, the one version that there is`)
  }
  if (json['environment'] !== environment.name) {
    throw invalidArgument(`state.environment: must be '${environment.name}', that of the client`)
  }
  const { accessToken, refreshToken, contextIdentifier } = json
  // Their members are checked there, one by one.
  const tokens = parseAuthTokens({ accessToken, refreshToken } as unknown as StoredAuthTokens)
  if (contextIdentifier === undefined) return { tokens, context: undefined }
  const context = (isObject(contextIdentifier) ? contextIdentifier : {}) as unknown as ContextIdentifier // Checked next.
  assertContextIdentifier(context)
  return { tokens, context: Object.freeze({ type: context.type, value: context.value }) }
}
