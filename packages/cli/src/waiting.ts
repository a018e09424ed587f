/**
 * Says on standard error that something is being waited for, so that a silent command is not taken for a dead one.
 *
 * @module
 */
import { systemClock } from '@latchkey/core'
import type { Io } from './io.ts'

const firstMs = 2_000
const everyMs = 5_000

/** Settles with the work; meanwhile tells what is waited for, and for how long. */
export async function tellWaiting<T>(what: string, work: Promise<T>, io: Io): Promise<T> {
  const since = systemClock.mono()
  let timer: NodeJS.Timeout
  const tell = (): void => {
    io.err(`Waiting for ${what} … ${Math.round((systemClock.mono() - since) / 1000)} s\n`)
    timer = setTimeout(tell, everyMs)
  }
  timer = setTimeout(tell, firstMs)
  try {
    return await work
  } finally {
    clearTimeout(timer)
  }
}
