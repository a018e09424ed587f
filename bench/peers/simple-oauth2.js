/**
 * simple-oauth2's client credentials, kept by its user and asked with `expired()`, as its README shows.
 *
 * @module
 */
import { ClientCredentials } from 'simple-oauth2'

/** @param {import('../src/adapter.ts').Setting} setting */
export function create({ tokenUrl, clientId, clientSecret }) {
  const url = new URL(tokenUrl)
  const client = new ClientCredentials({
    client: { id: clientId, secret: clientSecret },
    auth: { tokenHost: url.origin, tokenPath: url.pathname },
  })
  let held
  return {
    async get() {
      if (held === undefined || held.expired()) held = await client.getToken({})
      return held
    },
    tokenOf: (held) => held.token.access_token,
  }
}
