/**
 * Reads and swaps on version files: the order of the steps, and what each of their outcomes lets the caller be told.
 *
 * @see engine.md section 9, docs/decisions/0010-versions-instead-of-a-lock-file.md
 * @module
 */
import type { Etag, Reading, Store, Swap } from '@latchkey/core'
import { invalidArgument, systemCode } from '@latchkey/core'
import { collectableVersions, collectDrafts, collectVersions } from './collection.ts'
import { fileTime, prepareDirectory, withoutLinks } from './directory.ts'
import type { FileSystem } from './file-system.ts'
import { syncDirectory } from './file-system.ts'
import type { Draft } from './folder.ts'
import {
  beginDraft,
  createDraft,
  discardDraft,
  draftsAmong,
  folderPath,
  loadVersion,
  namesIn,
  newestVersion,
  numbersAmong,
  versionPath,
} from './folder.ts'
import { createNotices } from './notices.ts'
import { asTrouble, isMissing, isWithoutLinks } from './trouble.ts'
import type { Version } from './version.ts'
import { encodeVersion, etagOf, valueMaxBytes } from './version.ts'

export interface FileStoreConfig {
  /** Absolute. */
  readonly directory: string
  readonly sync: boolean
  readonly scope: 'host' | 'fleet'
}

interface Request {
  readonly folder: string
  readonly etag: Etag | null
  readonly value: string
  readonly keep: number | 'forever'
  readonly durable: boolean
  readonly signal: AbortSignal
}

/** What a swap builds on. */
interface Base {
  /** Of the version that is replaced; 0 if there was none. */
  readonly number: number
  /** The file system's time, for ages of files, and the store's. */
  readonly stamp: number
  readonly now: number
}

/** A store on one directory, through one file system. */
export function createFileStore({ directory, sync, scope }: FileStoreConfig, fs: FileSystem): Store {
  let ready: Promise<void> | undefined
  let lastTime = 0
  const notices = createNotices()
  const syncsNames = sync && process.platform !== 'win32' // Windows cannot sync a folder, and nothing is promised there.
  const unsynced = new Set<string>() // Folders above that hold new names.
  const settled = new Map<string, string>() // Folders of keys whose own name is synced, with what tells them from later ones.

  /** The store's time never goes back within one handle, however coarse the file system's is. */
  function timeAt(stamp: number): number {
    return (lastTime = Math.max(lastTime, Math.floor(stamp)))
  }

  async function read(folder: string): Promise<Reading> {
    const newest = await newestVersion(fs, folder)
    // After the look, so that no version is from the future.
    return readingOf(newest, timeAt(await fileTime(fs, directory)))
  }

  async function swap(request: Request): Promise<Swap> {
    const { folder, signal } = request
    // Before the look: were the folder removed and made anew after it, the draft would be gone, and with it the swap.
    const draft = await createDraft(fs, folder)
    try {
      const base = await newestVersion(fs, folder)
      const stamp = await beginDraft(draft)
      const now = timeAt(stamp)
      const found = readingOf(base, now)
      if (found.etag !== request.etag) return { kind: 'conflict', reading: found }
      signal.throwIfAborted()
      await finish(draft, request, now)
      signal.throwIfAborted()
      return await publish(draft, request, { number: base?.number ?? 0, stamp, now })
    } finally {
      await discardDraft(fs, draft)
    }
  }

  async function finish({ id, file }: Draft, { etag: after, value, keep }: Request, at: number): Promise<void> {
    await file.writeFile(encodeVersion({ id, after, at, keep }, value))
    if (sync) await file.sync()
    await file.close()
  }

  /** From the link on nothing is undone, and nothing is reported as a failure: it is done, or it is unknown. */
  async function publish(draft: Draft, request: Request, { number: base, stamp, now }: Base): Promise<Swap> {
    const { folder } = request
    const etag = etagOf(base + 1, draft.id)
    const linked = await link(draft, folder, base + 1)
    if (linked === 'taken') return { kind: 'conflict', reading: await read(folder) }
    const names = linked === 'done' ? await namesIn(fs, folder).catch(() => undefined) : undefined
    if (!names || !(await stands(names, folder, base, etag))) return { kind: 'unknown' }
    return { kind: 'done', etag, now, durable: await settle(names, draft, request, stamp) }
  }

  /** Gives the draft its number. Throws only if it surely did not get it. */
  async function link({ id, path }: Draft, folder: string, number: number): Promise<'done' | 'taken' | 'unknown'> {
    try {
      await fs.link(path, versionPath(folder, number))
      return 'done'
    } catch (error) {
      // A network file system may have done it, lost the answer and tried again.
      const holder = await loadVersion(fs, folder, number).catch(() => undefined)
      if (holder?.etag === etagOf(number, id)) return 'done'
      const code = systemCode(error)
      if (code === 'EEXIST') return holder ? 'taken' : 'unknown'
      if (isWithoutLinks(error)) throw withoutLinks(directory, error)
      if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EROFS' || code === 'EACCES') throw error
      return 'unknown'
    }
  }

  /**
   * Whether the link was made at the end of the chain. A writer that was stopped before it for long may have given
   * its draft a number that was used and collected meanwhile; then there are higher numbers, none of which follows it.
   */
  async function stands(names: readonly string[], folder: string, base: number, etag: Etag): Promise<boolean> {
    const numbers = numbersAmong(names)
    if (numbers.at(-1) === base + 1 && (base === 0 || numbers.at(-2) === base)) return true
    const next = await loadVersion(fs, folder, base + 2).catch(() => undefined)
    return next?.after === etag
  }

  /** Answers whether the swap now survives a power loss. Older versions go only after what replaced them is safe. */
  async function settle(
    names: readonly string[],
    { path }: Draft,
    { folder, durable }: Request,
    stamp: number,
  ): Promise<boolean> {
    const versions = await collectableVersions(fs, folder, names, stamp)
    if (syncsNames && (durable || versions.length > 0)) {
      try {
        await syncFolder(folder)
      } catch {
        return false
      }
    }
    await collectVersions(fs, versions, stamp)
    await collectDrafts(fs, draftsAmong(folder, names, path), stamp)
    return syncsNames && durable
  }

  async function syncFolder(folder: string): Promise<void> {
    await syncDirectory(fs, folder)
    const { ino, birthtimeMs } = await fs.lstat(folder)
    const identity = `${ino}-${birthtimeMs}`
    if (settled.get(folder) === identity) return
    await syncDirectory(fs, directory)
    for (const above of [...unsynced]) {
      await syncDirectory(fs, above)
      unsynced.delete(above)
    }
    if (settled.size >= settledMax) settled.clear()
    settled.set(folder, identity)
  }

  async function prepare(): Promise<void> {
    ready ??= prepareDirectory(fs, directory, unsynced)
    try {
      await ready
    } catch (error) {
      ready = undefined
      throw error
    }
  }

  /** Runs one operation; once more if it turns out that the directory was removed. */
  async function run<T>(operation: string, folder: string, signal: AbortSignal, body: () => Promise<T>): Promise<T> {
    signal.throwIfAborted()
    const work = async (): Promise<T> => {
      try {
        await prepare()
        return await body().catch(async (error: unknown) => {
          if (!isMissing(error)) throw error
          ready = undefined
          await prepare()
          return body()
        })
      } catch (error) {
        throw asTrouble(error, operation, directory)
      } finally {
        notices.arm(folder)
      }
    }
    return untilAborted(work(), signal)
  }

  return {
    scope,
    read: async (key, signal) => {
      const folder = folderPath(directory, key)
      return run('read', folder, signal, () => read(folder))
    },
    async compareAndSet(key, etag, value, { keep, durable }, signal) {
      if (Buffer.byteLength(value) > valueMaxBytes) throw invalidArgument('value: must have at most 1 MiB')
      if (keep !== 'forever' && !(keep >= 0 && keep < Infinity)) {
        throw invalidArgument("keep: must be milliseconds, or 'forever'")
      }
      const folder = folderPath(directory, key)
      return run('swap', folder, signal, () => swap({ folder, etag, value, keep, durable, signal }))
    },
    watch: (key, changed) => notices.watch(folderPath(directory, key), changed),
  }
}

const settledMax = 10_000

/** A record that has ended counts as absent. */
function readingOf(version: Version | undefined, now: number): Reading {
  if (!version || version.endsAt <= now) return { etag: null, value: null, now }
  return { etag: version.etag, value: version.value, now }
}

/** A system call that hangs holds nobody up; what was begun goes on to its next step and stops there. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop: (() => void) | undefined
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    if (stop) signal.removeEventListener('abort', stop)
  }
}
