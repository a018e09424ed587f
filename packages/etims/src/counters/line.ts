/**
 * The callers of one process stand in line for a counter, so that the process asks the store for one of them at a time.
 *
 * @module
 */
import type { Clock } from '@latchkey/core'
import { wait } from './patience.ts'
import type { Patience } from './patience.ts'

export interface Line {
  /** How many wait, not counting the one whose turn it is. */
  readonly length: number
  /**
   * Waits for the turn; first come, first served. Answers with what ends the turn, or with `undefined` when the caller's
   * time is over.
   *
   * @throws The signal's own reason.
   */
  enter(patience: Patience): Promise<(() => void) | undefined>
}

export function createLine(clock: Clock): Line {
  const waiting: (() => void)[] = []
  let taken = false

  const leave = (): void => {
    const next = waiting.shift()
    if (next) next()
    else taken = false
  }

  return {
    get length() {
      return waiting.length
    },
    async enter(patience) {
      patience.signal?.throwIfAborted()
      if (!taken) {
        taken = true
        return leave
      }
      let called = false
      try {
        await wait(clock, patience.left(), patience.signal, (wake) => {
          const call = (): void => {
            called = true
            wake()
          }
          waiting.push(call)
          return () => {
            const at = waiting.indexOf(call)
            if (at >= 0) waiting.splice(at, 1)
          }
        })
      } catch (reason) {
        if (called) leave() // The turn came at the moment at which the caller left.
        throw reason
      }
      return called ? leave : undefined
    },
  }
}
