/**
 * Digests without the thread pool. The engine names its records by SHA-256 through the platform's asynchronous digest,
 * which takes real time that a world of virtual time cannot see: here the same digest is ready at once.
 *
 * @module
 */
import { createHash } from 'node:crypto'

/** Runs `work` with `crypto.subtle.digest` answering in the same turn. SHA-256 only. */
export async function withInstantDigests<T>(work: () => Promise<T>): Promise<T> {
  const { subtle } = globalThis.crypto
  const digest = (algorithm: string, data: Uint8Array): Promise<ArrayBuffer> => {
    if (algorithm !== 'SHA-256') return Promise.reject(new Error(`No instant digest for ${algorithm}.`))
    return Promise.resolve(Uint8Array.from(createHash('sha256').update(data).digest()).buffer)
  }
  Object.defineProperty(subtle, 'digest', { value: digest, configurable: true }) // Hides the inherited one.
  try {
    return await work()
  } finally {
    Reflect.deleteProperty(subtle, 'digest')
  }
}
