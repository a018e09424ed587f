/**
 * One library with many tenants in a process of its own, started with `--expose-gc`: what its objects weigh, and how
 * long its cached tokens take.
 *
 * @module
 */
import { setImmediate as turn } from 'node:timers/promises'
import type { Adapter, Setting, Tenants } from '../adapter.ts'
import { answer } from '../harness/processes.ts'

// As many at a time as an HTTP client has connections in the baseline already.
const width = 20

let adapter: Adapter | undefined
let tenants: Tenants | undefined
let warm: Tenants | undefined
let count = 0
let sink: unknown

answer({
  async load({ adapterUrl }: { adapterUrl: string }): Promise<void> {
    adapter = (await import(adapterUrl)) as Adapter // Every module that the catalogue names is an adapter.
  },

  /** Everything that exists once is made: connections, compiled code, shapes. */
  async warmUp({ setting, tenants: of }: { setting: Setting; tenants: number }): Promise<void> {
    if (adapter?.createTenants === undefined) throw new Error('This library does not offer tenants.')
    count = of
    warm = adapter.createTenants(setting, 10 * width)
    for (let index = 0; index < 10 * width; index += 1) warm.add?.(index)
    await each(0, 10 * width, warm.get)
    tenants = adapter.createTenants(setting, count)
  },

  heap,

  /** Whether there is anything to make. */
  add(): boolean {
    const { add } = need()
    for (let index = 0; add !== undefined && index < count; index += 1) add(index)
    return add !== undefined
  },

  fill: (): Promise<void> => each(0, count, need().get),

  /** Bytes of one token's text alone. */
  async tokenWeight(): Promise<number> {
    const { get, tokenOf } = need()
    const text = tokenOf(await get(0))
    const texts = new Array<string>(count).fill('')
    const before = await heap()
    for (let index = 0; index < count; index += 1) texts[index] = Buffer.from(text).toString('latin1')
    const after = await heap()
    if (texts.length !== count) throw new Error('The texts are gone.')
    return (after - before) / count
  },

  /** Nanoseconds per call of `get`: of one tenant, of each in turn, and of each in turn by its key. */
  async time({ door, calls }: { door: 'one' | 'each' | 'find'; calls: number }): Promise<number | null> {
    const { get, find } = need()
    const call = door === 'find' ? find : get
    if (call === undefined) return null
    const tenantsInTurn = door === 'one' ? 1 : count
    const start = process.hrtime.bigint()
    for (let done = 0, index = 0; done < calls; done += 1) {
      sink = await call(index)
      index = index + 1 === tenantsInTurn ? 0 : index + 1
    }
    const end = process.hrtime.bigint()
    if (sink === undefined || sink === null) throw new Error('The library gave no token.')
    return Number(end - start) / calls
  },

  /** As many further tenants as the collection holds push the first ones out. Answers whether there is a bound. */
  async evict(): Promise<boolean> {
    const of = need()
    if (of.find === undefined) return false
    of.release?.()
    await each(count, 2 * count, of.find)
    return true
  },
})

async function each(from: number, to: number, work: (index: number) => Promise<unknown>): Promise<void> {
  let next = from
  const lane = async (): Promise<void> => {
    while (next < to) await work(next++)
  }
  await Promise.all(Array.from({ length: width }, lane))
}

/** Bytes in use after a collection. */
async function heap(): Promise<number> {
  const { gc } = globalThis
  if (gc === undefined) throw new Error('This process needs --expose-gc.')
  for (let round = 0; round < 4; round += 1) {
    await turn() // What waits for a turn of the event loop lets go of its objects.
    gc()
  }
  return process.memoryUsage().heapUsed
}

function need(): Tenants {
  if (tenants === undefined || warm === undefined) throw new Error('There are no tenants yet.')
  return tenants
}
