/**
 * Ctrl-C: which waits end at once, and which get a moment more because others would have to wait for them.
 *
 * @module
 */
import type { Io } from './io.ts'

/** How long a stopped command lets an answer that is under way reach the store, where others wait for it. */
const graceMs = 1000

/** Closes what gives tokens. Once the user has asked to stop, a request that is under way gets only a moment more. */
export async function closing(tokens: { close(): Promise<void> }, { signal }: Io, ms = graceMs): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  let stop = (): void => undefined
  const stopped = new Promise<void>((resolve) => {
    stop = () => (timer ??= setTimeout(resolve, ms))
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
  try {
    await Promise.race([tokens.close(), stopped])
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  }
}

/** Settles with the work, or rejects with the signal's reason when the user asks to stop. */
export async function unlessStopped<T>(work: Promise<T>, { signal }: Io): Promise<T> {
  let stop = (): void => undefined
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([work, stopped])
  } finally {
    signal.removeEventListener('abort', stop)
    work.catch(() => undefined) // Nobody listens any more.
  }
}
