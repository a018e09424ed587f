/**
 * Lets a classifier look into a response's body without taking it from the caller.
 *
 * @see engine.md 7.1 and 7.5
 * @module
 */
import type { JudgedAnswer } from './verdict.ts'

const judgedMaxBytes = 65_536 // Engine.md 7.1.

/** A response under judgement. */
export interface JudgedResponse extends JudgedAnswer {
  /** Stops looking. The response can still be read from its beginning. */
  release(): void
}

/**
 * Wraps a response. Nothing is read and nothing is copied until `text` is called; from then on at most 64 KiB (and the
 * chunk they end in) are held until the caller reads them.
 */
export function judged(response: Response): JudgedResponse {
  let text: Promise<string> | undefined
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  return {
    status: response.status,
    headers: response.headers,
    text() {
      if (text !== undefined) return text
      // The clone shares the network stream with the original, which keeps every chunk that is read here for the caller.
      if (response.body !== null) {
        reader = response.clone().body?.getReader() as ReadableStreamDefaultReader<Uint8Array> | undefined // Bodies are bytes.
      }
      text = reader === undefined ? Promise.resolve('') : readStart(reader)
      return text
    },
    release() {
      if (reader !== undefined) stop(reader)
    },
  }
}

// Cancelling one of two branches waits for the other one, which is the caller's: not to be awaited.
function stop(reader: ReadableStreamDefaultReader<Uint8Array>): void {
  reader.cancel().catch(() => {})
}

async function readStart(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  try {
    for (let left = judgedMaxBytes; left > 0;) {
      const { done, value } = await reader.read()
      if (done) break
      text += decoder.decode(value.subarray(0, left), { stream: true })
      left -= value.byteLength
    }
  } catch {
    // A connection that broke is the caller's to meet, when it reads the body; what came before can be judged.
  }
  stop(reader)
  return text + decoder.decode()
}
