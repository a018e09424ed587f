/** A counter under test: who asked, and when each was let through. @module */
import { virtualClock } from '@latchkey/testkit'
import type { RateLimitValues } from '../../src/values/limits.ts'
import { createTurns } from '../../src/rates/turns.ts'

export const figures = (perSecond: number, perMinute = -1, perHour = -1): RateLimitValues => ({
  perSecond,
  perMinute,
  perHour,
})

export function counterOf(limit: RateLimitValues) {
  const clock = virtualClock()
  const start = clock.mono()
  const turns = createTurns(limit, clock)
  const now = (): number => clock.mono() - start
  const gone: { readonly who: number; readonly at: number }[] = []
  const refused: { readonly who: number; readonly at: number; readonly turnAt: number }[] = []
  let asked = 0

  /** Asks for a turn without waiting for it. Its end is in `gone` or `refused`, or an abort. */
  const ask = (options: { remainingMs?: number; signal?: AbortSignal } = {}): Promise<void> => {
    const who = (asked += 1)
    const { remainingMs = Infinity, signal = new AbortController().signal } = options
    return turns
      .take({ remainingMs, signal }, (at) => {
        refused.push({ who, at: now(), turnAt: at - start })
        return new Error('no turn')
      })
      .then(
        () => void gone.push({ who, at: now() }),
        () => {},
      )
  }
  return { clock, turns, ask, gone, refused, now, start }
}
