/**
 * Ends work that takes too long, by the injected clock, so that a virtual clock's time counts too.
 *
 * @module
 */
import type { Clock } from '@latchkey/core'

/** The reason of a signal that a deadline aborted. Internal: it never reaches a caller. */
export class DeadlineError extends Error {}

/**
 * Runs `work` and gives it a signal that is aborted when `ms` have passed or `signal` is. The result is settled at that
 * moment even if the work takes no notice; what the work does later is dropped.
 *
 * @throws {DeadlineError} The time ran out.
 * @throws The outer signal's own reason.
 */
export async function within<T>(
  limit: { readonly clock: Clock; readonly ms: number; readonly signal?: AbortSignal | undefined },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { clock, ms, signal } = limit
  signal?.throwIfAborted()
  const inner = new AbortController()
  const timer = new AbortController()
  const stop = (): void => inner.abort(signal?.reason)
  signal?.addEventListener('abort', stop, { once: true })
  const ended = new Promise<never>((_, reject) => {
    inner.signal.addEventListener('abort', () => reject(inner.signal.reason as Error), { once: true }) // Whatever it is.
  })
  ended.catch(() => {}) // Where the work ends first, nobody waits for this.
  clock.sleep(ms, timer.signal).then(
    () => inner.abort(new DeadlineError('The deadline has passed.')),
    () => {},
  )
  try {
    return await Promise.race([work(inner.signal), ended])
  } finally {
    timer.abort()
    signal?.removeEventListener('abort', stop)
  }
}
