/**
 * Stands between a client and its server on the loopback, and loses or replaces answers when told to.
 *
 * @module
 */
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

/**
 * What becomes of a request. `answer`: the server never sees it. `losing`: the connection is cut when the server has
 * answered, before (`answer`) or after (`nextAnswer`) the client hears of it, or before the server is asked (`request`).
 */
export type Fate = { readonly answer: string } | { readonly losing: 'request' | 'answer' | 'nextAnswer' }

export interface Proxy extends AsyncDisposable {
  readonly port: number
  /** Meets the first request that contains `part`, once. */
  meet(part: string, fate: Fate): void
  /** How many of the fates have come true. */
  readonly met: number
  /** What each connection was asked, in the order in which they were made. */
  readonly asked: readonly string[]
}

export async function startProxy(serverPort: number): Promise<Proxy> {
  const fates: { readonly part: string; readonly fate: Fate }[] = []
  const sockets = new Set<Socket>()
  const asked: string[] = []
  let met = 0

  const proxy = createServer((client) => {
    const server = connect({ port: serverPort, host: '127.0.0.1' })
    const connection = asked.push('') - 1
    let losing: 'answer' | 'nextAnswer' | undefined
    const cut = (): void => {
      client.destroy()
      server.destroy()
    }
    for (const socket of [client, server]) {
      sockets.add(socket)
      socket.on('error', cut)
      socket.on('close', () => {
        sockets.delete(socket)
        cut()
      })
    }
    client.on('data', (request) => {
      asked[connection] = (asked[connection] ?? '') + request.toString()
      const index = fates.findIndex(({ part }) => request.includes(part))
      const [found] = index < 0 ? [] : fates.splice(index, 1)
      if (found) met += 1
      if (!found) server.write(request)
      else if ('answer' in found.fate) client.write(found.fate.answer)
      else if (found.fate.losing === 'request') cut()
      else {
        losing = found.fate.losing
        server.write(request)
      }
    })
    server.on('data', (answer) => {
      if (losing === 'answer') return cut()
      client.write(answer)
      if (losing === 'nextAnswer') client.end(() => cut())
    })
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  return {
    port: (proxy.address() as AddressInfo).port, // Listens on a port, not on a pipe.
    meet: (part, fate) => void fates.push({ part, fate }),
    get met() {
      return met
    },
    asked,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      proxy.close()
      await once(proxy, 'close')
    },
  }
}
