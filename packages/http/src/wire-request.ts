/**
 * Writes an operation as a request. Whatever cannot be written is the caller's mistake and is told before anything is
 * sent.
 *
 * @module
 */
import { invalidArgument } from '@latchkey/core'
import type { Operation, SendRequest } from './operation.ts'

/** A request but for its token. */
export interface WireRequest {
  readonly url: URL
  readonly method: string
  readonly headers: Headers
  readonly body: string | undefined
}

/**
 * Puts the pieces together.
 *
 * @throws {TypeError} `ERR_INVALID_ARG`. Values are not quoted: they may be personal data.
 */
export function encodeRequest(
  base: URL,
  common: Readonly<Record<string, string>>,
  operation: Operation,
  request: SendRequest,
): WireRequest {
  const { name, method } = operation
  const body = encodeBody(name, request.body)
  if (body !== undefined && method === 'GET') throw invalidArgument(`${name} is a GET, which has no body.`)
  const own = body === undefined ? {} : { 'content-type': 'application/json' }
  const headers = encodeHeaders(name, { accept: 'application/json', ...own }, common, request.headers ?? {})
  return { url: encodeUrl(base, operation, request), method, headers, body }
}

function encodeUrl(base: URL, { name, path }: Operation, { params = {}, query = {} }: SendRequest): URL {
  const filled = path.replace(/\{(\w+)\}/g, (_, param: string) => {
    const value = params[param]
    if (value === undefined || value === '') throw invalidArgument(`${name} needs a value for '${param}' in its path.`)
    return encodeURIComponent(wellFormed(value, name))
  })
  const url = new URL(base)
  const pathname = base.pathname.replace(/\/$/, '') + filled
  url.pathname = pathname
  // A dot segment would leave the base path, and anything else that the parser rewrites would arrive changed.
  if (!filled.startsWith('/') || url.pathname !== pathname)
    throw invalidArgument(`The path of ${name} cannot be sent as it is.`)
  for (const [key, value] of Object.entries(query)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== undefined) url.searchParams.append(key, wellFormed(String(each), name))
    }
  }
  return url
}

// Half a surrogate pair has no bytes in UTF-8: another character would be sent in its place.
function wellFormed(value: string, name: string): string {
  if (/\p{Surrogate}/u.test(value)) throw invalidArgument(`The URL of ${name} cannot hold half a surrogate pair.`)
  return value
}

function encodeBody(name: string, body: unknown): string | undefined {
  if (body === undefined) return undefined
  let text: string | undefined
  try {
    text = JSON.stringify(body)
  } catch {
    // The engine's own message would name the property; ours is below.
  }
  if (text === undefined) throw invalidArgument(`The body of ${name} cannot be written as JSON.`)
  return text
}

function encodeHeaders(name: string, ...sets: readonly Readonly<Record<string, string>>[]): Headers {
  const headers = new Headers()
  for (const set of sets) {
    for (const [header, value] of Object.entries(set)) {
      try {
        headers.set(header, value)
      } catch {
        throw invalidArgument(`A header of ${name} is not well formed.`) // The platform's message quotes the value.
      }
    }
  }
  if (headers.has('authorization')) throw invalidArgument(`${name}: the Authorization header is the pipeline's own.`)
  return headers
}
