/**
 * @smithy/property-provider's `memoize`, with the five-minute window that the AWS clients give it.
 *
 * @module
 */
import propertyProvider from '@smithy/property-provider'
import { requestToken } from './request-token.js'

const windowMs = 300_000

/** @param {import('../src/adapter.ts').Setting} setting */
export function create(setting) {
  const get = propertyProvider.memoize(
    async () => {
      const answer = await requestToken(setting)
      return { token: answer.access_token, expiration: new Date(Date.now() + answer.expires_in * 1000) }
    },
    (token) => token.expiration !== undefined && token.expiration.getTime() - Date.now() < windowMs,
    (token) => token.expiration !== undefined,
  )
  return { get: () => get(), tokenOf: (token) => token.token }
}
