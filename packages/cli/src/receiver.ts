/**
 * A small receiver for callbacks on this machine, for as long as one command runs.
 *
 * @module
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const bodyMaxBytes = 100_000
const queueMax = 1000

/** What came, and below which path. */
export interface Posted {
  readonly path: string
  readonly body: string
}

export interface Receiver extends AsyncDisposable {
  readonly url: string
  /** The next body that was posted and not taken yet; `undefined` when `ms` went by without one. */
  next(ms: number, signal: AbortSignal): Promise<Posted | undefined>
}

/** Listens on a free loopback port and keeps what is posted, in order. */
export async function openReceiver(): Promise<Receiver> {
  const bodies: Posted[] = []
  let wake: (() => void) | undefined
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => {
      body += chunk
      if (body.length > bodyMaxBytes) request.destroy()
    })
    request.on('end', () => {
      if (bodies.length < queueMax) bodies.push({ path: request.url ?? '/', body })
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"ResultCode":0,"ResultDesc":"Accepted"}')
      wake?.()
    })
    request.on('error', () => undefined) // The sender gave up; there is nothing to keep.
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo // It listens on TCP.
  return {
    url: `http://127.0.0.1:${port}/hooks`,
    async next(ms, signal) {
      if (bodies.length === 0) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms)
          const done = (): void => {
            clearTimeout(timer)
            signal.removeEventListener('abort', done)
            resolve()
          }
          wake = done
          signal.addEventListener('abort', done, { once: true })
        })
        signal.throwIfAborted()
      }
      return bodies.shift()
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
