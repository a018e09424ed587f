/**
 * The token cycler inside @azure/core-rest-pipeline. Its public door is a request policy that insists on TLS, so
 * the cycler is loaded by path: this leaves out the policy's own work and so favours the peer.
 *
 * @module
 */
import { createTokenCycler } from './node_modules/@azure/core-rest-pipeline/dist/esm/util/tokenCycler.js'
import { requestToken } from './request-token.js'

const scopes = ['scope']
const options = {}

function createCredential(setting) {
  return {
    async getToken() {
      const answer = await requestToken(setting)
      return { token: answer.access_token, expiresOnTimestamp: Date.now() + answer.expires_in * 1000 }
    },
  }
}

/** @param {import('../src/adapter.ts').Setting} setting */
export function create(setting) {
  const cycle = createTokenCycler(createCredential(setting))
  return { get: () => cycle(scopes, options), tokenOf: (token) => token.token }
}

/**
 * One cycler for each tenant.
 *
 * @param {import('../src/adapter.ts').Setting} setting
 */
export function createTenants(setting) {
  const credential = createCredential(setting)
  const cyclers = []
  return {
    add: (index) => void (cyclers[index] = createTokenCycler(credential)),
    get: (index) => cyclers[index](scopes, options),
    tokenOf: (token) => token.token,
  }
}
