/**
 * A small authorization server on a real socket, for what a scripted `fetch` cannot show.
 *
 * @module
 */
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'

/** One request as it arrived. */
export interface Arrived {
  readonly line: string
  readonly headers: IncomingMessage['headers']
  readonly form: URLSearchParams
}

/** Starts on a free port of loopback. `close` ends it with all its connections. */
export async function serve(answer: (request: Arrived, count: number, response: ServerResponse) => void) {
  const arrived: Arrived[] = []
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const { method, url, headers } = incoming
      const form = new URLSearchParams(Buffer.concat(chunks).toString())
      const request = { line: `${method} ${url}`, headers, form }
      arrived.push(request)
      answer(request, arrived.length, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('The server has no address.')
  return {
    origin: `http://127.0.0.1:${address.port}`,
    arrived,
    async close(): Promise<void> {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Answers with JSON. */
export function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
