/**
 * What an authorization server knows: logins, the tokens issued under them and their fate. Apart from the double's
 * HTTP so that the rules of rotation, replay and exclusivity can be read and tested as plain calls.
 *
 * @see RFC 6749 section 6, RFC 7009, engine.md sections 1 (traits) and 15 ("Provider")
 * @module
 */
import { randomBytes } from 'node:crypto'

/** The habits of the server. Durations are milliseconds. */
export interface LedgerRules {
  readonly exclusive: boolean
  readonly renewal: 'none' | 'reusable' | 'rotating'
  readonly replay: 'safe' | 'grace' | 'fatal' | 'unknown'
  readonly lifetimeMs: number
  readonly refreshLifetimeMs: number
  readonly graceMs: number
  /** `sliding`: each renewal starts the refresh token's life anew. `fixed`: the login ends with its first one's. */
  readonly expiry: 'sliding' | 'fixed'
}

export interface IssuedPair {
  readonly access: string
  readonly lifetimeMs: number
  readonly refresh?: string
  readonly refreshLifetimeMs?: number
}

export type AccessFate = 'live' | 'expired' | 'superseded' | 'revoked' | 'unknown'

/** `replay`: a spent refresh token came again. `ended`: it was known but is over. `unknown`: never issued. */
export type RenewOutcome = { readonly pair: IssuedPair } | { readonly refused: 'replay' | 'ended' | 'unknown' }

interface Login {
  readonly endsAt: number
  ended: boolean
}

interface AccessToken {
  readonly login: Login
  readonly issuedAt: number
  readonly endsAt: number
  fate: 'live' | 'superseded' | 'revoked'
}

interface RefreshToken {
  readonly login: Login
  readonly endsAt: number
  spentAt?: number
}

const tokensMax = 20_000 // The oldest are forgotten, and are then `unknown`.

export interface Ledger {
  obtain(): IssuedPair
  renew(refresh: string): RenewOutcome
  /** Ends the login of a refresh token, or one access token. Unknown tokens are no error (RFC 7009 section 2.2). */
  revoke(token: string): void
  fate(access: string): AccessFate
  /** Milliseconds since it was issued; undefined for a token never issued. */
  age(access: string): number | undefined
  /** The youngest living access token with its remaining life. */
  present(): IssuedPair | undefined
  endAccessTokens(): void
  endLogins(): void
  /** Every token issued, dead ones too. */
  tokens(): string[]
  live(): number
}

/** @param now - The server's time in milliseconds; it never goes back. */
export function createLedger(rules: LedgerRules, now: () => number): Ledger {
  const accessTokens = new Map<string, AccessToken>()
  const refreshTokens = new Map<string, RefreshToken>()
  let drawn = 0

  const draw = (kind: string): string => `${kind}-${(drawn += 1)}-${randomBytes(9).toString('hex')}`

  function issue(login: Login, refresh?: string): IssuedPair {
    if (rules.exclusive) for (const token of accessTokens.values()) if (token.fate === 'live') token.fate = 'superseded'
    const access = draw('access')
    keep(accessTokens, access, { login, issuedAt: now(), endsAt: now() + rules.lifetimeMs, fate: 'live' })
    if (rules.renewal === 'none') return { access, lifetimeMs: rules.lifetimeMs }
    const known = refresh === undefined ? undefined : refreshTokens.get(refresh)
    const name = refresh ?? draw('refresh')
    const slid = Math.min(now() + rules.refreshLifetimeMs, login.endsAt)
    keep(refreshTokens, name, { ...known, login, endsAt: slid })
    return { access, lifetimeMs: rules.lifetimeMs, refresh: name, refreshLifetimeMs: slid - now() }
  }

  function end(login: Login): void {
    login.ended = true
    for (const token of accessTokens.values())
      if (token.login === login && token.fate === 'live') token.fate = 'revoked'
  }

  function fate(access: string): AccessFate {
    const token = accessTokens.get(access)
    if (token === undefined) return 'unknown'
    if (token.fate !== 'live') return token.fate
    return token.endsAt > now() ? 'live' : 'expired'
  }

  return {
    obtain: () =>
      issue({ endsAt: rules.expiry === 'fixed' ? now() + rules.refreshLifetimeMs : Infinity, ended: false }),
    renew(refresh) {
      const token = refreshTokens.get(refresh)
      if (token === undefined) return { refused: 'unknown' }
      const spentFor = token.spentAt === undefined ? undefined : now() - token.spentAt
      const tolerated = rules.replay === 'safe' || (rules.replay === 'grace' && (spentFor ?? 0) <= rules.graceMs)
      if (spentFor !== undefined && !tolerated) {
        end(token.login)
        return { refused: 'replay' }
      }
      if (token.login.ended || token.endsAt <= now()) return { refused: 'ended' }
      if (rules.renewal === 'reusable') return { pair: issue(token.login, refresh) }
      token.spentAt ??= now()
      return { pair: issue(token.login) }
    },
    revoke(token) {
      const access = accessTokens.get(token)
      if (access?.fate === 'live') access.fate = 'revoked'
      const refresh = refreshTokens.get(token)
      if (refresh) end(refresh.login)
    },
    fate,
    age: (access) => {
      const token = accessTokens.get(access)
      return token && now() - token.issuedAt
    },
    present() {
      const [name, token] = [...accessTokens].findLast(([access]) => fate(access) === 'live') ?? []
      if (name === undefined || token === undefined) return undefined
      const refresh = [...refreshTokens].findLast(([, { login }]) => login === token.login)
      const rest = refresh && { refresh: refresh[0], refreshLifetimeMs: refresh[1].endsAt - now() }
      return { access: name, lifetimeMs: token.endsAt - now(), ...rest }
    },
    endAccessTokens() {
      for (const token of accessTokens.values()) if (token.fate === 'live') token.fate = 'revoked'
    },
    endLogins() {
      for (const { login } of [...accessTokens.values(), ...refreshTokens.values()]) login.ended = true
      this.endAccessTokens()
    },
    tokens: () => [...accessTokens.keys(), ...refreshTokens.keys()],
    live: () => [...accessTokens.keys()].filter((access) => fate(access) === 'live').length,
  }
}

function keep<T>(tokens: Map<string, T>, name: string, token: T): void {
  tokens.set(name, token)
  for (const oldest of tokens.keys()) {
    if (tokens.size <= tokensMax) return
    tokens.delete(oldest)
  }
}
