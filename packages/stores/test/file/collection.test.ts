import { rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { folderPath } from '../../src/file/folder.ts'
import { age, key, names, never, newDirectory, put, putMany, storeOn } from './bench.ts'

it('keeps every version that is not yet old, however many come after it', async () => {
  const directory = await newDirectory()
  await putMany(storeOn(directory), 40)
  expect(await names(directory)).toHaveLength(40)
})

it('keeps the newest and the sixteen before it, however old they are', async () => {
  const directory = await newDirectory()
  const store = storeOn(directory)
  const etags = await putMany(store, 16)
  await age(directory)
  const next = await put(store, etags.at(-1)!, 'seventeenth')
  expect(await names(directory)).toHaveLength(17)
  await age(directory)
  await put(store, next, 'eighteenth')
  expect(await names(directory)).toHaveLength(17)
  expect((await names(directory))[0]).toBe('0000000000000002')
})

it('removes versions that are old and far behind, lowest first, up to the first that is young', async () => {
  const directory = await newDirectory()
  const store = storeOn(directory)
  const etags = await putMany(store, 30)
  await age(directory, ({ name }) => Number(name) !== 5)
  await put(store, etags.at(-1)!, 'next')
  expect((await names(directory))[0]).toBe('0000000000000005')
  expect(await names(directory)).toHaveLength(27)
})

it('goes on where a gap is, and catches up over several swaps after a burst', async () => {
  const directory = await newDirectory()
  const store = storeOn(directory)
  const etags = await putMany(store, 120)
  await rm(join(folderPath(directory, key), '0000000000000003'))
  await age(directory)
  const next = await put(store, etags.at(-1)!, 'next')
  expect(await names(directory)).toHaveLength(120 - 64)
  await put(store, next, 'last')
  expect(await names(directory)).toHaveLength(17 + 1 - 1)
})

it('never removes a record that is kept for ever, or one that has ended, while it is the newest (9.3)', async () => {
  for (const keep of ['forever', 0] as const) {
    const directory = await newDirectory()
    const store = storeOn(directory)
    const etags = await putMany(store, 30)
    const last = await put(store, etags.at(-1)!, 'last', { keep })
    await age(directory)
    const { etag } = await store.read(key, never())
    expect(etag).toBe(keep === 0 ? null : last)
    expect((await names(directory)).at(-1)).toBe('0000000000000031')
  }
})

it('removes drafts that a crash left behind, and not those of writers at work', async () => {
  const directory = await newDirectory()
  const store = storeOn(directory)
  const etag = await put(store, null, 'value')
  const folder = folderPath(directory, key)
  for (const name of ['left.tmp', 'young.tmp']) await writeFile(join(folder, name), 'half')
  const then = new Date(Date.now() - 11 * 60_000)
  await utimes(join(folder, 'left.tmp'), then, then)
  await put(store, etag, 'next')
  expect(await names(directory)).toEqual(['0000000000000001', '0000000000000002', 'young.tmp'])
})
