/**
 * The store contract: one value per key, read and swapped atomically. Drivers implement it; the engine needs
 * nothing else from them, and the published contract suite proves it.
 *
 * @see engine.md section 9
 * @module
 */

/** The SHA-256 name of a credential, under a prefix (engine.md section 2). */
export type Key = string & { readonly __brand: 'latchkey.key' }

/** Names one value once and for ever. */
export type Etag = string

export interface Store {
  read(key: Key, signal: AbortSignal): Promise<Reading>
  /**
   * Writes `value` if the record still has `etag` (`null`: if there is none). `keep`: milliseconds, or `forever`.
   * `durable`: answer `durable: true` only if the value survives what this store claims to survive.
   */
  compareAndSet(
    key: Key,
    etag: Etag | null,
    value: string,
    how: { readonly keep: number | 'forever'; readonly durable: boolean },
    signal: AbortSignal,
  ): Promise<Swap>
  /** A hint: may fire without reason, twice, late or never. */
  watch?(key: Key, changed: () => void): Unwatch
  readonly scope: 'process' | 'host' | 'fleet'
}

/** `now`: the store's clock in epoch milliseconds, taken in the same atomic step. */
export interface Reading {
  readonly etag: Etag | null
  readonly value: string | null
  readonly now: number
}

export type Swap =
  | { readonly kind: 'done'; readonly etag: Etag; readonly now: number; readonly durable: boolean }
  | { readonly kind: 'conflict'; readonly reading: Reading }
  /** May or may not have been applied: read again. */
  | { readonly kind: 'unknown' }

export type Unwatch = () => void
