/**
 * Where a token may go: over TLS, or to this machine.
 *
 * @see engine.md 7.6
 * @module
 */
import { invalidArgument, isSafeUrl } from '@latchkey/core'

/**
 * Reads an address that a token may be sent to.
 *
 * @param name - The option, for the message; the address itself is not quoted, as it may hold a password.
 * @throws {TypeError} `ERR_INVALID_ARG`: not a URL, not secure, or with a user, query or fragment.
 */
export function parseTarget(name: string, value: unknown): URL {
  const url = typeof value === 'string' || value instanceof URL ? parseUrl(value) : undefined
  if (url === undefined) throw invalidArgument(`${name} is not an absolute URL.`)
  if (!isSafeUrl(url))
    throw invalidArgument(`${name} is neither https nor http on loopback; a token does not go there.`)
  if (url.username + url.password + url.search + url.hash !== '') {
    throw invalidArgument(`${name} has a user, a query or a fragment; give the address alone.`)
  }
  return url
}

/** A copy, or `undefined` where the text is no URL, or not an absolute one and there is no base. */
export function parseUrl(value: string | URL, base?: URL): URL | undefined {
  try {
    return new URL(value, base)
  } catch {
    return undefined
  }
}
