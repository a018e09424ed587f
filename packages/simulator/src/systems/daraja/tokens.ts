/**
 * The tokens of an app: what a new one does to the one before, how long each lives by the simulator's clock, and why
 * one is refused.
 *
 * @see spec/daraja.md sections 2.2, 2.4, 2.8
 * @module
 */
import type { DarajaSwitches } from './switches.ts'

/** How many tokens are remembered; an older one is then unknown. */
export const tokensMax = 10_000

/** Why a token is refused. */
export type TokenRefusal = 'tokenUnknown' | 'tokenExpired' | 'tokenReplaced' | 'tokenInvalidated'

/** The token service's memory. Instants are epoch milliseconds. */
export interface Tokens {
  /** @returns The token and its remaining life in whole seconds. */
  issue(now: number, switches: DarajaSwitches): { value: string; expiresIn: number }
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

interface TokenRecord {
  readonly value: string
  readonly expiresAt: number
  /** From when on it is refused although it has not expired. */
  end?: { readonly at: number; readonly cause: TokenRefusal } | undefined
}

/** What the token service remembers. */
export interface SavedTokens {
  readonly records: readonly TokenRecord[]
  /** The value of the token that was issued last, unless there was none or it is not remembered. */
  readonly current: string | null
  readonly issued: number
}

/** Makes a memory, empty or as it was. `mint` gives a new token's value. */
export function createTokens(mint: () => string, saved?: SavedTokens): Tokens {
  const records = new Map(saved?.records.map((record) => [record.value, { ...record }]))
  let current: TokenRecord | undefined = records.get(saved?.current ?? '')
  let issued = saved?.issued ?? 0

  const refusalOf = (record: TokenRecord | undefined, now: number): TokenRefusal | null => {
    if (record === undefined) return 'tokenUnknown'
    if (record.end !== undefined && now >= record.end.at) return record.end.cause
    return now >= record.expiresAt ? 'tokenExpired' : null
  }
  const endBy = (record: TokenRecord, at: number, cause: TokenRefusal): void => {
    if (record.end === undefined || at < record.end.at) record.end = { at, cause }
  }

  return {
    issue(now, { tokenLifetimeSeconds, previousToken }) {
      const secondsLeft = current === undefined ? 0 : Math.floor((current.expiresAt - now) / 1000)
      if (previousToken === 'same' && current !== undefined && secondsLeft > 0 && refusalOf(current, now) === null) {
        return { value: current.value, expiresIn: secondsLeft }
      }
      if (previousToken === 'invalid' || typeof previousToken === 'object') {
        const at = now + (typeof previousToken === 'object' ? previousToken.graceSeconds * 1000 : 0)
        // Usually one; more when earlier ones were left alive by another setting.
        for (const record of records.values()) endBy(record, at, 'tokenReplaced')
      }
      const record: TokenRecord = { value: mint(), expiresAt: now + tokenLifetimeSeconds * 1000 }
      records.set(record.value, record)
      const oldest = records.size > tokensMax ? records.keys().next().value : undefined
      if (oldest !== undefined) records.delete(oldest)
      current = record
      issued += 1
      return { value: record.value, expiresIn: tokenLifetimeSeconds }
    },
    refusal: (value, now) => refusalOf(records.get(value), now),
    invalidateAll(now) {
      const live = [...records.values()].filter((record) => refusalOf(record, now) === null)
      for (const record of live) endBy(record, now, 'tokenInvalidated')
      return live.length
    },
    isKnown: (value) => records.has(value),
    live: (now) => [...records.values()].filter((record) => refusalOf(record, now) === null).length,
    issued: () => issued,
    snapshot: () => ({
      records: [...records.values()].map((record) => ({ ...record })),
      current: current?.value ?? null,
      issued,
    }),
    clear() {
      records.clear()
      current = undefined
      issued = 0
    },
  }
}
