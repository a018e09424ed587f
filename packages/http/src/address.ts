/**
 * Addresses that a user gives to a client: checked once, and never quoted, as they may hold a password.
 *
 * @module
 */
import { invalidArgument } from '@latchkey/core'

/**
 * An address as a URL: `https`, or `http` on loopback; without user, fragment and, unless it may have one, query.
 *
 * @param name - The option that holds it, for the message.
 * @throws {TypeError} `ERR_INVALID_ARG`
 */
export function parseAddress(name: string, value: string | URL, mayHaveQuery = false): URL {
  if ((typeof value !== 'string' && !(value instanceof URL)) || !URL.canParse(String(value))) {
    throw invalidArgument(`${name}: must be an absolute URL`)
  }
  const url = new URL(value)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url))) {
    throw invalidArgument(`${name}: must be https, or http on loopback`)
  }
  if (url.username + url.password + url.hash + (mayHaveQuery ? '' : url.search) !== '') {
    throw invalidArgument(`${name}: must be an address alone, without user, ${mayHaveQuery ? '' : 'query '}or fragment`)
  }
  return url
}

/** Whether a URL is on this machine. */
export function isLoopback(url: URL): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname)
}
