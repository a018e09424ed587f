/**
 * The tokens of a sign-in as users of other KSeF libraries know them: text and the instant when it ends. The text is
 * behind a getter, so that printing or serialising shows none of it.
 *
 * @see DESIGN section 3, spec/ksef.md sections 2.10 and 7.3
 * @module
 */
import { assertKnown, heldRefreshToken, invalidArgument, Secret } from '@latchkey/core'
import type { Clock, Token } from '@latchkey/core'
import type { GivenToken, GivenTokens } from './given-tokens.ts'

/** A token and its end. */
export class TokenInfo {
  readonly #token: Secret
  /** When it ends, by this process' wall clock. */
  readonly validUntil: Date

  constructor(token: Secret, validUntil: Date) {
    this.#token = token
    this.validUntil = validUntil
  }

  get token(): string {
    return this.#token.reveal()
  }
}

/** What signing in brought. */
export interface AuthTokens {
  readonly accessToken: TokenInfo
  readonly refreshToken: TokenInfo
}

/** A token that was kept by the caller; the instant as `Date` or as text with its zone. */
export interface StoredToken {
  readonly token: string
  readonly validUntil: Date | string
}

/** Tokens that were kept by the caller. */
export interface StoredAuthTokens {
  readonly accessToken: StoredToken
  readonly refreshToken: StoredToken
}

/** The tokens in the engine's hand. */
export function authTokensOf(token: Token, { wall }: Pick<Clock, 'wall'>): AuthTokens {
  const refresh = heldRefreshToken(token)
  // The sign-in brought one, and a refresh keeps it.
  if (refresh === undefined) throw new Error('A sign-in to KSeF has no refresh token.')
  const accessToken = new TokenInfo(new Secret(token.reveal()), new Date(wall() + token.remaining()))
  const refreshToken = new TokenInfo(refresh.token, new Date(refresh.until ?? NaN))
  return Object.freeze({ accessToken, refreshToken })
}

/** @throws {TypeError} `ERR_INVALID_ARG`. Shows no value. */
export function parseAuthTokens(tokens: StoredAuthTokens): GivenTokens {
  assertKnown(tokens, ['accessToken', 'refreshToken'], 'authenticated')
  const { accessToken, refreshToken } = tokens
  return { access: parseToken('accessToken', accessToken), refresh: parseToken('refreshToken', refreshToken) }
}

function parseToken(name: string, info: StoredToken): GivenToken {
  const { token, validUntil } = info ?? {}
  const until = validUntil instanceof Date ? validUntil.getTime() : zoned(validUntil)
  if (Number.isNaN(until)) throw invalidArgument(`${name}.validUntil: must be a Date or an instant with its zone`)
  return { token: new Secret(parseTokenText(`${name}.token`, token)), until }
}

/** @throws {TypeError} `ERR_INVALID_ARG` */
export function parseTokenText(name: string, token: unknown): string {
  if (typeof token === 'string' && /^[\x21-\x7e]{1,16384}$/.test(token)) return token
  throw invalidArgument(`${name}: must be the token as KSeF gave it`)
}

function zoned(text: unknown): number {
  return typeof text === 'string' && /(?:Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : NaN
}
