/**
 * Virtual time: a queue of events in the order of their instants, and the loop that makes them happen. Apart from the
 * test kit's virtual clock, which looks for real work after every step: here nothing is real, and a run has a hundred
 * million steps.
 *
 * @module
 */

/** Something that happens at an instant. Without `run` it was called off. */
export interface Happening {
  readonly at: number
  readonly order: number
  run: (() => void) | undefined
}

export interface World {
  /** Milliseconds since the beginning. */
  now(): number
  /** Calls `run` so many milliseconds from now. Call it off by taking its `run` away. */
  after(ms: number, run: () => void): Happening
  /** Lets everything up to that instant happen. Rejects with what an event throws, or with the signal's reason. */
  runUntil(end: number, signal?: AbortSignal): Promise<void>
}

const batch = 2_048

export function createWorld(): World {
  const heap: Happening[] = []
  let now = 0
  let order = 0

  function push(entry: Happening): void {
    let place = heap.length
    heap.push(entry)
    while (place > 0) {
      const above = (place - 1) >> 1
      const parent = heap[above]!
      if (earlier(parent, entry)) break
      heap[place] = parent
      place = above
    }
    heap[place] = entry
  }

  function pop(): Happening | undefined {
    const first = heap[0]
    const last = heap.pop()
    const size = heap.length
    if (last === undefined || size === 0) return first
    let place = 0
    for (let child = 1; child < size; child = 2 * place + 1) {
      const right = child + 1
      if (right < size && earlier(heap[right]!, heap[child]!)) child = right
      const entry = heap[child]!
      if (earlier(last, entry)) break
      heap[place] = entry
      place = child
    }
    heap[place] = last
    return first
  }

  return {
    now: () => now,
    after(ms, run) {
      const entry: Happening = { at: now + (ms > 0 ? ms : 0), order: (order += 1), run }
      push(entry)
      return entry
    },
    runUntil(end, signal) {
      return new Promise((resolve, reject) => {
        let over = false
        // One event per immediate: between two of them the platform runs every promise that is ready, and theirs.
        const step = (): void => {
          try {
            while (!over) {
              const next = heap[0]
              if (next === undefined || next.at > end) {
                over = true
                now = Math.max(now, end)
                return resolve()
              }
              pop()
              if (next.run === undefined) continue
              now = next.at
              next.run()
              return
            }
          } catch (error) {
            over = true
            reject(error)
          }
        }
        const refill = (): void => {
          if (over) return
          if (signal?.aborted) {
            over = true
            return reject(signal.reason as Error) // The caller's own reason.
          }
          for (let count = 0; count < batch; count += 1) setImmediate(step)
          setImmediate(refill)
        }
        refill()
      })
    },
  }
}

function earlier(one: Happening, other: Happening): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order)
}
