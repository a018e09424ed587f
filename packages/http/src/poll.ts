/**
 * Asks again and again until an answer is final, the caller has had enough, or time is up.
 *
 * @see DESIGN "Unknown is a value", spec/truphone.md section 7.2.4, spec/ksef.md section 3.18
 * @module
 */
import { assertKnown, invalidArgument, isLatchkeyError } from '@latchkey/core'
import type { Clock } from '@latchkey/core'
import type { RunOptions } from './operation.ts'

/** How long to wait. */
export interface WaitOptions {
  readonly signal?: AbortSignal | undefined
  /** Milliseconds in total. @default 120 000 */
  readonly timeoutMs?: number | undefined
}

const timeoutDefaultMs = 120_000
const firstMs = 1_000
const growth = 1.5
const mostMs = 10_000
const jitter = 0.2

/**
 * Resolves with the first answer that `done` accepts. Questions that fail for now do not end the wait.
 *
 * @param late - The error for when time is up, made from the last answer, if there was one.
 */
export async function poll<T>(
  services: { readonly clock: Clock; readonly random: () => number },
  options: WaitOptions,
  ask: (run: RunOptions) => Promise<T>,
  done: (answer: T) => boolean,
  late: (last: T | undefined) => Error,
): Promise<T> {
  assertKnown(options, ['signal', 'timeoutMs'], 'waiting')
  const { signal, timeoutMs = timeoutDefaultMs } = options
  if (!(timeoutMs > 0)) throw invalidArgument('timeoutMs: must be a positive number of milliseconds')
  const { clock, random } = services
  const endsAt = clock.mono() + timeoutMs
  let last: T | undefined
  for (let pause = firstMs; ; pause = Math.min(pause * growth, mostMs)) {
    signal?.throwIfAborted()
    const deadlineMs = endsAt - clock.mono()
    if (deadlineMs <= 0) throw late(last) // The last sleep was longer than it was meant to be.
    let atLeast = 0
    try {
      last = await ask({ signal, deadlineMs })
      if (done(last)) return last
    } catch (error) {
      if (!isLatchkeyError(error) || !error.retryable) throw error
      atLeast = (error.retryAt ?? 0) - clock.wall()
    }
    const ms = Math.max(pause * (1 + jitter * (2 * random() - 1)), atLeast)
    if (ms >= endsAt - clock.mono()) throw late(last)
    await clock.sleep(ms, signal)
  }
}
