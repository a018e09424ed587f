/**
 * Looks for the caller's own `Authorization` among a request's headers, and puts the token's beside the others.
 *
 * @see engine.md 7.6
 * @module
 */

/** What `fetch` takes for headers. */
export type GivenHeaders = RequestInit['headers']

/** A list, or a record whose names are in any case. Anything else becomes a list. */
export type PlainHeaders = Headers | Readonly<Record<string, string>>

/**
 * Copies what was given, as it was at that moment. A record stays a record: a list of it would be made, checked and
 * copied once more by `fetch`.
 *
 * @throws {TypeError} The platform's: they cannot be read.
 */
export function readHeaders(given: GivenHeaders | null): PlainHeaders {
  if (given === undefined || given === null) return none
  return isRecord(given) ? { ...given } : new Headers(given)
}

export function isAuthorized(headers: PlainHeaders): boolean {
  return headers instanceof Headers ? headers.has('authorization') : Object.keys(headers).some(isAuthorization)
}

/** A copy with the token's header; there is none among them yet. */
export function withAuthorization(headers: PlainHeaders, value: string): Headers | Record<string, string> {
  // Before the spread: to add a name after one makes the engine begin a new shape, which costs as much as all the rest.
  if (!(headers instanceof Headers)) return { authorization: value, ...headers }
  const copy = new Headers(headers)
  copy.set('authorization', value)
  return copy
}

/** True for the header's name in any case. */
export function isAuthorization(name: string): boolean {
  return name.length === 13 && name.toLowerCase() === 'authorization'
}

const none: PlainHeaders = Object.freeze({})

function isRecord(given: NonNullable<GivenHeaders>): given is Record<string, string> {
  return !(Symbol.iterator in given)
}
