/**
 * @badgateway/oauth2-client as its README shows it: an `OAuth2Fetch` around a client, with client credentials.
 *
 * @module
 */
import { OAuth2Client, OAuth2Fetch } from '@badgateway/oauth2-client'

function wrap({ tokenUrl, clientId, clientSecret }) {
  const client = new OAuth2Client({ server: tokenUrl, tokenEndpoint: tokenUrl, clientId, clientSecret })
  return new OAuth2Fetch({ client, getNewToken: () => client.clientCredentials() })
}

/** @param {import('../src/adapter.ts').Setting} setting */
export function create(setting) {
  const { resourceUrl } = setting
  const wrapper = wrap(setting)
  return {
    get: () => wrapper.getToken(),
    tokenOf: (token) => token.accessToken,
    async call() {
      const answer = await wrapper.fetch(resourceUrl)
      await answer.text()
      return answer.status
    },
    async bare(authorization) {
      const answer = await fetch(resourceUrl, { headers: { authorization } })
      await answer.text()
      return answer.status
    },
  }
}

/**
 * One client and one wrapper for each tenant.
 *
 * @param {import('../src/adapter.ts').Setting} setting
 */
export function createTenants({ tokenUrl, clientSecret }) {
  const wrappers = []
  return {
    add: (index) => void (wrappers[index] = wrap({ tokenUrl, clientId: `client-${index}`, clientSecret })),
    get: (index) => wrappers[index].getToken(),
    tokenOf: (token) => token.accessToken,
  }
}
