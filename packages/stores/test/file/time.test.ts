import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { key, names, never, newDirectory, put, storeOn, swap } from './bench.ts'
import { gatedFileSystem } from './gated-file-system.ts'

const dayMs = 86_400_000

/** A file system whose stamps are what the test says. */
function stamped(stamp: () => number) {
  return gatedFileSystem(async (call, make) => {
    const made = await make()
    if (call.name === 'file.stat') Object.assign(made as object, { mtimeMs: stamp() }) // What `stat` answers.
    return made
  })
}

afterEach(() => void vi.useRealTimers())

it('takes its time from the file system, on hosts whose clocks are two days apart (G12)', async () => {
  const directory = await newDirectory()
  const times: number[] = []
  for (const off of [-dayMs, dayMs, 0]) {
    vi.useFakeTimers({ toFake: ['Date', 'performance'], now: Date.now() + off })
    const store = storeOn(directory)
    const { etag, now } = await store.read(key, never())
    const answer = await swap(store, etag, 'value', { keep: 60_000 })
    vi.useRealTimers()
    if (answer.kind !== 'done') throw new Error(answer.kind)
    times.push(now, answer.now)
  }
  const probe = join(directory, 'probe')
  await writeFile(probe, 'x')
  const { mtimeMs } = await stat(probe)
  expect(times).toEqual(times.toSorted((a, b) => a - b))
  for (const time of times) expect(Math.abs(time - mtimeMs)).toBeLessThan(30_000)
})

it('never goes back within one handle, and goes on when the file system has caught up (9.2)', async () => {
  let stamp = 1_700_000_000_000.9
  const store = storeOn(
    await newDirectory(),
    stamped(() => stamp),
  )
  const seen: number[] = []
  let etag: string | null = null
  for (const step of [0, 0, -3_600_000, 1_000, 3_600_000 - 1_001, 1.2, 5]) {
    stamp += step
    seen.push((await store.read(key, never())).now)
    const answer = await swap(store, etag, 'value')
    if (answer.kind !== 'done') throw new Error(answer.kind)
    etag = answer.etag
    seen.push(answer.now)
  }
  const t = 1_700_000_000_000
  expect(seen).toEqual([t, t, t, t, t, t, t, t, t, t, t + 1, t + 1, t + 6, t + 6])
})

it('tells a time that is not before the version that it tells of (9.2)', async () => {
  const directory = await newDirectory()
  let stamp = 1_700_000_000_000
  const clock = stamped(() => stamp)
  const other = storeOn(directory, clock)
  const etag = await put(other, null, 'old')
  const reader = storeOn(directory, {
    ...clock,
    readdir: async (path) => {
      stamp += 5_000
      await put(other, etag, 'new') // At the last moment at which the reader can still see it.
      return clock.readdir(path)
    },
  })
  expect(await reader.read(key, never())).toMatchObject({ value: 'new', now: stamp })
})

describe('a record that is kept for a time', () => {
  it('is there up to the last millisecond, and then counts as absent under every etag', async () => {
    let stamp = 1_700_000_000_000
    const directory = await newDirectory()
    const store = storeOn(
      directory,
      stamped(() => stamp),
    )
    const etag = await put(store, null, 'short', { keep: 1_000 })
    stamp += 999
    expect(await store.read(key, never())).toMatchObject({ etag, value: 'short' })
    expect((await swap(store, null, 'not written')).kind).toBe('conflict')
    stamp += 1
    expect(await store.read(key, never())).toEqual({ etag: null, value: null, now: stamp })
    expect(await swap(store, etag, 'not written')).toEqual({
      kind: 'conflict',
      reading: { etag: null, value: null, now: stamp },
    })
    expect(await names(directory)).toEqual(['0000000000000001'])
  })

  it('is followed by a higher version, so that no etag comes back', async () => {
    const directory = await newDirectory()
    const store = storeOn(directory)
    const old = await put(store, null, 'ended', { keep: 0 })
    const next = await put(store, null, 'next')
    expect(next).not.toBe(old)
    expect((await swap(store, old, 'not written')).kind).toBe('conflict')
    expect(await names(directory)).toEqual(['0000000000000001', '0000000000000002'])
  })
})
