/**
 * What a provider supplies: how its tokens are made, renewed and revoked, and what doing so costs. A grant never
 * sees the record, the store, other callers or timers.
 *
 * @see engine.md section 1
 * @module
 */
import type { Clock } from './clock.ts'
import type { Secret } from './secret.ts'

/** One provider's way to a token. Throw a `TokenError` with `failure` to say how an attempt failed. */
export interface Grant {
  readonly id: string
  readonly traits: Traits
  /** Makes a token with the main credential. */
  obtain(run: GrantRun): Promise<Issued>
  /** Makes a token with the refresh token in hand. */
  renew?(from: Renewal, run: GrantRun): Promise<Issued>
  /** Tells the provider to end tokens. Resolving with `remainsUntil` says that the access token lives on until then. */
  revoke?(what: Revocable, run: GrantRun): Promise<void | { readonly remainsUntil: number }>
  /**
   * The main credential, as text that identifies it. Only a keyed fingerprint of it is kept, so that a corrected
   * secret is not held up by the cool-down of the wrong one (engine.md 6.4).
   */
  readonly credential?: Secret
}

/** The provider's habits. Durations are milliseconds. */
export interface Traits {
  /** A new token ends the life of the previous one. */
  readonly exclusive: boolean
  readonly renewal: 'none' | 'reusable' | 'rotating'
  /** Effect of sending a spent refresh token again. */
  readonly replay: 'safe' | 'grace' | 'fatal' | 'unknown'
  /** Upper bound for one attempt; sizes the lease. */
  readonly longest: number
  /** A token younger than this may be refused without being bad. @default 0 */
  readonly settle?: number
  /** Used when the provider names no lifetime. @default 300 000 */
  readonly assumedLifetime?: number
}

export interface GrantRun {
  /** Aborted when the attempt is over, whatever its outcome. */
  readonly signal: AbortSignal
  readonly clock: Clock
  /** The only door to the network: keeps the lease, the deadline, TLS, size limits and redaction. */
  send(request: TokenRequest): Promise<TokenResponse>
  /** Extends the lease, for grants with many steps. */
  extend(): Promise<void>
}

export interface TokenRequest {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly url: URL
  readonly headers: Headers
  readonly body?: string
  /** True when the request carries the refresh token. */
  readonly spendsRefreshToken: boolean
}

export interface TokenResponse {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The provider's clock: its `Date` header in epoch milliseconds, or this process' clock where it sent none. */
  readonly now: number
}

/**
 * A lifetime as a provider states it: `seconds` from now (number, numeric string or fraction), or an instant
 * `at` (epoch milliseconds or a date string) read with the provider's own clock `now`.
 */
export type Lifetime =
  { readonly seconds: unknown } | { readonly at: number | string; readonly now?: number | undefined }

/** What a provider issued. */
export interface Issued {
  readonly access: Secret
  readonly lifetime?: Lifetime | undefined
  /** Absent after a renewal means: keep the one in hand. */
  readonly refresh?: { readonly token: Secret; readonly lifetime?: Lifetime | undefined } | undefined
  readonly scopes?: readonly string[] | undefined
  /** @default 'Bearer' */
  readonly scheme?: string | undefined
  /** Issue time by the provider's clock, epoch milliseconds. */
  readonly issuedAt?: number | undefined
  /** The next renewal uses the main credential: a server-side login is about to reach its maximum (engine.md 6.10a). */
  readonly next?: 'primary' | undefined
}

export interface Renewal {
  readonly refresh: Secret
  readonly access: Secret
  readonly scopes?: readonly string[] | undefined
}

export interface Revocable {
  readonly access?: Secret | undefined
  readonly refresh?: Secret | undefined
}
