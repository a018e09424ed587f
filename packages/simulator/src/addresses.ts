/**
 * Which host names mean this machine, and which lie in private networks.
 *
 * @module
 */
import { isIP } from 'node:net'

/** The host of a URL without the brackets of IPv6, in lower case. */
export function bareHost(hostname: string): string {
  return hostname.toLowerCase().replace(/^\[(.*)\]$/, '$1')
}

/** True for `localhost`, 127.0.0.0/8 and ::1, also in their IPv4-mapped form. */
export function isLoopbackHost(hostname: string): boolean {
  const host = bareHost(hostname)
  if (host === 'localhost' || host === '::1' || host === '::ffff:127.0.0.1') return true
  if (host.startsWith('::ffff:7f')) return isIP(host) === 6 // The form in which URLs write ::ffff:127.x.y.z.
  return isIP(host) === 4 && host.startsWith('127.')
}

/** True for addresses that the internet cannot reach: loopback, private, link-local, unspecified. */
export function isPrivateHost(hostname: string): boolean {
  const host = bareHost(hostname)
  if (isLoopbackHost(host) || host.endsWith('.localhost') || host.endsWith('.local')) return true
  if (isIP(host) === 4) return /^(0|10|169\.254|172\.(1[6-9]|2\d|3[01])|192\.168)\./.test(host)
  return isIP(host) === 6 && /^(::$|f[cd]|fe[89ab])/.test(host)
}
