/**
 * The file driver's public name: options in, a store out. How it works is under `file/`.
 *
 * @see engine.md section 9
 * @module
 */
import { resolve } from 'node:path'
import { assertKnown, assertTypes, invalidArgument } from '@latchkey/core'
import type { Rule, Store } from '@latchkey/core'
import { createFileStore } from './file/driver.ts'
import { nodeFileSystem } from './file/file-system.ts'

export interface FileStoreOptions {
  /**
   * Where the records are kept; made when missing. A relative path is resolved once, at construction; `~` is not
   * expanded. It belongs to the store alone.
   */
  readonly directory: string
  /**
   * Whether records are made to survive a power loss. Without it a swap takes a tenth of the time, answers
   * `durable: false`, and survives the end of the process only. @default true
   */
  readonly sync?: boolean
  /**
   * What the directory is shared by. `fleet`: it lies on a network file system with hard links that every host mounts
   * so that it sees the others' files at once (NFS: `noac`). @default 'host'
   */
  readonly scope?: 'host' | 'fleet'
}

/**
 * Keeps one record per key in a directory that only the current user can read; scope: this host.
 *
 * There is no lock file. Version n+1 is a complete, synced temporary file that is linked to its name: the link
 * succeeds for exactly one writer, and the others get a conflict with the record that won. A reader therefore sees a
 * whole old version or a whole new one. The store's clock is the time stamp that the file system gives a file just
 * written, so reading needs a directory that can be written to.
 *
 * Keys are SHA-256 names, so no key can leave the directory. Directory 0700, files 0600 (Windows has no such modes: they
 * are not checked there, and no swap is `durable`). The newest version of a record is never removed, not even after its time. A record that
 * cannot be read is answered as it is and stays in place until it is overwritten with its own etag. Values have up to
 * 1 MiB.
 *
 * @throws {TypeError} An option is missing, of a wrong type or unknown. Thrown here; all else rejects operations.
 * @throws {StoreError} `LATCHKEY_STORE_UNSAFE`: others can read the directory, or it is not ours; the message says what
 *   to do. `LATCHKEY_STORE_UNSUPPORTED`: no hard links there, or a record of a newer version of this driver.
 *   `LATCHKEY_STORE_UNAVAILABLE`: the file system refused; the cause has its code, and nothing was swapped.
 * @see engine.md section 9, and docs/decisions/0010-versions-instead-of-a-lock-file.md
 */
export function fileStore(options: FileStoreOptions): Store {
  assertKnown(options, Object.keys(rules), 'fileStore')
  assertTypes(options, rules)
  if (options.directory === undefined)
    throw invalidArgument('directory: is missing; name the directory for the records') // Callers in JavaScript.
  const { directory, sync = true, scope = 'host' } = options
  return createFileStore({ directory: resolve(directory), sync, scope }, nodeFileSystem)
}

const rules: Readonly<Record<string, Rule>> = {
  directory: {
    text: 'a path',
    holds: (value) => typeof value === 'string' && value.trim() !== '' && !value.includes('\0'),
  },
  sync: { text: 'true or false', holds: (value) => typeof value === 'boolean' },
  scope: { text: "'host' or 'fleet'", holds: (value) => value === 'host' || value === 'fleet' },
}
