/**
 * The last step of signing in. KSeF hands the tokens out once, so that nothing here is sent again unless KSeF said that it
 * did not look at it.
 *
 * @see spec/ksef.md section 2.10
 * @module
 */
import { Secret, TokenError } from '@latchkey/core'
import type { Issued } from '@latchkey/core'
import { authenticationRows } from '../operations/rows/authentication.ts'
import { decodeTokens } from '../wire/sign-in.ts'
import type { Submitted } from '../wire/sign-in.ts'
import type { Door, Said } from './door.ts'
import { answerFailure, redemptionUnknown } from './failures.ts'
import { issuedFrom } from './issued.ts'
import { askInTurn, isUnprocessed } from './unprocessed.ts'

/**
 * `POST /auth/token/redeem`
 *
 * @param mostMs - How long to wait where KSeF has too many requests.
 * @throws {TokenError} `KSEF_REDEMPTION_UNKNOWN`: the answer was lost, and the tokens with it.
 */
export async function redeem(door: Door, { authenticationToken }: Submitted, mostMs: number): Promise<Issued> {
  const { read, response } = await askOnce(door, new Secret(authenticationToken.token), mostMs)
  const tokens = read.status === 200 ? decodeTokens(read.json) : undefined
  if (tokens === undefined) throw answerFailure('redeem', read)
  return issuedFrom(tokens.accessToken, tokens.refreshToken, response)
}

async function askOnce(door: Door, bearer: Secret, mostMs: number): Promise<Said> {
  try {
    return await askInTurn(door, mostMs, authenticationRows['authentication.redeem'], { bearer })
  } catch (error) {
    // Where nothing was sent nothing was redeemed. Every other silence leaves that open.
    throw error instanceof TokenError && !isUnprocessed(error) ? redemptionUnknown(error) : error
  }
}
