/**
 * @octokit/auth-app's installation token: a signed assertion buys a token that is cached for 59 minutes.
 *
 * @module
 */
import { createAppAuth } from '@octokit/auth-app'
import { request } from '@octokit/request'

/** @param {import('../src/adapter.ts').Setting} setting */
export function create({ baseUrl, privateKey }) {
  const auth = createAppAuth({
    appId: 1,
    privateKey,
    installationId: 1,
    request: request.defaults({ baseUrl }),
  })
  return { get: () => auth({ type: 'installation' }), tokenOf: (answer) => answer.token }
}
