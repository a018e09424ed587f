/**
 * A clock that moves only when a test says so. Apart from the engine's own clock because it also has to let real
 * asynchronous work (digests, file access, queued turns) finish before it decides that nothing more happens.
 *
 * @see engine.md sections 1, 3 and 16.5
 * @module
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock } from '@latchkey/core'

export interface VirtualClockOptions {
  /** First reading of the monotonic clock, milliseconds. @default 1 000 000 */
  readonly mono?: number
  /** First reading of the wall clock, epoch milliseconds. @default 2026-01-15T12:00:00Z */
  readonly wall?: number
}

export interface VirtualClock extends Clock {
  /** Moves both clocks. Wakes sleepers in order of their due time; resolves when the work they started is quiet. */
  advance(ms: number): Promise<void>
  /** The wall clock jumps, forwards or backwards. Nobody wakes. */
  stepWall(ms: number): void
  /** The machine sleeps: the wall clock runs, the monotonic clock stands still, nobody wakes. */
  suspend(ms: number): Promise<void>
  /** Milliseconds that went by in the world since the start, suspends included, steps not: a server's view. */
  elapsed(): number
  /** How many callers are asleep. Never above 100 000: the next one is refused. */
  sleepers(): number
  /** Milliseconds until the next sleeper is due; undefined when nobody sleeps. */
  nextDue(): number | undefined
  /**
   * Lets work that waits for no clock finish: promises, queued turns, digests, file access. Not answers on sockets,
   * nor computations of more than a millisecond: await those, or `drive` them.
   */
  settle(): Promise<void>
  /**
   * Moves from sleeper to sleeper until `work` settles, and answers as it does. Rejects when `limit` milliseconds of
   * virtual time (default one hour) or ten real seconds without a sleeper do not suffice.
   */
  drive<T>(work: Promise<T>, limit?: number): Promise<T>
}

interface Sleeper {
  readonly due: number
  readonly wake: () => void
}

const sleepersMax = 100_000
const wakesMax = 100_000 // Per move: a loop of tiny sleeps ends in an error, not in a test that hangs.
const quietTurns = 5
const quietMs = 1 // Real time: a digest in the thread pool cannot be seen, so it gets this long.
const turnsMax = 5_000
const idleMaxMs = 10_000

/** A {@link Clock} for tests. See engine.md section 15, "Time", for what to try with it. */
export function virtualClock(options: VirtualClockOptions = {}): VirtualClock {
  let mono = options.mono ?? 1_000_000
  let wall = options.wall ?? Date.UTC(2026, 0, 15, 12)
  let elapsed = 0
  let touches = 0 // Rises whenever somebody uses the clock, which means that work is still going on.
  let moves: Promise<unknown> = Promise.resolve()
  const asleep = new Set<Sleeper>()

  const nextDue = (): number | undefined => {
    let first = Infinity
    for (const { due } of asleep) first = Math.min(first, due)
    return first === Infinity ? undefined : Math.max(0, first - mono)
  }

  const settle = async (): Promise<void> => {
    let since = performance.now()
    for (let turn = 0, quiet = 0; turn < turnsMax; turn += 1) {
      const before = touches
      await turnOver()
      quiet = touches === before && !requestsPending() ? quiet + 1 : 0
      if (quiet === 0) since = performance.now()
      else if (quiet >= quietTurns && performance.now() - since >= quietMs) return
    }
  }

  const wakeDue = async (): Promise<number> => {
    const due = [...asleep].filter((sleeper) => sleeper.due <= mono)
    for (const sleeper of due) {
      if (!asleep.delete(sleeper)) continue // Its signal was aborted by the one before it.
      sleeper.wake()
      await Promise.resolve()
    }
    await settle()
    return due.length
  }

  const move = async (ms: number): Promise<void> => {
    const end = mono + ms
    await settle()
    for (let woken = 0; ;) {
      const pause = Math.min(nextDue() ?? Infinity, end - mono)
      mono += pause
      wall += pause
      elapsed += pause
      const count = await wakeDue()
      woken += count
      if (woken > wakesMax) throw new Error(`virtualClock: more than ${wakesMax} wakes in one move of ${ms} ms.`)
      if (count === 0 && mono >= end) return
    }
  }

  // One move after the other, so that two callers of advance add up.
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const result = moves.then(work)
    moves = result.catch(() => undefined) // Its caller hears of the failure; the next move must not.
    return result
  }

  const clock: VirtualClock = {
    mono: () => ((touches += 1), mono),
    wall: () => ((touches += 1), wall),
    sleep: (ms, signal) => {
      touches += 1
      if (signal?.aborted) return Promise.reject(signal.reason as Error) // The caller's own reason, whatever it is.
      if (!(ms > 0)) return nextTurn(undefined)
      if (asleep.size >= sleepersMax)
        return Promise.reject(new Error(`virtualClock: more than ${sleepersMax} sleepers.`))
      return new Promise((resolve, reject) => {
        const stop = (): void => {
          touches += 1
          asleep.delete(sleeper)
          reject(signal?.reason as Error) // As above.
        }
        const wake = (): void => {
          signal?.removeEventListener('abort', stop)
          resolve()
        }
        const sleeper: Sleeper = { due: mono + ms, wake }
        asleep.add(sleeper)
        signal?.addEventListener('abort', stop, { once: true })
      })
    },
    advance: (ms) =>
      ms >= 0 ? inTurn(() => move(ms)) : Promise.reject(new TypeError('advance: ms must be 0 or more.')),
    stepWall: (ms) => {
      wall += ms
    },
    suspend: (ms) =>
      inTurn(async () => {
        wall += ms
        elapsed += ms
        await settle()
      }),
    elapsed: () => elapsed,
    sleepers: () => asleep.size,
    nextDue,
    settle,
    drive: async (work, limit = 3_600_000) => {
      let settled = false
      const done = (): void => {
        settled = true
      }
      work.then(done, done)
      const end = mono + limit
      for (let idleSince = performance.now(); ;) {
        await settle()
        if (settled) return work
        const pause = nextDue()
        if (pause === undefined) {
          if (performance.now() - idleSince > idleMaxMs)
            throw new Error('drive: the work waits for nothing of this clock.')
          continue
        }
        if (mono + pause > end) throw new Error(`drive: the work did not settle within ${limit} ms of virtual time.`)
        await clock.advance(pause)
        idleSince = performance.now()
      }
    },
  }
  return clock
}

// A digest goes through the thread pool behind the digests and file operations that were queued before it.
async function turnOver(): Promise<void> {
  await nextTurn()
  await crypto.subtle.digest('SHA-256', new Uint8Array(1))
}

// File operations, name look-ups, connects and writes under way; open handles and timers are not among them.
function requestsPending(): boolean {
  return process.getActiveResourcesInfo().some((name) => /^FSReq|ReqWrap$|ConnectWrap$|WriteWrap$/.test(name))
}
