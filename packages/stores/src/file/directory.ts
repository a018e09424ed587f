/**
 * The store's directory itself: made private or found private, able to hold hard links, and the source of the store's
 * time. The folders of single keys are `folder.ts`'s.
 *
 * @see engine.md sections 9 and 3.3
 * @module
 */
import { randomBytes } from 'node:crypto'
import { dirname, join } from 'node:path'
import type { FileSystem } from './file-system.ts'
import { flags, withFile } from './file-system.ts'
import { isWithoutLinks, unsafe, unsupported } from './trouble.ts'

/**
 * Makes the directory if there is none, and makes sure that it can be used: ours, closed to others, with hard links.
 *
 * @param unsynced - Receives the folders in which a new name has to be synced before anything is durable.
 * @throws {StoreError} `LATCHKEY_STORE_UNSAFE` or `LATCHKEY_STORE_UNSUPPORTED`, saying what to do.
 */
export async function prepareDirectory(fs: FileSystem, directory: string, unsynced: Set<string>): Promise<void> {
  const made = await makeDirectory(fs, directory)
  if (made !== undefined) {
    for (let child = directory; child.length >= made.length; child = dirname(child)) unsynced.add(dirname(child))
  }
  await assertPrivate(fs, directory)
  await assertLinks(fs, directory)
}

/**
 * The store's clock: the time stamp, in epoch milliseconds with a fraction, that the file system gives a file just
 * written. One byte is written over, so it works on a full disk.
 */
export function fileTime(fs: FileSystem, directory: string): Promise<number> {
  return withFile(fs, clockPath(directory), flags.touch, async (clock) => {
    await clock.writeFile(Buffer.of(0x30))
    return (await clock.stat()).mtimeMs
  })
}

function clockPath(directory: string): string {
  return join(directory, 'clock')
}

async function makeDirectory(fs: FileSystem, directory: string): Promise<string | undefined> {
  try {
    return await fs.mkdir(directory, { recursive: true, mode: 0o700 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error // System errors have codes.
    throw unsafe(directory, 'is not a directory', 'Choose another path.')
  }
}

async function assertPrivate(fs: FileSystem, directory: string): Promise<void> {
  const { uid, mode } = await fs.stat(directory)
  const user = process.geteuid?.() // Absent on Windows, where modes and owners mean nothing.
  if (user === undefined) return
  if (uid !== user) {
    throw unsafe(directory, 'belongs to another user', 'Choose a directory of your own, or change its owner.')
  }
  if ((mode & 0o077) !== 0) {
    throw unsafe(directory, 'is open to other users', `Run "chmod 700 ${directory}", or choose another directory.`)
  }
}

async function assertLinks(fs: FileSystem, directory: string): Promise<void> {
  await fileTime(fs, directory) // Makes the file that is linked.
  const probe = join(directory, `${randomBytes(16).toString('hex')}.probe`)
  try {
    await fs.link(clockPath(directory), probe)
  } catch (error) {
    throw isWithoutLinks(error) ? withoutLinks(directory, error) : error
  }
  await fs.unlink(probe)
}

/** The file system under `directory` has no hard links. */
export function withoutLinks(directory: string, cause: unknown): Error {
  return unsupported(
    `The file system of ${directory} refuses hard links, which the file store needs. Choose a directory on another one.`,
    cause,
  )
}
