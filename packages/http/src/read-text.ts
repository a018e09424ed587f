/**
 * Reads an answer's body up to a bound.
 *
 * @module
 */

/** The body is longer than it may be. Internal: the pipeline turns it into the client's own code. */
export class TooLargeError extends Error {}

/**
 * The whole body as UTF-8 text without a byte order mark. A longer one is cancelled, not read on.
 *
 * @throws {TooLargeError} More than `maxBytes`.
 * @throws What the connection broke with.
 */
export async function readText(response: Response, maxBytes: number): Promise<string> {
  const reader = response.body?.getReader() as ReadableStreamDefaultReader<Uint8Array> | undefined // Bodies are bytes.
  if (reader === undefined) return ''
  const decoder = new TextDecoder()
  let text = ''
  for (let size = 0; ;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    size += value.byteLength
    if (size > maxBytes) {
      reader.cancel().catch(() => {})
      throw new TooLargeError()
    }
    text += decoder.decode(value, { stream: true })
  }
}
