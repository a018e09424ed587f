/**
 * No library: one bare `fetch` of the token endpoint, the yardstick for the first token.
 *
 * @module
 */
import { requestToken } from './request-token.js'

/** @param {import('../src/adapter.ts').Setting} setting */
export function create(setting) {
  return { get: () => requestToken(setting), tokenOf: (answer) => answer.access_token }
}
