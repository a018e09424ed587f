import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Etag, Reading, Store, Swap } from '@latchkey/core'
import { folderPath } from '../../src/file/folder.ts'
import { age, key, names, never, newDirectory, put, putMany, storeOn, swap } from './bench.ts'
import type { Call } from './gated-file-system.ts'
import { gatedFileSystem } from './gated-file-system.ts'

/** A store whose file system stops before the call that `stopsAt` names, until it is let go. */
async function pausing(directory: string, stopsAt: (call: Call, count: number) => boolean) {
  let count = -Infinity
  let reached: (() => void) | undefined
  let go: () => void = () => undefined
  const paused = new Promise<'paused'>((resolve) => (reached = () => resolve('paused')))
  const gone = new Promise<void>((resolve) => (go = resolve))
  const fs = gatedFileSystem(async (call, make) => {
    count += 1
    if (reached && stopsAt(call, count)) {
      reached()
      reached = undefined
      await gone
    }
    // Nothing here depends on what a power loss would leave.
    return call.name === 'file.sync' ? (undefined as never) : make()
  })
  const store = storeOn(directory, fs, true)
  await store.read(key, never()) // What is done once per store is behind it.
  count = 0
  return { store, paused, go: () => go() }
}

/** What the second writer did meanwhile: its first reading, and its last swap. */
interface Meanwhile {
  readonly first: Reading
  readonly last: Etag
}

async function swapOnce(store: Store): Promise<Meanwhile> {
  const first = await store.read(key, never())
  return { first, last: await put(store, first.etag, 'by B') }
}

/** So much, and for so long, that whatever the first writer had in view is collected. */
async function swapPastCollection(store: Store, directory: string): Promise<Meanwhile> {
  const first = await store.read(key, never())
  const etags = await putMany(store, 20, first.etag)
  // Whoever has just begun a draft has yet to learn the time from it; that cannot be twenty minutes off.
  await age(directory, ({ size }) => size > 100)
  return { first, last: await put(store, etags.at(-1)!, 'by B') }
}

interface Scene {
  readonly prepare: (directory: string) => Promise<Etag | null>
}

const scenes: Readonly<Record<string, Scene>> = {
  'a first write': { prepare: async (directory) => (await storeOn(directory).read(key, never())).etag },
  'a later write': { prepare: (directory) => put(storeOn(directory), null, 'old') },
  'a write over an ended record': {
    prepare: async (directory) => {
      await put(storeOn(directory), null, 'ended', { keep: 0 })
      return null
    },
  },
  'a write with collection': {
    prepare: async (directory) => {
      const etags = await putMany(storeOn(directory), 20)
      await age(directory)
      return etags.at(-1)!
    },
  },
}

describe.each(Object.entries(scenes))('%s by A', (_, { prepare }) => {
  /** Runs A's swap up to its `at`th call, then B, then the rest of A. */
  async function interleave(template: string, etag: Etag | null, at: number, rival: typeof swapPastCollection) {
    const directory = join(await newDirectory(), 'tokens')
    await cp(template, directory, { recursive: true, preserveTimestamps: true })
    const { store: stopping, paused, go } = await pausing(directory, (_, count) => count === at)
    const answer = swap(stopping, etag, 'by A')
    if ((await Promise.race([answer, paused])) !== 'paused') return undefined
    const store = storeOn(directory)
    const meanwhile = await rival(store, directory)
    go()
    return { store, directory, meanwhile, answer: await answer }
  }

  it('is done or in conflict wherever B swaps in between, as if one of them had come first (9.1)', async () => {
    const template = join(await newDirectory(), 'tokens')
    const etag = await prepare(template)
    const kinds = new Set<Swap['kind']>()
    for (let at = 1; ; at += 1) {
      const course = await interleave(template, etag, at, swapOnce)
      if (!course) break
      const { store, meanwhile, answer } = course
      kinds.add(answer.kind)
      if (meanwhile.first.value === 'by A')
        expect(answer, `call ${at}`).toMatchObject({ kind: 'done', etag: meanwhile.first.etag })
      else
        expect(answer, `call ${at}`).toMatchObject({
          kind: 'conflict',
          reading: { etag: meanwhile.last, value: 'by B' },
        })
      expect(await store.read(key, never()), `call ${at}`).toMatchObject({ etag: meanwhile.last, value: 'by B' })
    }
    expect([...kinds].sort()).toEqual(['conflict', 'done'])
  }, 60_000)

  it('is never said to be done after a stall in which its number was used and collected (9.1)', async () => {
    const template = join(await newDirectory(), 'tokens')
    const etag = await prepare(template)
    for (let at = 1; ; at += 1) {
      const course = await interleave(template, etag, at, swapPastCollection)
      if (!course) break
      const { store, directory, meanwhile, answer } = course
      if (meanwhile.first.value !== 'by A') expect(answer.kind, `call ${at}`).not.toBe('done')
      if (answer.kind === 'done') expect(answer.etag, `call ${at}`).toBe(meanwhile.first.etag)
      if (answer.kind === 'conflict') expect(answer.reading.etag, `call ${at}`).toBe(meanwhile.last)
      // Whatever A left behind neither counts nor stands in anybody's way, and goes in time.
      const found = await store.read(key, never())
      expect(found, `call ${at}`).toMatchObject({ etag: meanwhile.last, value: 'by B' })
      const next = await put(store, found.etag, 'next')
      await age(directory)
      await put(store, next, 'last')
      expect(await names(directory), `call ${at}`).toHaveLength(17)
    }
  }, 120_000)
})

it('leaves a folder that was removed and made anew alone, wherever the collector stood (9.1)', async () => {
  const template = join(await newDirectory(), 'tokens')
  const base = (await putMany(storeOn(template), 20)).at(-1)!
  await age(template)
  // Between a look at one file and its removal nothing can be checked: decision 0010 says so.
  const isRemoval = ({ name, path }: Call) => name === 'unlink' && /\d{16}$/.test(path)
  for (let at = 1; ; at += 1) {
    const directory = join(await newDirectory(), 'tokens')
    await cp(template, directory, { recursive: true, preserveTimestamps: true })
    const { store: stopping, paused, go } = await pausing(directory, (call, count) => count >= at && !isRemoval(call))
    const answer = swap(stopping, base, 'by A')
    if ((await Promise.race([answer, paused])) !== 'paused') break
    const store = storeOn(directory)
    await rm(folderPath(directory, key), { recursive: true })
    const etags = await putMany(store, 3)
    go()
    expect(['done', 'conflict', 'unknown'], `call ${at}`).toContain((await answer).kind)
    expect(await store.read(key, never()), `call ${at}`).toMatchObject({ etag: etags.at(-1), value: 'version 3' })
    const refused = await swap(store, base, 'revenant')
    expect(refused.kind, `call ${at}`).toBe('conflict')
  }
}, 60_000)

it('says of two stalled writers, one of which builds on what the other writes anew, that neither is known', async () => {
  const directory = join(await newDirectory(), 'tokens')
  const store = storeOn(directory)
  const first = await put(store, null, 'version 1')
  const links = ({ name }: Call, count: number) => name === 'link' && count > 0
  const onFirst = await pausing(directory, links)
  const onSecond = await pausing(directory, links)
  const late = swap(onFirst.store, first, 'again version 2')
  await onFirst.paused
  const second = await put(store, first, 'version 2')
  const later = swap(onSecond.store, second, 'again version 3')
  await onSecond.paused
  let etag = second
  for (let version = 3; version <= 30; version += 1) etag = await put(store, etag, `version ${version}`)
  await age(directory, ({ name }) => !name.endsWith('.tmp'))
  etag = await put(store, etag, 'version 31')
  expect((await names(directory)).filter((name) => !name.endsWith('.tmp'))).toHaveLength(17)

  onFirst.go()
  expect(await late).toEqual({ kind: 'unknown' })
  expect((await names(directory))[0]).toBe('0000000000000002') // It did get the number that had become free.
  onSecond.go()
  expect(await later).toEqual({ kind: 'unknown' })
  expect(await store.read(key, never())).toMatchObject({ etag, value: 'version 31' })
})

describe('a read', () => {
  it('answers a version that was the newest at some time during it, whatever is swapped meanwhile (9.1)', async () => {
    for (let at = 1; ; at += 1) {
      const directory = join(await newDirectory(), 'tokens')
      const store = storeOn(directory)
      const old = await put(store, null, 'old')
      const { store: stopping, paused, go } = await pausing(directory, (_, count) => count === at)
      const answer = stopping.read(key, never())
      if ((await Promise.race([answer, paused])) !== 'paused') break
      const { last } = await swapPastCollection(store, directory)
      go()
      expect([old, last], `call ${at}`).toContain((await answer).etag)
    }
  }, 60_000)
})
