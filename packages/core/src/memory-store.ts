/**
 * Keeps records in this process: the reference driver, and the default.
 *
 * @see engine.md section 9
 * @module
 */
import type { Clock } from './clock.ts'
import { clockJumpMs, systemClock } from './clock.ts'
import type { Reading, Store } from './store.ts'

interface Entry {
  readonly etag: string
  readonly value: string
  readonly endsAt: number
}

/**
 * One record per key, in memory; scope: process. Survives nothing beyond the process and claims nothing more.
 *
 * Its clock follows whichever of the process' clocks went further since the last look, so that a token does not
 * outlive a suspended machine.
 *
 * @param options.max - Most records kept; the one written longest ago goes first. @default 20 000
 */
export function memoryStore(options: { readonly clock?: Clock; readonly max?: number } = {}): Store {
  const { clock = systemClock, max = 20_000 } = options
  return createMemoryStore(clock, max, max).store
}

/**
 * The store of an engine that was given none. Beyond `soft` records, those that were retired go, in that order.
 *
 * @param max - Beyond so many the one written longest ago goes, whatever it is.
 */
export function createMemoryStore(
  clock: Clock,
  soft: number,
  max: number,
): { readonly store: Store; readonly retire: (key: string) => void } {
  const retired = new Set<string>()
  const entries = new Map<string, Entry>()
  const watchers = new Map<string, Set<() => void>>()
  let version = 0
  let mono = clock.mono()
  let wall = clock.wall()
  let origin = wall

  function now(): number {
    const byMono = clock.mono() - mono
    const byWall = clock.wall() - wall
    if (Math.abs(byMono - byWall) <= clockJumpMs) return Math.floor(origin + byMono)
    mono += byMono
    wall += byWall
    origin += Math.max(byMono, byWall)
    return Math.floor(origin)
  }

  function reading(key: string): Reading {
    const at = now()
    const entry = entries.get(key)
    if (entry && entry.endsAt > at) return { etag: entry.etag, value: entry.value, now: at }
    drop(key)
    return { etag: null, value: null, now: at }
  }

  function drop(key: string): void {
    entries.delete(key)
    retired.delete(key)
  }

  function makeRoom(): void {
    for (const key of retired) {
      if (entries.size <= soft) return
      drop(key)
    }
    if (entries.size <= max) return
    for (const [name, entry] of entries) {
      if (entry.endsAt === Infinity) continue
      drop(name)
      break
    }
  }

  const store: Store = {
    scope: 'process',
    read: (key) => Promise.resolve(reading(key)),
    compareAndSet(key, etag, value, { keep }) {
      const found = reading(key)
      if (found.etag !== etag) return Promise.resolve({ kind: 'conflict', reading: found })
      const next = String((version += 1))
      drop(key) // Written last stands last.
      entries.set(key, { etag: next, value, endsAt: keep === 'forever' ? Infinity : found.now + keep })
      makeRoom()
      for (const changed of watchers.get(key) ?? []) queueMicrotask(changed)
      return Promise.resolve({ kind: 'done', etag: next, now: found.now, durable: true })
    },
    watch(key, changed) {
      const set = watchers.get(key) ?? new Set()
      watchers.set(key, set.add(changed))
      return () => {
        set.delete(changed)
        if (set.size === 0) watchers.delete(key)
      }
    },
  }
  const retire = (key: string): void => {
    if (entries.has(key)) retired.add(key)
  }
  return { store, retire }
}
