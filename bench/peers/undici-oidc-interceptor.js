/**
 * undici-oidc-interceptor on an undici agent, as its README shows it for client credentials.
 *
 * @module
 */
import { Agent, request } from 'undici'
import oidc from 'undici-oidc-interceptor'

/** @param {import('../src/adapter.ts').Setting} setting */
export function create({ tokenUrl, resourceUrl, clientId, clientSecret }) {
  const dispatcher = new Agent().compose(
    oidc.createOidcInterceptor({
      clientId,
      clientSecret,
      idpTokenUrl: tokenUrl,
      retryOnStatusCodes: [401],
      urls: [new URL(resourceUrl).origin],
    }),
  )
  const plain = new Agent()
  return {
    async call() {
      const answer = await request(resourceUrl, { dispatcher })
      await answer.body.text()
      return answer.statusCode
    },
    async bare(authorization) {
      const answer = await request(resourceUrl, { dispatcher: plain, headers: { authorization } })
      await answer.body.text()
      return answer.statusCode
    },
  }
}
