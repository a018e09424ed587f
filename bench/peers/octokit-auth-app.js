/**
 * @octokit/auth-app's installation token: a signed assertion buys a token that is cached for 59 minutes.
 *
 * @module
 */
import { createAppAuth } from '@octokit/auth-app'
import { request } from '@octokit/request'

function createAuth({ baseUrl, privateKey }) {
  return createAppAuth({ appId: 1, privateKey, installationId: 1, request: request.defaults({ baseUrl }) })
}

/** @param {import('../src/adapter.ts').Setting} setting */
export function create(setting) {
  const auth = createAuth(setting)
  return { get: () => auth({ type: 'installation' }), tokenOf: (answer) => answer.token }
}

/**
 * One authentication, whose own cache holds a token for each of its app's installations.
 *
 * @param {import('../src/adapter.ts').Setting} setting
 */
export function createTenants(setting) {
  const auth = createAuth(setting)
  return {
    get: (index) => auth({ type: 'installation', installationId: index + 1 }),
    tokenOf: (answer) => answer.token,
  }
}
