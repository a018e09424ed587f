/**
 * Finds the configuration file, reads it, and tells mistakes with their place.
 *
 * @see DESIGN section 4
 * @module
 */
import { readFile, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { nearest, systemCode } from '@latchkey/core'
import type { Io } from '../io.ts'
import { UsageError } from '../usage.ts'
import { ConfigError } from './config-error.ts'
import { excerpt } from './excerpt.ts'
import type { Path, PlacedJson } from './placed-json.ts'
import { JsonMistake, parsePlacedJson } from './placed-json.ts'
import { fieldNames, readFields } from './schema.ts'
import type { Fields, Profile } from './schema.ts'

/** The name that is looked for. */
export const configName = 'latchkey.config.json'

const fileMaxBytes = 1_048_576

/** A configuration that was read and checked. */
export interface Config extends Fields {
  /** Absolute. */
  readonly file: string
  /** A mistake about what stands at `path`; `text` completes "NAME …". */
  mistake(path: Path, text: string, cause?: unknown): UsageError
}

/** Which file: `--config`, else `$LATCHKEY_CONFIG`, else undefined. */
export function namedConfig(config: string | undefined, io: Io): string | undefined {
  const named = config ?? (io.env['LATCHKEY_CONFIG'] || undefined)
  return named === undefined ? undefined : resolve(folderOf(io), named)
}

/** The working folder. */
export function folderOf(io: Io): string {
  return io.cwd ?? process.cwd()
}

/** Where it is: as it is named, else here or above; undefined where there is none. */
export async function findConfig(config: string | undefined, io: Io): Promise<string | undefined> {
  return namedConfig(config, io) ?? (await search(folderOf(io)))
}

/**
 * Reads the configuration.
 *
 * @throws {UsageError} There is none. @throws {ConfigError} It cannot be used.
 */
export async function loadConfig(config: string | undefined, io: Io): Promise<Config> {
  const file = await findConfig(config, io)
  if (file === undefined) {
    throw new UsageError(
      `There is no ${configName} in ${folderOf(io)} or above it. Make one with \`latchkey init\`, name one with --config or $LATCHKEY_CONFIG, or pass --simulator URL.`,
    )
  }
  return parseConfig(file, await readText(file))
}

/** @throws {ConfigError} */
export function parseConfig(file: string, text: string): Config {
  const json = parsed(file, text)
  const mistake = (path: Path, about: string, cause?: unknown): ConfigError => {
    const place = json.placeOf(path)
    const name = path.length === 0 ? 'the configuration' : path.map((part) => String(part).slice(0, 64)).join('.')
    return new ConfigError(file, place, `${name} ${about}${about.endsWith('?') ? '' : '.'}`, {
      excerpt: excerpt(text, place, fieldNames),
      cause,
    })
  }
  const found = readFields(json.value)
  if ('fields' in found) return { ...found.fields, file, mistake }
  // What stands there before what is missing, which may have been misspelt; then the first in the file.
  const [first] = found.complaints
    .map((complaint) => ({ ...complaint, place: json.placeOf(complaint.path), missing: !json.holds(complaint.path) }))
    .sort(
      (a, b) => Number(a.missing) - Number(b.missing) || a.place.line - b.place.line || a.place.column - b.place.column,
    )
  throw mistake(first?.path ?? [], first?.text ?? 'is malformed')
}

/** @throws {UsageError} There is no such profile; names the nearest. */
export function profileNamed(config: Config, name: string): Profile {
  const found = Object.hasOwn(config.profiles, name) ? config.profiles[name] : undefined
  if (found !== undefined) return found
  const names = Object.keys(config.profiles)
  const near = nearest(name, names)
  const hint =
    near !== undefined ? `Did you mean ${near}?` : names.length === 0 ? 'It has none.' : `It has: ${names.join(', ')}.`
  throw new UsageError(`${config.file} has no profile of that name. ${hint}`)
}

/** A path as it is written in the file: `~` is the home folder, and relative ones begin at the file. */
export function resolvePath(written: string, file: string, io: Io): string {
  if (!/^~(?=[/\\]|$)/.test(written)) return resolve(dirname(file), written)
  return join(io.env['HOME'] || homedir(), written.slice(1))
}

async function search(start: string): Promise<string | undefined> {
  for (let folder = resolve(start); ; folder = dirname(folder)) {
    const file = join(folder, configName)
    const found = await stat(file).catch(() => undefined) // Not there, or not ours to see.
    if (found?.isFile()) {
      refuseForeign(file, found)
      return file
    }
    if (folder === dirname(folder)) return undefined
  }
}

// Who can write this file can send our secrets to a server of his own. A file that was named was chosen.
function refuseForeign(file: string, { uid, mode }: { readonly uid: number; readonly mode: number }): void {
  const own = process.getuid?.()
  if (own === undefined || ((uid === own || uid === 0) && (mode & 0o002) === 0)) return
  const text =
    uid === own || uid === 0
      ? 'everybody may change this file, and so send your secrets elsewhere. Run: chmod o-w on it'
      : 'this file belongs to another user. Name it with --config if you trust it'
  throw new ConfigError(file, undefined, `${text}.`)
}

async function readText(file: string): Promise<string> {
  try {
    const { size } = await stat(file)
    if (size > fileMaxBytes) throw new ConfigError(file, undefined, 'is too large for a configuration.')
    return await readFile(file, 'utf8')
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause
    const code = systemCode(cause) ?? 'unknown'
    const hint =
      code === 'ENOENT' ? 'Make one with `latchkey init`, or check the name.' : 'Check the name and its rights.'
    throw new ConfigError(file, undefined, `cannot be read (${code}). ${hint}`, { cause })
  }
}

function parsed(file: string, text: string): PlacedJson {
  try {
    return parsePlacedJson(text)
  } catch (error) {
    if (!(error instanceof JsonMistake)) throw error
    const { message, place } = error
    throw new ConfigError(file, place, `this is not JSON: ${message}.`, { excerpt: excerpt(text, place, fieldNames) })
  }
}
