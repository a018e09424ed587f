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

export interface RunningLibrary {
  create(setting: Setting): Promise<Doors>
  /** Nanoseconds per call, over this many. */
  time(door: 'get' | 'peek', calls: number): Promise<number>
  burst(callers: number, limitMs: number): Promise<Burst>
  advance(ms: number): Promise<void>
  calls(count: number, spacingMs: number): Promise<Calls>
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
    end: () => child.end(),
  }
}
