/**
 * @azure/msal-node's confidential client with client credentials. Its authority must be an https address with
 * known metadata, so both are stated and a network client of ours carries the requests to the provider here.
 *
 * In a fleet its cache is shared as its documentation advises, by a plugin that reads and writes a file around each
 * access. The file is replaced whole, so that no process reads half of it. MSAL has no requests and so no repeat: after
 * a refusal the token is looked up again, since another process may have renewed it, and if it is still the refused one
 * a new one is asked for with `skipCache`.
 *
 * @module
 */
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfidentialClientApplication } from '@azure/msal-node'

const tenant = '00000000-0000-4000-8000-000000000000'
const host = 'login.microsoftonline.com'
const authority = `https://${host}/${tenant}`
const scopes = ['https://api.test/.default']

function createApplication({ tokenUrl, clientId, clientSecret, shared }) {
  async function send(options, method) {
    const answer = await fetch(tokenUrl, {
      method,
      headers: options?.headers ?? {},
      ...(options?.body === undefined ? {} : { body: options.body }),
    })
    return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.json() }
  }
  return new ConfidentialClientApplication({
    ...(shared === undefined ? {} : { cache: { cachePlugin: fileCache(shared.place.directory) } }),
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
}

function fileCache(directory) {
  const path = join(directory, 'msal.json')
  let writes = 0
  return {
    async beforeCacheAccess({ tokenCache }) {
      const text = await readFile(path, 'utf8').catch(() => undefined) // Not there before the first token.
      if (text !== undefined) tokenCache.deserialize(text)
    },
    async afterCacheAccess({ cacheHasChanged, tokenCache }) {
      if (!cacheHasChanged) return
      const whole = `${path}.${process.pid}.${(writes += 1)}`
      await writeFile(whole, tokenCache.serialize())
      await rename(whole, path)
    },
  }
}

/** @param {import('../src/adapter.ts').Setting} setting */
export function create(setting) {
  const application = createApplication(setting)
  const get = (options) => application.acquireTokenByClientCredential({ scopes, ...options })
  async function send({ accessToken }) {
    const answer = await fetch(setting.resourceUrl, { headers: { authorization: `Bearer ${accessToken}` } })
    await answer.text()
    return answer.status
  }
  return {
    get: () => get(),
    tokenOf: (answer) => answer.accessToken,
    async call() {
      const used = await get()
      const status = await send(used)
      if (status !== 401) return status
      const found = await get()
      return send(found.accessToken === used.accessToken ? await get({ skipCache: true }) : found)
    },
  }
}

/**
 * One application for each tenant.
 *
 * @param {import('../src/adapter.ts').Setting} setting
 */
export function createTenants({ tokenUrl, clientSecret }) {
  const applications = []
  return {
    add: (index) => {
      applications[index] = createApplication({ tokenUrl, clientId: `client-${index}`, clientSecret })
    },
    get: (index) => applications[index].acquireTokenByClientCredential({ scopes }),
    tokenOf: (answer) => answer.accessToken,
  }
}
