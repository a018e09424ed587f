/**
 * Small local servers that count what arrives: for things that must not be sent, and for things that are no simulator.
 *
 * @module
 */
import { createServer } from 'node:http'
import type { IncomingMessage, RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface LocalServer {
  readonly url: string
  /** `GET /path` of every request so far. */
  readonly arrived: readonly string[]
  close(): Promise<void>
}

/** Serves on a free loopback port. Without a handler every request is answered 200 `{}`. */
export async function serve(handler: RequestListener = (_, response) => response.end('{}')): Promise<LocalServer> {
  const arrived: string[] = []
  const server = createServer((request, response) => {
    arrived.push(`${String(request.method)} ${String(request.url)}`)
    handler(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // It listens on TCP.
  return {
    url: `http://127.0.0.1:${port}`,
    arrived,
    close() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

/** An address at which nothing listens any more. */
export async function closedAddress(): Promise<string> {
  const server = await serve()
  await server.close()
  return server.url
}

/** The whole body as text. */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  request.setEncoding('utf8')
  for await (const chunk of request) text += String(chunk)
  return text
}
