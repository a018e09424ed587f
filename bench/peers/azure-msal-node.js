/**
 * @azure/msal-node's confidential client with client credentials. Its authority must be an https address with
 * known metadata, so both are stated and a network client of ours carries the requests to the provider here.
 *
 * @module
 */
import { ConfidentialClientApplication } from '@azure/msal-node'

const tenant = '00000000-0000-4000-8000-000000000000'
const host = 'login.microsoftonline.com'
const authority = `https://${host}/${tenant}`

/** @param {import('../src/adapter.ts').Setting} setting */
export function create({ tokenUrl, clientId, clientSecret }) {
  async function send(options, method) {
    const answer = await fetch(tokenUrl, {
      method,
      headers: options?.headers ?? {},
      ...(options?.body === undefined ? {} : { body: options.body }),
    })
    return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.json() }
  }
  const application = new ConfidentialClientApplication({
    auth: {
      clientId,
      clientSecret,
      authority,
      authorityMetadata: JSON.stringify({
        issuer: `${authority}/v2.0`,
        token_endpoint: `${authority}/oauth2/v2.0/token`,
        authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
        end_session_endpoint: `${authority}/oauth2/v2.0/logout`,
        jwks_uri: `https://${host}/${tenant}/discovery/v2.0/keys`,
      }),
      cloudDiscoveryMetadata: JSON.stringify({
        tenant_discovery_endpoint: `${authority}/v2.0/.well-known/openid-configuration`,
        'api-version': '1.1',
        metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
      }),
    },
    system: {
      networkClient: {
        sendGetRequestAsync: (_url, options) => send(options, 'GET'),
        sendPostRequestAsync: (_url, options) => send(options, 'POST'),
      },
    },
  })
  return {
    get: () => application.acquireTokenByClientCredential({ scopes: ['https://api.test/.default'] }),
    tokenOf: (answer) => answer.accessToken,
  }
}
