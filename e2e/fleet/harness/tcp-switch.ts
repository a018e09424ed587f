/**
 * An address on the loopback interface behind which servers change: what a virtual IP or a DNS name does in a
 * fail-over.
 *
 * @module
 */
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

const host = '127.0.0.1'

export interface TcpSwitch extends AsyncDisposable {
  readonly port: number
  /** Cuts every connection; new ones lead to this port. */
  switchTo(port: number): void
}

export async function openSwitch(target: number): Promise<TcpSwitch> {
  const sockets = new Set<Socket>()
  let present = target
  const cutAll = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  const server = createServer((client) => {
    const upstream = connect({ host, port: present })
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket)
      socket.pipe(other)
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
    }
  })
  server.listen(0, host)
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port, // Listening on a port, so it is no pipe.
    switchTo(port) {
      present = port
      cutAll()
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      cutAll()
      await closed
    },
  }
}
