/**
 * The tokens of the gateway's app. Unlike Daraja's, several live at once.
 *
 * @see spec/etims.md section 2.7
 * @module
 */

/** How many tokens are remembered; an older one is then unknown. */
export const tokensMax = 10_000

/** Why a token is refused. */
export type TokenRefusal = 'tokenUnknown' | 'tokenExpired' | 'tokenInvalidated'

/** A token. Instants are epoch milliseconds. */
export interface TokenRecord {
  readonly value: string
  readonly expiresAt: number
  isInvalidated: boolean
}

/** What the token service remembers. */
export interface SavedTokens {
  readonly records: readonly TokenRecord[]
  readonly issued: number
}

/** The token service's memory. */
export interface Tokens {
  issue(now: number, lifetimeSeconds: number): string
  /** @returns Why the token is no good, or null. */
  refusal(value: string, now: number): TokenRefusal | null
  /** Kills all that live, and says how many they were. */
  invalidateAll(now: number): number
  isKnown(value: string): boolean
  live(now: number): number
  issued(): number
  snapshot(): SavedTokens
  clear(): void
}

/** Makes a memory, empty or as it was. `mint` gives a new token's value. */
export function createTokens(mint: () => string, saved?: SavedTokens): Tokens {
  const records = new Map(saved?.records.map((record) => [record.value, { ...record }]))
  let issued = saved?.issued ?? 0

  const refusal = (value: string, now: number): TokenRefusal | null => {
    const record = records.get(value)
    if (record === undefined) return 'tokenUnknown'
    if (record.isInvalidated) return 'tokenInvalidated'
    return now >= record.expiresAt ? 'tokenExpired' : null
  }
  const alive = (now: number): TokenRecord[] =>
    [...records.values()].filter(({ value }) => refusal(value, now) === null)

  return {
    issue(now, lifetimeSeconds) {
      const value = mint()
      records.set(value, { value, expiresAt: now + lifetimeSeconds * 1000, isInvalidated: false })
      const oldest = records.size > tokensMax ? records.keys().next().value : undefined
      if (oldest !== undefined) records.delete(oldest)
      issued += 1
      return value
    },
    refusal,
    invalidateAll(now) {
      const killed = alive(now)
      for (const record of killed) record.isInvalidated = true
      return killed.length
    },
    isKnown: (value) => records.has(value),
    live: (now) => alive(now).length,
    issued: () => issued,
    snapshot: () => ({ records: [...records.values()].map((record) => ({ ...record })), issued }),
    clear() {
      records.clear()
      issued = 0
    },
  }
}
