/**
 * No library: a promise that is already settled. What awaiting it costs is the floor under every cached `get`.
 *
 * @module
 */
import type { Instance } from './adapter.ts'

export function create(): Instance {
  const token = { text: 'token' }
  const settled = Promise.resolve(token)
  return { get: () => settled, peek: () => token, tokenOf: () => token.text }
}
