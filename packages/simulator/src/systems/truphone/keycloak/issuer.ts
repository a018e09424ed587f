/**
 * The issuer: the realm's address under the host name by which it was called, as Keycloak does it without a fixed one.
 *
 * @see spec/truphone.md sections 12.4, 12.6 ("Invalid token issuer")
 * @module
 */
import type { SystemRequest } from '../../../system.ts'
import { realmPath } from './answers.ts'

/** Scheme, host, and the simulator's prefix for Truphone, which stands for the vendor's host. */
export function originOf({ headers }: Pick<SystemRequest, 'headers'>): string {
  const { host } = headers
  const isHost = typeof host === 'string' && /^[\w.:[\]-]{1,255}$/.test(host)
  return `http://${isHost ? host : '127.0.0.1'}/truphone`
}

/** `http://HOST/truphone/auth/realms/tru-staff`. */
export function issuerOf(request: Pick<SystemRequest, 'headers'>): string {
  return `${originOf(request)}${realmPath}`
}
