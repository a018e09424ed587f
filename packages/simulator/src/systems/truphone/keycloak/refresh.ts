/**
 * Which refresh token a text is, and why it may not be used.
 *
 * @see spec/truphone.md section 12.6, "Refresh errors"
 * @module
 */
import type { Client } from '../credentials.ts'
import type { World } from '../world.ts'
import { isVoid, type RefreshRecord, sessionEndsAt } from './realm.ts'

/** Finds a refresh token; null of what is none, or was forgotten. */
export async function readRefreshToken({ realm, keys }: World, token: string): Promise<RefreshRecord | null> {
  const opaque = realm.refresh.get(token)
  // The `jti` of a JWT is in the same map, but is not a token.
  if (opaque !== undefined) return token.length === 64 ? opaque : null
  const read = await keys.read(token)
  if (read?.signedAs !== 'refresh') return null
  return realm.refresh.get(read.claims.jti ?? '') ?? null
}

/** Why a refresh token may not be used by this client now, apart from having been used before; or null. */
export function refusalOf(
  { realm, switches }: World,
  record: RefreshRecord,
  client: Client,
  issuer: string,
  now: number,
): string | null {
  if (record.clientId !== client.clientId) {
    return "Invalid refresh token. Token client and authorized client don't match"
  }
  if (record.issuer !== issuer && switches.profile !== 'kc-legacy') {
    return `Invalid token issuer. Expected '${issuer}'`
  }
  if (record.expiresAt !== null && now >= record.expiresAt) return 'Token is not active'
  if (isVoid(record.issuedAt, switches)) return 'Stale token'
  const session = realm.sessions.get(record.sessionId)
  if (session === undefined || now >= sessionEndsAt(session, switches)) {
    return record.expiresAt === null ? 'Offline session not active' : 'Session not active'
  }
  return session.isDetached ? "Session doesn't have required client" : null
}
