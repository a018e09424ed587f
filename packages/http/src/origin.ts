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

/**
 * Reads the origins that get a token.
 *
 * @throws {TypeError} `ERR_INVALID_ARG`: none, or one that is not an origin or not secure.
 */
export function parseOrigins(origins: readonly string[]): readonly string[] {
  if (!Array.isArray(origins) || origins.length === 0) {
    throw invalidArgument('origins names the origins that get the token: give at least one.')
  }
  return origins.map((each: unknown) => {
    const url = parseTarget('origins', each)
    if (url.pathname !== '/')
      throw invalidArgument(`origins: '${url.origin}' has a path, and a token is not held to one.`)
    return url.origin
  })
}

/** Whether an address lies on one of the origins. */
export function isOurs(address: string, origins: readonly string[]): boolean {
  // A string that begins with an origin and a slash cannot mean another one, which saves parsing it.
  for (const origin of origins) if (address.startsWith(origin) && address[origin.length] === '/') return true
  const origin = parseUrl(address)?.origin
  return origin !== undefined && origins.includes(origin)
}

/** A copy, or `undefined` where the text is no URL, or not an absolute one and there is no base. */
export function parseUrl(value: string | URL, base?: URL): URL | undefined {
  try {
    return new URL(value, base)
  } catch {
    return undefined
  }
}
