/**
 * What the two networked stores share: a store with a connection to end, the wait for that connection, and what stands
 * in for it where the server cannot be reached.
 *
 * @see engine.md section 9.7
 * @module
 */
import { StoreError, systemCode } from '@latchkey/core'
import type { LatchkeyError, Store } from '@latchkey/core'

/** A store, and how to leave it. */
export interface Connected {
  readonly store: Store
  /** The server cannot be reached: the store rejects with this, and the engine does what the policy says. */
  readonly trouble?: LatchkeyError
  readonly close: () => void
}

/** How long the way to a server may take, as long as the engine gives an operation. */
export const connectMs = 2000

/** Settles with the work, or rejects when the time is up; then the work's end no longer matters. */
export async function withinTime<T>(work: Promise<T>, ms = connectMs): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error('late'), { code: 'ETIMEDOUT' })), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
    work.catch(() => undefined)
  }
}

/** The error for a server that does not answer. */
export function unreachable(name: string, cause: unknown): StoreError {
  const reason = systemCode(cause) ?? 'no connection'
  const text = `${name} cannot be reached (${reason}). Check that it runs, and its address.`
  return new StoreError('LATCHKEY_STORE_UNAVAILABLE', text, { cause, reason })
}

/** A store that has only this error to give. */
export function silentStore(trouble: LatchkeyError): Connected {
  const reject = (): Promise<never> => Promise.reject(trouble)
  return { store: { scope: 'fleet', read: reject, compareAndSet: reject }, trouble, close: () => undefined }
}

/** Loads an optional package; undefined where it is not installed. */
export async function optional<Module>(load: () => Promise<Module>): Promise<Module | undefined> {
  try {
    return await load()
  } catch (error) {
    const { code } = error as { code?: unknown } // The module loader's errors have one.
    if (code === 'ERR_MODULE_NOT_FOUND') return undefined
    throw error
  }
}
