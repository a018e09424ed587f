/**
 * Which of undici's request bodies can be sent twice.
 *
 * @see engine.md 7.4
 * @module
 */

/**
 * True for a body that gives the same bytes again: none, text, bytes, `Blob`, or a form of texts and `Blob`s. A stream,
 * an iterable and whatever is not known here can be read once.
 */
export function isRepeatable(body: unknown): boolean {
  return (
    body === undefined ||
    body === null ||
    typeof body === 'string' ||
    body instanceof ArrayBuffer ||
    ArrayBuffer.isView(body) ||
    body instanceof Blob ||
    (isForm(body) && [...body.values()].every((value) => typeof value === 'string' || value instanceof Blob))
  )
}

/** Something that may fail while nobody listens, a stream for one. */
export interface Emitter {
  on(name: 'error', listener: (error: Error) => void): unknown
  off(name: 'error', listener: (error: Error) => void): unknown
}

export function isEmitter(body: unknown): body is Emitter {
  return typeof body === 'object' && body !== null && hasMethods(body, 'on', 'off')
}

// undici's own form, or another that it takes for one.
function isForm(body: unknown): body is Pick<FormData, 'values'> {
  if (typeof body !== 'object' || body === null) return false
  return Reflect.get(body, Symbol.toStringTag) === 'FormData' && hasMethods(body, 'values')
}

function hasMethods(value: object, ...names: readonly string[]): boolean {
  return names.every((name) => typeof Reflect.get(value, name) === 'function')
}
