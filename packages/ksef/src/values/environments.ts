/**
 * The three KSeF environments as values, each with all its addresses together: a key, token or certificate of one is
 * useless in another.
 *
 * @see spec/ksef.md section 1.1, DESIGN section 3
 * @module
 */
import { invalidArgument } from '@latchkey/core'
import { parseAddress } from '@latchkey/http'

export type EnvironmentName = 'production' | 'demo' | 'test'

/** One environment. Addresses have no slash at their end; paths of operations follow `apiBaseUrl`. */
export interface Environment {
  readonly name: EnvironmentName
  readonly apiBaseUrl: string
  /** The API's own description, for people. */
  readonly docsUrl: string
  /** Where the two codes on an invoice lead. */
  readonly qrBaseUrl: string
  /** Says whether KSeF is up; DEMO has none. */
  readonly availabilityUrl: string | undefined
  /** Certificates that anybody signed for themselves sign in. */
  readonly acceptsSelfSigned: boolean
  /** The operations under `/testdata` exist. */
  readonly hasTestData: boolean
}

const apiPath = '/v2'

function environment(name: EnvironmentName, suffix: string, hasAvailability: boolean): Environment {
  const host = `https://api${suffix}.ksef.mf.gov.pl`
  return Object.freeze({
    name,
    apiBaseUrl: host + apiPath,
    docsUrl: `${host}/docs${apiPath}`,
    qrBaseUrl: `https://qr${suffix}.ksef.mf.gov.pl`,
    availabilityUrl: hasAvailability ? `https://api-latarnia${suffix}.ksef.mf.gov.pl` : undefined,
    acceptsSelfSigned: name === 'test',
    hasTestData: name === 'test',
  })
}

/** The environments. DEMO is also called pre-production (TR). */
export const Environment = Object.freeze({
  PRODUCTION: environment('production', '', true),
  DEMO: environment('demo', '-demo', false),
  TEST: environment('test', '-test', true),
})

/** How a client's address is chosen. */
export interface AddressOptions {
  readonly environment: Environment
  /** Replaces the host part of every built-in URL, such as `http://127.0.0.1:4010/ksef` for a simulator. */
  readonly baseUrl?: string | URL | undefined
  /** Replaces the base of the operations alone. */
  readonly apiBaseUrl?: string | URL | undefined
}

/** Addresses that are checked and ready for use. */
export interface Addresses {
  readonly environment: Environment
  readonly apiBaseUrl: URL
}

/**
 * Turns options into addresses.
 *
 * @throws {TypeError} `ERR_INVALID_ARG`: an unknown environment, or an address that is no URL, neither `https` nor
 *   `http` on loopback, or that belongs to another environment.
 */
export function resolveAddresses(options: AddressOptions): Addresses {
  const { environment } = options
  const all: readonly Environment[] = Object.values(Environment)
  if (!all.includes(environment)) {
    throw invalidArgument('environment: must be Environment.PRODUCTION, Environment.DEMO or Environment.TEST')
  }
  const base = options.baseUrl === undefined ? undefined : parseAddress('baseUrl', options.baseUrl).href
  const replaced = base === undefined ? undefined : base.replace(/\/+$/, '') + apiPath
  const apiBaseUrl = parseAddress('apiBaseUrl', options.apiBaseUrl ?? replaced ?? environment.apiBaseUrl)
  for (const other of all) {
    if (other !== environment && new URL(other.apiBaseUrl).hostname === apiBaseUrl.hostname.replace(/\.$/, '')) {
      throw invalidArgument(`apiBaseUrl: belongs to another environment than '${environment.name}'`)
    }
  }
  return { environment, apiBaseUrl }
}
