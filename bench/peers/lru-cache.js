/**
 * lru-cache's `fetch` as a token cache: one key, and the time to live that the token endpoint states.
 *
 * @module
 */
import { LRUCache } from 'lru-cache'
import { requestToken } from './request-token.js'

function createCache(setting, max) {
  return new LRUCache({
    max,
    ttl: 60_000,
    async fetchMethod(_key, _stale, { options }) {
      const answer = await requestToken(setting)
      options.ttl = answer.expires_in * 1000
      return answer.access_token
    },
  })
}

/** @param {import('../src/adapter.ts').Setting} setting */
export function create(setting) {
  const cache = createCache(setting, 100)
  return { get: () => cache.fetch('token'), peek: () => cache.get('token'), tokenOf: (token) => token }
}

/**
 * One cache with a key for each tenant.
 *
 * @param {import('../src/adapter.ts').Setting} setting
 * @param {number} count
 */
export function createTenants(setting, count) {
  const cache = createCache(setting, count)
  const names = Array.from({ length: count }, (_, index) => `client-${index}`)
  return {
    get: (index) => cache.fetch(names[index]),
    find: (index) => cache.fetch(`client-${index}`),
    tokenOf: (token) => token,
  }
}
