/**
 * Makes tokens and the answer that carries them. Lifetimes are cut short where the KC session cannot last that long.
 *
 * @see spec/truphone.md sections 12.4, 12.7
 * @module
 */
import { createHash } from 'node:crypto'
import type { Answer } from '../../../answers.ts'
import type { Client } from '../credentials.ts'
import type { World } from '../world.ts'
import { realmAnswer } from './answers.ts'
import { dropEnded, remember, type Session, sessionEndsAt, sessionMaxAt } from './realm.ts'

/** What tokens are to be made for. */
export interface Issue {
  readonly client: Client
  /** Null: without a refresh token. */
  readonly session: Session | null
  readonly issuer: string
  readonly scope: string
  readonly now: number
  readonly isRefresh?: boolean
}

/** Opens a KC session. */
export function openSession(world: World, client: Client, isOffline: boolean, now: number): Session {
  const { realm, switches, ids } = world
  dropEnded(realm, switches, now)
  const session: Session = {
    id: ids.uuid(),
    clientId: client.clientId,
    startedAt: now,
    lastRefreshAt: now,
    refreshes: 0,
    isOffline,
    isDetached: false,
    lastNumber: 0,
    usedNumber: 0,
    uses: 0,
  }
  remember(realm.sessions, session.id, session)
  realm.issued.sessions += 1
  return session
}

/** Makes the tokens. What is remembered of them is, before anything is waited for. */
export async function issue(world: World, order: Issue): Promise<Answer> {
  const { keys, switches } = world
  const { session, scope, issuer, client, now } = order
  const access = rememberAccess(world, order)
  const refresh = session === null ? null : rememberRefresh(world, session, order)
  const shared = { iss: issuer, sub: subjectOf(client.clientId), azp: client.clientId, scope, iat: seconds(now) }
  const sid = session === null ? {} : { sid: session.id }
  const legacySession = session !== null && switches.profile === 'kc-legacy' ? { session_state: session.id } : {}

  const accessToken = await keys.signAccess({
    exp: seconds(access.expiresAt),
    jti: access.jti,
    aud: 'account',
    typ: 'Bearer',
    ...shared,
    ...sid,
    ...legacySession,
    acr: '1',
    realm_access: { roles: [client.role] },
    resource_access: { account: { roles: [] } },
    preferred_username: `service-account-${client.clientId}`,
    clientHost: '127.0.0.1',
    clientAddress: '127.0.0.1',
    [switches.profile === 'kc-legacy' ? 'clientId' : 'client_id']: client.clientId,
  })
  const refreshToken =
    refresh === null || switches.refreshTokenForm === 'opaque'
      ? refresh?.jti
      : await keys.signRefresh({
          ...(refresh.expiresAt === null ? {} : { exp: seconds(refresh.expiresAt) }),
          jti: refresh.jti,
          aud: issuer,
          typ: refresh.expiresAt === null ? 'Offline' : 'Refresh',
          ...shared,
          ...sid,
        })
  const idToken = scope.split(' ').includes('openid')
    ? await keys.signAccess({ exp: seconds(access.expiresAt), aud: client.clientId, typ: 'ID', ...shared, ...sid })
    : undefined

  const tokenType = switches.profile === 'kc-legacy' ? 'bearer' : 'Bearer'
  const expiresIn = seconds(access.expiresAt - now)
  const refreshPart = refreshToken === undefined ? {} : { refresh_token: refreshToken }
  if (switches.profile === 'minimal') {
    return realmAnswer(200, { access_token: accessToken, token_type: 'Bearer', expires_in: expiresIn, ...refreshPart })
  }
  return realmAnswer(200, {
    access_token: accessToken,
    expires_in: expiresIn,
    refresh_expires_in: refresh === null || refresh.expiresAt === null ? 0 : seconds(refresh.expiresAt - now),
    ...refreshPart,
    token_type: tokenType,
    ...(idToken === undefined ? {} : { id_token: idToken }),
    'not-before-policy': switches.notBefore,
    ...(session === null ? {} : { session_state: session.id }),
    scope,
  })
}

function rememberAccess({ realm, switches, ids }: World, { client, session, now }: Issue) {
  const endsAt = session === null ? Infinity : sessionMaxAt(session, switches)
  const record = {
    jti: ids.uuid(),
    clientId: client.clientId,
    sessionId: session?.id ?? null,
    issuedAt: now,
    expiresAt: Math.min(now + switches.accessTokenLifespan * 1000, endsAt),
    state: 'good' as const,
  }
  remember(realm.access, record.jti, record)
  realm.issued.access += 1
  return record
}

function rememberRefresh({ realm, switches, ids }: World, session: Session, order: Issue) {
  if (order.isRefresh === true && !switches.newRefreshToken) return null
  session.lastNumber += 1
  const record = {
    jti: switches.refreshTokenForm === 'jwt' ? ids.uuid() : ids.opaqueToken(),
    clientId: session.clientId,
    sessionId: session.id,
    number: session.lastNumber,
    issuer: order.issuer,
    scope: order.scope,
    issuedAt: order.now,
    expiresAt: session.isOffline ? null : sessionEndsAt(session, switches),
  }
  remember(realm.refresh, record.jti, record)
  realm.issued.refresh += 1
  return record
}

/** The id of the service account behind a client. */
export function subjectOf(clientId: string): string {
  const hex = createHash('sha256').update(`service-account-${clientId}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000)
}
