/**
 * A directory for one test, and short ways to do to it what the tests do again and again.
 *
 * @module
 */
import { mkdtemp, readdir, rm, stat, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Etag, Key, Store, Swap } from '@latchkey/core'
import { createFileStore } from '../../src/file/driver.ts'
import type { FileSystem } from '../../src/file/file-system.ts'
import { nodeFileSystem } from '../../src/file/file-system.ts'
import { folderPath } from '../../src/file/folder.ts'

export const key = 'test:key' as Key // A text like any other.
export const hourMs = 3_600_000

/** A signal that nobody aborts. */
export function never(): AbortSignal {
  return new AbortController().signal
}

/** A new directory, removed when the test is over. */
export async function newDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'latchkey-file-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  return directory
}

export function storeOn(directory: string, fs: FileSystem = nodeFileSystem, sync = false): Store {
  return createFileStore({ directory, sync, scope: 'host' }, fs)
}

export function swap(
  store: Store,
  etag: Etag | null,
  value: string,
  { keep = hourMs, durable = true }: { readonly keep?: number | 'forever'; readonly durable?: boolean } = {},
): Promise<Swap> {
  return store.compareAndSet(key, etag, value, { keep, durable }, never())
}

/** As `swap`; fails the test unless it was done. */
export async function put(...args: Parameters<typeof swap>): Promise<Etag> {
  const answer = await swap(...args)
  if (answer.kind !== 'done') throw new Error(`An undisturbed swap was not done: ${answer.kind}`)
  return answer.etag
}

/** Writes `count` versions, one after the other; answers their etags. */
export async function putMany(store: Store, count: number, etag: Etag | null = null): Promise<Etag[]> {
  const etags: Etag[] = []
  for (let version = 1; version <= count; version += 1) {
    etag = await put(store, etag, `version ${version}`)
    etags.push(etag)
  }
  return etags
}

/** The names in the key's folder, sorted. */
export async function names(directory: string): Promise<string[]> {
  return (await readdir(folderPath(directory, key)).catch(() => [])).sort()
}

/** Makes every file in the key's folder look twenty minutes older than it is; or only some of them. */
export async function age(
  directory: string,
  which: (file: { readonly name: string; readonly size: number }) => boolean = () => true,
): Promise<void> {
  const folder = folderPath(directory, key)
  for (const name of await names(directory)) {
    const { mtimeMs, size } = await stat(join(folder, name))
    const then = new Date(mtimeMs - 20 * 60_000)
    if (which({ name, size })) await utimes(join(folder, name), then, then)
  }
}
