/**
 * Reads a JSON file that the user names on the command line, and tells mistakes in it with their line and field.
 *
 * @module
 */
import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { systemCode } from '@latchkey/core'
import type { z } from 'zod'
import { folderOf } from './config/load.ts'
import { JsonMistake, parsePlacedJson } from './config/placed-json.ts'
import type { Path, Place, PlacedJson } from './config/placed-json.ts'
import type { Io } from './io.ts'
import { UsageError } from './usage.ts'

const fileMaxBytes = 4_194_304

/** A file that was read. */
export interface JsonFile {
  /** As JSON.parse gives it. */
  readonly value: unknown
  holds(path: Path): boolean
  /** A mistake about what stands at `path`; `text` completes "FIELD …". */
  mistake(path: Path, text: string, cause?: unknown): UsageError
}

/** A mistake in the file: exit code 2, nothing was sent. */
class FileError extends UsageError {
  override readonly details: { readonly file: string; readonly line?: number; readonly column?: number; field?: string }

  constructor(file: string, place: Place | undefined, field: string, text: string, cause?: unknown) {
    const where = place === undefined ? '' : `, line ${place.line}, column ${place.column}`
    super(`${file}${where}: ${field === '' ? '' : `${field} `}${text}${/[.?]$/.test(text) ? '' : '.'}`, {
      cause,
    })
    this.details = { file, ...place, ...(field !== '' && { field }) }
  }
}

/** @throws {UsageError} It cannot be read, or it is not JSON. */
export async function readJsonFile(name: string, io: Io): Promise<JsonFile> {
  const file = resolve(folderOf(io), name)
  const content = await readText(file)
  const json = parsed(file, content)
  return {
    value: JSON.parse(content.replace(/^\uFEFF/, '')), // Plain objects; a name that stands twice was refused.
    holds: (path) => json.holds(path),
    mistake: (path, text, cause) => new FileError(file, json.placeOf(path), path.map(String).join('.'), text, cause),
  }
}

/** What the file says, by a schema whose messages complete "FIELD …". @throws {UsageError} The first mistake in it. */
export function readAs<Schema extends z.ZodType>(schema: Schema, file: JsonFile): z.output<Schema> {
  const found = schema.safeParse(file.value)
  if (found.success) return found.data
  // What stands there before what is missing, which may have been misspelt.
  const complaints = found.error.issues.map((issue) => ({
    path: issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path,
    text: issue.message,
  }))
  const first = complaints.find(({ path }) => file.holds(path)) ?? complaints[0]
  throw file.mistake(first?.path ?? [], first?.text ?? 'is malformed')
}

async function readText(file: string): Promise<string> {
  try {
    const { size } = await stat(file)
    if (size > fileMaxBytes) throw new FileError(file, undefined, '', 'is larger than 4 MiB')
    return await readFile(file, 'utf8')
  } catch (cause) {
    if (cause instanceof FileError) throw cause
    const code = systemCode(cause) ?? 'unknown'
    throw new FileError(file, undefined, '', `cannot be read (${code}). Check the name and its rights`, cause)
  }
}

function parsed(file: string, content: string): PlacedJson {
  try {
    return parsePlacedJson(content)
  } catch (error) {
    if (!(error instanceof JsonMistake)) throw error
    throw new FileError(file, error.place, '', `this is not JSON: ${error.message}`)
  }
}
