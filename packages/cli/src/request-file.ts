/**
 * A request that a file states, for a client that checks it: what it finds wrong is told with the line and the field.
 *
 * @module
 */
import { isObject } from '@latchkey/http'
import type { Issue } from '@latchkey/http'
import type { Io } from './io.ts'
import { readJsonFile } from './json-file.ts'
import type { JsonFile } from './json-file.ts'
import { UsageError } from './usage.ts'

/** A request as it is to be sent, unchecked. */
export interface GivenRequest<Request> {
  readonly request: Request
  /** Runs what sends it. @throws {UsageError} The file is malformed; nothing was sent. */
  readonly send: <T>(work: () => Promise<T>) => Promise<T>
}

/** One that flags state: the client's complaints name its fields. */
export function requestFromFlags<Request>(request: Request): GivenRequest<Request> {
  return { request, send: (work) => work() }
}

/** @throws {UsageError} The file cannot be read, or holds something else than an object. */
export async function requestFromFile<Request>(name: string, io: Io): Promise<GivenRequest<Request>> {
  const file = await readJsonFile(name, io)
  if (!isObject(file.value)) throw file.mistake([], 'The file must hold an object')
  return {
    request: file.value as Request, // The client checks it before it sends anything.
    async send(work) {
      try {
        return await work()
      } catch (error) {
        throw inFile(file, error)
      }
    },
  }
}

/** @param what - Completes "--file, which says all of …". @param others - Flags that say a part of it. @throws {UsageError} */
export function refuseBesideFile(file: string, what: string, others: Readonly<Record<string, unknown>>): void {
  const both = Object.keys(others).find((name) => others[name] !== undefined)
  if (both !== undefined) {
    throw new UsageError(`${both} does not go together with --file, which says all of ${what}.`)
  }
  if (file === '') throw new UsageError('--file takes the name of a file.')
}

/** The client's complaint about a request, as one about the file. Everything else stays what it is. */
function inFile(file: JsonFile, error: unknown): unknown {
  if (!(error instanceof TypeError) || !('issues' in error)) return error
  const complaints = (error.issues as readonly Issue[]).map(({ path, message }) => ({
    path: path === '' ? [] : path.split('.'),
    message,
  })) // Its own.
  const first = complaints.find(({ path }) => file.holds(path)) ?? complaints[0]
  if (!first) return error
  return file.mistake(first.path, first.message, error)
}
