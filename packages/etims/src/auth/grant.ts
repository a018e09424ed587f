/**
 * KRA's one way to a token: GET with the consumer key and secret, the grant type in the query. There is no refresh
 * token and no revocation.
 *
 * @see spec/etims.md section 2, engine.md section 18
 * @module
 */
import { Secret, TokenError } from '@latchkey/core'
import type { Grant, Issued, Traits } from '@latchkey/core'
import { basicAuthorization, member, parseJson } from '@latchkey/http'
import { tokenFailure } from './token-failure.ts'

/** What the engine must know of these tokens. Durations are milliseconds. That they are exclusive is assumed. */
export const etimsTraits: Traits = Object.freeze({
  exclusive: true,
  renewal: 'none',
  replay: 'unknown',
  longest: 15_000,
  settle: 0,
  assumedLifetime: 3_600_000,
})

/** Sent with every call. */
export const userAgent = 'Latchkey/0.1'

/** The grant for one consumer key at one token URL. */
export function etimsGrant(options: {
  readonly consumerKey: string
  readonly consumerSecret: Secret
  readonly tokenUrl: URL
}): Grant {
  const { consumerKey, consumerSecret, tokenUrl } = options
  return {
    id: 'etims.client_credentials',
    traits: etimsTraits,
    credential: new Secret(`${consumerKey}:${consumerSecret.reveal()}`),
    async obtain(run) {
      const headers = new Headers({
        authorization: basicAuthorization(consumerKey, consumerSecret),
        accept: 'application/json',
        'user-agent': userAgent,
      })
      const request = { method: 'GET', url: new URL(tokenUrl), headers, spendsRefreshToken: false } as const
      const { status, text } = await run.send(request)
      return parseIssued(status, text)
    },
  }
}

/**
 * Judges the token endpoint's answer. A 200 without a token is a failure (section 2.3).
 *
 * @throws {TokenError} It is anything but 200 with a token; see {@link tokenFailure}.
 */
export function parseIssued(status: number, text: string): Issued {
  const json = parseJson(text)
  const token = member(json, 'access_token')
  if (status < 200 || status > 299 || member(json, 'errorCode') !== undefined) throw tokenFailure(status, text)
  if (typeof token === 'string' && token.trim() !== '') {
    return { access: new Secret(token), lifetime: { seconds: stated(member(json, 'expires_in')) } }
  }
  const empty = text.trim() === ''
  throw new TokenError(
    empty || typeof json === 'object' ? 'LATCHKEY_NO_TOKEN' : 'LATCHKEY_NOT_JSON',
    `KRA answered ${status} ${empty ? 'with nothing' : 'without an access token'}. Check a token_url of your own; else try again later.`,
    { provider: 'etims', status, reason: 'malformed_response', failure: 'transient' },
  )
}

// Section 2.2: what is not a positive number says nothing.
function stated(expiresIn: unknown): unknown {
  return Number(expiresIn) <= 0 ? undefined : expiresIn
}
