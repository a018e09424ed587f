/**
 * google-auth-library's `OAuth2Client` with a refresh token, its mode that shares one flight, and with
 * `forceRefreshOnFailure`, its documented answer to refused tokens.
 *
 * @module
 */
import { OAuth2Client } from 'google-auth-library'

function createClient({ tokenUrl, clientId, clientSecret }) {
  const client = new OAuth2Client({
    clientId,
    clientSecret,
    endpoints: { oauth2TokenUrl: tokenUrl },
    forceRefreshOnFailure: true,
  })
  client.setCredentials({ refresh_token: 'refresh' })
  return client
}

/** @param {import('../src/adapter.ts').Setting} setting */
export function create(setting) {
  const { resourceUrl } = setting
  const client = createClient(setting)
  return {
    get: () => client.getAccessToken(),
    tokenOf: (answer) => answer.token,
    async call() {
      const answer = await client.request({ url: resourceUrl })
      return answer.status
    },
    async bare(authorization) {
      const answer = await client.transporter.request({ url: resourceUrl, headers: { authorization } })
      return answer.status
    },
  }
}

/**
 * One client for each tenant.
 *
 * @param {import('../src/adapter.ts').Setting} setting
 */
export function createTenants({ tokenUrl, clientSecret }) {
  const clients = []
  return {
    add: (index) => void (clients[index] = createClient({ tokenUrl, clientId: `client-${index}`, clientSecret })),
    get: (index) => clients[index].getAccessToken(),
    tokenOf: (answer) => answer.token,
  }
}
