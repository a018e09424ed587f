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
  /** What the processes of a fleet have in common. */
  readonly shared?: Shared
}

export interface Shared {
  readonly place: StorePlace
  /** For stores that seal what they keep. */
  readonly sealingKey: string
}

/** Where a fleet keeps its record. Peers that share through a file have the directory for themselves. */
export type StorePlace =
  | { readonly kind: 'memory' }
  | { readonly kind: 'file'; readonly directory: string; readonly sync: boolean }
  | { readonly kind: 'postgres'; readonly url: string }
  | { readonly kind: 'redis'; readonly url: string; readonly durable: boolean }

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
  /** The same request through the same transport without the library: the header is given. */
  readonly bare?: (authorization: string) => Promise<number>
  /** Milliseconds until the token endpoint may be asked again after a failure; 0: at once. */
  readonly coolDownMs?: () => number
  readonly close?: () => Promise<void>
}

/**
 * Many tenants, each with a token of its own, held by the library alone: nothing here may weigh on what is measured.
 * What the user of a library brings (a grant, a function that asks for a token) is one object for all tenants.
 */
export interface Tenants {
  /** Makes what the library keeps for a tenant who has no token yet. Absent: nothing. */
  readonly add?: (index: number) => void
  readonly get: (index: number) => Promise<unknown>
  /** Through a collection that is bounded at the number of tenants, from the tenant's key each time. */
  readonly find?: (index: number) => Promise<unknown>
  /** Keeps nothing but that collection. */
  readonly release?: () => void
  readonly tokenOf: (result: unknown) => string
}

export interface Adapter {
  create(setting: Setting): Instance | Promise<Instance>
  createTenants?(setting: Setting, count: number): Tenants
}
