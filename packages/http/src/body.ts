/**
 * Which request bodies can be sent twice.
 *
 * @see engine.md 7.4
 * @module
 */

/** What `fetch` takes for a body. */
export type Body = RequestInit['body']

/** Makes a body anew for every try. */
export type BodyFactory = () => Body | Promise<Body>

/**
 * True for a body that gives the same bytes again: none, text, bytes, `URLSearchParams`, `Blob`, `FormData`, or a
 * factory. A stream, an iterable and whatever is not known here can be read once.
 */
export function isRepeatable(body: Body | BodyFactory): boolean {
  return (
    body === undefined ||
    body === null ||
    typeof body === 'string' ||
    typeof body === 'function' ||
    body instanceof ArrayBuffer ||
    ArrayBuffer.isView(body) ||
    body instanceof URLSearchParams ||
    body instanceof Blob ||
    body instanceof FormData
  )
}
