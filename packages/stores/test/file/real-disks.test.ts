import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { key, never, newDirectory, put, storeOn, swap } from './bench.ts'

// A small disk of its own, where the machine lets this user mount one.

function mount(...args: string[]): boolean {
  try {
    execFileSync('mount', args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

async function newDisk(): Promise<string> {
  const directory = await newDirectory()
  mount('-t', 'tmpfs', '-o', 'size=64k,mode=0700', 'latchkey-test', directory)
  onTestFinished(() => void execFileSync('umount', [directory]))
  return directory
}

const mountable = ((): boolean => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-mount-'))
  const mounted = mount('-t', 'tmpfs', '-o', 'size=64k', 'latchkey-test', directory)
  if (mounted) execFileSync('umount', [directory])
  rmdirSync(directory)
  return mounted
})()

if (!mountable) console.warn('Skipped: full and read-only disks, because this user may not mount any here.')

describe.runIf(mountable)('a full disk', () => {
  it('is reported by swaps and leaves reads working; once there is space, the same etag swaps', async () => {
    const directory = await newDisk()
    const store = storeOn(directory, undefined, true)
    const etag = await put(store, null, 'old')
    const ballast = join(directory, 'ballast')
    await writeFile(ballast, Buffer.alloc(1024 * 1024)).catch((error: unknown) => {
      expect(error).toMatchObject({ code: 'ENOSPC' })
    })
    await expect(swap(store, etag, 'x'.repeat(10_000))).rejects.toMatchObject({
      code: 'LATCHKEY_STORE_UNAVAILABLE',
      cause: { code: 'ENOSPC' },
      details: { operation: 'swap', reason: 'ENOSPC' },
    })
    expect(await store.read(key, never())).toMatchObject({ etag, value: 'old' })
    await rm(ballast)
    await put(store, etag, 'new')
  })
})

describe.runIf(mountable)('a read-only disk', () => {
  it('is reported, since the store’s time cannot be had from it, and works again when it is writable', async () => {
    const directory = await newDisk()
    const store = storeOn(directory)
    const etag = await put(store, null, 'old')
    execFileSync('mount', ['-o', 'remount,ro', directory])
    for (const work of [
      () => store.read(key, never()),
      () => swap(store, etag, 'new'),
      () => storeOn(directory).read(key, never()),
    ]) {
      await expect(work()).rejects.toThrow('Mount it writable')
      await expect(work()).rejects.toMatchObject({
        code: 'LATCHKEY_STORE_UNAVAILABLE',
        cause: { code: 'EROFS' },
      })
    }
    execFileSync('mount', ['-o', 'remount,rw', directory])
    expect(await store.read(key, never())).toMatchObject({ etag, value: 'old' })
    expect((await stat(directory)).isDirectory()).toBe(true)
  })
})
