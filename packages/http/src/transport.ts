/**
 * What the two transports, `fetch` and undici, are told alike: where the token may go, and how a refusal looks.
 *
 * @see engine.md 7.1 and 7.6
 * @module
 */
import { assertKnown, assertTypes, withMethods } from '@latchkey/core'
import type { Rule, Token, TokenSource } from '@latchkey/core'
import { authorizations } from './exchange.ts'
import { parseOrigins } from './origin.ts'
import { classifyStatus } from './verdict.ts'
import type { Classifier } from './verdict.ts'

export interface TransportOptions {
  /** The only origins that get the token: `https://api.example.com`, or `http` on loopback. At least one. */
  readonly origins: readonly string[]
  /** What an answer says about the token. @default `classifyStatus` */
  readonly classify?: Classifier
}

/** Options, complete and checked. */
export interface Transport {
  readonly source: TokenSource
  readonly origins: readonly string[]
  readonly classify: Classifier
  /** The value of a token's `Authorization` header. */
  readonly authorization: (token: Token) => string
}

const aFunction: Rule = { text: 'a function', holds: (value) => typeof value === 'function' }
const rules = { fetch: aFunction, classify: aFunction, source: withMethods('a token source', 'get', 'refuse') }

/**
 * Checks a transport's arguments.
 *
 * @param name - The function they were passed to, and `more` its options beside the common ones.
 * @throws {TypeError} `ERR_INVALID_ARG`: an unknown option, no origin, or one that is neither https nor loopback.
 */
export function parseTransport(
  name: string,
  source: TokenSource,
  options: TransportOptions,
  more: readonly string[] = [],
): Transport {
  assertKnown(options, ['origins', 'classify', ...more], name)
  assertTypes(options, rules)
  const origins = parseOrigins(options.origins)
  assertTypes({ source: source ?? null }, rules)
  return { source, origins, classify: options.classify ?? classifyStatus, authorization: authorizations() }
}
