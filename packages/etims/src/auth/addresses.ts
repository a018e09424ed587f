/**
 * The two environments, the two faces and all their addresses together, and the ways to point a client elsewhere.
 *
 * @see spec/etims.md sections 1.1, 1.2 and 1.4
 * @module
 */
import { invalidArgument } from '@latchkey/core'
import { parseAddress } from '@latchkey/http'

/** Sandbox and production credentials, devices and keys are unrelated. */
export type EnvironmentName = 'sandbox' | 'production'

/** `direct`: the specification's API. `gateway`: the integrator API of the developer portal. */
export type Face = 'direct' | 'gateway'

/** One environment's addresses. */
export interface Environment {
  readonly tokenUrl: string
  readonly apiBaseUrl: Readonly<Record<Face, string>>
  /** Where receipts are verified. */
  readonly portal: string
}

const tokenPath = '/v1/token/generate'
const apiPaths: Readonly<Record<Face, string>> = { direct: '/etims-api', gateway: '/etims-oscu/api/v1' }

/** The built-in addresses. The gateway's production address is not published; the one here was seen in use. */
export const environments: Readonly<Record<EnvironmentName, Environment>> = Object.freeze({
  sandbox: Object.freeze({
    tokenUrl: `https://sbx.kra.go.ke${tokenPath}`,
    apiBaseUrl: Object.freeze({
      direct: `https://etims-api-sbx.kra.go.ke${apiPaths.direct}`,
      gateway: `https://sbx.kra.go.ke${apiPaths.gateway}`,
    }),
    portal: 'https://etims-sbx.kra.go.ke',
  }),
  production: Object.freeze({
    tokenUrl: `https://api.kra.go.ke${tokenPath}`,
    apiBaseUrl: Object.freeze({
      direct: `https://etims-api.kra.go.ke${apiPaths.direct}`,
      gateway: `https://api.kra.go.ke${apiPaths.gateway}`,
    }),
    portal: 'https://etims.kra.go.ke',
  }),
})

// Hosts that were ever seen for an environment, so that a slip of the pen cannot send one's data to the other.
const hosts: Readonly<Record<EnvironmentName, readonly string[]>> = {
  sandbox: ['sbx.kra.go.ke', 'etims-api-sbx.kra.go.ke', 'etims-sbx.kra.go.ke'],
  production: ['api.kra.go.ke', 'etims-api.kra.go.ke', 'etims.kra.go.ke', 'kra.go.ke', 'api.developer.go.ke'],
}

export interface AddressOptions {
  readonly environment: EnvironmentName
  readonly face: Face
  /** Replaces the host part of every built-in URL, such as `http://127.0.0.1:4010/etims` for a simulator. */
  readonly baseUrl?: unknown
  readonly tokenUrl?: unknown
  readonly apiBaseUrl?: unknown
}

/** Addresses that are checked and ready for use. */
export interface Addresses {
  readonly environment: EnvironmentName
  readonly face: Face
  readonly tokenUrl: URL
  readonly apiBaseUrl: URL
  /** Where receipts are verified, without a slash at the end. */
  readonly portal: string
}

/**
 * Turns options into addresses. Slashes at the end and blanks around an address are dropped.
 *
 * @throws {TypeError} `ERR_INVALID_ARG`: an address is no URL, neither `https` nor `http` on loopback, or belongs to
 *   the other environment.
 */
export function resolveAddresses(options: AddressOptions): Addresses {
  const { environment, face } = options
  const builtIn = environments[environment]
  const base = given('baseUrl', options.baseUrl)?.href.replace(/\/+$/, '')
  const tokenUrl = given('token_url', options.tokenUrl, true) ?? new URL(base ? base + tokenPath : builtIn.tokenUrl)
  if (!tokenUrl.searchParams.has('grant_type')) tokenUrl.searchParams.set('grant_type', 'client_credentials')
  const apiBaseUrl =
    given('base_url', options.apiBaseUrl) ?? new URL(base ? base + apiPaths[face] : builtIn.apiBaseUrl[face])
  const other = environment === 'sandbox' ? 'production' : 'sandbox'
  for (const [name, { hostname }] of Object.entries({ token_url: tokenUrl, base_url: apiBaseUrl })) {
    if (hosts[other].includes(hostname.replace(/\.$/, ''))) {
      throw invalidArgument(`${name}: belongs to the other environment than '${environment}'`)
    }
  }
  return { environment, face, tokenUrl, apiBaseUrl, portal: base ?? builtIn.portal }
}

function given(name: string, value: unknown, mayHaveQuery = false): URL | undefined {
  if (value === undefined) return undefined
  const url = parseAddress(name, typeof value === 'string' ? value.trim() : (value as URL), mayHaveQuery) // Checked there.
  url.pathname = url.pathname.replace(/\/+$/, '') || '/'
  return url
}
