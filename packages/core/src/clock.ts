/**
 * Time as a value. Only {@link systemClock} reads the machine's clocks; everything else is handed a {@link Clock}.
 *
 * @see engine.md sections 1 and 3
 * @module
 */

/** The two clocks of a process, in milliseconds, and the only way to wait. */
export interface Clock {
  /** Never goes back; may stand still while the machine sleeps. */
  mono(): number
  /** Epoch milliseconds; may jump. */
  wall(): number
  /**
   * Waits. Rejects with the signal's reason when it is aborted. `background` waits do not keep the process
   * running; a clock of your own may ignore it.
   */
  sleep(ms: number, signal?: AbortSignal, background?: boolean): Promise<void>
}

/** Why a wait of our own ends early: a constant, since making an error with its stack for each one costs more than the wait. */
export const over = 'over'

/** A difference between the two clocks' elapsed times above this is a jump, not drift (engine.md 3.4). */
export const clockJumpMs = 2000

const timeoutMaxMs = 0x7fffffff // Beyond this a platform timer fires at once.

/** The machine's own clocks. */
export const systemClock: Clock = {
  mono: () => performance.now(),
  wall: () => Date.now(),
  sleep: (ms, signal, background) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error) // The caller's own reason, whatever it is.
      const stop = (): void => {
        clearTimeout(timer)
        reject(signal?.reason as Error) // As above.
      }
      const timer = setTimeout(
        () => {
          signal?.removeEventListener('abort', stop)
          resolve()
        },
        Math.min(Math.max(ms, 0), timeoutMaxMs),
      )
      if (background) (timer as { unref?: () => void }).unref?.() // Browsers' timers are numbers.
      signal?.addEventListener('abort', stop, { once: true })
    }),
}
