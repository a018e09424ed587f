/**
 * The machine's file system with a gate before every system call, at which a test lets it die, wait or fail.
 *
 * @module
 */
import type { FileSystem, OpenFile } from '../../src/file/file-system.ts'
import { nodeFileSystem } from '../../src/file/file-system.ts'

/** One system call: its name, the path it is about (of `link`: the new one), and how to make it. */
export interface Call {
  readonly name: keyof FileSystem | 'file.stat' | 'file.read' | 'file.writeFile' | 'file.sync' | 'file.close'
  readonly path: string
  /** For `file.writeFile`: writes half of it. */
  readonly half?: () => Promise<void>
}

/** Passes one call on with `make`, or does not. */
export type Gate = <T>(call: Call, make: () => Promise<T>) => Promise<T>

export function gatedFileSystem(gate: Gate): FileSystem & { readonly closeAll: () => Promise<void> } {
  const open = new Set<OpenFile>()
  const real = nodeFileSystem

  function gatedFile(path: string, file: OpenFile): OpenFile {
    open.add(file)
    return {
      stat: () => gate({ name: 'file.stat', path }, () => file.stat()),
      read: (into, offset, length, position) =>
        gate({ name: 'file.read', path }, () => file.read(into, offset, length, position)),
      writeFile: (data) => {
        const half = () => file.writeFile(data.subarray(0, data.length / 2))
        return gate({ name: 'file.writeFile', path, half }, () => file.writeFile(data))
      },
      sync: () => gate({ name: 'file.sync', path }, () => file.sync()),
      close: () =>
        gate({ name: 'file.close', path }, () => {
          open.delete(file)
          return file.close()
        }),
    }
  }

  return {
    mkdir: (path, options) => gate({ name: 'mkdir', path }, () => real.mkdir(path, options)),
    stat: (path) => gate({ name: 'stat', path }, () => real.stat(path)),
    lstat: (path) => gate({ name: 'lstat', path }, () => real.lstat(path)),
    readdir: (path) => gate({ name: 'readdir', path }, () => real.readdir(path)),
    open: (path, flags, mode) =>
      gate({ name: 'open', path }, async () => gatedFile(path, await real.open(path, flags, mode))),
    link: (existing, path) => gate({ name: 'link', path }, () => real.link(existing, path)),
    unlink: (path) => gate({ name: 'unlink', path }, () => real.unlink(path)),
    /** As the system does when a process ends. */
    closeAll: async () => {
      for (const file of open) await file.close()
      open.clear()
    },
  }
}

/** A failure as the system reports it. */
export function systemError(code: string, syscall = 'test'): Error {
  return Object.assign(new Error(`${code}: refused by the test`), { code, syscall, errno: -1 })
}
