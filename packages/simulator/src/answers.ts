/**
 * An HTTP answer as a value, and the ways to put it on a connection: at once or dripped.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

/** What a system answers. */
export interface Answer {
  readonly status: number
  readonly body: string
  /** Null: no such header. */
  readonly contentType: string | null
  readonly headers?: Readonly<Record<string, string>>
  /** What the log says about the request. The client does not see it. */
  readonly notes?: readonly string[]
}

/** The largest request body that is read, in bytes. */
export const bodyMaxBytes = 256 * 1024

/** What is still read and thrown away of a larger body, so that its sender gets to see the refusal. */
const discardMaxBytes = 8 * 1024 * 1024

/** An answer with a JSON body. */
export function jsonAnswer(status: number, body: unknown): Answer {
  return { status, body: JSON.stringify(body), contentType: 'application/json' }
}

/** An answer without a body. */
export function emptyAnswer(status: number): Answer {
  return { status, body: '', contentType: null }
}

/** Sends an answer whole. `now` is the simulator's clock: the server's `Date` is its own idea of the time. */
export function send(response: ServerResponse, answer: Answer, now: number): void {
  if (!writeHead(response, answer, now)) return
  response.end(answer.body)
}

/**
 * Sends an answer a few bytes at a time, over `ms` of real time.
 *
 * Stops when the client leaves or the signal is aborted; never rejects.
 */
export async function drip(
  response: ServerResponse,
  answer: Answer,
  now: number,
  ms: number,
  signal: AbortSignal,
): Promise<void> {
  if (!writeHead(response, answer, now)) return
  response.flushHeaders()
  const gone = new AbortController()
  const stop = (): void => gone.abort()
  response.once('close', stop)
  const either = AbortSignal.any([gone.signal, signal])
  const bytes = Buffer.from(answer.body)
  const pieces = Math.max(1, Math.min(Math.ceil(bytes.length / 3), Math.floor(ms / 10)))
  const size = Math.ceil(bytes.length / pieces)
  try {
    for (let piece = 0; piece < pieces; piece += 1) {
      await sleep(ms / pieces, undefined, { signal: either })
      response.write(bytes.subarray(piece * size, (piece + 1) * size))
    }
    response.end()
  } catch {
    response.destroy() // The client left, or the simulator is closing.
  } finally {
    response.off('close', stop)
  }
}

/** Cuts the connection so that the client sees a reset. */
export function reset(request: IncomingMessage): void {
  request.socket.resetAndDestroy()
}

/**
 * Reads a body.
 *
 * @returns Text and bytes, `too large` past {@link bodyMaxBytes}, or `gone` when the client left while sending.
 */
export function readBody(request: IncomingMessage): Promise<{ text: string; bytes: Buffer } | 'too large' | 'gone'> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let length = 0
    request.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length <= bodyMaxBytes) chunks.push(chunk)
      else chunks.length = 0
      if (length > discardMaxBytes) {
        request.pause()
        resolve('too large')
      }
    })
    request.once('end', () => {
      const bytes = Buffer.concat(chunks)
      resolve(length > bodyMaxBytes ? 'too large' : { text: bytes.toString('utf8'), bytes })
    })
    request.once('error', () => resolve('gone'))
    request.once('close', () => resolve('gone')) // After `end` this changes nothing.
  })
}

function writeHead(response: ServerResponse, answer: Answer, now: number): boolean {
  if (response.destroyed || response.headersSent) return false
  const headers: Record<string, string> = { ...answer.headers, date: new Date(now).toUTCString() }
  if (answer.contentType !== null) headers['content-type'] = answer.contentType
  // RFC 9110 section 8.6: with 204 no length is told, not even 0; with 304 it would be that of the other answer.
  if (![204, 304].includes(answer.status)) headers['content-length'] = String(Buffer.byteLength(answer.body))
  response.writeHead(answer.status, headers)
  return true
}
