/**
 * Staying in and leaving: what is done with the tokens of a sign-in, however they were got.
 *
 * @see spec/ksef.md sections 2.10 and 2.12
 * @module
 */
import type { Issued, Renewal, Revocable } from '@latchkey/core'
import { authenticationRows } from '../operations/rows/authentication.ts'
import { sessionRows } from '../operations/rows/sessions.ts'
import { decodeAccessToken } from '../wire/sign-in.ts'
import type { Door } from './door.ts'
import { answerFailure } from './failures.ts'
import { issuedFrom } from './issued.ts'
import { askInTurn, shortMs } from './unprocessed.ts'

/** `POST /auth/token/refresh`. The refresh token is not rotated and may be sent again. */
export async function refresh(door: Door, from: Renewal): Promise<Issued> {
  const ask = { bearer: from.refresh, spendsRefreshToken: true }
  const { read, response } = await askInTurn(door, shortMs, authenticationRows['authentication.refresh'], ask)
  const access = read.status === 200 ? decodeAccessToken(read.json) : undefined
  if (access === undefined) throw answerFailure('refresh', read)
  return issuedFrom(access, undefined, response)
}

/** `DELETE /auth/sessions/current`. The refresh token ends with the session, the access token by itself. */
export async function endSession(door: Door, { refresh: long, access }: Revocable): Promise<void> {
  const bearer = long ?? access
  if (bearer === undefined) return
  const { read } = await door.ask(sessionRows['sessions.terminateCurrent'], { bearer })
  if (read.status < 200 || read.status >= 300) throw answerFailure('end', read)
}
