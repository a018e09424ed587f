/**
 * How an authentication stands.
 *
 * @see spec/ksef.md section 2.9
 * @module
 */
import { fields, readInput, referenceNumber } from '../fields.ts'
import { answer, param, type TokenOperation } from '../operation.ts'
import { forbidden, type Refusal, refused, statusOnly } from '../refusal.ts'
import { formatInstant } from '../times.ts'
import { methods } from './methods.ts'
import type { Session } from './session.ts'
import { statusInfo } from './statuses.ts'

/** How long a status can be read, from the start of the authentication. */
const retentionMs = 7 * 86_400_000

/** `GET /auth/{referenceNumber}` */
export const statusOperation: TokenOperation = {
  name: 'authStatus',
  method: 'GET',
  path: '/v2/auth/{referenceNumber}',
  who: 'authToken',
  run(call) {
    const given = { referenceNumber: param(call, 'referenceNumber') }
    const input = readInput(fields({ referenceNumber: referenceNumber() }), given)
    const session = call.world.tables.sessions.get(input.referenceNumber)
    if (session === undefined) throw unknownAuthentication(input.referenceNumber)
    if (session !== call.session) throw forbidden('insufficient-resource-access')
    if (call.now >= session.startedAt + retentionMs) throw statusOnly(410)
    return answer(200, describeSession(session))
  },
}

/** A session as status and list show it. */
export function describeSession(session: Session): object {
  const { authenticationMethod, info } = methods[session.method]
  return {
    startDate: formatInstant(session.startedAt),
    authenticationMethod,
    authenticationMethodInfo: info,
    status: statusInfo(session.status, session.detail),
    isTokenRedeemed: session.redeemedAt !== null,
    lastTokenRefreshDate: session.lastRefreshAt === null ? null : formatInstant(session.lastRefreshAt),
    refreshTokenValidUntil: session.refreshExpiresAt === null ? null : formatInstant(session.refreshExpiresAt),
  }
}

/** 21304. */
export function unknownAuthentication(reference: string): Refusal {
  return refused(21304, `Operacja uwierzytelniania o numerze referencyjnym ${reference} nie została znaleziona.`)
}
