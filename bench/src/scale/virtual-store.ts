/**
 * A shared store in virtual time, with the contract of engine.md section 9: one server that handles one message after
 * the other, a network of about a millisecond, and change notices to everybody who watches.
 *
 * @module
 */
import type { Key, Reading, Store, Swap } from '@latchkey/core'
import type { Lifespan } from './lifespan.ts'
import type { Random } from './random.ts'
import type { World } from './world.ts'

export interface StoreHabits {
  /** Least and most milliseconds of one way through the network. */
  readonly wayMs: readonly [number, number]
  /** Messages that the server handles in a second: operations, and each notice that it sends. */
  readonly messagesPerSecond: number
}

/** What the server is asked, and what it tells. */
export type StoreTraffic = 'read' | 'swap' | 'conflict' | 'notice'

export interface VirtualStore {
  /** What one process holds. Ends with its life. */
  connect(life: Lifespan): Store
}

interface Entry {
  readonly etag: string
  readonly value: string
  readonly endsAt: number
}

/**
 * @param origin - What the store's calendar reads at the world's beginning, epoch milliseconds.
 * @param count - Told of each message at the moment at which the server gets to it.
 */
export function createVirtualStore(
  world: World,
  random: Random,
  { wayMs: [least, most], messagesPerSecond }: StoreHabits,
  origin: number,
  count: (traffic: StoreTraffic, at: number) => void,
): VirtualStore {
  const entries = new Map<Key, Entry>()
  const watchers = new Map<Key, Set<() => void>>()
  const workMs = 1_000 / messagesPerSecond
  let busyUntil = 0
  let version = 0

  const way = (): number => random.between(least, most)
  // Messages are handled in the order of arrival, so what one does to the record may be worked out when it arrives.
  const turn = (): number => (busyUntil = Math.max(busyUntil, world.now()) + workMs)

  function reading(key: Key, at: number): Reading {
    const now = Math.floor(origin + at)
    const entry = entries.get(key)
    if (entry !== undefined && entry.endsAt > now) return { etag: entry.etag, value: entry.value, now }
    return { etag: null, value: null, now }
  }

  function swap(key: Key, etag: string | null, value: string, keep: number | 'forever', at: number): Swap {
    const found = reading(key, at)
    if (found.etag !== etag) {
      count('conflict', at)
      return { kind: 'conflict', reading: found }
    }
    count('swap', at)
    const next = String((version += 1))
    entries.set(key, { etag: next, value, endsAt: keep === 'forever' ? Infinity : found.now + keep })
    for (const tell of watchers.get(key) ?? []) {
      const told = turn()
      count('notice', told)
      world.after(told - world.now() + way(), tell)
    }
    return { kind: 'done', etag: next, now: found.now, durable: true }
  }

  // There and back. The way there is not the process' own: what it sent arrives, whatever becomes of it.
  function ask<Answer>(life: Lifespan, handle: (at: number) => Answer): Promise<Answer> {
    return new Promise((resolve) => {
      world.after(way(), () => {
        const at = turn()
        const answer = handle(at)
        life.after(at - world.now() + way(), () => resolve(answer))
      })
    })
  }

  return {
    connect: (life) => ({
      scope: 'fleet',
      read: (key) =>
        ask(life, (at) => {
          count('read', at)
          return reading(key, at)
        }),
      compareAndSet: (key, etag, value, { keep }) => ask(life, (at) => swap(key, etag, value, keep, at)),
      watch(key, changed) {
        const set = watchers.get(key) ?? new Set()
        watchers.set(key, set)
        const tell = (): void => {
          if (set.has(tell)) changed()
        }
        set.add(tell)
        const unwatch = (): void => void set.delete(tell)
        life.atEnd(unwatch)
        return unwatch
      },
    }),
  }
}
