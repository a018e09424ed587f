/**
 * The sealed cell: what provider packages keep for ever beside the tokens.
 *
 * @module
 */
import { memoryStore } from '@latchkey/core'
import type { Key, Store } from '@latchkey/core'
import { createCell } from '@latchkey/core/cell'
import type { Cell, CellOptions } from '@latchkey/core/cell'
import { generateSealingKey, keyRing } from '@latchkey/core/seal'
import { virtualClock } from '@latchkey/testkit'
import { describe, expect, it, vi } from 'vitest'

interface Device {
  readonly cmcKey: string
}

const parse = (input: unknown): Device | undefined =>
  typeof input === 'object' && input !== null && 'cmcKey' in input && typeof input.cmcKey === 'string'
    ? { cmcKey: input.cmcKey }
    : undefined

/** The memory store, as if others could read it, with what it holds laid open. */
function openStore(change: Partial<Store> = {}) {
  const inner = memoryStore()
  const values = new Map<Key, string>()
  const keeps: unknown[] = []
  const store: Store = {
    scope: 'fleet',
    read: (key, signal) => inner.read(key, signal),
    async compareAndSet(key, etag, value, how, signal) {
      keeps.push(how.keep)
      const swap = await inner.compareAndSet(key, etag, value, how, signal)
      if (swap.kind === 'done') values.set(key, value)
      return swap
    },
    ...change,
  }
  return { store, values, keeps, inner }
}

const name = ['etims.device', 'sandbox', 'P000000001A', '00']
const ring = keyRing({ keys: [generateSealingKey()] })
const cellIn = (store: Store, more: Partial<CellOptions<Device>> = {}): Cell<Device> =>
  createCell({ store, ring, name, parse, ...more })

describe('a cell', () => {
  it('is empty before the first write, and keeps what was written for ever, sealed (9.3, 10.1)', async () => {
    const { store, values, keeps } = openStore()
    const cell = cellIn(store)
    const empty = await cell.read()
    expect(empty).toMatchObject({ etag: null, value: undefined })
    const swap = await cell.swap(empty, { cmcKey: 'the key of the device' }, true)
    expect(swap).toMatchObject({ kind: 'done', durable: true })
    expect((await cellIn(store).read()).value).toEqual({ cmcKey: 'the key of the device' })
    expect(keeps).toEqual(['forever'])
    expect([...values.values()].join()).not.toContain('the key of the device')
  })

  describe('told of changes by its store', () => {
    /** A store that tells what it is asked to watch, and whether it still does. */
    function watchable() {
      const watched = new Map<Key, () => void>()
      const { store } = openStore({
        watch: (key, changed) => {
          watched.set(key, changed)
          return () => void watched.delete(key)
        },
      })
      return { watched, cell: cellIn(store), other: cellIn(store, { name: [...name, 'other'] }) }
    }

    it('passes a hint on until it is not wanted any more', async () => {
      const { watched, cell, other } = watchable()
      const heard: string[] = []
      const unwatch = cell.watch?.(() => heard.push('cell'))
      other.watch?.(() => heard.push('other'))
      await vi.waitUntil(() => watched.size === 2)
      const [first] = watched.values()
      first?.()
      expect(heard).toEqual(['cell'])
      unwatch?.()
      expect(watched.size).toBe(1)
    })

    it('watches nothing that was given up before its key was known', async () => {
      const { watched, cell, other } = watchable()
      cell.watch?.(() => undefined)()
      other.watch?.(() => undefined)
      await vi.waitUntil(() => watched.size > 0)
      expect(watched.size).toBe(1)
    })

    it('has no `watch` where the store has none', () => {
      expect(cellIn(openStore().store).watch).toBeUndefined()
    })
  })

  it('lets one of two writers through and shows the other what is there', async () => {
    const { store } = openStore()
    const [one, other] = [cellIn(store), cellIn(store)]
    const [seen, too] = [await one.read(), await other.read()]
    expect((await one.swap(seen, { cmcKey: 'first' }, true)).kind).toBe('done')
    const late = await other.swap(too, { cmcKey: 'second' }, true)
    expect(late).toMatchObject({ kind: 'conflict', page: { value: { cmcKey: 'first' } } })
  })

  it('says what a store said of durability, and never more', async () => {
    const { store, inner } = openStore()
    const forgetful: Store = {
      ...store,
      async compareAndSet(key, etag, value, how, signal) {
        const swap = await inner.compareAndSet(key, etag, value, how, signal)
        return swap.kind === 'done' ? { ...swap, durable: false } : swap
      },
    }
    const cell = cellIn(forgetful)
    expect(await cell.swap(await cell.read(), { cmcKey: 'k' }, true)).toMatchObject({ kind: 'done', durable: false })
  })

  it('leaves a value alone that its ring cannot open', async () => {
    const { store, values } = openStore()
    const cell = cellIn(store)
    await cell.swap(await cell.read(), { cmcKey: 'k' }, true)
    const before = [...values.values()]
    const stranger = cellIn(store, { ring: keyRing({ keys: [generateSealingKey()] }) })
    await expect(stranger.read()).rejects.toMatchObject({ code: 'LATCHKEY_SEALED_BY_UNKNOWN_KEY' })
    const blind = await stranger
      .swap({ etag: null, value: undefined, now: 0 }, { cmcKey: 'x' }, true)
      .catch((e: unknown) => e)
    expect(blind).toMatchObject({ code: 'LATCHKEY_SEALED_BY_UNKNOWN_KEY' })
    expect([...values.values()]).toEqual(before)
  })

  it('opens nothing that was sealed for another cell (10.1)', async () => {
    const { store, values } = openStore()
    const cell = cellIn(store)
    await cell.swap(await cell.read(), { cmcKey: 'k' }, true)
    const [sealed] = [...values.values()]
    const moved: Store = { ...store, read: () => Promise.resolve({ etag: '1', value: sealed!, now: 0 }) } // One was written.
    await expect(
      cellIn(moved, { name: ['etims.device', 'sandbox', 'P000000001A', '01'] }).read(),
    ).rejects.toMatchObject({
      code: 'LATCHKEY_SEALED_BY_UNKNOWN_KEY',
    })
  })

  it.each([
    ['something else', 'LATCHKEY_STORE_CORRUPT'],
    ['lkc1.plain.{"cmcKey":', 'LATCHKEY_STORE_CORRUPT'],
    ['lkc1.plain.{"other":1}', 'LATCHKEY_STORE_CORRUPT'],
    ['lkc2.plain.{"cmcKey":"k"}', 'LATCHKEY_STORE_UNSUPPORTED'],
  ])('refuses %j with %s', async (value, code) => {
    const { store } = openStore({ read: () => Promise.resolve({ etag: '1', value, now: 0 }) })
    await expect(cellIn(store).read()).rejects.toMatchObject({ code })
  })

  it('opens plain text only where it is written plainly, and is refused a shared store without saying so (10.1)', async () => {
    const { store } = openStore()
    expect(() => createCell({ store, name, parse })).toThrow(/key ring/)
    const plain = createCell({ store, name, parse, plaintext: true })
    await plain.swap(await plain.read(), { cmcKey: 'k' }, false)
    expect((await plain.read()).value).toEqual({ cmcKey: 'k' })
  })

  it('tells names apart by their parts and not by their text', async () => {
    const { store } = openStore()
    const one = cellIn(store, { name: ['a', 'bc'] })
    await one.swap(await one.read(), { cmcKey: 'k' }, false)
    expect((await cellIn(store, { name: ['ab', 'c'] }).read()).value).toBeUndefined()
  })

  it('answers unknown when the store says nothing within two seconds (9.5)', async () => {
    const clock = virtualClock()
    const { store } = openStore({ compareAndSet: () => new Promise(() => undefined) })
    const cell = cellIn(store, { clock })
    const swap = cell.swap({ etag: null, value: undefined, now: 0 }, { cmcKey: 'k' }, true)
    await clock.advance(2_000)
    expect(await swap).toEqual({ kind: 'unknown' })
  })

  it.each([
    [{ name: [] }, /name/],
    [{ name: ['a', ''] }, /name/],
    [{ stor: 1 }, /did you mean "store"/],
  ])('refuses %j', (change, message) => {
    const options = { store: openStore().store, ring, name, parse, ...change }
    expect(() => createCell(options)).toThrow(message)
  })
})
