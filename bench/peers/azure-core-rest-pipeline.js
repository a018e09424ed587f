/**
 * The token cycler inside @azure/core-rest-pipeline. Its public door is a request policy that insists on TLS, so
 * the cycler is loaded by path: this leaves out the policy's own work and so favours the peer.
 *
 * @module
 */
import { createTokenCycler } from './node_modules/@azure/core-rest-pipeline/dist/esm/util/tokenCycler.js'
import { requestToken } from './request-token.js'

/** @param {import('../src/adapter.ts').Setting} setting */
export function create(setting) {
  const credential = {
    async getToken() {
      const answer = await requestToken(setting)
      return { token: answer.access_token, expiresOnTimestamp: Date.now() + answer.expires_in * 1000 }
    },
  }
  const cycle = createTokenCycler(credential)
  const scopes = ['scope']
  const options = {}
  return { get: () => cycle(scopes, options), tokenOf: (token) => token.token }
}
