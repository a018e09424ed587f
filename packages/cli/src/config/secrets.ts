/**
 * Fetches what a reference refers to: an environment variable or a file. Late, so that a command needs only the secrets
 * that it uses, and every failure names the reference and never what it found.
 *
 * @see DESIGN section 4
 * @module
 */
import { readFile, stat } from 'node:fs/promises'
import { Secret, systemCode } from '@latchkey/core'
import type { KeyRing } from '@latchkey/core'
import type { Io } from '../io.ts'
import type { Config } from './load.ts'
import { resolvePath } from './load.ts'
import type { Path } from './placed-json.ts'
import type { Reference } from './fields.ts'

const fileMaxBytes = 65_536

/**
 * The secret that stands at `path` of the configuration, without white space around it.
 *
 * @throws {ConfigError} The variable or the file is missing, empty or cannot be read.
 */
export async function fetchSecret(reference: Reference, path: Path, config: Config, io: Io): Promise<Secret> {
  const { from, name } = reference
  const refuse = (what: string, cause?: unknown): never => {
    throw config.mistake(path, what, cause)
  }
  if (from === 'env') {
    const value = io.env[name]?.trim()
    return value ? new Secret(value) : refuse(`refers to env:${name}, which is ${value === '' ? 'empty' : 'not set'}`)
  }
  const file = resolvePath(name, config.file, io)
  const value = await textOf(file).catch((cause: unknown) =>
    refuse(
      `refers to file:${name}, and ${file} cannot be read (${systemCode(cause) ?? 'no file, or too large'})`,
      cause,
    ),
  )
  return value ? new Secret(value) : refuse(`refers to file:${name}, and ${file} is empty`)
}

/** The same for a field that may also hold the value itself. */
export async function fetchText(given: string | Reference, path: Path, config: Config, io: Io): Promise<string> {
  return typeof given === 'string' ? given : (await fetchSecret(given, path, config, io)).reveal()
}

/**
 * The key ring; undefined where the configuration does without.
 *
 * @throws {ConfigError} A key is missing or none, or others may read its file.
 */
export async function fetchKeyRing(config: Config, io: Io): Promise<KeyRing | undefined> {
  const { key: references = [] } = config
  if (references.length === 0) return undefined
  const { keyRing } = await import('@latchkey/core/seal')
  const keys = await Promise.all(
    references.map(async (reference, index) => {
      const path = references.length === 1 ? ['key'] : ['key', index]
      if (reference.from === 'file') await refuseExposed(resolvePath(reference.name, config.file, io), path, config)
      const key = await fetchSecret(reference, path, config, io)
      try {
        keyRing({ keys: [key] })
      } catch {
        const what = `refers to ${reference.from}:${reference.name}, which is no key: 32 bytes as base64. Make one with \`latchkey init\``
        throw config.mistake(path, what)
      }
      return key
    }),
  )
  return keyRing({ keys })
}

/** A key that others may read protects nothing. */
async function refuseExposed(file: string, path: Path, config: Config): Promise<void> {
  const mode = await modeOf(file)
  if (mode === undefined || (mode & 0o077) === 0 || process.platform === 'win32') return
  const shown = (mode & 0o777).toString(8).padStart(4, '0')
  throw config.mistake(path, `refers to ${file}, which others may use (mode ${shown}). Run: chmod 600 '${file}'`)
}

async function modeOf(file: string): Promise<number | undefined> {
  return (await stat(file).catch(() => undefined))?.mode // What is missing is told when it is read.
}

async function textOf(file: string): Promise<string> {
  const found = await stat(file)
  if (!found.isFile() || found.size > fileMaxBytes) throw new Error('refused') // A device may never end.
  return (await readFile(file, 'utf8')).trim()
}
