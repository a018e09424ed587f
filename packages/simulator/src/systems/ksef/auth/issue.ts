/**
 * Makes the tokens of a session.
 *
 * @see spec/ksef.md sections 2.10, 2.11
 * @module
 */
import { isOwner } from '../parties.ts'
import { ownerPermissions } from '../permissions/names.ts'
import { formatInstant } from '../times.ts'
import type { World } from '../world.ts'
import { methods } from './methods.ts'
import { permissionsOf, type Session } from './session.ts'

/** A token as answers show it. */
export interface TokenInfo {
  readonly token: string
  readonly validUntil: string
}

const accessEndsMax = 10_000

/** The token with which an authentication is watched and redeemed. */
export async function issueAuthToken(world: World, session: Session): Promise<TokenInfo> {
  const life = lifeOf(world, world.switches.authenticationTokenSeconds)
  const token = await world.jwts.sign('authToken', { arn: session.reference, ...life.claims }, 0)
  return { token, validUntil: life.validUntil }
}

/** An access token with the session's present permissions. The session is changed before anything is waited for. */
export async function issueAccessToken(world: World, session: Session): Promise<TokenInfo> {
  const now = world.now()
  const life = lifeOf(world, world.switches.accessTokenSeconds)
  session.accessEnds = [...session.accessEnds.filter((end) => now < end), life.endsAt].slice(-accessEndsMax)
  const { identity, context, method, ipPolicy } = session
  const isHeldByOwner = session.ksefToken === null && identity !== null && isOwner(world, identity, context)
  const held = permissionsOf(world, session)
  const claims = {
    cit: context.type,
    civ: context.value,
    aum: methods[method].authenticationMethod,
    arn: session.reference,
    sud: JSON.stringify({
      subjectIdentifier: identity === null ? null : { type: identity.kind, value: identity.value },
    }),
    ipp: ipPolicy,
    per: isHeldByOwner ? ['Owner', ...held.filter((name) => !ownerPermissions.includes(name))] : held,
    ...{ pec: [], rol: [], pep: [], iop: [] },
    ...life.claims,
  }
  const token = await world.jwts.sign('accessToken', claims, world.counters.generation)
  return { token, validUntil: life.validUntil }
}

/** The refresh token of a session, once. The session is changed before anything is waited for. */
export async function issueRefreshToken(world: World, session: Session): Promise<TokenInfo> {
  const life = lifeOf(world, world.switches.refreshTokenSeconds)
  session.refreshExpiresAt = life.endsAt
  const token = await world.jwts.sign('refreshToken', { arn: session.reference, ...life.claims }, 0)
  return { token, validUntil: life.validUntil }
}

/** JWTs count whole seconds, and `validUntil` says the same instant. */
function lifeOf(world: World, seconds: number) {
  const iat = Math.floor(world.now() / 1000)
  const exp = iat + seconds
  return { claims: { exp, iat }, endsAt: exp * 1000, validUntil: formatInstant(exp * 1000) }
}
