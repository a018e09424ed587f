/**
 * Keeps web pages away from the control plane: a page of another origin must neither read nor change it, also not by
 * a name that it points at this machine (DNS rebinding).
 *
 * @module
 */
import type { IncomingMessage } from 'node:http'
import { bareHost, isLoopbackHost } from '../addresses.ts'

/** Why a request is refused, or null. `listenHost` is the address that the simulator was told to listen on. */
export function refusalOf(request: IncomingMessage, listenHost: string): string | null {
  const { host = '', origin } = request.headers
  const authority = URL.canParse(`http://${host}`) ? new URL(`http://${host}`) : null
  const local = request.socket.localAddress ?? ''
  // A page cannot rebind an address, only a name; so the address that was really connected to is ours.
  const own = [listenHost, local, local.replace(/^::ffff:/, '')].map(bareHost)
  if (authority === null || !(isLoopbackHost(authority.hostname) || own.includes(bareHost(authority.hostname)))) {
    return 'The Host header names neither loopback nor the address of the simulator. Use the URL that it printed.'
  }
  if (origin !== undefined && origin !== authority.origin) {
    return 'Requests from pages of another origin are refused. Call the control plane from a program.'
  }
  if (request.headers['sec-fetch-site'] === 'cross-site') {
    return 'Requests from other sites are refused. Call the control plane from a program.'
  }
  return null
}
