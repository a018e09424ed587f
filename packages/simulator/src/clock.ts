/**
 * The simulator's own clock: it starts at the real time, runs with it, and can be moved forward. Work that falls
 * due later (callbacks, prompts that time out) is kept here, so that moving the clock also does that work.
 *
 * @module
 */
import { InputError } from './input-error.ts'

/** The clock and its schedule. */
export interface SimulatorClock {
  /** Epoch milliseconds. */
  now(): number
  /** How far the clock was moved, in milliseconds. */
  advancedMs(): number
  /**
   * Runs something later, by this clock. `run` is told the instant at which it was due.
   *
   * @returns False when {@link scheduleMax} jobs wait already; then nothing was scheduled.
   */
  schedule(afterMs: number, run: (at: number) => void): boolean
  /** Lets time do what falls due. Until then only {@link SimulatorClock.step} does. */
  start(): void
  /** Moves the clock, and runs on the way, in order and each at its own instant, what falls due. */
  step(ms: number): void
  /** Forgets the schedule and returns to the real time. */
  reset(): void
}

/** How many jobs may wait. */
export const scheduleMax = 10_000

/** How far one step may go: ten years of 366 days. */
export const stepMaxMs = 10 * 366 * 86_400_000

interface Job {
  readonly due: number
  readonly run: (at: number) => void
}

const timerMaxMs = 0x7fffffff // Beyond this a platform timer fires at once.

/**
 * Makes a clock. It holds a timer only while something is scheduled.
 *
 * @param advancedMs - How far it is ahead of the real time from the start.
 * @param onRun - Told after something that fell due was done.
 */
export function createClock(advancedMs = 0, onRun: () => void = () => undefined): SimulatorClock {
  const startWall = Date.now()
  const startMono = performance.now()
  let offset = advancedMs
  let jobs: Job[] = []
  let timer: NodeJS.Timeout | undefined
  let started = false

  const now = (): number => Math.floor(startWall + (performance.now() - startMono) + offset)

  const arm = (): void => {
    clearTimeout(timer)
    timer = undefined
    const head = jobs[0]
    if (head !== undefined && started)
      timer = setTimeout(runUntilNow, Math.min(Math.max(head.due - now(), 0), timerMaxMs))
  }

  const runUntilNow = (): void => {
    for (let head = jobs[0]; head !== undefined && head.due <= now(); head = jobs[0]) {
      jobs.shift()
      head.run(head.due)
      onRun()
    }
    arm()
  }

  return {
    now,
    advancedMs: () => offset,
    schedule(afterMs, run) {
      if (jobs.length >= scheduleMax) return false
      const due = now() + afterMs
      const later = jobs.findIndex((job) => job.due > due)
      jobs.splice(later === -1 ? jobs.length : later, 0, { due, run })
      if (jobs[0]?.due === due) arm()
      return true
    },
    start() {
      started = true
      arm()
    },
    step(ms) {
      if (!Number.isFinite(ms) || ms < 0 || ms > stepMaxMs) {
        throw new InputError(`The clock moves forward by 0 to ${String(stepMaxMs)} milliseconds; it cannot go back.`)
      }
      const target = now() + ms
      const offsetThen = offset + ms // Time that passes meanwhile comes on top.
      for (let head = jobs[0]; head !== undefined && head.due <= target; head = jobs[0]) {
        offset = Math.min(offset + Math.max(head.due - now(), 0), offsetThen)
        jobs.shift()
        head.run(head.due)
      }
      offset = offsetThen
      arm()
    },
    reset() {
      jobs = []
      offset = 0
      arm()
    },
  }
}
