/**
 * The two Daraja environments as values, with all their addresses together, and the ways to point a client
 * elsewhere.
 *
 * @see spec/daraja.md sections 1.1 and 2.1, DESIGN section 3
 * @module
 */
import { invalidArgument } from '@latchkey/core'
import { isLoopback, parseAddress } from '@latchkey/http'

export type EnvironmentName = 'sandbox' | 'production'

/** An environment's addresses. Paths of operations follow `apiBaseUrl`. */
export interface Environment {
  readonly name: EnvironmentName
  readonly tokenUrl: string
  readonly apiBaseUrl: string
}

const tokenPath = '/oauth/v1/generate?grant_type=client_credentials'

function environmentAt(name: EnvironmentName, host: string): Environment {
  return Object.freeze({ name, tokenUrl: `${host}${tokenPath}`, apiBaseUrl: host })
}

/** The built-in addresses. Keys, passkeys and certificates of one do not work in the other. */
export const environments: Readonly<Record<EnvironmentName, Environment>> = Object.freeze({
  sandbox: environmentAt('sandbox', 'https://sandbox.safaricom.co.ke'),
  production: environmentAt('production', 'https://api.safaricom.co.ke'),
})

/** How a client's addresses are chosen. */
export interface AddressOptions {
  readonly environment: EnvironmentName
  /** Replaces the host part of every built-in URL, such as `http://127.0.0.1:4010/daraja` for a simulator. */
  readonly baseUrl?: string | URL | undefined
  /** Replaces the token URL alone. `grant_type` is added where it is missing. */
  readonly tokenUrl?: string | URL | undefined
  /** Replaces the base of the operations alone. */
  readonly apiBaseUrl?: string | URL | undefined
}

/** Addresses that are checked and ready for use. */
export interface Addresses {
  readonly environment: EnvironmentName
  readonly tokenUrl: URL
  readonly apiBaseUrl: URL
  /** The operations go to this machine, so callback URLs may be local, too. */
  readonly localApi: boolean
}

/**
 * Turns options into addresses.
 *
 * @throws {TypeError} `ERR_INVALID_ARG`: an unknown environment, or an address that is no URL, neither `https` nor
 *   `http` on loopback, or that belongs to the other environment.
 */
export function resolveAddresses(options: AddressOptions): Addresses {
  const { environment } = options
  if (environment !== 'sandbox' && environment !== 'production') {
    throw invalidArgument("environment: must be 'sandbox' or 'production'")
  }
  const builtIn = environments[environment]
  const base =
    options.baseUrl === undefined ? undefined : parseAddress('baseUrl', options.baseUrl).href.replace(/\/+$/, '')
  const apiBaseUrl = parseAddress('apiBaseUrl', options.apiBaseUrl ?? base ?? builtIn.apiBaseUrl)
  const tokenUrl = parseAddress('tokenUrl', options.tokenUrl ?? (base && base + tokenPath) ?? builtIn.tokenUrl, true)
  if (!tokenUrl.searchParams.has('grant_type')) tokenUrl.searchParams.set('grant_type', 'client_credentials')
  const other = new URL(environments[environment === 'sandbox' ? 'production' : 'sandbox'].apiBaseUrl).hostname
  for (const [name, url] of Object.entries({ tokenUrl, apiBaseUrl })) {
    if (url.hostname.replace(/\.$/, '') === other) {
      throw invalidArgument(`${name}: belongs to the other environment than '${environment}'`)
    }
  }
  return { environment, tokenUrl, apiBaseUrl, localApi: isLoopback(apiBaseUrl) }
}
