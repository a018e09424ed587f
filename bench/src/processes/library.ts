/**
 * One library in a process of its own: loads its adapter, makes fresh instances, and does to them what a benchmark
 * asks. The timed loops are here, as small as they can be, and see one library only, so that none of them pays for
 * another's shapes.
 *
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Adapter, Instance, Setting } from '../adapter.ts'
import { answer } from '../harness/processes.ts'
import { monotonicMs } from '../harness/library.ts'
import type { Burst, Calls, Doors, Pair, StreamedCall } from '../harness/library.ts'

let adapter: Adapter | undefined
let instance: Instance | undefined
let clockOffsetMs = 0
let sink: unknown
let streaming: Streaming | undefined

interface Streaming {
  readonly timer: NodeJS.Timeout
  readonly calls: StreamedCall[]
  readonly underWay: Set<Promise<void>>
  renewedAt: number | null
}

answer({
  async load({ adapterUrl, movableClock }: { adapterUrl: string; movableClock: boolean }): Promise<void> {
    if (movableClock) makeClockMovable()
    adapter = (await import(adapterUrl)) as Adapter // Every module that the catalogue names is an adapter.
  },
  async create(setting: Setting): Promise<Doors> {
    await instance?.close?.()
    if (adapter === undefined) throw new Error('No adapter is loaded.')
    instance = await adapter.create(setting)
    return { get: instance.get !== undefined, peek: instance.peek !== undefined, call: instance.call !== undefined }
  },
  /** Nanoseconds per call. */
  time({ door, calls }: { door: 'get' | 'peek'; calls: number }): Promise<number> | number {
    return door === 'get' ? timeGet(need('get'), calls) : timePeek(need('peek'), calls)
  },
  /** Many callers in one turn of the event loop. */
  async burst({ callers }: { callers: number }): Promise<Burst> {
    const get = need('get')
    const start = process.hrtime.bigint()
    const results = await Promise.allSettled(Array.from({ length: callers }, () => get()))
    const ms = Number(process.hrtime.bigint() - start) / 1e6
    const failed = results.filter((result) => result.status === 'rejected').length
    const last = results.findLast((result) => result.status === 'fulfilled')
    return { ms, failed, token: last === undefined ? null : need('tokenOf')(last.value) }
  },
  /** Lets time pass for everything in this process, by both clocks. */
  async advance({ ms }: { ms: number }): Promise<void> {
    clockOffsetMs += ms
    await sleep(20) // Caches that remember the time for a moment forget it.
  },
  /** Requests to the resource at a fixed rhythm, whatever becomes of those before. */
  async calls({ count, spacingMs }: { count: number; spacingMs: number }): Promise<Calls> {
    const call = need('call')
    const start = performance.now()
    const statuses = await Promise.all(
      Array.from({ length: count }, async (_, index) => {
        await sleep(Math.max(0, start + index * spacingMs - performance.now()))
        return call().catch(() => 0)
      }),
    )
    return { ms: performance.now() - start, failed: statuses.filter((status) => status !== 200).length }
  },

  /** Blocks one right after the other, so that both meet the same machine; who goes first alternates. */
  async pairs({ authorization, pairs, calls, width }: PairsRequest): Promise<Pair[]> {
    const [call, bare] = [need('call'), need('bare')]
    const fixed = (): Promise<number> => bare(authorization)
    const taken: Pair[] = []
    for (let pair = 0; pair < pairs; pair += 1) {
      const first = await timeBlock(pair % 2 === 0 ? call : fixed, calls, width)
      const second = await timeBlock(pair % 2 === 0 ? fixed : call, calls, width)
      taken.push(pair % 2 === 0 ? { authorized: first, bare: second } : { authorized: second, bare: first })
    }
    return taken
  },

  stream({ everyMs, knownToken }: { everyMs: number; knownToken: string }): void {
    const [get, tokenOf] = [need('get'), need('tokenOf')]
    const calls: StreamedCall[] = []
    const underWay = new Set<Promise<void>>()
    const one = async (): Promise<void> => {
      const startedAt = monotonicMs()
      try {
        const token = tokenOf(await get())
        calls.push({ startedAt, endedAt: monotonicMs(), served: true })
        if (streaming?.renewedAt === null && token !== knownToken) streaming.renewedAt = monotonicMs()
      } catch {
        calls.push({ startedAt, endedAt: monotonicMs(), served: false })
      }
    }
    const timer = setInterval(() => {
      const work: Promise<void> = one().finally(() => underWay.delete(work))
      underWay.add(work)
    }, everyMs)
    streaming = { timer, calls, underWay, renewedAt: null }
  },

  renewedAt: (): number | null => streaming?.renewedAt ?? null,

  coolDown: (): number | null => instance?.coolDownMs?.() ?? null,

  async streamed({ limitMs }: { limitMs: number }) {
    if (streaming === undefined) throw new Error('Nothing is streaming.')
    const { timer, calls, underWay } = streaming
    clearInterval(timer)
    await Promise.race([Promise.all(underWay), sleep(limitMs)])
    return { calls, unanswered: underWay.size }
  },
})

interface PairsRequest {
  readonly authorization: string
  readonly pairs: number
  readonly calls: number
  readonly width: number
}

/** Microseconds per request. */
async function timeBlock(send: () => Promise<number>, calls: number, width: number): Promise<number> {
  const each = Math.ceil(calls / width)
  const start = process.hrtime.bigint()
  if (width === 1) await series(send, each)
  else await Promise.all(Array.from({ length: width }, () => series(send, each)))
  return Number(process.hrtime.bigint() - start) / 1_000 / (each * width)
}

async function series(send: () => Promise<number>, calls: number): Promise<void> {
  for (let call = 0; call < calls; call += 1) {
    const status = await send()
    if (status !== 200) throw new Error(`The resource answered ${status}.`)
  }
}

async function timeGet(get: () => Promise<unknown>, calls: number): Promise<number> {
  const start = process.hrtime.bigint()
  for (let call = 0; call < calls; call += 1) sink = await get()
  const end = process.hrtime.bigint()
  assertUsed()
  return Number(end - start) / calls
}

function timePeek(peek: () => unknown, calls: number): number {
  const start = process.hrtime.bigint()
  for (let call = 0; call < calls; call += 1) sink = peek()
  const end = process.hrtime.bigint()
  assertUsed()
  return Number(end - start) / calls
}

// A loop whose result nobody looks at may be optimized away.
function assertUsed(): void {
  if (sink === undefined || sink === null) throw new Error('The library gave no token.')
}

function need<Door extends keyof Instance>(door: Door): NonNullable<Instance[Door]> {
  const found = instance?.[door]
  if (found === undefined) throw new Error(`This library does not offer "${door}".`)
  return found
}

// Expiry without waiting an hour: `Date` and `performance.now` move together, for every library alike. Must run
// before the library is loaded, since some keep a reference.
function makeClockMovable(): void {
  const RealDate = Date
  class MovedDate extends RealDate {
    constructor(...parts: [] | [number | string | Date]) {
      if (parts.length === 0) super(MovedDate.now())
      else super(...parts)
    }

    static override now(): number {
      return RealDate.now() + clockOffsetMs
    }
  }
  globalThis.Date = MovedDate as DateConstructor // Callable without `new` only in the original; no library does that.
  const realNow = performance.now.bind(performance)
  performance.now = () => realNow() + clockOffsetMs
}
