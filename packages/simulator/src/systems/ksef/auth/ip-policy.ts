/**
 * The addresses from which an access token may be used.
 *
 * @see spec/ksef.md section 2.13 and appendix A, `AllowedIps`
 * @module
 */
import { z } from 'zod'
import { fields, items, matching, optional } from '../fields.ts'

const address =
  '(?:(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9][0-9]|[0-9])\\.){3}(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9][0-9]|[0-9])'

/** The patterns of the three kinds. */
export const ipPatterns = {
  address: new RegExp(`^${address}$`),
  range: new RegExp(`^${address}-${address}$`),
  mask: new RegExp(`^${address}/(?:0|[1-9]|[12][0-9]|3[0-2])$`),
} as const

/** How many of each kind there may be. */
export const ipsMax = 10

const list = z.array(z.string()).max(ipsMax)

/** A policy. One without any address allows all. */
export const ipPolicyRow = z.strictObject({ addresses: list, ranges: list, masks: list })
export type IpPolicy = z.infer<typeof ipPolicyRow>

/** `authorizationPolicy` of a JSON request, read as a policy or null. */
export function authorizationPolicy() {
  const ips = (pattern: RegExp) => optional(items(matching(pattern), 0, ipsMax))
  const allowedIps = fields({
    ip4Addresses: ips(ipPatterns.address),
    ip4Ranges: ips(ipPatterns.range),
    ip4Masks: ips(ipPatterns.mask),
  })
  return optional(fields({ allowedIps: optional(allowedIps) })).transform((policy) =>
    policyOf({
      addresses: policy?.allowedIps?.ip4Addresses ?? [],
      ranges: policy?.allowedIps?.ip4Ranges ?? [],
      masks: policy?.allowedIps?.ip4Masks ?? [],
    }),
  )
}

/** A policy, or null of one that names nothing. */
export function policyOf(policy: IpPolicy): IpPolicy | null {
  return policy.addresses.length + policy.ranges.length + policy.masks.length === 0 ? null : policy
}

/** True of an address that a policy allows. Only IPv4 is ever allowed. */
export function isAllowedIp(policy: IpPolicy, ip: string): boolean {
  if (!ipPatterns.address.test(ip)) return false
  const value = numberOf(ip)
  const isInRange = (range: string): boolean => {
    const [first = '', last = ''] = range.split('-')
    return numberOf(first) <= value && value <= numberOf(last)
  }
  const isInNet = (mask: string): boolean => {
    const [net = '', bits = ''] = mask.split('/')
    const size = 2 ** (32 - Number(bits))
    return Math.floor(numberOf(net) / size) === Math.floor(value / size)
  }
  return policy.addresses.includes(ip) || policy.ranges.some(isInRange) || policy.masks.some(isInNet)
}

function numberOf(ip: string): number {
  return ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}
