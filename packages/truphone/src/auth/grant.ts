/**
 * Truphone's way to a token: Keycloak's client credentials, with a refresh token where the realm hands one out.
 *
 * @see spec/truphone.md sections 6 and 12, engine.md section 18
 * @module
 */
import type { Grant, Secret, Traits } from '@latchkey/core'
import { oauth2Grant } from '@latchkey/oauth2'
import type { ClientAuthentication } from '@latchkey/oauth2'

/** What the engine must know of Truphone's tokens. Durations are milliseconds. */
export const truphoneTraits: Traits = Object.freeze({
  exclusive: false,
  renewal: 'rotating', // Unknown whether the realm rotates, so it is assumed (6.4).
  replay: 'unknown', // With rotation a replay ends the whole login (12.7).
  longest: 15_000,
  settle: 0,
  assumedLifetime: 300_000,
})

/** Sent with every call of the API. */
export const userAgent = 'Latchkey/0.1'

/**
 * The grant for one client at one token URL. Ending a login means logout, never revocation: that would end the logins
 * of every process with these credentials (12.10).
 */
export function truphoneGrant(options: {
  readonly clientId: string
  readonly clientSecret: Secret
  readonly tokenUrl: URL
  readonly logoutUrl?: URL | undefined
  /** @default 'post' */
  readonly clientAuthentication?: ClientAuthentication | undefined
}): Grant {
  const { logoutUrl, ...client } = options
  return oauth2Grant({
    ...client,
    provider: 'truphone',
    traits: truphoneTraits,
    shrinkingLifetimes: true,
    ...(logoutUrl !== undefined && { ending: { logoutUrl } }),
  })
}
