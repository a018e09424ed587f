/**
 * Whose token a request carries.
 *
 * @see spec/ksef.md sections 2.10, 2.11
 * @module
 */
import { ownerPermissions, type Permission, permissionNames } from '../permissions/names.ts'
import type { World } from '../world.ts'
import type { TokenKind } from './jwt.ts'
import type { Session } from './session.ts'

/** A valid token. */
export interface Bearer {
  readonly kind: TokenKind
  readonly session: Session
  /** Of an access token: those of the moment at which it was issued. */
  readonly permissions: readonly Permission[]
}

/** Reads `Authorization`; null of none, or one that is no good: malformed, foreign, expired, or voided. */
export async function readBearer(world: World, header: string | undefined): Promise<Bearer | null> {
  const token = /^Bearer +(\S+) *$/i.exec(header ?? '')?.[1]
  const read = token === undefined ? null : await world.jwts.read(token, world.counters.generation)
  const { exp, arn, per } = read?.claims ?? {}
  if (read === null || exp === undefined || typeof arn !== 'string' || world.now() >= exp * 1000) return null
  const session = world.tables.sessions.get(arn)
  return session === undefined ? null : { kind: read.kind, session, permissions: permissionsIn(per) }
}

function permissionsIn(claim: unknown): readonly Permission[] {
  if (!Array.isArray(claim)) return []
  const isOwner = claim.includes('Owner')
  return permissionNames.filter((name) => claim.includes(name) || (isOwner && ownerPermissions.includes(name)))
}
