/**
 * Lets a classifier look into a response's body without taking it from the caller.
 *
 * The beginning is read and kept, and the caller gets a response that gives it again before the rest. A clone would do
 * the same in one line, but one that is given up halfway makes an abort that comes later an unhandled rejection inside
 * the platform's `fetch` (Node 20.20), which ends the process.
 *
 * @see engine.md 7.1 and 7.5
 * @module
 */
import type { JudgedAnswer } from './verdict.ts'

const judgedMaxBytes = 65_536 // Engine.md 7.1.

/**
 * A response under judgement. Nothing is read and nothing is copied until `text` is called; from then on at most 64 KiB
 * (and the chunk they end in) are held until the caller reads them.
 */
export class JudgedResponse implements JudgedAnswer {
  readonly #given: Response
  #look: Look | undefined

  constructor(response: Response) {
    this.#given = response
  }

  get status(): number {
    return this.#given.status
  }

  get headers(): Headers {
    return this.#given.headers
  }

  text(): Promise<string> {
    if (this.#given.body === null) return Promise.resolve('')
    this.#look ??= new Look(this.#given.body.getReader() as ReadableStreamDefaultReader<Uint8Array>) // Bodies are bytes.
    return this.#look.text
  }

  /** The response, to be read from its beginning. Ends the looking. */
  release(): Response {
    if (this.#look === undefined) return this.#given
    const { status, statusText, headers, url } = this.#given
    const whole = new Response(this.#look.replay(), { status, statusText, headers })
    return Object.defineProperty(whole, 'url', { value: url })
  }

  /** Gives the response up. Not awaited: a stream of the caller's making may never say that it is done. */
  discard(): void {
    const cancelled = this.#look === undefined ? this.#given.body?.cancel() : this.#look.cancel()
    cancelled?.catch(() => {})
  }
}

/** The beginning of a body, once somebody asked for it. */
class Look {
  readonly text: Promise<string>
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>
  readonly #chunks: Uint8Array[] = []
  #enough = false

  constructor(reader: ReadableStreamDefaultReader<Uint8Array>) {
    this.#reader = reader
    this.text = this.#readStart()
  }

  /** The whole body, from its beginning. Nothing is read that is not asked for. */
  replay(): ReadableStream<Uint8Array> {
    this.#enough = true
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          await this.text // A read that is under way comes first.
          const chunk = this.#chunks.shift()
          if (chunk !== undefined) return controller.enqueue(chunk)
          const { done, value } = await this.#reader.read() // Of a stream that has ended or failed it says so again.
          if (done) controller.close()
          else controller.enqueue(value)
        },
        cancel: (reason) => this.#reader.cancel(reason),
      },
      { highWaterMark: 0 },
    )
  }

  cancel(): Promise<void> {
    this.#enough = true
    return this.#reader.cancel()
  }

  async #readStart(): Promise<string> {
    const decoder = new TextDecoder()
    let text = ''
    try {
      for (let left = judgedMaxBytes; left > 0 && !this.#enough;) {
        const { done, value } = await this.#reader.read()
        if (done) break
        this.#chunks.push(value)
        text += decoder.decode(value.subarray(0, left), { stream: true })
        left -= value.byteLength
      }
    } catch {
      // A connection that broke is the caller's to meet, when it reads the body; what came before can be judged.
    }
    return text + decoder.decode()
  }
}
