/**
 * google-auth-library's `OAuth2Client` with a refresh token, its mode that shares one flight, and with
 * `forceRefreshOnFailure`, its documented answer to refused tokens.
 *
 * @module
 */
import { OAuth2Client } from 'google-auth-library'

/** @param {import('../src/adapter.ts').Setting} setting */
export function create({ tokenUrl, resourceUrl, clientId, clientSecret }) {
  const client = new OAuth2Client({
    clientId,
    clientSecret,
    endpoints: { oauth2TokenUrl: tokenUrl },
    forceRefreshOnFailure: true,
  })
  client.setCredentials({ refresh_token: 'refresh' })
  return {
    get: () => client.getAccessToken(),
    tokenOf: (answer) => answer.token,
    async call() {
      const answer = await client.request({ url: resourceUrl })
      return answer.status
    },
  }
}
