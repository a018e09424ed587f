/**
 * @smithy/property-provider's `memoize`, with the five-minute window that the AWS clients give it.
 *
 * @module
 */
import propertyProvider from '@smithy/property-provider'
import { requestToken } from './request-token.js'

const windowMs = 300_000

const isExpired = (token) => token.expiration !== undefined && token.expiration.getTime() - Date.now() < windowMs
const requiresRefresh = (token) => token.expiration !== undefined

async function obtain(setting) {
  const answer = await requestToken(setting)
  return { token: answer.access_token, expiration: new Date(Date.now() + answer.expires_in * 1000) }
}

/** @param {import('../src/adapter.ts').Setting} setting */
export function create(setting) {
  const get = propertyProvider.memoize(() => obtain(setting), isExpired, requiresRefresh)
  return { get: () => get(), tokenOf: (token) => token.token }
}

/**
 * One memoized provider for each tenant.
 *
 * @param {import('../src/adapter.ts').Setting} setting
 */
export function createTenants(setting) {
  const provider = () => obtain(setting)
  const memoized = []
  return {
    add: (index) => void (memoized[index] = propertyProvider.memoize(provider, isExpired, requiresRefresh)),
    get: (index) => memoized[index](),
    tokenOf: (token) => token.token,
  }
}
