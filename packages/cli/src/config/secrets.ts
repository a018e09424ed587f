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
import { unlessStopped } from '../stopping.ts'

const fileMaxBytes = 65_536

/**
 * The secret that stands at `path` of the configuration, without white space around it.
 *
 * @throws {ConfigError} The variable or the file is missing, empty or cannot be read.
 */
export async function fetchSecret(reference: Reference, path: Path, config: Config, io: Io): Promise<Secret> {
  const { from, name } = reference
  if (from === 'env') return new Secret(variable(name, path, config, io))
  const content = from === 'file' ? await contentOf(name, path, config, io) : await inputOf(path, config, io)
  const text = content.toString('utf8').trim()
  if (text !== '') return new Secret(text)
  const what =
    from === 'file'
      ? `refers to file:${name}, and ${resolvePath(name, config.file, io)}`
      : 'refers to standard input, which'
  throw config.mistake(path, `${what} is empty`)
}

/** The bytes that stand at `path`; in an environment variable PEM as it is, else Base64. @throws {ConfigError} As {@link fetchSecret}. */
export async function fetchBytes({ from, name }: Reference, path: Path, config: Config, io: Io): Promise<Uint8Array> {
  if (from === 'file') return contentOf(name, path, config, io)
  if (from === 'input') return inputOf(path, config, io)
  const value = variable(name, path, config, io)
  if (value.startsWith('-----BEGIN')) return Buffer.from(value)
  const text = value.replaceAll(/\s+/g, '')
  if (/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return Buffer.from(text, 'base64')
  throw config.mistake(path, `refers to env:${name}, which must hold PEM or Base64`)
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

function variable(name: string, path: Path, config: Config, io: Io): string {
  const value = io.env[name]?.trim()
  if (value) return value
  throw config.mistake(path, `refers to env:${name}, which is ${value === '' ? 'empty' : 'not set'}`)
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

async function contentOf(name: string, path: Path, config: Config, io: Io): Promise<Buffer> {
  const file = resolvePath(name, config.file, io)
  try {
    const found = await stat(file)
    if (!found.isFile() || found.size > fileMaxBytes) throw new Error('refused') // A device may never end.
    return await readFile(file)
  } catch (cause) {
    const why = systemCode(cause) ?? 'no file, or too large'
    throw config.mistake(path, `refers to file:${name}, and ${file} cannot be read (${why})`, cause)
  }
}

async function inputOf(path: Path, config: Config, io: Io): Promise<Buffer> {
  const content = await unlessStopped(readWithin(fileMaxBytes, io.input), io) // A terminal waits for its user.
  if (content === undefined) throw config.mistake(path, 'refers to standard input, which is too long for a secret')
  return content
}

/** Undefined where there is more. */
async function readWithin(maxBytes: number, input: Io['input']): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of input ?? []) {
    length += chunk.length
    if (length > maxBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
