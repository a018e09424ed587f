/**
 * @badgateway/oauth2-client as its README shows it: an `OAuth2Fetch` around a client, with client credentials.
 *
 * @module
 */
import { OAuth2Client, OAuth2Fetch } from '@badgateway/oauth2-client'

/** @param {import('../src/adapter.ts').Setting} setting */
export function create({ tokenUrl, resourceUrl, clientId, clientSecret }) {
  const client = new OAuth2Client({ server: tokenUrl, tokenEndpoint: tokenUrl, clientId, clientSecret })
  const wrapper = new OAuth2Fetch({ client, getNewToken: () => client.clientCredentials() })
  return {
    get: () => wrapper.getToken(),
    tokenOf: (token) => token.accessToken,
    async call() {
      const answer = await wrapper.fetch(resourceUrl)
      await answer.text()
      return answer.status
    },
  }
}
