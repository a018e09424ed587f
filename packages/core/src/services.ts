/**
 * What every part of one engine is handed instead of reaching for globals, and the waits they share.
 *
 * @see engine.md sections 1 and 9.5
 * @module
 */
import type { Clock } from './clock.ts'
import { over } from './clock.ts'
import { StoreError } from './errors.ts'
import type { EventFields, EventName, Observer } from './observer.ts'
import type { Key, Store, Unwatch } from './store.ts'
import type { KeyRing } from './vault.ts'

export interface Services {
  readonly store: Store
  /** Nobody else can write to the store. */
  readonly alone: boolean
  /** Tells a store of one's own that nobody here holds this key any more. */
  readonly retire: ((key: string) => void) | undefined
  readonly ring: KeyRing | undefined
  readonly clock: Clock
  readonly random: () => number
  readonly observer: Observer | undefined
  readonly fetch: typeof globalThis.fetch | undefined
  readonly holder: string
  /** A name that nobody else uses, for a record's salt. */
  readonly nonce: () => string
  readonly prefix: string
  readonly budget: { readonly renewals: number; readonly per: number }
  readonly storeTrouble: 'degrade' | 'fail'
  readonly idleMs: number
  /** How many slots were made. */
  slots: number
  /** Aborted when the engine is closed. */
  readonly closing: AbortSignal
  /** True during an episode of store trouble. */
  degraded: boolean
}

/** Who raises events, under a key's name. */
export interface Speaker {
  readonly services: Services
  emit<Name extends EventName>(name: Name, fields: EventFields[Name]): void
}

const storeDeadlineMs = 2000

/** Up to so many milliseconds, where a whole fleet would otherwise do the same at the same instant. */
export function spread({ store, random }: Services, ms: number): number {
  return store.scope === 'fleet' ? ms * random() : 0
}

/** Watches a key. A hint (engine.md 9.4): a store that fails at it is one without notices, and nothing here throws. */
export function watchKey(store: Store, key: Key, changed: () => void): Unwatch | undefined {
  try {
    const unwatch = store.watch?.(key, changed)
    if (!unwatch) return undefined
    return () => {
      try {
        unwatch()
      } catch {
        // Whatever still comes is as harmless as any notice.
      }
    }
  } catch {
    return undefined
  }
}

/** Runs one store operation under its deadline; anything but an answer becomes `LATCHKEY_STORE_UNAVAILABLE`. */
export async function ask<T>(
  { clock, alone, closing }: Pick<Services, 'clock' | 'alone' | 'closing'>,
  operation: string,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (alone) return run(closing) // A store of one's own answers at once.
  const deadline = new AbortController()
  const done = new AbortController()
  const late = clock.sleep(storeDeadlineMs, done.signal).then(() => {
    deadline.abort()
    throw new Error('deadline')
  })
  try {
    return await Promise.race([run(deadline.signal), late])
  } catch (cause) {
    if (cause instanceof StoreError && cause.code !== 'LATCHKEY_STORE_UNAVAILABLE') throw cause
    throw new StoreError(
      'LATCHKEY_STORE_UNAVAILABLE',
      `The shared store did not ${operation} the record. Check that it is reachable; tokens in hand go on working.`,
      { cause, operation, ...(deadline.signal.aborted && { reason: 'deadline' }) },
    )
  } finally {
    late.catch(() => undefined) // Its rejection was either raced or is our own cancellation.
    done.abort(over)
  }
}
