/**
 * The last step of signing in. KSeF hands the tokens out once, so nothing here is ever sent twice.
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

/**
 * `POST /auth/token/redeem`
 *
 * @throws {TokenError} `KSEF_REDEMPTION_UNKNOWN`: the answer was lost, and the tokens with it.
 */
export async function redeem(door: Door, { authenticationToken }: Submitted): Promise<Issued> {
  const { read, response } = await askOnce(door, new Secret(authenticationToken.token))
  const tokens = read.status === 200 ? decodeTokens(read.json) : undefined
  if (tokens === undefined) throw answerFailure('redeem', read)
  return issuedFrom(tokens.accessToken, tokens.refreshToken, response)
}

async function askOnce(door: Door, bearer: Secret): Promise<Said> {
  try {
    return await door.ask(authenticationRows['authentication.redeem'], { bearer })
  } catch (error) {
    // Where no connection was made nothing was redeemed. Every other silence leaves that open.
    const silence = error instanceof TokenError && error.code !== 'LATCHKEY_ENDPOINT_UNREACHABLE'
    throw silence ? redemptionUnknown(error) : error
  }
}
