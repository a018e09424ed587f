/**
 * A store that misbehaves as real ones do: by script, or at random from a seed. It wraps any driver and stays within
 * the store contract, except where it is told to lose the record or to bring an old copy back.
 *
 * @see engine.md sections 9, 9.7 and 15 ("Store")
 * @module
 */
import { invalidArgument, StoreError, systemClock } from '@latchkey/core'
import type { Clock, Etag, Key, Reading, Store, Swap, Unwatch } from '@latchkey/core'

/**
 * `outage`: rejects, nothing is written. `unknownApplied`, `unknownLost`: the swap answers `unknown`, with and without
 * the write. `conflict`: somebody else rewrote the record, if there is one. `slow`: takes the latency. `notDurable`: written, but
 * not confirmed. `drop`: the record is gone before the operation. `rollBack`: the version before the last is back.
 * `noticeLost`, `noticeTwice`, `noticeEarly`: what becomes of the notice of a swap.
 */
export type Mishap =
  | 'outage'
  | 'unknownApplied'
  | 'unknownLost'
  | 'conflict'
  | 'slow'
  | 'notDurable'
  | 'drop'
  | 'rollBack'
  | 'noticeLost'
  | 'noticeTwice'
  | 'noticeEarly'

export interface ChaosOptions {
  /** Chance of each mishap per operation, 0 to 1; together at most 1. @default none */
  readonly rates?: Partial<Readonly<Record<Mishap, number>>>
  /** Makes the random mishaps the same again, for the same operations in the same order. @default drawn, and told to `log` */
  readonly seed?: number
  /** How long `slow` takes, milliseconds. @default 1 000 */
  readonly latencyMs?: number
  readonly clock?: Clock
  /** Hears of a drawn seed. @default console.info */
  readonly log?: (line: string) => void
}

export interface ChaosStore extends Store {
  readonly seed: number
  /** These befall the next operations that they fit, one each, before any random ones. */
  next(...mishaps: readonly Mishap[]): void
  /** While down, every operation rejects. */
  setDown(down: boolean): void
  /** The record is gone, for everybody who uses this wrapper. */
  drop(key: Key): Promise<void>
  /** The version that was `versions` before the present one is back, at most 16. */
  rollBack(key: Key, versions?: number): Promise<void>
  /** Operations and what befell them, in order; the last 10 000. */
  history(): readonly { readonly operation: Operation; readonly mishap: Mishap | undefined }[]
}

type Operation = 'read' | 'swap'
type Version = Pick<Reading, 'etag' | 'value'>
type How = Parameters<Store['compareAndSet']>[3]

/** What this wrapper knows of a key. */
interface Seen {
  versions: Version[]
  how?: How
  /** What befell the last swap, which decides on its notice. */
  notice?: Mishap | undefined
  /** Shown in place of the version `over`, until that is replaced. */
  shadow?: { readonly over: Etag | null; readonly shown: Version }
  readonly watchers: Set<() => void>
}

const onReads: readonly Mishap[] = ['outage', 'slow', 'drop', 'rollBack']
const versionsMax = 17
const scriptMax = 1_000
const historyMax = 10_000
const absent: Version = { etag: null, value: null }

/** Several engines can share one wrapper, as the processes of a fleet share one server. */
export function chaosStore(store: Store, options: ChaosOptions = {}): ChaosStore {
  const { rates = {}, clock = systemClock, latencyMs = 1_000, log = console.info } = options
  const seed = options.seed ?? Math.floor(Math.random() * 2 ** 32)
  if (options.seed === undefined && Object.keys(rates).length > 0) log(`chaosStore: seed ${seed}`)
  const random = seededRandom(seed)
  const chances = Object.values(rates)
  if (chances.some((rate) => !(rate >= 0)) || chances.reduce((sum, rate) => sum + rate, 0) > 1) {
    throw invalidArgument('chaosStore: rates must be 0 or more, and 1 or less together')
  }
  const script: Mishap[] = []
  const history: { operation: Operation; mishap: Mishap | undefined }[] = []
  const keys = new Map<Key, Seen>()
  let down = false

  function seenOf(key: Key): Seen {
    const seen = keys.get(key) ?? { versions: [], watchers: new Set() }
    keys.set(key, seen)
    return seen
  }

  function choose(operation: Operation): Mishap | undefined {
    const fits = (mishap: Mishap): boolean => operation === 'swap' || onReads.includes(mishap)
    const drawn = drawFrom(rates, random())
    const scripted = script.findIndex(fits)
    const mishap =
      scripted >= 0 ? script.splice(scripted, 1)[0] : drawn !== undefined && fits(drawn) ? drawn : undefined
    history.push({ operation, mishap })
    if (history.length > historyMax) history.shift()
    return mishap
  }

  async function begin(operation: Operation, key: Key, signal: AbortSignal): Promise<Mishap | undefined> {
    const mishap = choose(operation)
    if (down || mishap === 'outage')
      throw new StoreError('LATCHKEY_STORE_UNAVAILABLE', `The store is down (chaos seed ${seed}).`)
    if (mishap === 'slow') await clock.sleep(latencyMs, signal)
    if (mishap === 'drop') await stepBack(key, versionsMax, signal)
    if (mishap === 'rollBack') await stepBack(key, 1, signal)
    return mishap
  }

  // Steps back by so many versions; what was newer is lost for good, as after a fail-over to an old copy.
  async function stepBack(key: Key, versions: number, signal: AbortSignal): Promise<void> {
    const { etag } = await store.read(key, signal)
    const seen = seenOf(key)
    seen.versions = seen.versions.slice(0, Math.max(0, seen.versions.length - versions))
    seen.shadow = { over: etag, shown: seen.versions.at(-1) ?? absent }
  }

  function shown(key: Key, reading: Reading): Reading {
    const { shadow } = seenOf(key)
    return shadow && shadow.over === reading.etag ? { ...shadow.shown, now: reading.now } : reading
  }

  async function swap(key: Key, etag: Etag | null, value: string, how: How, signal: AbortSignal): Promise<Swap> {
    const before = await store.read(key, signal)
    const visible = shown(key, before)
    if (visible.etag !== etag) return { kind: 'conflict', reading: visible }
    const answer = await store.compareAndSet(key, before.etag, value, how, signal)
    if (answer.kind !== 'done') return answer
    const seen = seenOf(key)
    seen.versions = [...seen.versions, { etag: answer.etag, value }].slice(-versionsMax)
    seen.how = how
    return answer
  }

  // The rival writes what is there already, so that only the etag tells the difference.
  async function rewrite(key: Key, how: How, signal: AbortSignal): Promise<void> {
    const { etag, value } = shown(key, await store.read(key, signal))
    if (value !== null) await swap(key, etag, value, seenOf(key).how ?? how, signal)
  }

  const tell = (key: Key): void => {
    for (const changed of seenOf(key).watchers) changed()
  }

  const watch = (key: Key, changed: () => void): Unwatch => {
    const { watchers } = seenOf(key)
    const own = (): void => changed() // One entry per caller, even where two pass the same function.
    watchers.add(own)
    const stop = store.watch?.(key, () => {
      const { notice } = seenOf(key)
      if (notice !== 'noticeLost') own()
      if (notice === 'noticeTwice') own()
    })
    return () => {
      watchers.delete(own)
      stop?.()
    }
  }

  return {
    scope: store.scope,
    seed,
    async read(key, signal) {
      await begin('read', key, signal)
      return shown(key, await store.read(key, signal))
    },
    async compareAndSet(key, etag, value, how, signal) {
      const mishap = await begin('swap', key, signal)
      seenOf(key).notice = mishap
      if (mishap === 'unknownLost') return { kind: 'unknown' }
      if (mishap === 'noticeEarly') tell(key)
      if (mishap === 'conflict') await rewrite(key, how, signal)
      const answer = await swap(key, etag, value, how, signal)
      if (mishap === 'unknownApplied') return { kind: 'unknown' }
      return mishap === 'notDurable' && answer.kind === 'done' ? { ...answer, durable: false } : answer
    },
    ...(store.watch && { watch }),
    next: (...mishaps) => {
      if (script.length + mishaps.length > scriptMax)
        throw new RangeError(`More than ${scriptMax} mishaps are waiting.`)
      script.push(...mishaps)
    },
    setDown: (isDown) => {
      down = isDown
    },
    drop: (key) => stepBack(key, versionsMax, new AbortController().signal),
    rollBack: (key, versions = 1) => stepBack(key, versions, new AbortController().signal),
    history: () => [...history],
  }
}

function drawFrom(rates: Partial<Readonly<Record<Mishap, number>>>, drawn: number): Mishap | undefined {
  let sum = 0
  for (const [mishap, rate] of Object.entries(rates)) {
    sum += rate
    if (drawn < sum) return mishap as Mishap // A key of the table.
  }
  return undefined
}

/** The mulberry32 generator: 32 bits of state, the same sequence everywhere. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
