/**
 * axios-auth-refresh as its README shows it: a request interceptor that adds the held token, and a refresh that
 * its own deduplication guards. The refresh goes through another axios instance.
 *
 * @module
 */
import axios from 'axios'
import { createAuthRefresh } from 'axios-auth-refresh'
import { requestToken } from './request-token.js'

/** @param {import('../src/adapter.ts').Setting} setting */
export function create(setting) {
  const instance = axios.create()
  const tokens = axios.create()
  let held
  async function refresh() {
    const answer = await tokens.post(
      setting.tokenUrl,
      new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: setting.clientId,
        client_secret: setting.clientSecret,
      }),
    )
    held = answer.data.access_token
  }
  instance.interceptors.request.use((request) => {
    request.headers.Authorization = `Bearer ${held}`
    return request
  })
  createAuthRefresh(instance, async (failed) => {
    await refresh()
    failed.response.config.headers.Authorization = `Bearer ${held}`
  })
  return {
    async get() {
      if (held === undefined) held = (await requestToken(setting)).access_token
      return held
    },
    tokenOf: (token) => token,
    async call() {
      if (held === undefined) await refresh()
      const answer = await instance.get(setting.resourceUrl)
      return answer.status
    },
  }
}
