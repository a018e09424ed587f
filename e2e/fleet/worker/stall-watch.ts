/**
 * Notices when this process stood still although nobody stopped it: the machine was busy elsewhere.
 *
 * @module
 */

/** Shorter ones are the daily life of a busy machine. */
const stallMinMs = 300
const lookMs = 50

export interface StallWatch extends Disposable {
  /** Milliseconds of each. */
  readonly stalls: readonly number[]
}

/** @param noticed - Told at once, with the milliseconds. */
export function watchStalls(noticed: (ms: number) => void = () => undefined): StallWatch {
  const stalls: number[] = []
  let looked = performance.now()
  const timer = setInterval(() => {
    const ms = performance.now() - looked - lookMs
    looked += ms + lookMs
    if (ms < stallMinMs) return
    stalls.push(ms)
    noticed(ms)
  }, lookMs)
  timer.unref()
  return { stalls, [Symbol.dispose]: () => clearInterval(timer) }
}
