/**
 * The realm's memory: KC sessions, and the tokens that were issued. What a replay, a revocation or a logout does to
 * them. No signatures here; all instants are epoch milliseconds of the simulator's clock.
 *
 * @see spec/truphone.md sections 12.7, 12.10, 12.11, 14.2
 * @module
 */
import type { TruphoneSwitches } from '../switches.ts'

/** How many KC sessions, access tokens and refresh tokens are remembered, each; older ones are then unknown. */
export const rememberedMax = 10_000

/** How long an offline session lives without use. */
const offlineIdleMs = 30 * 86_400_000

/** A KC session. */
export interface Session {
  readonly id: string
  readonly clientId: string
  readonly startedAt: number
  lastRefreshAt: number
  refreshes: number
  readonly isOffline: boolean
  /** The client was taken out of it: by a revocation, or a replay. */
  isDetached: boolean
  /** Number of the refresh token that was issued last; they count from 1. */
  lastNumber: number
  /** Number of the refresh token that was used last, and how often it was; 0 before. */
  usedNumber: number
  uses: number
}

/** What is known of an access token. */
export interface AccessRecord {
  readonly jti: string
  readonly clientId: string
  readonly sessionId: string | null
  readonly issuedAt: number
  readonly expiresAt: number
  /** `revoked`: void where the realm is asked. `killed`: void everywhere. */
  state: 'good' | 'revoked' | 'killed'
}

/** What is known of a refresh token. */
export interface RefreshRecord {
  /** Of a JWT the claim, of an opaque one the token itself. */
  readonly jti: string
  readonly clientId: string
  readonly sessionId: string
  readonly number: number
  readonly issuer: string
  readonly scope: string
  readonly issuedAt: number
  /** Null: unlimited. */
  readonly expiresAt: number | null
}

/** The memory. */
export interface Realm {
  readonly sessions: Map<string, Session>
  readonly access: Map<string, AccessRecord>
  readonly refresh: Map<string, RefreshRecord>
  /** How many KC sessions and tokens there have been. */
  issued: { sessions: number; access: number; refresh: number }
}

/** What of it is saved. */
export interface SavedRealm {
  readonly sessions: readonly Session[]
  readonly access: readonly AccessRecord[]
  readonly refresh: readonly RefreshRecord[]
  readonly issued: Realm['issued']
}

/** Makes a memory, empty or as it was. */
export function createRealm(saved?: SavedRealm): Realm {
  return {
    sessions: new Map(saved?.sessions.map((session) => [session.id, { ...session }])),
    access: new Map(saved?.access.map((record) => [record.jti, { ...record }])),
    refresh: new Map(saved?.refresh.map((record) => [record.jti, { ...record }])),
    issued: { ...(saved?.issued ?? { sessions: 0, access: 0, refresh: 0 }) },
  }
}

/** Takes what is to be saved. */
export function saveRealm(realm: Realm): SavedRealm {
  const copies = <Row extends object>(map: ReadonlyMap<string, Row>): Row[] =>
    [...map.values()].map((row) => ({ ...row }))
  const { sessions, access, refresh, issued } = realm
  return { sessions: copies(sessions), access: copies(access), refresh: copies(refresh), issued: { ...issued } }
}

/** Forgets all. */
export function clearRealm(realm: Realm): void {
  realm.sessions.clear()
  realm.access.clear()
  realm.refresh.clear()
  realm.issued = { sessions: 0, access: 0, refresh: 0 }
}

/** Remembers a session or a token; the oldest goes when there are too many. */
export function remember<Row>(map: Map<string, Row>, key: string, row: Row): void {
  map.set(key, row)
  const oldest = map.size > rememberedMax ? map.keys().next().value : undefined
  if (oldest !== undefined) map.delete(oldest)
}

/** When a session ends if nobody uses it any more; it cannot go past its maximum. */
export function sessionEndsAt(session: Session, switches: TruphoneSwitches): number {
  if (session.isOffline) return session.lastRefreshAt + offlineIdleMs
  const idleSince = switches.slidingIdle ? session.lastRefreshAt : session.startedAt
  return Math.min(idleSince + switches.ssoSessionIdleTimeout * 1000, sessionMaxAt(session, switches))
}

/** The end that no refresh can put off. */
export function sessionMaxAt(session: Session, switches: TruphoneSwitches): number {
  return session.isOffline ? Infinity : session.startedAt + switches.ssoSessionMaxLifespan * 1000
}

/**
 * Uses a refresh token where each may be used only so many times.
 *
 * @returns Why it may not be used now, or null.
 */
export function useUp(
  session: Session,
  number: number,
  { revokeRefreshToken, refreshTokenMaxReuse, replayEndsFamily }: TruphoneSwitches,
): string | null {
  if (!revokeRefreshToken) return null
  if (number > session.usedNumber) {
    session.usedNumber = number
    session.uses = 1
    return null
  }
  if (number === session.usedNumber && session.uses <= refreshTokenMaxReuse) {
    session.uses += 1
    return null
  }
  if (replayEndsFamily) session.isDetached = true
  return number < session.usedNumber ? 'Stale token' : 'Maximum allowed refresh token reuse exceeded'
}

/** Takes the client out of all its sessions. */
export function detachClient(realm: Realm, clientId: string): void {
  for (const session of realm.sessions.values()) if (session.clientId === clientId) session.isDetached = true
}

/** Ends the sessions of a client, or all, and says how many they were. */
export function endSessions(realm: Realm, clientId?: string): number {
  const ending = [...realm.sessions.values()].filter((each) => clientId === undefined || each.clientId === clientId)
  for (const { id } of ending) realm.sessions.delete(id)
  return ending.length
}

/** Drops the sessions that have ended by themselves. */
export function dropEnded(realm: Realm, switches: TruphoneSwitches, now: number): void {
  for (const [id, session] of realm.sessions) if (sessionEndsAt(session, switches) <= now) realm.sessions.delete(id)
}

/** True while an API that checks signature and expiry accepts the token. */
export function isAlive(record: AccessRecord, now: number): boolean {
  return record.state !== 'killed' && now < record.expiresAt
}

/** True while the realm itself calls the token active. */
export function isActive(realm: Realm, record: AccessRecord, switches: TruphoneSwitches, now: number): boolean {
  if (!isAlive(record, now) || record.state !== 'good' || isVoid(record.issuedAt, switches)) return false
  if (record.sessionId === null) return true
  const session = realm.sessions.get(record.sessionId)
  return session !== undefined && !session.isDetached && now < sessionEndsAt(session, switches)
}

/** True of what was issued before the realm's not-before time. */
export function isVoid(issuedAt: number, { notBefore }: TruphoneSwitches): boolean {
  return Math.floor(issuedAt / 1000) < notBefore
}
