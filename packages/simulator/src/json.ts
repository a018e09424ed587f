/**
 * JSON as programs send it.
 *
 * @module
 */

/** Parses JSON. A byte order mark before it, which some programs send, means nothing. @throws {SyntaxError} */
export function parseJson(text: string): unknown {
  return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text)
}

/** True when the text is JSON. */
export function isJson(text: string): boolean {
  try {
    parseJson(text)
    return true
  } catch {
    return false
  }
}
