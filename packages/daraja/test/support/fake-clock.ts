/**
 * A clock that stands still until a test moves it, or until {@link FakeClock.run} finds everybody waiting for it.
 *
 * @module
 */
import type { Clock } from '@latchkey/core'

interface Timer {
  readonly at: number
  readonly wake: () => void
}

export class FakeClock implements Clock {
  #now = 0
  #timers: Timer[] = []
  readonly #epoch: number

  constructor(epoch = Date.UTC(2026, 0, 15, 6, 30, 0)) {
    this.#epoch = epoch
  }

  mono(): number {
    return this.#now
  }

  wall(): number {
    return this.#epoch + this.#now
  }

  sleep(ms: number, signal?: AbortSignal, background?: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error) // The caller's own reason.
      if (background) return
      const timer: Timer = { at: this.#now + Math.max(0, ms), wake: resolve }
      this.#timers.push(timer)
      signal?.addEventListener('abort', () => {
        this.#timers = this.#timers.filter((other) => other !== timer)
        reject(signal.reason as Error) // As above.
      })
    })
  }

  advance(ms: number): void {
    this.#now += ms
    const due = this.#timers.filter(({ at }) => at <= this.#now)
    this.#timers = this.#timers.filter(({ at }) => at > this.#now)
    due.forEach(({ wake }) => wake())
  }

  /** Waits for `work`. When nothing has happened for a while, hashing included, the clock goes to the next timer. */
  async run<T>(work: Promise<T>): Promise<T> {
    let settled = false
    const done = work.finally(() => (settled = true))
    done.catch(() => undefined) // The caller of this method hears of it.
    for (let rounds = 0; !settled && rounds < 200; rounds += 1) {
      await Promise.race([done.catch(() => undefined), new Promise((resolve) => setTimeout(resolve, quietMs))])
      const next = Math.min(...this.#timers.map(({ at }) => at))
      if (!settled && Number.isFinite(next)) this.advance(Math.max(0, next - this.#now))
    }
    return done
  }
}

const quietMs = 100 // Real time: hashing runs on other threads, whose end no timer tells.
