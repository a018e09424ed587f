/**
 * Waiting under a lease: KSeF's and people's pace is not that of one request, so the lease is extended meanwhile.
 *
 * @see engine.md sections 6.7 and 18
 * @module
 */
import type { GrantRun } from '@latchkey/core'

const beatMs = 10_000 // A third of what one extension gives.

/**
 * Waits for `work`, at most so long, and keeps the lease.
 *
 * @throws Whatever `work` rejects with, `late()` where it took too long, and the engine's own error where the lease was
 *   lost.
 */
export async function holdLease<T>(run: GrantRun, work: Promise<T>, mostMs: number, late: () => Error): Promise<T> {
  const done = new AbortController()
  const beat = heartbeat(run, mostMs, late, AbortSignal.any([done.signal, run.signal]))
  beat.catch(() => undefined) // Raced, or cancelled below.
  work.catch(() => undefined) // What comes too late is of no use.
  try {
    return await Promise.race([work, beat])
  } finally {
    done.abort()
  }
}

/** Sleeps and keeps the lease. */
export async function sleepUnderLease(run: GrantRun, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= beatMs) {
    await run.extend()
    await run.clock.sleep(Math.min(left, beatMs), run.signal)
  }
}

async function heartbeat(run: GrantRun, mostMs: number, late: () => Error, ends: AbortSignal): Promise<never> {
  for (let left = mostMs; left > 0; left -= beatMs) {
    await run.extend()
    await run.clock.sleep(Math.min(left, beatMs), ends)
  }
  throw late()
}
