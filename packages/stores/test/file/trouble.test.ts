import { describe, expect, it } from 'vitest'
import { StoreError } from '@latchkey/core'
import { fileStore } from '@latchkey/stores/file'
import { key, names, never, newDirectory, put, putMany, storeOn, swap } from './bench.ts'
import type { Call, Gate } from './gated-file-system.ts'
import { gatedFileSystem, systemError } from './gated-file-system.ts'

/** Fails the `at`th call from `start` on, as the system would. */
function failing(at: number, code: string) {
  let count = -Infinity
  let failed: Call | undefined
  const gate: Gate = async (call, make) => {
    count += 1
    if (count !== at) return make()
    failed = call
    if (call.name === 'file.close') await make() // The system closes a file even if it says that it could not.
    throw systemError(code)
  }
  return { fs: gatedFileSystem(gate), start: () => (count = 0), failed: () => failed }
}

describe.each(['ENOSPC', 'EIO', 'EROFS', 'EACCES', 'EMFILE', 'EDQUOT'])('a system call that fails with %s', (code) => {
  it.each([true, false])('leaves a swap not applied and reported, or applied, or unknown (sync: %s)', async (sync) => {
    const kinds = new Set<string>()
    for (let at = 1; ; at += 1) {
      const directory = await newDirectory()
      const { fs, start, failed } = failing(at, code)
      const store = storeOn(directory, fs, sync)
      const etag = await put(store, null, 'old')
      start()
      const answer = await swap(store, etag, 'new').catch((error: unknown) => error)
      const call = failed()
      if (!call) break
      const where = `${call.name} ${call.path}`
      const found = await storeOn(directory).read(key, never())
      const settled = ['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES'].includes(code) // After others a link may have been made.
      if (call.name === 'link' && !settled) expect(answer, where).toEqual({ kind: 'unknown' })
      if (call.name === 'link' && settled) expect(answer, where).toBeInstanceOf(StoreError)
      if (answer instanceof StoreError) {
        kinds.add('rejected')
        expect(answer, where).toMatchObject({ code: 'LATCHKEY_STORE_UNAVAILABLE', cause: { code }, retryable: true })
        expect(answer.message, where).toContain(directory)
        expect(found, where).toMatchObject({ etag, value: 'old' })
      } else {
        const { kind } = answer as { kind: string } // Anything else is no answer of a swap.
        kinds.add(kind)
        expect(['done', 'unknown'], where).toContain(kind)
        if (kind === 'done' || call.name !== 'link') expect(found.value, where).toBe('new')
        if (call.name.endsWith('sync')) expect(answer, where).toMatchObject({ durable: false })
      }
      // Only what could not be removed is left.
      const left = (await names(directory)).filter((name) => name.endsWith('.tmp'))
      expect(left, where).toHaveLength(call.name === 'unlink' ? 1 : 0)
      await put(store, found.etag, 'next')
    }
    expect(kinds).toContain('rejected')
    expect(kinds).toContain('done')
  })

  it('leaves a read reported, and the next one whole', async () => {
    for (let at = 1; ; at += 1) {
      const directory = await newDirectory()
      const { fs, start, failed } = failing(at, code)
      const store = storeOn(directory, fs)
      await put(store, null, 'value')
      start()
      const answer: unknown = await store.read(key, never()).catch((error: unknown) => error)
      if (!failed()) break
      expect(answer, failed()?.name).toMatchObject({ code: 'LATCHKEY_STORE_UNAVAILABLE', cause: { code } })
      expect(await store.read(key, never())).toMatchObject({ value: 'value' })
    }
  })

  it('leaves the first operation of all reported, and the next one whole', async () => {
    for (let at = 1; ; at += 1) {
      const { fs, start, failed } = failing(at, code)
      start()
      const store = storeOn(`${await newDirectory()}/a/b`, fs)
      const answer: unknown = await store.read(key, never()).catch((error: unknown) => error)
      if (!failed()) break
      expect(answer, failed()?.name).toBeInstanceOf(StoreError)
      await put(store, null, 'value')
    }
  })
})

it('never lets a failing collection fail the swap', async () => {
  const directory = await newDirectory()
  let refused = 0
  const gate: Gate = (call, make) => {
    const versions = /\d{16}$/.test(call.path)
    if (!versions || (call.name !== 'lstat' && call.name !== 'unlink')) return make()
    refused += 1
    return Promise.reject(systemError('EIO'))
  }
  await putMany(storeOn(directory, gatedFileSystem(gate)), 20)
  expect(refused).toBeGreaterThan(0)
  expect(await names(directory)).toHaveLength(20)
})

it('takes a link for done if only its answer was lost, as network file systems do', async () => {
  const directory = await newDirectory()
  const lossy = gatedFileSystem(async (call, make) => {
    const made = await make()
    if (call.name === 'link' && !call.path.endsWith('.probe')) throw systemError('EEXIST')
    return made
  })
  const store = storeOn(directory, lossy)
  const etag = await put(store, null, 'one')
  expect(await store.read(key, never())).toMatchObject({ etag, value: 'one' })
})

it('answers that it is unknown when the link may have been made', async () => {
  const directory = await newDirectory()
  const gate: Gate = async (call, make) => {
    if (call.name !== 'link' || call.path.endsWith('.probe')) return make()
    await make()
    throw systemError('EIO')
  }
  const linked = gatedFileSystem((call, make) =>
    call.name === 'open' && /\d{16}$/.test(call.path) ? Promise.reject(systemError('EIO')) : gate(call, make),
  )
  expect(await swap(storeOn(directory, linked), null, 'one')).toEqual({ kind: 'unknown' })
  expect(await storeOn(directory).read(key, never())).toMatchObject({ value: 'one' })
})

it('reports a record that vanishes each time it is looked for', async () => {
  const directory = await newDirectory()
  await put(storeOn(directory), null, 'value')
  let looks = 0
  const fs = gatedFileSystem((call, make) => {
    if (call.name !== 'open' || !/\d{16}$/.test(call.path)) return make()
    looks += 1
    return Promise.reject(systemError('ENOENT'))
  })
  await expect(storeOn(directory, fs).read(key, never())).rejects.toMatchObject({ code: 'LATCHKEY_STORE_UNAVAILABLE' })
  expect(looks).toBeLessThan(20)
})

it('takes values of up to 1 MiB, and nothing else as a time to keep them', async () => {
  const store = fileStore({ directory: await newDirectory(), sync: false })
  const etag = await put(store, null, 'x'.repeat(1024 * 1024))
  await expect(swap(store, etag, 'x'.repeat(1024 * 1024 + 1))).rejects.toThrow('at most 1 MiB')
  await expect(swap(store, etag, 'ż'.repeat(1024 * 512 + 1))).rejects.toThrow('at most 1 MiB')
  for (const keep of [NaN, -1, Infinity])
    await expect(swap(store, etag, 'x', { keep })).rejects.toThrow('keep: must be')
  expect((await store.read(key, never())).etag).toBe(etag)
})

describe('an abort', () => {
  it('ends a wait for a system call that hangs, with the signal’s reason', async () => {
    const directory = await newDirectory()
    let hung: () => void
    const hangs = new Promise<void>((resolve) => (hung = resolve))
    const fs = gatedFileSystem((call, make) => {
      if (call.name !== 'readdir') return make()
      hung()
      return new Promise(() => undefined)
    })
    await put(storeOn(directory), null, 'value')
    const stop = new AbortController()
    const reading = storeOn(directory, fs).read(key, stop.signal)
    await hangs
    stop.abort('enough')
    await expect(reading).rejects.toBe('enough')
  })

  it('keeps a swap that is not yet linked from being applied later, and leaves nothing behind', async () => {
    for (let at = 1, linked = false; !linked; at += 1) {
      const directory = await newDirectory()
      const stop = new AbortController()
      let count = -Infinity
      let over: () => void
      const ended = new Promise<void>((resolve) => (over = resolve))
      const fs = gatedFileSystem(async (call, make) => {
        count += 1
        linked ||= count === at && call.name === 'link'
        const made = await make()
        if (count === at) stop.abort('enough')
        if (count > 0 && call.name === 'unlink') over() // The draft goes last.
        return made
      })
      const store = storeOn(directory, fs, true)
      const etag = await put(store, null, 'old')
      count = 0
      const swapping = store.compareAndSet(key, etag, 'new', { keep: 10_000, durable: true }, stop.signal)
      await expect(swapping).rejects.toBe('enough')
      await ended
      const found = await storeOn(directory).read(key, never())
      expect(found.value, `call ${at}`).toBe(linked ? 'new' : 'old')
      expect(await names(directory), `call ${at}`).toHaveLength(linked ? 2 : 1)
    }
  })
})
