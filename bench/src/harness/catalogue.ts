/**
 * The libraries that are measured, in the order in which tables show them. Versions are read from what is installed.
 *
 * @module
 */

export interface Library {
  readonly name: string
  /** What a user imports and installs. */
  readonly packageName: string
  readonly adapterUrl: string
  /** What a reader must know about how it was measured. */
  readonly note?: string
}

/** Ours. */
export const latchkey: Library = {
  name: '@latchkey/core',
  packageName: '@latchkey/core',
  adapterUrl: new URL('../latchkey-core.js', import.meta.url).href,
}

/** Ours, where requests are measured. */
export const latchkeyHttp: Library = {
  name: '@latchkey/http',
  packageName: '@latchkey/http',
  adapterUrl: new URL('../latchkey-http.js', import.meta.url).href,
}

/** Ours, where requests go through undici's own `request`. */
export const latchkeyUndici: Library = {
  name: '@latchkey/http/undici',
  packageName: '@latchkey/http',
  adapterUrl: new URL('../latchkey-undici.js', import.meta.url).href,
}

/** Ours, where processes share a store. */
export function latchkeyFleet(store: string): Library {
  return {
    name: `@latchkey/http, ${store}`,
    packageName: '@latchkey/http',
    adapterUrl: new URL('../latchkey-fleet.js', import.meta.url).href,
  }
}

export const badgateway = peer('@badgateway/oauth2-client', 'badgateway-oauth2-client')
export const google = peer('google-auth-library', 'google-auth-library')
export const smithy = peer('@smithy/property-provider', 'smithy-property-provider')
export const azurePipeline = peer(
  '@azure/core-rest-pipeline',
  'azure-core-rest-pipeline',
  'its internal token cycler, without the request policy around it, which favours it',
)
export const msal = peer(
  '@azure/msal-node',
  'azure-msal-node',
  'its token requests go through a network client of ours, because its authority must be an https address',
)
export const octokit = peer(
  '@octokit/auth-app',
  'octokit-auth-app',
  'signs an assertion for each token request; keeps a token for 59 minutes, whatever its stated lifetime',
)
export const lruCache = peer('lru-cache', 'lru-cache', '`fetch`; its `get` stands under `peek`')
export const axiosTokenInterceptor = peer('axios-token-interceptor', 'axios-token-interceptor')
export const openidClient = peer(
  'openid-client',
  'openid-client',
  'a protocol library: it does not offer a cache, so every caller asks',
)
export const simpleOauth2 = peer(
  'simple-oauth2',
  'simple-oauth2',
  'it does not offer a cache: its user keeps the token and asks `expired()`, as its README shows',
)
export const axiosAuthRefresh = peer('axios-auth-refresh', 'axios-auth-refresh')
export const undiciOidc = peer('undici-oidc-interceptor', 'undici-oidc-interceptor')

export const properLockfile = peer(
  'proper-lockfile',
  'proper-lockfile',
  'with the token in a file and some forty lines around it, since it offers the lock alone',
)

/** Peers whose newest version needs a newer Node than ours; the version measured is the last that runs here. */
export const heldBack: readonly { readonly packageName: string; readonly reason: string }[] = [
  { packageName: 'google-auth-library', reason: '11 needs Node 22' },
  { packageName: '@azure/core-rest-pipeline', reason: '1.25 needs Node 22' },
  { packageName: 'undici', reason: '8 needs Node 22.19' },
]

/** Everything that keeps a token by itself. */
export const caches = [
  badgateway,
  google,
  smithy,
  azurePipeline,
  msal,
  octokit,
  lruCache,
  axiosTokenInterceptor,
] as const

export const peers: readonly Library[] = [...caches, openidClient, simpleOauth2, axiosAuthRefresh, undiciOidc]

function peer(packageName: string, file: string, note?: string): Library {
  const adapterUrl = new URL(`../../peers/${file}.js`, import.meta.url).href
  return { name: packageName, packageName, adapterUrl, ...(note === undefined ? {} : { note }) }
}
