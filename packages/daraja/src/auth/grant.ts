/**
 * Daraja's one way to a token: GET with the consumer key and secret. There is no refresh token and no revocation,
 * and each new token ends the previous one.
 *
 * @see spec/daraja.md section 2, engine.md section 18
 * @module
 */
import { Secret, TokenError } from '@latchkey/core'
import type { Grant, Issued, Traits } from '@latchkey/core'
import { basicAuthorization, member } from '@latchkey/http'
import { readAnswer } from '../wire/answer.ts'
import { tokenFailure } from './token-failure.ts'

/** What the engine must know of Daraja's tokens. Durations are milliseconds. */
export const darajaTraits: Traits = Object.freeze({
  exclusive: true,
  renewal: 'none',
  replay: 'unknown',
  longest: 15_000,
  settle: 0,
  assumedLifetime: 3_599_000,
})

/** Sent with every call: the filter in front of Daraja dislikes requests without one (section 1.2). */
export const userAgent = 'Latchkey/0.1'

/** The grant for one consumer key at one token URL. */
export function darajaGrant(options: {
  readonly consumerKey: string
  readonly consumerSecret: Secret
  readonly tokenUrl: URL
}): Grant {
  const { consumerKey, consumerSecret, tokenUrl } = options
  return {
    id: 'daraja.client_credentials',
    traits: darajaTraits,
    credential: new Secret(`${consumerKey}:${consumerSecret.reveal()}`),
    async obtain(run) {
      const headers = new Headers({
        authorization: basicAuthorization(consumerKey, consumerSecret),
        accept: 'application/json',
        'user-agent': userAgent,
      })
      const { status, text } = await run.send({
        method: 'GET',
        url: new URL(tokenUrl),
        headers,
        spendsRefreshToken: false,
      })
      return parseIssued(status, text)
    },
  }
}

/**
 * Judges the token endpoint's answer.
 *
 * @throws {TokenError} It is anything but 200 with a token; see {@link tokenFailure}.
 */
export function parseIssued(status: number, text: string): Issued {
  const answer = readAnswer(status, text)
  if (status !== 200) throw tokenFailure(answer)
  const token = member(answer.json, 'access_token')
  if (answer.kind !== 'json') {
    throw malformed(
      'LATCHKEY_NOT_JSON',
      'Daraja answered 200 with something else than JSON, a maintenance page perhaps. Try again later.',
    )
  }
  if (typeof token !== 'string' || token.trim() === '') {
    throw malformed('LATCHKEY_NO_TOKEN', 'Daraja answered 200 without an access token. Try again later.')
  }
  return { access: new Secret(token), lifetime: { seconds: member(answer.json, 'expires_in') } }
}

function malformed(code: 'LATCHKEY_NOT_JSON' | 'LATCHKEY_NO_TOKEN', message: string): TokenError {
  return new TokenError(code, message, {
    provider: 'daraja',
    status: 200,
    reason: 'malformed_response',
    failure: 'transient',
  })
}
