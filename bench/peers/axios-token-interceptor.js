/**
 * axios-token-interceptor's `tokenCache`, with the lifetime that the token endpoint states, and as the interceptor of an
 * axios instance.
 *
 * @module
 */
import axios from 'axios'
import tokenProvider from 'axios-token-interceptor'
import { requestToken } from './request-token.js'

const getMaxAge = (answer) => answer.expires_in * 1000

/** @param {import('../src/adapter.ts').Setting} setting */
export function create(setting) {
  const cache = tokenProvider.tokenCache(() => requestToken(setting), { getMaxAge })
  const plain = axios.create()
  const instance = axios.create()
  instance.interceptors.request.use(
    tokenProvider({ getToken: cache, headerFormatter: (answer) => `Bearer ${answer.access_token}` }),
  )
  return {
    get: () => cache(),
    tokenOf: (answer) => answer.access_token,
    async call() {
      const answer = await instance.get(setting.resourceUrl)
      return answer.status
    },
    async bare(authorization) {
      const answer = await plain.get(setting.resourceUrl, { headers: { Authorization: authorization } })
      return answer.status
    },
  }
}

/**
 * One cache for each tenant.
 *
 * @param {import('../src/adapter.ts').Setting} setting
 */
export function createTenants(setting) {
  const getToken = () => requestToken(setting)
  const caches = []
  return {
    add: (index) => void (caches[index] = tokenProvider.tokenCache(getToken, { getMaxAge })),
    get: (index) => caches[index](),
    tokenOf: (answer) => answer.access_token,
  }
}
