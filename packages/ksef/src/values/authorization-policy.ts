/**
 * From where an access token may be used: IPv4 addresses, ranges and masks.
 *
 * @see spec/ksef.md sections 2.2 and 2.13, appendix A (`AllowedIps`)
 * @module
 */
import { assertKnown, invalidArgument } from '@latchkey/core'

/** Up to ten entries of each kind. */
export interface AllowedIps {
  readonly ip4Addresses?: readonly string[] | undefined
  /** `first-last`, with a plain hyphen. */
  readonly ip4Ranges?: readonly string[] | undefined
  /** CIDR, such as `203.0.113.0/24`. */
  readonly ip4Masks?: readonly string[] | undefined
}

export interface AuthorizationPolicy {
  readonly allowedIps: AllowedIps
}

const octet = '(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9][0-9]|[0-9])'
const address = `(?:${octet}\\.){3}${octet}`

const patterns = {
  ip4Addresses: new RegExp(`^${address}$`),
  ip4Ranges: new RegExp(`^${address}-${address}$`),
  ip4Masks: new RegExp(`^${address}/(?:[0-9]|[12][0-9]|3[0-2])$`),
} as const satisfies Record<keyof AllowedIps, RegExp>

const entriesMax = 10

/**
 * Refuses a policy that KSeF would refuse, and one that names nothing.
 *
 * @throws {TypeError} `ERR_INVALID_ARG`
 */
export function assertAuthorizationPolicy(policy: AuthorizationPolicy): void {
  assertKnown(policy, ['allowedIps'], 'authorizationPolicy')
  assertKnown(policy.allowedIps, Object.keys(patterns), 'authorizationPolicy.allowedIps')
  let count = 0
  for (const [kind, pattern] of Object.entries(patterns)) {
    const entries = policy.allowedIps[kind as keyof AllowedIps] ?? [] // The keys of the table are the type.
    if (!Array.isArray(entries) || entries.length > entriesMax) {
      throw invalidArgument(`authorizationPolicy.allowedIps.${kind}: must be a list of at most ${entriesMax}`)
    }
    if (!entries.every((entry) => typeof entry === 'string' && pattern.test(entry))) {
      throw invalidArgument(`authorizationPolicy.allowedIps.${kind}: holds what is no IPv4 entry of this kind`)
    }
    count += entries.length
  }
  if (count === 0) throw invalidArgument('authorizationPolicy.allowedIps: names no address; leave the policy out')
}
