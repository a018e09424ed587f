/**
 * The stage of the engine's tests: a virtual world with one provider double and one shared store, and as many engines
 * as a test starts in it. Only noise is kept here; the facts that a test is about stand in the test.
 *
 * @module
 */
import { chaosStore, collectEvents, providerDouble, virtualClock } from '@latchkey/testkit'
import type { ChaosStore, EventCollector, ProviderDouble, ProviderDoubleOptions, VirtualClock } from '@latchkey/testkit'
import { createTokenSource, isLatchkeyError, memoryStore, Secret } from '../../src/index.ts'
import type {
  Clock,
  EngineOptions,
  Grant,
  GrantRun,
  Issued,
  Key,
  KeyOptions,
  LatchkeyError,
  ManagedTokenSource,
  Need,
  Reading,
  Store,
  Swap,
  Token,
  Traits,
} from '../../src/index.ts'
import type { TokenRecord } from '../../src/protocol.ts'

export type Stored = TokenRecord

/** A store that a test can look into and hold up, with a chaos store behind it. */
export interface Tap extends Store {
  onRead: ((go: () => Promise<Reading>) => Promise<Reading>) | undefined
  onSwap: ((go: () => Promise<Swap>, record: Stored) => Promise<Swap>) | undefined
  /** Of every swap so far. */
  readonly keeps: (number | 'forever')[]
  /** The key used last. */
  key(): Key
  text(): Promise<string | null>
  record(): Promise<Stored>
  /** Writes the record as another process would. */
  rewrite(change: (record: Stored) => object | string): Promise<void>
}

export function tapStore(inner: Store): Tap {
  let last: Key | undefined
  const signal = new AbortController().signal
  const key = (): Key => {
    if (last === undefined) throw new Error('The store was not used yet.')
    return last
  }
  const tap: Tap = {
    scope: inner.scope,
    onRead: undefined,
    onSwap: undefined,
    keeps: [],
    read(name, ends) {
      last = name
      const go = (): Promise<Reading> => inner.read(name, ends)
      return tap.onRead ? tap.onRead(go) : go()
    },
    compareAndSet(name, etag, value, how, ends) {
      last = name
      tap.keeps.push(how.keep)
      const go = (): Promise<Swap> => inner.compareAndSet(name, etag, value, how, ends)
      return tap.onSwap ? tap.onSwap(go, JSON.parse(value) as Stored) : go() // The engine wrote it.
    },
    ...(inner.watch && { watch: inner.watch.bind(inner) }),
    key,
    text: async () => (await inner.read(key(), signal)).value,
    record: async () => JSON.parse((await inner.read(key(), signal)).value ?? 'null') as Stored, // As above.
    async rewrite(change) {
      const { etag, value } = await inner.read(key(), signal)
      const next = change(JSON.parse(value ?? 'null') as Stored) // As above.
      const text = typeof next === 'string' ? next : JSON.stringify(next)
      const swap = await inner.compareAndSet(key(), etag, text, { keep: 'forever', durable: true }, signal)
      if (swap.kind !== 'done') throw new Error('The record changed meanwhile.')
    },
  }
  return tap
}

/** The clock of a server elsewhere: suspends of this machine pass on it, steps of this machine's wall clock do not. */
export function serverClock(clock: VirtualClock, aheadMs = 0): Clock & { shift(ms: number): void } {
  let start = clock.wall() - clock.elapsed() + aheadMs
  return {
    mono: () => start + clock.elapsed(),
    wall: () => start + clock.elapsed(),
    sleep: (ms, signal) => clock.sleep(ms, signal),
    shift: (ms) => {
      start += ms
    },
  }
}

export interface Engine {
  readonly source: ManagedTokenSource
  readonly events: EventCollector
  /** Gets a token, moving the clock as far as that takes. */
  get(need?: Need): Promise<Token>
  /** The error of a `get`. */
  fails(need?: Need): Promise<LatchkeyError>
}

export interface Stage {
  readonly clock: VirtualClock
  /** The store's own clock. */
  readonly server: ReturnType<typeof serverClock>
  readonly provider: ProviderDouble
  readonly chaos: ChaosStore
  readonly store: Tap
  engine(options?: Partial<KeyOptions & EngineOptions>): Engine
  /** Token requests that arrived so far. */
  requests(): number
}

export function stage(habits: Omit<ProviderDoubleOptions, 'clock'> = {}): Stage {
  const clock = virtualClock()
  const server = serverClock(clock)
  const provider = providerDouble({ clock, ...habits })
  const chaos = chaosStore(memoryStore({ clock: server }), { clock, seed: 1 })
  const store = tapStore(chaos)
  return {
    clock,
    server,
    provider,
    chaos,
    store,
    requests: () => provider.report().tokenRequests,
    engine(options = {}) {
      const events = collectEvents()
      const source = createTokenSource({
        grant: provider.grant(),
        key: provider.key(),
        keyLabel: 'double',
        store,
        clock,
        random: () => 0.5,
        observer: events,
        fetch: provider.fetch,
        ...options,
      })
      return {
        source,
        events,
        get: (need) => clock.drive(source.get(need)),
        fails: (need) => failure(clock.drive(source.get(need))),
      }
    },
  }
}

/** The error of work that fails with one of ours. */
export async function failure(work: Promise<unknown>): Promise<LatchkeyError> {
  const error: unknown = await work.then(
    () => new Error('It succeeded.'),
    (reason: unknown) => reason,
  )
  if (isLatchkeyError(error)) return error
  throw error
}

/** A promise that a test opens. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open!: () => void
  const opened = new Promise<void>((resolve) => (open = resolve))
  return { opened, open }
}

/** A grant of the test's own making. */
export function grantOf(
  obtain: (run: GrantRun) => Promise<Issued>,
  traits: Partial<Traits> = {},
  more: Partial<Grant> = {},
): Grant {
  return {
    id: 'own',
    traits: { exclusive: false, renewal: 'none', replay: 'unknown', longest: 15_000, ...traits },
    obtain,
    ...more,
  }
}

let drawn = 0

/** An answer of such a grant. */
export function issued(seconds: unknown = 300, more: Partial<Issued> = {}): Issued {
  return { access: new Secret(`own-access-${(drawn += 1)}`), lifetime: { seconds }, ...more }
}

/** A request of such a grant. */
export function ask(run: GrantRun, spendsRefreshToken = false): Promise<{ status: number; text: string }> {
  const body = new URLSearchParams({ grant_type: 'client_credentials' }).toString()
  const headers = new Headers({ 'content-type': 'application/x-www-form-urlencoded' })
  return run.send({ method: 'POST', url: new URL('https://provider.test/token'), headers, body, spendsRefreshToken })
}

/** Abandons what a signal of a test may reject later; the test looks at it by other means. */
export function hush<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined)
  return work
}
