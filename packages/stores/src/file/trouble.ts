/**
 * What the file system refused, as errors that say what to do about it. Directories are named in them; keys and values
 * never are.
 *
 * @see engine.md sections 9.7 and 11
 * @module
 */
import { isLatchkeyError, StoreError, systemCode } from '@latchkey/core'

/** The directory, or something in it, must not be used as it is. */
export function unsafe(path: string, what: string, advice: string): StoreError {
  return new StoreError('LATCHKEY_STORE_UNSAFE', `The store's directory was refused: ${path} ${what}. ${advice}`)
}

/** The file system, or this version of the driver, cannot do it. */
export function unsupported(message: string, cause?: unknown): StoreError {
  return new StoreError('LATCHKEY_STORE_UNSUPPORTED', message, { cause })
}

/** Turns a failed system call into `LATCHKEY_STORE_UNAVAILABLE`; our own errors and abort reasons stay as they are. */
export function asTrouble(error: unknown, operation: string, directory: string): unknown {
  const code = systemCode(error)
  if (isLatchkeyError(error) || code === undefined || !('syscall' in (error as object))) return error // It has a code.
  const advice = advices[code] ?? 'Check that its file system works.'
  return new StoreError(
    'LATCHKEY_STORE_UNAVAILABLE',
    `Could not ${operation} a record in ${directory}: ${code}. ${advice}`,
    { cause: error, operation, reason: code },
  )
}

/** True for the codes with which file systems say that they have no hard links. */
export function isWithoutLinks(error: unknown): boolean {
  return ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EXDEV', 'EMLINK'].includes(systemCode(error) ?? '')
}

export function isMissing(error: unknown): boolean {
  return systemCode(error) === 'ENOENT'
}

const space = 'Free some space there.'
const rights = 'Give this user the right to read and write there, or choose another directory.'
const handles = 'Too many files are open; close some, or raise the limit.'
const path = 'No directory can be made there: look at each part of its path, or choose another one.'

const advices: Readonly<Record<string, string>> = {
  ENOSPC: space,
  EDQUOT: space,
  EACCES: rights,
  EPERM: rights,
  EROFS: 'Mount it writable, or choose another directory: the time of the store cannot be had without writing.',
  EMFILE: handles,
  ENFILE: handles,
  ENOTDIR: path,
  ELOOP: path,
  ENAMETOOLONG: path,
  ENOENT:
    'It was removed while it was in use, and the next operation makes it anew; or it is a link that leads nowhere.',
}
