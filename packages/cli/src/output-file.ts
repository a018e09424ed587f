/**
 * A file that a command writes because the user named it: what goes into it follows from the end of its name.
 *
 * @module
 */
import { access, constants, writeFile } from 'node:fs/promises'
import { dirname, extname, resolve } from 'node:path'
import { systemCode } from '@latchkey/core'
import { folderOf } from './config/load.ts'
import type { Io } from './io.ts'
import { UsageError } from './usage.ts'

/** How each kind is drawn, by the end of the name, such as `.png`. */
export type Drawers<From> = Readonly<Record<string, (from: From) => Promise<Uint8Array | string>>>

/**
 * Checks the name and its folder before anything is asked of a provider.
 *
 * @param flag - The flag that named it.
 * @param mode - Rights of a new file, apart from the umask.
 * @returns Writes the file, and says where it is.
 * @throws {UsageError} It is of no such kind, or cannot be written.
 */
export async function outputFile<From>(
  flag: string,
  name: string,
  kinds: Drawers<From>,
  io: Io,
  mode = 0o666,
): Promise<(from: From) => Promise<string>> {
  const file = resolve(folderOf(io), name)
  const draw = kinds[extname(file).toLowerCase()]
  if (!draw) throw new UsageError(`${flag} takes a file whose name ends in ${listed(Object.keys(kinds))}.`)
  await access(dirname(file), constants.W_OK).catch((cause: unknown) => {
    throw cannotWrite(file, cause)
  })
  return async (from) => {
    const content = await draw(from)
    await writeFile(file, content, { mode }).catch((cause: unknown) => {
      throw cannotWrite(file, cause)
    })
    return file
  }
}

function listed(endings: readonly string[]): string {
  return `${endings.slice(0, -1).join(', ')} or ${endings.at(-1) ?? ''}`
}

function cannotWrite(file: string, cause: unknown): UsageError {
  const text = `${file} cannot be written (${systemCode(cause) ?? 'unknown'}). Check its folder.`
  return new UsageError(text, { cause })
}
