/**
 * What every library looks like to the benchmarks. Adapters of peers are plain JavaScript in `peers/`, beside their
 * own `node_modules`, so that no loader stands between a library and its measurement.
 *
 * @module
 */

/** Where the provider of a run is, and what it accepts. */
export interface Setting {
  /** Without a trailing slash; the two addresses below lie under it. */
  readonly baseUrl: string
  readonly tokenUrl: string
  readonly resourceUrl: string
  readonly clientId: string
  readonly clientSecret: string
  /** An RSA key in PEM, for the peer that signs an assertion. */
  readonly privateKey: string
}

/** One instance of a library with nothing cached. A door that the library does not have is absent. */
export interface Instance {
  /** The cached way to a token. */
  readonly get?: () => Promise<unknown>
  /** The way without a promise. */
  readonly peek?: () => unknown
  /** Takes the token out of what `get` gave. */
  readonly tokenOf?: (result: unknown) => string
  /** One authorized request to the resource; resolves with the status of the last answer. */
  readonly call?: () => Promise<number>
  readonly close?: () => Promise<void>
}

export interface Adapter {
  create(setting: Setting): Instance
}
