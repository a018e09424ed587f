/**
 * One counter: lets requests through so that no window overflows, in the order in which they came.
 *
 * A request that cannot go in time is refused when that is known, not when its time has run out. Every plan is made
 * anew from the requests that really went, so one who leaves the queue leaves no gap in it.
 *
 * @see spec/ksef.md section 1.10
 * @module
 */
import type { Clock } from '@latchkey/core'
import type { PaceRun } from '@latchkey/http'
import type { RateLimitValues } from '../values/limits.ts'

export interface Turns {
  /**
   * Resolves when it may go, at once where there is room.
   *
   * @param refusal - Makes the error of one whose turn would come too late, at this instant of the monotonic clock.
   * @throws What `refusal` makes, or the signal's own reason.
   */
  take(run: PaceRun, refusal: (at: number) => Error): Promise<void>
  /** Lets nobody through before this instant of the monotonic clock. */
  close(until: number): void
  /** Changes the figures. What went before counts on. */
  use(limit: RateLimitValues): void
}

// KSeF counts arrivals: a slow request and a quick one after it come closer together than they left.
const transitMs = 200

// So many requests are remembered, and no figure counts for more: ten times the highest default is 12 000.
const countMax = 20_000

/** Nobody waits behind so many. */
export const waitingMax = 1_000

const hourMs = 3_600_000
const trimEvery = 256 // Requests: forgetting the oldest moves all others.

interface Waiter {
  /** The first instant that is too late. */
  readonly endsAt: number
  go(): void
  refuse(at: number): void
}

interface Window {
  readonly ms: number
  readonly max: number
}

export function createTurns(limit: RateLimitValues, clock: Clock): Turns {
  let windows = windowsOf(limit)
  let closedUntil = -Infinity
  let waiting: readonly Waiter[] = []
  let alarm: AbortController | undefined
  const gone: number[] = []

  // When the next one may go, after those who went and those who are planned.
  const nextAt = (planned: readonly number[], now: number): number => {
    let at = Math.max(now, closedUntil)
    for (const { ms, max } of windows) {
      const first = planned.length >= max ? planned.at(-max) : gone.at(planned.length - max)
      if (first !== undefined) at = Math.max(at, first + ms + transitMs)
    }
    return at
  }

  const remember = (now: number): void => {
    gone.push(now)
    if (gone.length % trimEvery !== 0) return
    const firstKept = gone.findIndex((at) => at > now - hourMs - transitMs)
    gone.splice(0, Math.max(firstKept, gone.length - countMax))
  }

  const serve = (): void => {
    alarm?.abort()
    const now = clock.mono()
    const planned: number[] = []
    const staying: Waiter[] = []
    for (const waiter of waiting) {
      const at = nextAt(planned, now)
      if (at <= now) {
        remember(now)
        waiter.go()
      } else if (at >= waiter.endsAt || planned.length >= waitingMax) {
        waiter.refuse(at)
      } else {
        planned.push(at)
        staying.push(waiter)
      }
    }
    waiting = staying
    if (planned[0] === undefined) return
    alarm = new AbortController()
    clock.sleep(planned[0] - now, alarm.signal).then(serve, () => {}) // Aborted: there is another plan.
  }

  return {
    async take({ signal, remainingMs }, refusal) {
      signal.throwIfAborted()
      let leave = (): void => {}
      try {
        await new Promise<void>((resolve, reject) => {
          const refuse = (at: number): void => reject(refusal(at))
          const waiter: Waiter = { endsAt: clock.mono() + remainingMs, go: resolve, refuse }
          leave = () => {
            waiting = waiting.filter((other) => other !== waiter)
            reject(signal.reason as Error) // The caller's own, whatever it is.
            serve()
          }
          signal.addEventListener('abort', leave, { once: true })
          waiting = [...waiting, waiter]
          serve()
        })
      } finally {
        signal.removeEventListener('abort', leave)
      }
    },
    close(until) {
      closedUntil = Math.max(closedUntil, until)
      serve()
    },
    use(next) {
      windows = windowsOf(next)
      serve()
    },
  }
}

function windowsOf({ perSecond, perMinute, perHour }: RateLimitValues): readonly Window[] {
  const all = [
    { ms: 1_000, max: perSecond },
    { ms: 60_000, max: perMinute },
    { ms: hourMs, max: perHour },
  ]
  return all.filter(({ max }) => max > 0).map(({ ms, max }) => ({ ms, max: Math.min(max, countMax) }))
}
