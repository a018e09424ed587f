import { describe, expect, it } from 'vitest'
import { memoryStore } from '@latchkey/core'
import type { Key, Store } from '@latchkey/core'
import { chaosStore, virtualClock } from '@latchkey/testkit'
import type { ChaosOptions, Mishap } from '@latchkey/testkit'

const key = 'test:1' as Key
const { signal } = new AbortController()
const how = { keep: 60_000, durable: true }
const seed = 1

async function put(store: Store, etag: string | null, value: string): Promise<string> {
  const swap = await store.compareAndSet(key, etag, value, how, signal)
  if (swap.kind !== 'done') throw new Error(`The swap ended as ${swap.kind}.`)
  return swap.etag
}

const valueOf = async (store: Store) => (await store.read(key, signal)).value

describe('scripted mishaps of chaosStore', () => {
  it('answers unknown, once with the write and once without', async () => {
    const store = chaosStore(memoryStore(), { seed })
    const etag = await put(store, null, 'one')
    store.next('unknownLost')
    expect(await store.compareAndSet(key, etag, 'two', how, signal)).toEqual({ kind: 'unknown' })
    expect(await valueOf(store)).toBe('one')
    store.next('unknownApplied')
    expect(await store.compareAndSet(key, etag, 'two', how, signal)).toEqual({ kind: 'unknown' })
    expect(await valueOf(store)).toBe('two')
  })

  it('gives a conflict in which only the etag has changed', async () => {
    const store = chaosStore(memoryStore(), { seed })
    const etag = await put(store, null, 'one')
    store.next('conflict')
    const swap = await store.compareAndSet(key, etag, 'two', how, signal)
    expect(swap).toMatchObject({ kind: 'conflict', reading: { value: 'one' } })
    if (swap.kind === 'conflict') expect(swap.reading.etag).not.toBe(etag)
    expect(await valueOf(store)).toBe('one')
  })

  it('keeps a mishap of swaps for the next swap, and gives one of both kinds to whatever comes', async () => {
    const store = chaosStore(memoryStore(), { seed })
    store.next('notDurable', 'outage')
    await expect(store.read(key, signal)).rejects.toMatchObject({ code: 'LATCHKEY_STORE_UNAVAILABLE' })
    const swap = await store.compareAndSet(key, null, 'one', how, signal)
    expect(swap).toMatchObject({ kind: 'done', durable: false })
    expect(store.history()).toEqual([
      { operation: 'read', mishap: 'outage' },
      { operation: 'swap', mishap: 'notDurable' },
    ])
  })

  it('rejects everything while it is down and has written nothing of it', async () => {
    const store = chaosStore(memoryStore(), { seed })
    store.setDown(true)
    await expect(put(store, null, 'one')).rejects.toThrow('chaos seed 1')
    store.setDown(false)
    expect(await valueOf(store)).toBe(null)
  })

  it('takes the latency by the clock, and lets a signal end it', async () => {
    const clock = virtualClock()
    const store = chaosStore(memoryStore({ clock }), { seed, clock, latencyMs: 700 })
    const startedAt = clock.mono()
    store.next('slow')
    await clock.drive(store.read(key, signal))
    expect(clock.mono() - startedAt).toBe(700)
    store.next('slow')
    const stop = new AbortController()
    const read = store.read(key, stop.signal)
    stop.abort(new Error('enough'))
    await expect(read).rejects.toThrow('enough')
  })

  it('loses the record for good: no old etag matches after it was made anew', async () => {
    const store = chaosStore(memoryStore(), { seed })
    const old = await put(store, null, 'one')
    await store.drop(key)
    expect(await store.read(key, signal)).toMatchObject({ etag: null, value: null })
    expect(await store.compareAndSet(key, old, 'two', how, signal)).toMatchObject({ kind: 'conflict' })
    const made = await put(store, null, 'three')
    expect(made).not.toBe(old)
    expect(await store.compareAndSet(key, old, 'four', how, signal)).toMatchObject({ kind: 'conflict' })
    expect(await valueOf(store)).toBe('three')
  })

  it('brings an older copy back under its own etag, which then matches and is replaced for good', async () => {
    const store = chaosStore(memoryStore(), { seed })
    const one = await put(store, null, 'one')
    const two = await put(store, one, 'two')
    const three = await put(store, two, 'three')
    await store.rollBack(key)
    expect(await store.read(key, signal)).toMatchObject({ etag: two, value: 'two' })
    expect(await store.compareAndSet(key, three, 'four', how, signal)).toMatchObject({ kind: 'conflict' })
    await put(store, two, 'other three')
    expect(await valueOf(store)).toBe('other three')
    await store.rollBack(key, 2)
    expect(await store.read(key, signal)).toMatchObject({ etag: one, value: 'one' })
  })

  it('loses, doubles and anticipates the notices of swaps (9.4)', async () => {
    const store = chaosStore(memoryStore(), { seed })
    let notices = 0
    const unwatch = store.watch?.(key, () => (notices += 1))
    const noticesOf = async (...mishaps: Mishap[]) => {
      notices = 0
      store.next(...mishaps)
      await put(store, (await store.read(key, signal)).etag, 'value')
      await new Promise((resolve) => setImmediate(resolve))
      return notices
    }
    expect(await noticesOf()).toBe(1)
    expect(await noticesOf('noticeLost')).toBe(0)
    expect(await noticesOf('noticeTwice')).toBe(2)
    expect(await noticesOf('noticeEarly')).toBe(2)
    unwatch?.()
    expect(await noticesOf('noticeEarly')).toBe(0)
  })

  it('refuses the mishap after the thousandth', () => {
    const store = chaosStore(memoryStore(), { seed })
    for (let count = 0; count < 1_000; count += 1) store.next('outage')
    expect(() => store.next('outage')).toThrow(RangeError)
  })
})

describe('random mishaps of chaosStore', () => {
  const rates = { outage: 0.1, conflict: 0.1, unknownApplied: 0.1, unknownLost: 0.1, drop: 0.1, notDurable: 0.1 }
  const story = async (options: ChaosOptions) => {
    const store = chaosStore(memoryStore(), { rates, ...options })
    for (let round = 0; round < 100; round += 1) {
      const { etag } = await store.read(key, signal).catch(() => ({ etag: null }))
      await store.compareAndSet(key, etag, `round ${round}`, how, signal).catch(() => undefined)
    }
    return store.history()
  }

  it('are the same for the same seed, and others for another', async () => {
    const first = await story({ seed: 42 })
    expect(first).toHaveLength(200)
    expect(new Set(first.map(({ mishap }) => mishap))).toEqual(new Set([undefined, ...Object.keys(rates)]))
    expect(await story({ seed: 42 })).toEqual(first)
    expect(await story({ seed: 43 })).not.toEqual(first)
  })

  it('are refused where their rates add up to more than one', () => {
    chaosStore(memoryStore(), { seed, rates: { outage: 0.5, drop: 0.5 } })
    expect(() => chaosStore(memoryStore(), { seed, rates: { outage: 0.5, drop: 0.51 } })).toThrow(TypeError)
    expect(() => chaosStore(memoryStore(), { seed, rates: { outage: -0.1 } })).toThrow(TypeError)
  })

  it('print a drawn seed, with which they come again', async () => {
    const lines: string[] = []
    const first = await story({ log: (line) => lines.push(line) })
    expect(lines).toEqual([expect.stringMatching(/^chaosStore: seed \d+$/)])
    expect(await story({ seed: Number(/\d+/.exec(lines[0] ?? '')?.[0]), log: (line) => lines.push(line) })).toEqual(
      first,
    )
    expect(lines).toHaveLength(1)
  })

  it('lose no update of a counter as long as nothing is lost or rolled back', async () => {
    const store = chaosStore(memoryStore(), {
      seed: 7,
      rates: { outage: 0.2, conflict: 0.2, unknownLost: 0.2, notDurable: 0.2 },
    })
    const count = async () => {
      for (let added = 0; added < 20;) {
        const reading = await store.read(key, signal).catch(() => undefined)
        if (reading === undefined) continue
        const next = String(Number(reading.value ?? 0) + 1)
        const swap = await store.compareAndSet(key, reading.etag, next, how, signal).catch(() => undefined)
        if (swap?.kind === 'done') added += 1
      }
    }
    await Promise.all([count(), count(), count()])
    store.setDown(false)
    const last = async (): Promise<string | null> => valueOf(store).catch(last)
    expect(await last()).toBe('60')
  })
})
