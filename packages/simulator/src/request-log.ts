/**
 * Every request that the simulator saw, with its answer, secrets masked. A ring: the oldest go when there are too
 * many or they take too much memory. The counts stay exact.
 *
 * @module
 */
import type { FaultKind, SeenRequest } from './protocol.ts'

/** How many requests are kept. */
export const requestsMax = 10_000

/** How much text the kept requests may have together, in characters. */
const textMax = 64 * 1024 * 1024

/** The longest body that is kept, in characters of its masked JSON. */
const bodyMax = 16 * 1024

/** What is known at arrival. */
export type Arrival = Pick<SeenRequest, 'time' | 'system' | 'operation' | 'method' | 'path' | 'headers'>

/** Which requests to list. */
export interface RequestFilter {
  readonly system?: string | undefined
  readonly operation?: string | undefined
  /** Only those with a higher number. */
  readonly after?: number | undefined
}

/** One request while it is being handled. */
export interface OpenEntry {
  /** Both take what was masked already. */
  body(body: unknown): void
  answer(status: number, body: unknown, notes?: readonly string[]): void
  fault(kind: FaultKind): void
}

/** The log. */
export interface RequestLog {
  open(arrival: Arrival): OpenEntry
  list(filter?: RequestFilter): readonly SeenRequest[]
  total(): number
  kept(): number
  clear(): void
}

/** Makes an empty log. */
export function createRequestLog(limits = { requests: requestsMax, text: textMax }): RequestLog {
  let seq = 0
  let total = 0
  let text = 0
  let entries: { seen: SeenRequest; size: number; kept: boolean }[] = []

  const trim = (): void => {
    let drop = 0
    while (entries.length - drop > limits.requests || (text > limits.text && drop < entries.length)) {
      const oldest = entries[drop]
      if (oldest !== undefined) {
        text -= oldest.size
        oldest.kept = false
      }
      drop += 1
    }
    if (drop > 0) entries.splice(0, drop)
  }

  return {
    open(arrival) {
      seq += 1
      total += 1
      const size = 200 + arrival.path.length + JSON.stringify(arrival.headers).length
      const seen: SeenRequest = { seq, ...arrival, body: null, answer: null, fault: null, notes: [] }
      const entry = { seen, size, kept: true }
      entries.push(entry)
      text += size
      trim()
      const change = (part: Partial<SeenRequest>, added = 0): void => {
        entry.seen = { ...entry.seen, ...part }
        if (added === 0 || !entry.kept) return
        entry.size += added
        text += added
        trim()
      }
      return {
        body(body) {
          const kept = keep(body)
          change({ body: kept.value }, kept.size)
        },
        answer(status, body, notes = []) {
          const kept = keep(body)
          change({ answer: { status, body: kept.value }, notes }, kept.size)
        },
        fault: (kind) => change({ fault: kind }),
      }
    },
    list: (filter = {}) =>
      entries
        .map(({ seen }) => seen)
        .filter(
          (seen) =>
            (filter.system === undefined || seen.system === filter.system) &&
            (filter.operation === undefined || seen.operation === filter.operation) &&
            (filter.after === undefined || seen.seq > filter.after),
        ),
    total: () => total,
    kept: () => entries.length,
    clear() {
      for (const entry of entries) entry.kept = false
      entries = []
      total = 0
      text = 0
    },
  }
}

function keep(value: unknown): { value: unknown; size: number } {
  const size = (JSON.stringify(value) as string | undefined)?.length ?? 0 // Undefined has no JSON.
  return size > bodyMax ? { value: `[${String(size)} characters, too long to keep]`, size: 50 } : { value, size }
}
