/**
 * A file that must not take the place of another. It is made before what goes into it is asked for, so that nothing is
 * asked for that could not be kept.
 *
 * @module
 */
import { open, rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { systemCode } from '@latchkey/core'
import { folderOf } from './config/load.ts'
import type { Io } from './io.ts'
import { UsageError } from './usage.ts'

/** Empty until it is written. */
export interface NewFile {
  /** Absolute. */
  readonly file: string
  /** Once; the content is on the disk when this resolves. */
  write(content: string): Promise<void>
  /** Removes it, unless it was written. */
  discard(): Promise<void>
}

/**
 * Makes the file, for its owner alone.
 *
 * @param flag - The flag that named it.
 * @throws {UsageError} It is there already, or cannot be made.
 */
export async function newFile(flag: string, name: string, io: Io): Promise<NewFile> {
  const file = resolve(folderOf(io), name)
  const handle = await open(file, 'wx', 0o600).catch((cause: unknown) => {
    const code = systemCode(cause) ?? 'unknown'
    const text =
      code === 'EEXIST'
        ? `${file} is there already, and nothing is overwritten. Name another file with ${flag}.`
        : `${file} cannot be written (${code}). Check its folder.`
    throw new UsageError(text, { cause })
  })
  let isOpen = true
  return {
    file,
    async write(content) {
      await handle.writeFile(content)
      await handle.sync()
      await handle.close()
      isOpen = false
    },
    async discard() {
      if (!isOpen) return
      isOpen = false
      await handle.close()
      await rm(file, { force: true })
    },
  }
}
