/**
 * Ends work that takes too long, by the injected clock, so that a virtual clock's time counts too.
 *
 * @module
 */
import type { Clock } from '@latchkey/core'
import type { Follow } from './shared-signals.ts'

/** The reason of a signal that a deadline aborted. Internal: it never reaches a caller. */
export class DeadlineError extends Error {}

/** A span of time that the caller's signal may cut short. */
export interface Span {
  readonly clock: Clock
  readonly ms: number
  readonly signal: AbortSignal | undefined
  /** How the signal is listened to. */
  readonly follow: Follow
}

/**
 * Runs `work` and gives it a signal that is aborted when `ms` have passed or `signal` is. The result is settled at that
 * moment even if the work takes no notice; what the work does later is dropped.
 *
 * @throws {DeadlineError} The time ran out.
 * @throws The outer signal's own reason.
 */
export async function within<T>(span: Span, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { clock, ms, signal, follow } = span
  signal?.throwIfAborted()
  const inner = new AbortController()
  const timer = new AbortController()
  let end: (reason: unknown) => void = () => {}
  const ended = new Promise<never>((_, reject) => {
    end = (reason) => {
      inner.abort(reason)
      reject(reason)
    }
  })
  ended.catch(() => {}) // Where the work ends first, nobody waits for this.
  const leave = signal && follow(signal, end)
  clock.sleep(ms, timer.signal).then(
    () => end(new DeadlineError('The deadline has passed.')),
    () => {},
  )
  try {
    return await Promise.race([work(inner.signal), ended])
  } finally {
    timer.abort()
    leave?.()
  }
}

/**
 * Waits for `ms`.
 *
 * @throws The signal's own reason.
 */
export async function pause({ clock, ms, signal, follow }: Span): Promise<void> {
  signal?.throwIfAborted()
  const stop = new AbortController()
  const leave = signal && follow(signal, (reason) => stop.abort(reason))
  try {
    await clock.sleep(ms, stop.signal)
  } finally {
    leave?.()
  }
}
