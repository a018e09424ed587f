/**
 * lru-cache's `fetch` as a token cache: one key, and the time to live that the token endpoint states.
 *
 * @module
 */
import { LRUCache } from 'lru-cache'
import { requestToken } from './request-token.js'

/** @param {import('../src/adapter.ts').Setting} setting */
export function create(setting) {
  const cache = new LRUCache({
    max: 100,
    ttl: 60_000,
    async fetchMethod(_key, _stale, { options }) {
      const answer = await requestToken(setting)
      options.ttl = answer.expires_in * 1000
      return answer.access_token
    },
  })
  return { get: () => cache.fetch('token'), peek: () => cache.get('token'), tokenOf: (token) => token }
}
