/**
 * Follows a redirect by hand, because the built-in way hides where the token would go.
 *
 * @see engine.md 7.6, and the Fetch standard, "HTTP-redirect fetch"
 * @module
 */
import { isRepeatable } from './body.ts'
import type { Body, BodyFactory } from './body.ts'
import { parseUrl } from './origin.ts'

/** One request of a chain. */
export interface Hop {
  readonly url: URL
  readonly method: string
  readonly headers: Headers
  readonly body: Body | BodyFactory
  /** False once the chain has left the token's origin; it stays false. */
  readonly authorized: boolean
}

export const redirectsMax = 20 // The Fetch standard's limit.

const redirects = new Set([301, 302, 303, 307, 308])

// Names of headers that describe a body which is no longer there, and of headers that are for one origin alone.
const bodyHeaders = ['content-encoding', 'content-language', 'content-location', 'content-type', 'content-length']
const originHeaders = ['authorization', 'cookie', 'proxy-authorization', 'host']

/** True for an answer that sends the caller elsewhere. */
export function isRedirect(response: Response): boolean {
  return response.type === 'opaqueredirect' || (redirects.has(response.status) && response.headers.has('location'))
}

/**
 * The request that a redirect asks for. 303 becomes GET, and so does a POST at 301 and 302; 307 and 308 send the same
 * body again. Headers that are for one origin alone do not come along to another.
 *
 * @throws {TypeError} It cannot be followed, as with `fetch`: no readable address, another scheme, or a body that can
 *   only be read once. The address is not quoted.
 */
export function nextHop(from: Hop, response: Response): Hop {
  if (response.type === 'opaqueredirect') {
    throw new TypeError("This runtime hides where a redirect leads; use redirect: 'manual' with authorizedFetch.")
  }
  const url = parseUrl(response.headers.get('location') ?? '', from.url)
  if (url === undefined || !/^https?:$/.test(url.protocol)) throw new TypeError('A redirect leads to no http address.')
  const { status } = response
  const headers = new Headers(from.headers)
  let { method, body } = from
  if ((status === 303 && method !== 'GET' && method !== 'HEAD') || (status < 303 && method === 'POST')) {
    method = 'GET'
    body = null
    for (const name of bodyHeaders) headers.delete(name)
  } else if (!isRepeatable(body)) {
    throw new TypeError(`A redirect (${status}) asks for the body again, which can only be read once.`)
  }
  const same = url.origin === from.url.origin
  if (!same) for (const name of originHeaders) headers.delete(name)
  return { url, method, headers, body, authorized: from.authorized && same }
}
