/**
 * The two doors of a provider double: an in-process `fetch`, and a real socket on this machine. Apart from the
 * server's rules, so that both doors lead to the same ones.
 *
 * @module
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Clock } from '@latchkey/core'

/** What came of a request: an answer, or none: `reset` after it may have arrived, `refused` before. */
export type Served = Response | 'reset' | 'refused'

/** Answers a request. `gone` is aborted when the client gives up. */
export type Handler = (request: Request, gone: AbortSignal) => Promise<Served>

/** A server on 127.0.0.1. */
export interface Listening extends AsyncDisposable {
  /** For example `http://127.0.0.1:49152`. */
  readonly origin: string
  /** Cuts all connections and frees the port. */
  close(): Promise<void>
}

const bodyMaxBytes = 64 * 1024

/** Behaves like the platform's `fetch` towards that server: same rejections, same treatment of `redirect` and `signal`. */
export async function fetchFrom(handle: Handler, request: Request): Promise<Response> {
  const { signal } = request
  signal.throwIfAborted()
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }) // The caller's own reason.
  })
  const served = await Promise.race([handle(request, signal), aborted])
  if (served === 'refused') throw fetchFailed('ECONNREFUSED')
  if (served === 'reset') throw fetchFailed('ECONNRESET')
  const redirected = served.status >= 300 && served.status < 400
  if (redirected && request.redirect !== 'manual') throw fetchFailed('ENOTFOUND') // Nobody lives where it leads.
  return served
}

/** Serves the handler at a port of the system's choice, on the loopback interface only. */
export async function listenWith(handle: Handler): Promise<Listening> {
  const server = createServer((incoming, outgoing) => {
    void answer(handle, incoming, outgoing).catch(() => outgoing.destroy()) // The client hears of it as a reset.
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // Listening on a port, so it is no pipe.
  const close = async (): Promise<void> => {
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }
  return { origin: `http://127.0.0.1:${port}`, close, [Symbol.asyncDispose]: close }
}

/** A body in twenty pieces, one per `ms` of the clock. */
export function dripping(text: string, ms: number, clock: Clock): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text)
  const cut = (piece: number): number => Math.floor((piece * bytes.length) / 20)
  let piece = 0
  return new ReadableStream({
    async pull(controller) {
      await clock.sleep(ms)
      controller.enqueue(bytes.subarray(cut(piece), cut((piece += 1))))
      if (piece === 20) controller.close()
    },
  })
}

async function answer(handle: Handler, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const gone = new AbortController()
  outgoing.once('close', () => gone.abort())
  const body: Buffer[] = []
  let size = 0
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > bodyMaxBytes) {
      outgoing.writeHead(413, { connection: 'close' }).end()
      return
    }
    body.push(chunk)
  }
  const { method = 'GET', url = '/' } = incoming
  const headers = Object.entries(incoming.headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  )
  const content = body.length > 0 ? { body: Buffer.concat(body) } : {}
  const served = await handle(
    new Request(new URL(url, 'http://127.0.0.1'), { method, headers, ...content }),
    gone.signal,
  )
  if (typeof served === 'string') {
    outgoing.destroy()
    return
  }
  outgoing.writeHead(served.status, Object.fromEntries(served.headers))
  if (served.body === null) outgoing.end()
  else await pipeline(Readable.fromWeb(served.body), outgoing)
}

function fetchFailed(code: string): TypeError {
  const system = Object.assign(new Error(`connection failed: ${code}`), { code })
  return new TypeError('fetch failed', { cause: system })
}
