/**
 * The parent's side of a library's process.
 *
 * @module
 */
import type { Setting } from '../adapter.ts'
import type { Library } from './catalogue.ts'
import { start } from './processes.ts'

export interface Doors {
  readonly get: boolean
  readonly peek: boolean
  readonly call: boolean
}

export interface Burst {
  readonly ms: number
  /** Callers who got an error. */
  readonly failed: number
  /** The token that the last served caller got. */
  readonly token: string | null
}

export interface Calls {
  readonly ms: number
  /** Calls whose last answer was not 200. */
  readonly failed: number
}

/** Microseconds per request, measured in blocks one right after the other. */
export interface Pair {
  readonly authorized: number
  readonly bare: number
}

/** One call of `get` out of a stream of them. Instants are milliseconds of the machine's monotonic clock. */
export interface StreamedCall {
  readonly startedAt: number
  readonly endedAt: number
  readonly served: boolean
}

/** The clock of {@link StreamedCall}, the same in all processes. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

export interface RunningLibrary {
  create(setting: Setting): Promise<Doors>
  /** Nanoseconds per call, over this many. */
  time(door: 'get' | 'peek', calls: number): Promise<number>
  burst(callers: number, limitMs: number): Promise<Burst>
  advance(ms: number): Promise<void>
  calls(count: number, spacingMs: number): Promise<Calls>
  /** Requests with and without the library in alternating blocks of `calls`, `width` at a time. */
  pairs(of: { authorization: string; pairs: number; calls: number; width: number }): Promise<readonly Pair[]>
  /** From now on calls `get` at this rhythm, whatever becomes of the calls before. */
  stream(everyMs: number, knownToken: string): Promise<void>
  /** When a streamed call first got another token than the known one; null: not yet. */
  renewedAt(): Promise<number | null>
  /** Milliseconds until the library asks its token endpoint again, by its own word; null: it does not say. */
  coolDown(): Promise<number | null>
  /** Starts no more calls; answers all that have ended by the limit, and how many have not. */
  streamed(limitMs: number): Promise<{ readonly calls: readonly StreamedCall[]; readonly unanswered: number }>
  end(): Promise<void>
}

/** `movableClock`: expiry can be brought about with `advance`; costs a little on every look at the clock. */
export async function startLibrary(
  library: Library,
  options: { readonly core: number | undefined; readonly movableClock: boolean },
): Promise<RunningLibrary> {
  const child = start('library', options.core)
  await child.ask('load', { adapterUrl: library.adapterUrl, movableClock: options.movableClock })
  // The process answers with the types that stand above.
  return {
    create: async (setting) => (await child.ask('create', setting)) as Doors,
    time: async (door, calls) => (await child.ask('time', { door, calls })) as number,
    burst: async (callers, limitMs) => (await child.ask('burst', { callers }, limitMs)) as Burst,
    advance: async (ms) => void (await child.ask('advance', { ms })),
    calls: async (count, spacingMs) => (await child.ask('calls', { count, spacingMs })) as Calls,
    pairs: async (of) => (await child.ask('pairs', of)) as Pair[],
    stream: async (everyMs, knownToken) => void (await child.ask('stream', { everyMs, knownToken })),
    renewedAt: async () => (await child.ask('renewedAt')) as number | null,
    coolDown: async () => (await child.ask('coolDown')) as number | null,
    streamed: async (limitMs) =>
      (await child.ask('streamed', { limitMs })) as Awaited<ReturnType<RunningLibrary['streamed']>>,
    end: () => child.end(),
  }
}
