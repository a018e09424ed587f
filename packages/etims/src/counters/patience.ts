/**
 * How long a caller waits, and the one way to wait: for an event, for a time, until the caller leaves.
 *
 * @module
 */
import type { Clock } from '@latchkey/core'
import type { RunOptions } from '@latchkey/http'

/** What is left of a caller's time. */
export interface Patience {
  readonly signal: AbortSignal | undefined
  /** Milliseconds; 0 or less: nothing. */
  left(): number
}

const deadlineMs = 90_000 // The pipeline's own default.

/** Starts to count. */
export function patienceOf(clock: Clock, run: RunOptions = {}): Patience {
  const end = clock.mono() + (run.deadlineMs ?? deadlineMs)
  return { signal: run.signal ?? undefined, left: () => end - clock.mono() }
}

/**
 * Waits for `ms`, or less where `arm`'s event comes first.
 *
 * @param arm - Is handed what wakes this wait, and answers with what takes it away again.
 * @throws The signal's own reason.
 */
export async function wait(
  clock: Clock,
  ms: number,
  signal: AbortSignal | undefined,
  arm: (wake: () => void) => () => void,
): Promise<void> {
  signal?.throwIfAborted()
  const stop = new AbortController()
  const wake = (): void => stop.abort()
  const disarm = arm(wake)
  signal?.addEventListener('abort', wake, { once: true })
  try {
    await clock.sleep(Math.max(0, ms), stop.signal)
  } catch (error) {
    if (!stop.signal.aborted) throw error
  } finally {
    signal?.removeEventListener('abort', wake)
    disarm()
  }
  signal?.throwIfAborted()
}
