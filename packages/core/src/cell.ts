/**
 * One value of a provider package's own in a shared store: a device's key that is issued once, a counter that several
 * processes draw from. Kept for ever, sealed, and never overwritten by somebody who cannot read it. Apart from the
 * engine's entry, because a token needs none of it.
 *
 * @see engine.md sections 9.1, 9.3 and 10
 * @module
 */
import type { Clock } from './clock.ts'
import { systemClock } from './clock.ts'
import { invalidArgument, StoreError } from './errors.ts'
import { sha256 } from './key.ts'
import { assertKnown, assertTypes, engineRules } from './options.ts'
import { ask, watchKey } from './services.ts'
import type { Etag, Key, Reading, Store, Unwatch } from './store.ts'
import type { KeyRing } from './vault.ts'

export interface CellOptions<Value> {
  readonly store: Store
  /** Seals the value. Required on a store that others can read, unless `plaintext: true`. */
  readonly ring?: KeyRing | undefined
  readonly plaintext?: boolean | undefined
  /** What the cell is and whose, such as `['etims.device', 'sandbox', tin, bhfId]`. No secrets. */
  readonly name: readonly string[]
  /** @default 'latchkey:' */
  readonly prefix?: string | undefined
  readonly clock?: Clock | undefined
  /** From parsed JSON to a value, or `undefined` for anything that is none. */
  readonly parse: (input: unknown) => Value | undefined
}

/** A cell as it was at one instant of the store. */
export interface CellPage<Value> {
  readonly etag: Etag | null
  /** `undefined`: nothing was ever written. */
  readonly value: Value | undefined
  /** The store's clock in epoch milliseconds. */
  readonly now: number
}

/**
 * What became of a write. `unknown`: it may have been applied, or may yet be; read again, and know your own value by
 * something in it.
 */
export type CellSwap<Value> =
  | { readonly kind: 'done'; readonly page: CellPage<Value>; readonly durable: boolean }
  | { readonly kind: 'conflict'; readonly page: CellPage<Value> }
  | { readonly kind: 'unknown' }

export interface Cell<Value> {
  readonly scope: Store['scope']
  /**
   * @throws {StoreError} `LATCHKEY_STORE_UNAVAILABLE`: no answer. `LATCHKEY_SEALED_BY_UNKNOWN_KEY`: the ring has not
   *   the key. `LATCHKEY_STORE_CORRUPT`, `LATCHKEY_STORE_UNSUPPORTED`: what is there is no such value, or of another
   *   version; it is left as it is.
   */
  read(): Promise<CellPage<Value>>
  /**
   * Writes `value`, which JSON must be able to hold, if the cell still is as `from` says. `durable`: wait until the
   * store has made it safe, if it can; the answer says whether it did.
   *
   * @throws {StoreError} As {@link Cell.read}, apart from an unreachable store, which is `unknown`.
   */
  swap(from: CellPage<Value>, value: Value, durable: boolean): Promise<CellSwap<Value>>
  /** A hint that the cell may have changed. Absent where the store has none. */
  readonly watch: ((changed: () => void) => Unwatch) | undefined
}

const sealedMark = 'lkc1.sealed.'
const plainMark = 'lkc1.plain.'
const optionNames = ['store', 'ring', 'plaintext', 'name', 'prefix', 'clock', 'parse']

/**
 * Opens a cell.
 *
 * @throws {TypeError} `ERR_INVALID_ARG`: an option is missing or of the wrong type, or neither `ring` nor `plaintext`
 *   was given for a store that others can read.
 */
export function createCell<Value>(options: CellOptions<Value>): Cell<Value> {
  assertKnown(options, optionNames, 'createCell')
  const { store, ring, plaintext = false, name, prefix = 'latchkey:', clock = systemClock, parse } = options
  if (store === undefined) throw invalidArgument('createCell: store is missing')
  assertTypes({ store, ring, plaintext, prefix, clock }, engineRules)
  const parts: readonly unknown[] = Array.isArray(name) ? name : [] // Callers in JavaScript.
  if (parts.length === 0 || !parts.every((part) => typeof part === 'string' && part !== '')) {
    throw invalidArgument('createCell: name must be a list of non-empty texts')
  }
  if (store.scope !== 'process' && !ring && !plaintext) {
    throw invalidArgument('A store that others can read needs a key ring: pass `ring`, or state `plaintext: true`')
  }
  const services = { clock, alone: false, closing: new AbortController().signal }
  let stored: Promise<Key> | undefined
  // Every part carries its length, so that different names never give the same text.
  const canonical = ['cell', ...name].map((part) => `${part.length}:${part}`).join('')
  const key = (): Promise<Key> => (stored ??= sha256(canonical).then((digest) => `${prefix}${digest}` as Key)) // As in `key.ts`.

  async function open(text: string): Promise<Value> {
    let plain: string | undefined
    if (text.startsWith(sealedMark)) {
      plain = await ring?.open(text.slice(sealedMark.length), await key())
      if (plain === undefined) {
        throw new StoreError(
          'LATCHKEY_SEALED_BY_UNKNOWN_KEY',
          'What the store keeps here was sealed with a key that the ring does not have. It is left as it is: add that key.',
          { operation: 'read' },
        )
      }
    } else if (text.startsWith(plainMark)) plain = text.slice(plainMark.length)
    else if (/^lkc\d+\./.test(text)) {
      throw new StoreError(
        'LATCHKEY_STORE_UNSUPPORTED',
        'The store keeps this in a format of another version. It is left as it is; update this program.',
        { operation: 'read' },
      )
    }
    const value = plain === undefined ? undefined : parse(parsed(plain))
    if (value !== undefined) return value
    throw new StoreError(
      'LATCHKEY_STORE_CORRUPT',
      'What the store keeps here is not what belongs here. It is left as it is: look at it before you remove it.',
      { operation: 'read' },
    )
  }

  async function pageOf({ etag, value, now }: Reading): Promise<CellPage<Value>> {
    return { etag, now, value: value === null ? undefined : await open(value) }
  }

  return {
    scope: store.scope,
    watch: store.watch && watcher(store, key),
    async read() {
      const name = await key()
      return pageOf(await ask(services, 'read', (signal) => store.read(name, signal)))
    },
    async swap(from, value, durable) {
      const name = await key()
      const text = JSON.stringify(value)
      const written = ring ? sealedMark + (await ring.seal(text, name)) : plainMark + text
      const how = { keep: 'forever', durable } as const
      const swap = await ask(services, 'swap', (signal) =>
        store.compareAndSet(name, from.etag, written, how, signal),
      ).catch((error: unknown) => {
        if ((error as StoreError).code !== 'LATCHKEY_STORE_UNAVAILABLE') throw error // `ask` throws nothing else.
        return { kind: 'unknown' as const }
      })
      if (swap.kind === 'unknown') return swap
      if (swap.kind === 'conflict') return { kind: 'conflict', page: await pageOf(swap.reading) }
      return { kind: 'done', durable: swap.durable, page: { etag: swap.etag, now: swap.now, value } }
    },
  }
}

function watcher(store: Store, key: () => Promise<Key>) {
  return (changed: () => void): Unwatch => {
    let over = false
    let end: Unwatch = () => undefined
    void key().then((name) => {
      if (!over) end = watchKey(store, name, changed) ?? end
    })
    return () => {
      over = true
      end()
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
