/**
 * axios-token-interceptor's `tokenCache`, with the lifetime that the token endpoint states.
 *
 * @module
 */
import tokenProvider from 'axios-token-interceptor'
import { requestToken } from './request-token.js'

/** @param {import('../src/adapter.ts').Setting} setting */
export function create(setting) {
  const cache = tokenProvider.tokenCache(() => requestToken(setting), {
    getMaxAge: (answer) => answer.expires_in * 1000,
  })
  return { get: () => cache(), tokenOf: (answer) => answer.access_token }
}
