import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { watch } from 'node:fs'
import { mkdir, rm, stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { folderPath } from '../../src/file/folder.ts'
import { key, never, newDirectory, put, storeOn } from './bench.ts'

/** Watches until the test is over, through a store that is answered as well. */
function watching(directory: string) {
  let count = 0
  const store = storeOn(directory)
  const unwatch = store.watch?.(key, () => (count += 1))
  onTestFinished(() => unwatch?.())
  return { store, count: () => count, unwatch: () => unwatch?.() }
}

const soon = { timeout: 5_000, interval: 20 }

describe.runIf(process.platform === 'linux')('a watch', () => {
  it('tells what another handle writes (9.4)', async () => {
    const directory = await newDirectory()
    const store = storeOn(directory)
    const etag = await put(store, null, 'first')
    const { count } = watching(directory)
    await put(store, etag, 'more')
    await vi.waitFor(() => expect(count()).toBe(1), soon)
  })

  it('begun before the first write, tells what comes after the next look at the record', async () => {
    const directory = await newDirectory()
    const other = storeOn(directory)
    const { store, count } = watching(directory)
    const etag = await put(other, null, 'first')
    await store.read(key, never())
    await put(other, etag, 'more')
    await vi.waitFor(() => expect(count()).toBe(1), soon)
  })

  it('tells that the folder was removed, makes none, and goes on with the one that is made anew', async () => {
    const directory = await newDirectory()
    const other = storeOn(directory)
    await put(other, null, 'first')
    const { store, count } = watching(directory)
    await rm(folderPath(directory, key), { recursive: true })
    await vi.waitFor(() => expect(count()).toBeGreaterThan(0), soon)
    await store.read(key, never())
    await expect(stat(folderPath(directory, key))).rejects.toThrow('ENOENT')
    const etag = await put(other, null, 'anew')
    await store.read(key, never())
    const heard = count()
    await put(other, etag, 'more')
    await vi.waitFor(() => expect(count()).toBe(heard + 1), soon)
  })

  it('is not set off by reads, nor by swaps that lost', async () => {
    const directory = await newDirectory()
    const store = storeOn(directory)
    let version = 1
    let etag = await put(store, null, 'first')
    const seen = new Set<unknown>() // By a watcher of the test's own: both are told of one change at one time.
    const witness = watch(folderPath(directory, key), { persistent: false }, (_, name) => seen.add(name))
    onTestFinished(() => witness.close())
    const { count } = watching(directory)
    const putAndHear = async (): Promise<void> => {
      etag = await put(store, etag, 'more')
      const name = String((version += 1)).padStart(16, '0')
      await vi.waitFor(() => expect(seen).toContain(name), soon)
    }
    while (count() === 0) await putAndHear()
    const before = count()
    for (let round = 0; round < 20; round += 1) {
      await store.read(key, never())
      await store.compareAndSet(key, 'stale', 'not written', { keep: 1_000, durable: false }, never())
    }
    await putAndHear()
    expect(count()).toBe(before + 1)
  })

  it('gives nobody a notice after the watch was ended, and is harmless where nothing can be watched', async () => {
    const directory = await newDirectory()
    const store = storeOn(directory)
    const etag = await put(store, null, 'first')
    const ended = watching(directory)
    ended.unwatch()
    const other = watching(directory)
    await put(store, etag, 'more')
    await vi.waitFor(() => expect(other.count()).toBe(1), soon)
    expect(ended.count()).toBe(0)

    const unusable = await newDirectory()
    await mkdir(`${unusable}/open`, { mode: 0o755 })
    const silent = watching(`${unusable}/open`)
    const everywhere = watching('/dev/null')
    await expect(storeOn(`${unusable}/open`).read(key, never())).rejects.toThrow('chmod 700')
    expect(silent.count() + everywhere.count()).toBe(0)
  })

  it('keeps no process running (G17)', async () => {
    const file = fileURLToPath(new URL('../../src/file.ts', import.meta.url))
    const program = `
      const { fileStore } = await import(${JSON.stringify(file)})
      const store = fileStore({ directory: ${JSON.stringify(await newDirectory())}, sync: false })
      store.watch('key', () => undefined)
      await store.compareAndSet('key', null, 'value', { keep: 1000, durable: false }, new AbortController().signal)
      store.watch('key', () => undefined)
      console.log('left to itself')`
    const args = ['--conditions=@latchkey/source', '--import', 'tsx', '--input-type=module', '--eval', program]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    const text = child.stdout.setEncoding('utf8').toArray()
    expect(await once(child, 'exit')).toEqual([0, null])
    expect((await text).join('')).toBe('left to itself\n')
  })
})
