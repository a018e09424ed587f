/**
 * What a caller holds in order to get a usable token.
 *
 * @see engine.md section 1
 * @module
 */

/** Rises with every committed token of a key; never reused. */
export type Generation = number

export interface TokenSource {
  /** Resolves with a token that meets the need, from memory where it can. Rejects with a `TokenError`, or the signal's reason. */
  get(need?: Need): Promise<Token>
  /** The token in hand if it is usable now: no waiting, no I/O. */
  peek(): Token | undefined
  /** Says that a resource did not accept this generation. A newer token is not affected. */
  refuse(generation: Generation, evidence?: Evidence): void
  /** Drops the token everywhere we keep it. */
  forget(): Promise<void>
  /** Forgets, then tells the provider. */
  revoke(): Promise<RevokeReport>
}

export interface Need {
  /** Ends this caller's wait, nothing else. */
  readonly signal?: AbortSignal | undefined
  /** Only a token newer than this one will do. */
  readonly after?: Generation | undefined
  /** Milliseconds that the token must still live. */
  readonly minRemaining?: number | undefined
  /** Milliseconds to sit out a cool-down. @default 5 000 */
  readonly patience?: number | undefined
}

/** Immutable. Printing, inspecting, serialising or spreading it shows no secret. */
export interface Token {
  readonly generation: Generation
  /** `Bearer` unless the provider says otherwise. */
  readonly scheme: string
  readonly scopes?: readonly string[]
  /** Full lifetime in milliseconds, as the provider stated it. */
  readonly lifetime: number
  /** Milliseconds left, by the more pessimistic of the process' two clocks. */
  remaining(): number
  /** The value of an `Authorization` header. */
  header(): string
  reveal(): string
}

/** What is known of a refusal, for events: never a body or a header. */
export interface Evidence {
  readonly status?: number | undefined
  readonly providerCode?: string | undefined
  readonly verdict?: string | undefined
}

/** What became of one displaced token. */
export type TokenFate =
  | { readonly fate: 'absent' | 'revoked' | 'notSupported' }
  | { readonly fate: 'failed'; readonly reason: string }
  | { readonly fate: 'remains'; readonly until: number }

export interface RevokeReport {
  readonly access: TokenFate
  readonly refresh: TokenFate
}

/** A redacted picture of one key, for support. */
export interface Description {
  readonly provider: string
  readonly environment: string
  readonly keyLabel: string
  readonly state: 'none' | 'fresh' | 'due' | 'spent' | 'closed'
  readonly generation: Generation
  /** Milliseconds of life left; 0 where there is no token. */
  readonly remaining: number
  readonly renewing: boolean
  readonly uncommitted: boolean
  /** As of the last look at the record. */
  readonly coolDown?: { readonly class: string; readonly code: string; readonly retryAt: number; readonly step: number }
  readonly heldBy?: string
}
