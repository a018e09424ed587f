/**
 * openid-client's client credentials grant. It speaks the protocol and leaves keeping the token to its user, so
 * each caller who needs a token asks for one.
 *
 * @module
 */
import { allowInsecureRequests, clientCredentialsGrant, Configuration } from 'openid-client'

/** @param {import('../src/adapter.ts').Setting} setting */
export function create({ tokenUrl, baseUrl, clientId, clientSecret }) {
  const configuration = new Configuration({ issuer: baseUrl, token_endpoint: tokenUrl }, clientId, clientSecret)
  allowInsecureRequests(configuration)
  return { get: () => clientCredentialsGrant(configuration), tokenOf: (answer) => answer.access_token }
}
