/**
 * The system calls that the file driver makes, as a port: tests put a file system there that dies, pauses or refuses
 * at any one of them.
 *
 * @module
 */
import type { Stats } from 'node:fs'
import { constants } from 'node:fs'
import { link, lstat, mkdir, open, readdir, stat, unlink } from 'node:fs/promises'

export interface FileSystem {
  mkdir(path: string, options: { readonly recursive: boolean; readonly mode: number }): Promise<string | undefined>
  stat(path: string): Promise<Stats>
  lstat(path: string): Promise<Stats>
  readdir(path: string): Promise<string[]>
  open(path: string, flags: number, mode?: number): Promise<OpenFile>
  link(existing: string, path: string): Promise<void>
  unlink(path: string): Promise<void>
}

export interface OpenFile {
  stat(): Promise<Stats>
  read(into: Uint8Array, offset: number, length: number, position: number): Promise<{ readonly bytesRead: number }>
  writeFile(data: Uint8Array): Promise<void>
  sync(): Promise<void>
  close(): Promise<void>
}

/** The machine's own. */
export const nodeFileSystem: FileSystem = { mkdir, stat, lstat, readdir, open, link, unlink }

const noFollow = constants.O_NOFOLLOW ?? 0 // Windows has no such flag.

/** How files are opened: never through a symbolic link at the end of the path. */
export const flags = {
  read: constants.O_RDONLY | noFollow,
  create: constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | noFollow,
  touch: constants.O_WRONLY | constants.O_CREAT | noFollow,
}

/** Opens, uses and closes, whatever happens in between. */
export async function withFile<T>(
  fs: FileSystem,
  path: string,
  how: number,
  use: (file: OpenFile) => Promise<T>,
): Promise<T> {
  const file = await fs.open(path, how, 0o600)
  try {
    return await use(file)
  } finally {
    await file.close()
  }
}

/** Makes the names in a directory survive a power loss. */
export function syncDirectory(fs: FileSystem, path: string): Promise<void> {
  return withFile(fs, path, constants.O_RDONLY, (folder) => folder.sync())
}
