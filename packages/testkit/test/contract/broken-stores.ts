/**
 * Stores with one mistake each, for the proof that the contract suite notices.
 *
 * @module
 */
import type { Etag, Key, Reading, Store } from '@latchkey/core'
import type { StoreUnderTest } from '@latchkey/testkit'

interface Entry {
  readonly etag: Etag
  readonly value: string
  readonly endsAt: number
}

/** Where a mistake can sit. Each part has a correct default. */
export interface Mistakes {
  readonly check?: (present: Etag | null, given: Etag | null) => boolean
  /** Runs between looking and writing, outside the atomic step. */
  readonly gap?: () => Promise<void>
  readonly etag?: (version: number, value: string, of: { readonly previous: Entry | undefined }) => Etag
  readonly endsAt?: (now: number, keep: number | 'forever', previous: Entry | undefined) => number
  readonly now?: () => number
  readonly name?: (key: Key) => string
  readonly stored?: (value: string) => string
  readonly told?: (reading: Reading) => Reading
  readonly durable?: boolean | undefined
  readonly writesOnConflict?: boolean
  readonly abort?: 'hangs' | 'wraps'
  readonly watch?: 'throws' | 'deaf to its end'
  readonly scope?: string
  /** Each handle remembers what it read or wrote last. */
  readonly caches?: boolean
}

/** A correct store in memory with several handles, apart from the mistakes asked for. */
export function storeWith(mistakes: Mistakes = {}): StoreUnderTest {
  const entries = new Map<string, Entry>()
  const watchers = new Map<string, Set<() => void>>()
  const name = mistakes.name ?? ((key) => key)
  const now = mistakes.now ?? (() => Date.now())
  const check = mistakes.check ?? ((present, given) => present === given)
  let version = 0

  const look = (key: Key): Entry | undefined => {
    const entry = entries.get(name(key))
    return entry && entry.endsAt > Date.now() ? entry : undefined
  }

  const handle = (): Store => {
    const cache = new Map<string, Entry | undefined>()
    const seen = (key: Key): Entry | undefined => {
      if (!mistakes.caches) return look(key)
      if (!cache.has(key)) cache.set(key, look(key))
      return cache.get(key)
    }
    const reading = (entry: Entry | undefined): Reading => ({
      etag: entry?.etag ?? null,
      value: entry?.value ?? null,
      now: now(),
    })
    const guard = async (signal: AbortSignal): Promise<void> => {
      if (!signal.aborted) return
      if (mistakes.abort === 'hangs') await new Promise(() => undefined)
      throw mistakes.abort === 'wraps' ? new Error('aborted') : signal.reason
    }
    return {
      scope: (mistakes.scope ?? 'process') as Store['scope'], // Wrong on purpose in one test.
      async read(key, signal) {
        await guard(signal)
        return reading(seen(key))
      },
      async compareAndSet(key, etag, value, { keep }, signal) {
        await guard(signal)
        const previous = seen(key)
        const matches = check(previous?.etag ?? null, etag)
        if (mistakes.gap) await mistakes.gap()
        if (!matches && !mistakes.writesOnConflict) {
          return { kind: 'conflict', reading: (mistakes.told ?? ((found) => found))(reading(previous)) }
        }
        version += 1
        const next = mistakes.etag?.(version, value, { previous }) ?? `v${version}`
        const endsAt =
          mistakes.endsAt?.(Date.now(), keep, previous) ?? (keep === 'forever' ? Infinity : Date.now() + keep)
        const entry = { etag: next, value: (mistakes.stored ?? String)(value), endsAt }
        entries.set(name(key), entry)
        if (mistakes.caches) cache.set(key, entry)
        for (const changed of watchers.get(key) ?? []) queueMicrotask(changed)
        if (!matches) return { kind: 'conflict', reading: reading(previous) }
        const durable = 'durable' in mistakes ? mistakes.durable : true
        return { kind: 'done', etag: next, now: now(), durable: durable as boolean } // Wrong on purpose in one test.
      },
      watch(key, changed) {
        if (mistakes.watch === 'throws') throw new Error('no notices here')
        const set = watchers.get(key) ?? new Set()
        watchers.set(key, set.add(changed))
        return () => {
          if (mistakes.watch !== 'deaf to its end') set.delete(changed)
        }
      },
    }
  }
  return { store: handle(), second: handle, drop: (key) => void entries.delete(name(key)) }
}
