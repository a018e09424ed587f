/**
 * One life of one simulated process. Whatever a process waits for comes through here, so that nothing reaches it after
 * its crash: its timers do not fire, and answers to what it sent find nobody.
 *
 * @module
 */
import type { Clock } from '@latchkey/core'
import type { World } from './world.ts'

export interface Lifespan {
  readonly clock: Clock
  readonly alive: boolean
  /** As the world's `after`, but only while this life lasts. */
  after(ms: number, run: () => void): void
  /** Runs `undo` when this life ends. */
  atEnd(undo: () => void): void
  end(): void
}

/**
 * Begins a life.
 *
 * @param wall - What this process' own calendar reads at the world's beginning, epoch milliseconds.
 */
export function beginLife(world: World, wall: number): Lifespan {
  const born = world.now()
  const undoes: (() => void)[] = []
  let alive = true

  const clock: Clock = {
    mono: () => world.now() - born,
    wall: () => wall + world.now(),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason as Error) // The caller's own reason, whatever it is.
        const waking = world.after(ms, () => {
          if (!alive) return
          signal?.removeEventListener('abort', stop)
          resolve()
        })
        const stop = (): void => {
          waking.run = undefined
          reject(signal?.reason as Error) // As above.
        }
        signal?.addEventListener('abort', stop, { once: true })
      }),
  }

  return {
    clock,
    get alive() {
      return alive
    },
    after: (ms, run) =>
      void world.after(ms, () => {
        if (alive) run()
      }),
    atEnd: (undo) => void undoes.push(undo),
    end() {
      alive = false
      for (const undo of undoes) undo()
    },
  }
}
