/**
 * The Truphone environments as values, with all their addresses together, and the ways to point a client elsewhere.
 *
 * @see spec/truphone.md section 1, DESIGN section 3
 * @module
 */
import { invalidArgument } from '@latchkey/core'
import { parseAddress } from '@latchkey/http'

export type EnvironmentName = 'production' | 'pre-production'

/** An environment's addresses. Paths of operations follow `apiBaseUrl`; the token URL is not below it. */
export interface Environment {
  readonly name: EnvironmentName
  readonly tokenUrl: string
  readonly apiBaseUrl: string
}

const host = 'https://services.truphone.com'
const tokenPath = '/auth/realms/tru-staff/protocol/openid-connect/token'
const apiPaths: Readonly<Record<EnvironmentName, string>> = {
  production: '/connect-api',
  'pre-production': '/connect-api-preprod',
}

function environmentAt(name: EnvironmentName): Environment {
  return Object.freeze({ name, tokenUrl: host + tokenPath, apiBaseUrl: host + apiPaths[name] })
}

/**
 * The built-in addresses. Credentials and token URL are the same in both, so nothing but this choice decides whether an
 * order is a real one.
 */
export const environments: Readonly<Record<EnvironmentName, Environment>> = Object.freeze({
  production: environmentAt('production'),
  'pre-production': environmentAt('pre-production'),
})

/** How a client's addresses are chosen. */
export interface AddressOptions {
  /** `'preproduction'` is another spelling of `'pre-production'`. */
  readonly environment: EnvironmentName | 'preproduction'
  /** Replaces the host part of every built-in URL, such as `http://127.0.0.1:4010/truphone` for a simulator. */
  readonly baseUrl?: string | URL | undefined
  /** Replaces the token URL alone. */
  readonly tokenUrl?: string | URL | undefined
  /** Replaces the base of the operations alone; `/v1/…` follows it. */
  readonly apiBaseUrl?: string | URL | undefined
}

/** Addresses that are checked and ready for use. */
export interface Addresses {
  readonly environment: EnvironmentName
  readonly tokenUrl: URL
  /** Beside the token URL; absent where that is none of Keycloak's. */
  readonly logoutUrl: URL | undefined
  readonly apiBaseUrl: URL
}

/**
 * Turns options into addresses.
 *
 * @throws {TypeError} `ERR_INVALID_ARG`: an unknown environment, or an address that is no URL, neither `https` nor
 *   `http` on loopback, or that belongs to the other environment.
 */
export function resolveAddresses(options: AddressOptions): Addresses {
  const environment = parseEnvironment(options.environment)
  const base = options.baseUrl === undefined ? host : withoutSlash(parseAddress('baseUrl', options.baseUrl))
  const tokenUrl = parseAddress('tokenUrl', options.tokenUrl ?? base + tokenPath)
  const apiBaseUrl = parseAddress('apiBaseUrl', options.apiBaseUrl ?? base + apiPaths[environment])
  const other = apiPaths[environment === 'production' ? 'pre-production' : 'production']
  if (apiBaseUrl.origin === host && apiBaseUrl.pathname.replace(/\/+$/, '') === other) {
    throw invalidArgument(`apiBaseUrl: belongs to the other environment than '${environment}'`)
  }
  return { environment, tokenUrl, logoutUrl: logoutBeside(tokenUrl), apiBaseUrl }
}

/** @throws {TypeError} `ERR_INVALID_ARG`: there is no such environment. */
export function parseEnvironment(value: unknown): EnvironmentName {
  if (value === 'production' || value === 'pre-production') return value
  if (value === 'preproduction') return 'pre-production'
  throw invalidArgument("environment: must be 'production' or 'pre-production'")
}

function logoutBeside(tokenUrl: URL): URL | undefined {
  if (!/\/openid-connect\/token\/?$/.test(tokenUrl.pathname)) return undefined
  const url = new URL(tokenUrl)
  url.pathname = url.pathname.replace(/\/token\/?$/, '/logout')
  return url
}

function withoutSlash(url: URL): string {
  return url.href.replace(/\/+$/, '')
}
