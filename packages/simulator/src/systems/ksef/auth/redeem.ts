/**
 * From a successful authentication to tokens, once, and from a refresh token to access tokens, as often as needed.
 *
 * @see spec/ksef.md sections 2.9, 2.10
 * @module
 */
import { isDeceased } from '../parties.ts'
import { answer, type TokenOperation } from '../operation.ts'
import { refused } from '../refusal.ts'
import type { World } from '../world.ts'
import { issueAccessToken, issueRefreshToken } from './issue.ts'
import { permissionsOf, type Session } from './session.ts'

/** `POST /auth/token/redeem` */
export const redeemOperation: TokenOperation = {
  name: 'redeem',
  method: 'POST',
  path: '/v2/auth/token/redeem',
  who: 'authToken',
  async run({ world, session, now }) {
    if (session.redeemedAt !== null) {
      throw refused(21301, `Tokeny dla operacji uwierzytelniania ${session.reference} zostały już pobrane.`)
    }
    if (session.status !== 200) {
      const code = String(session.status)
      throw refused(21301, `Status uwierzytelniania (${code}) nie pozwala na pobranie tokenów.`)
    }
    refuseTheDead(world, session)
    session.redeemedAt = now
    world.counters.redeems += 1
    const [accessToken, refreshToken] = await Promise.all([
      issueAccessToken(world, session),
      issueRefreshToken(world, session),
    ])
    return answer(200, { accessToken, refreshToken })
  },
}

/** `POST /auth/token/refresh` */
export const refreshOperation: TokenOperation = {
  name: 'refresh',
  method: 'POST',
  path: '/v2/auth/token/refresh',
  who: 'refreshToken',
  async run({ world, session, now }) {
    const token = session.ksefToken === null ? undefined : world.tables.ksefTokens.get(session.ksefToken)
    if (token?.status === 'Revoking' || token?.status === 'Revoked') {
      throw refused(21301, 'Token KSeF został unieważniony.')
    }
    refuseTheDead(world, session)
    // Who has lost every permission is refused as he would be by a new authentication.
    const status = session.status === 200 && permissionsOf(world, session).length === 0 ? 415 : session.status
    if (status !== 200) {
      const code = String(status)
      throw refused(21301, `Status uwierzytelnienia (${code}) nie pozwala na odświeżenie tokenu dostępowego.`)
    }
    session.lastRefreshAt = now
    world.counters.refreshes += 1
    return answer(200, { accessToken: await issueAccessToken(world, session) })
  },
}

function refuseTheDead(world: World, { identity }: Session): void {
  if (identity !== null && isDeceased(world, identity)) throw refused(21308)
}
