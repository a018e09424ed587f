/**
 * The sessions of whoever asks.
 *
 * @see spec/ksef.md sections 2.12, 3.2
 * @module
 */
import { fields, readInput, referenceNumber } from '../fields.ts'
import { isSameContext } from '../identity.ts'
import { answer, type Call, nothing, param, type ProtectedOperation } from '../operation.ts'
import { continuePage } from '../pages.ts'
import { isSamePerson } from '../parties.ts'
import { forbidden } from '../refusal.ts'
import { isActive, revoke, type Session } from './session.ts'
import { describeSession, unknownAuthentication } from './status.ts'

/** `GET /auth/sessions` */
const listSessions: ProtectedOperation = {
  name: 'authSessions',
  method: 'GET',
  path: '/v2/auth/sessions',
  who: 'bearer',
  run(call) {
    const { world } = call
    const active = [...world.tables.sessions.values()].filter((each) => isOwn(call, each) && isActive(world, each))
    const { rows, continuationToken } = continuePage(call, active, 100, ({ startedAt, reference }) => ({
      at: startedAt,
      key: reference,
    }))
    const items = rows.map((each) => ({
      ...describeSession(each),
      referenceNumber: each.reference,
      isCurrent: each === call.session,
    }))
    return answer(200, { continuationToken, items })
  },
}

/** `DELETE /auth/sessions/current` */
const revokeCurrentSession: ProtectedOperation = {
  name: 'revokeCurrentSession',
  method: 'DELETE',
  path: '/v2/auth/sessions/current',
  who: 'bearerOrRefreshToken',
  run({ session }) {
    revoke(session)
    return nothing()
  },
}

/** `DELETE /auth/sessions/{referenceNumber}` */
const revokeSession: ProtectedOperation = {
  name: 'revokeSession',
  method: 'DELETE',
  path: '/v2/auth/sessions/{referenceNumber}',
  who: 'bearer',
  run(call) {
    const given = { referenceNumber: param(call, 'referenceNumber') }
    const input = readInput(fields({ referenceNumber: referenceNumber() }), given)
    const session = call.world.tables.sessions.get(input.referenceNumber)
    if (session === undefined) throw unknownAuthentication(input.referenceNumber)
    if (!isOwn(call, session)) throw forbidden('insufficient-resource-access')
    revoke(session)
    return nothing()
  },
}

/** The operations on sessions. */
export const sessionOperations: readonly ProtectedOperation[] = [listSessions, revokeCurrentSession, revokeSession]

/** Of the same person in the same context. */
function isOwn({ world, identity, context }: Call, session: Session): boolean {
  return (
    session.identity !== null &&
    isSamePerson(world, session.identity, identity) &&
    isSameContext(session.context, context)
  )
}
