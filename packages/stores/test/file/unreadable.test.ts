import { readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { folderPath } from '../../src/file/folder.ts'
import { age, key, names, never, newDirectory, put, putMany, storeOn, swap } from './bench.ts'

function pathOf(directory: string, number: number): string {
  return join(folderPath(directory, key), String(number).padStart(16, '0'))
}

/** Two versions, of which the newest was damaged. */
async function damaged(damage: (path: string) => Promise<void>) {
  const directory = await newDirectory()
  const store = storeOn(directory)
  const first = await put(store, null, 'first')
  const second = await put(store, first, 'second')
  const path = pathOf(directory, 2)
  await damage(path)
  return { directory, store, first, second, path }
}

const damages: Readonly<Record<string, (path: string) => Promise<void>>> = {
  'is empty': (path) => truncate(path, 0),
  'lost its last byte': async (path) => truncate(path, (await readFile(path)).length - 1),
  'ends within its first line': (path) => truncate(path, 30),
  'ends after its first line': async (path) => truncate(path, (await readFile(path)).indexOf('\n') + 1),
  'is full of zeros': async (path) => writeFile(path, Buffer.alloc((await readFile(path)).length)),
  'has one bit turned': async (path) => {
    const bytes = await readFile(path)
    bytes[bytes.length - 3]! ^= 1
    await writeFile(path, bytes)
  },
  'has a longer time to live written into it': async (path) =>
    writeFile(path, (await readFile(path, 'utf8')).replace('"keep":3600000', '"keep":9600000')),
  'is somebody’s text': (path) => writeFile(path, '{"hello":"world"}'),
  'is far too large': (path) => writeFile(path, Buffer.alloc(2_000_000, 'x')),
  'has a layout of nought': (path) => writeFile(path, `latchkey-record 0 ${'0'.repeat(64)}\n{}\n`),
}

describe.each(Object.entries(damages))('a newest version that %s', (_, damage) => {
  it('is answered as it is, stays in place, and is overwritten only with its own etag (9.8)', async () => {
    const { directory, store, first, second, path } = await damaged(damage)
    const bytes = await readFile(path)
    const found = await store.read(key, never())
    expect(found.value === bytes.toString('utf8', 0, 1024 * 1024 + 4096)).toBe(true)
    expect([null, first, second]).not.toContain(found.etag)
    expect((await storeOn(directory).read(key, never())).etag).toBe(found.etag)

    for (const etag of [null, first, second]) {
      expect(await swap(store, etag, 'not written')).toMatchObject({ kind: 'conflict', reading: { etag: found.etag } })
    }
    expect(bytes.equals(await readFile(path))).toBe(true)

    const next = await put(store, found.etag, 'third')
    expect(await store.read(key, never())).toMatchObject({ etag: next, value: 'third' })
    expect((await swap(store, found.etag, 'not written')).kind).toBe('conflict')
    expect(bytes.equals(await readFile(path))).toBe(true)
  })
})

it('never lets the etag of an unreadable record match another one that looks the same (9.1)', async () => {
  const { directory, store, path } = await damaged((at) => truncate(at, 0))
  const { etag } = await store.read(key, never())
  await rm(folderPath(directory, key), { recursive: true })
  await putMany(store, 2)
  await truncate(path, 0)
  const { etag: later } = await store.read(key, never())
  expect(later).not.toBe(etag)
  expect((await swap(store, etag, 'not written')).kind).toBe('conflict')
})

it('refuses a record of a later layout, and leaves it as it is', async () => {
  const later = `latchkey-record 2 ${'a'.repeat(64)}\nwho knows what`
  const { store, second, path } = await damaged((at) => writeFile(at, later))
  const unsupported = { code: 'LATCHKEY_STORE_UNSUPPORTED' }
  await expect(store.read(key, never())).rejects.toMatchObject(unsupported)
  for (const etag of [null, second]) await expect(swap(store, etag, 'not written')).rejects.toMatchObject(unsupported)
  expect(await readFile(path, 'utf8')).toBe(later)
})

it('collects an unreadable version like any other once it is old and far behind, and never the newest', async () => {
  const { directory, store } = await damaged((path) => truncate(path, 0))
  await age(directory)
  let { etag } = await store.read(key, never())
  for (let version = 3; version <= 19; version += 1) etag = await put(store, etag, 'more')
  expect((await names(directory))[0]).toBe('0000000000000003')
  await truncate(pathOf(directory, 19), 0)
  await age(directory)
  const newest = await store.read(key, never())
  expect(newest.value).toBe('')
  await swap(store, null, 'not written')
  expect(await names(directory)).toContain('0000000000000019')
})
