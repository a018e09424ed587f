/**
 * Where a client keeps what must outlive it: device credentials, counters, code lists.
 *
 * @see engine.md 9.3, spec/etims.md sections 3.3 and 7.5
 * @module
 */
import type { KeyRing, Store } from '@latchkey/core'

export interface Keeping {
  readonly store: Store
  readonly ring: KeyRing | undefined
  readonly plaintext: boolean
}
