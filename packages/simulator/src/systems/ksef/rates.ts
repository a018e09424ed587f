/**
 * Counts requests in three sliding windows at once. The first window that is full blocks until its oldest request has
 * left it; a request sent during the block, other than those that were under way when it began, lengthens it.
 *
 * @see spec/ksef.md section 1.10
 * @module
 */
import type { RateLimit } from './rate-groups.ts'

/** Why a request may not pass. */
export interface RateBlock {
  readonly limit: number
  readonly per: 'sekundę' | 'minutę' | 'godzinę'
  /** At least 1. */
  readonly retryAfterSeconds: number
}

/** The counters of all callers. */
export interface Rates {
  /** Counts a request, or says why it may not pass. What is refused does not count. */
  take(key: string, limit: RateLimit, now: number): RateBlock | null
  clear(): void
}

interface Counter {
  /** Instants of what passed within the last hour, oldest first. */
  passed: number[]
  block: {
    readonly since: number
    readonly ms: number
    until: number
    readonly limit: number
    readonly per: RateBlock['per']
  } | null
}

const windows = [
  { ms: 1000, per: 'sekundę', of: ({ perSecond }: RateLimit) => perSecond },
  { ms: 60_000, per: 'minutę', of: ({ perMinute }: RateLimit) => perMinute },
  { ms: 3_600_000, per: 'godzinę', of: ({ perHour }: RateLimit) => perHour },
] as const

const countersMax = 10_000
const underWayMs = 1000
const blockMaxMs = 3_600_000

/** Makes counters that stand at nothing. They are not saved: a restart forgives. */
export function createRates(): Rates {
  const counters = new Map<string, Counter>()

  const counterOf = (key: string): Counter => {
    const known = counters.get(key)
    if (known !== undefined) return known
    const [oldest] = counters.keys()
    if (counters.size >= countersMax && oldest !== undefined) counters.delete(oldest)
    const made: Counter = { passed: [], block: null }
    counters.set(key, made)
    return made
  }

  return {
    take(key, limit, now) {
      const counter = counterOf(key)
      if (counter.block !== null && now < counter.block.until) {
        const { block } = counter
        if (now - block.since > underWayMs) block.until = Math.min(block.until + block.ms, now + blockMaxMs)
        return blockAt(counter, now)
      }
      const longest = windows.findLast((window) => Number.isFinite(window.of(limit)))?.ms ?? 0
      counter.passed = counter.passed.filter((at) => now - at < longest)
      counter.block = null
      for (const { ms, per, of } of windows) {
        const inWindow = counter.passed.filter((at) => now - at < ms)
        const oldest = inWindow[inWindow.length - of(limit)]
        if (inWindow.length < of(limit)) continue
        const until = (oldest ?? now) + ms
        counter.block = { since: now, ms: until - now, until, limit: of(limit), per }
        return blockAt(counter, now)
      }
      counter.passed.push(now)
      return null
    },
    clear: () => counters.clear(),
  }
}

function blockAt({ block }: Counter, now: number): RateBlock | null {
  if (block === null) return null
  return { limit: block.limit, per: block.per, retryAfterSeconds: Math.max(1, Math.ceil((block.until - now) / 1000)) }
}
