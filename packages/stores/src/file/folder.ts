/**
 * The folder of one key: numbered version files, of which the highest counts, and temporary files on their way to
 * become one. Knows names and files; what a swap means is `driver.ts`'s.
 *
 * @see docs/decisions/0010-versions-instead-of-a-lock-file.md
 * @module
 */
import { createHash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Key } from '@latchkey/core'
import { StoreError } from '@latchkey/core'
import type { FileSystem, OpenFile } from './file-system.ts'
import { flags, withFile } from './file-system.ts'
import { isMissing, unsafe } from './trouble.ts'
import type { Version } from './version.ts'
import { beginning, fileMaxBytes, parseVersion } from './version.ts'

/** A temporary file on its way to become a version; its random id becomes a part of the etag. */
export interface Draft {
  readonly id: string
  readonly path: string
  readonly file: OpenFile
}

/** Every key has a name of the same shape, so none can leave the directory. */
export function folderPath(directory: string, key: Key): string {
  return join(directory, createHash('sha256').update(key).digest('hex'))
}

export function versionPath(folder: string, number: number): string {
  return join(folder, String(number).padStart(16, '0'))
}

/** The numbers of the versions among these names, lowest first. */
export function numbersAmong(names: readonly string[]): number[] {
  return names
    .filter((name) => /^\d{16}$/.test(name))
    .map(Number)
    .sort((a, b) => a - b)
}

/** The paths of the temporary files among these names, except one's own. */
export function draftsAmong(folder: string, names: readonly string[], own: string): string[] {
  return names
    .flatMap((name) => (name.endsWith(draftSuffix) ? [join(folder, name)] : []))
    .filter((path) => path !== own)
}

const draftSuffix = '.tmp'
const looksMax = 8

/** The version that counts, if there is any. Never an older one in place of one that cannot be read. */
export async function newestVersion(fs: FileSystem, folder: string): Promise<Version | undefined> {
  for (let looks = 0; looks < looksMax; looks += 1) {
    const number = numbersAmong(await namesIn(fs, folder)).at(-1)
    if (number === undefined) return undefined
    const version = await loadVersion(fs, folder, number)
    // Missing: sixteen newer ones came and this one was collected, or the folder was removed.
    if (version) return version
  }
  throw new StoreError(
    'LATCHKEY_STORE_UNAVAILABLE',
    `A record in ${folder} was gone each time it was to be read. Check what removes files there.`,
  )
}

/** One version, if it is there. */
export async function loadVersion(fs: FileSystem, folder: string, number: number): Promise<Version | undefined> {
  const path = versionPath(folder, number)
  try {
    return await withFile(fs, path, flags.read, async (file) => {
      const facts = await file.stat()
      if (!facts.isFile()) throw foreign(path)
      const bytes = await readAtMost(file, Math.min(facts.size, fileMaxBytes))
      return parseVersion(number, bytes, `${facts.ino}-${facts.mtimeMs}`)
    })
  } catch (error) {
    if (isMissing(error)) return undefined
    throw (error as NodeJS.ErrnoException).code === 'ELOOP' ? foreign(path) : error // System errors have codes.
  }
}

/** The names in a key's folder; none if there is no folder. */
export async function namesIn(fs: FileSystem, folder: string): Promise<string[]> {
  try {
    if (!(await fs.lstat(folder)).isDirectory()) throw foreign(folder)
    return await fs.readdir(folder)
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

/** Makes an empty one with a name that nobody else uses, and the folder if there is none. */
export async function createDraft(fs: FileSystem, folder: string): Promise<Draft> {
  const id = randomBytes(16).toString('hex')
  const path = join(folder, `${id}${draftSuffix}`)
  try {
    return { id, path, file: await fs.open(path, flags.create, 0o600) }
  } catch (error) {
    if (!isMissing(error)) throw error
  }
  await makeFolder(fs, folder)
  return { id, path, file: await fs.open(path, flags.create, 0o600) }
}

/** Begins to write it; answers the file system's time of that, in epoch milliseconds with a fraction. */
export async function beginDraft({ file }: Draft): Promise<number> {
  await file.writeFile(Buffer.from(beginning))
  return (await file.stat()).mtimeMs
}

/** Closes and removes it, as far as that is still to be done and can be. */
export async function discardDraft(fs: FileSystem, { path, file }: Draft): Promise<void> {
  await file.close().catch(() => undefined) // It may be closed already.
  await fs.unlink(path).catch(() => undefined) // What stays is collected later.
}

async function makeFolder(fs: FileSystem, folder: string): Promise<void> {
  try {
    await fs.mkdir(folder, { recursive: false, mode: 0o700 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error // System errors have codes.
  }
}

async function readAtMost(file: OpenFile, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length)
  let at = 0
  while (at < length) {
    const { bytesRead } = await file.read(bytes, at, length - at, at)
    if (bytesRead === 0) break
    at += bytesRead
  }
  return bytes.subarray(0, at)
}

function foreign(path: string): Error {
  return unsafe(path, 'is not what the store puts there', 'Remove it, and find out who made it.')
}
