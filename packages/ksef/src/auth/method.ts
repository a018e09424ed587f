/**
 * A way of signing in: everything that tells a certificate from a KSeF token lies behind this.
 *
 * @see spec/ksef.md section 2.1
 * @module
 */
import type { Secret } from '@latchkey/core'
import type { Submitted } from '../wire/sign-in.ts'
import type { Door } from './door.ts'

export interface SignInMethod {
  /** The grant's id, a part of the key. */
  readonly id: 'ksef.xades' | 'ksef.token'
  /** Identifies the credential in full, so that a corrected one is not held up by the cool-down of the wrong one. */
  readonly credential?: Secret
  /** False for a document that somebody signed for one challenge. */
  readonly repeatable: boolean
  /** Asks for a challenge and answers it. `mostMs`: how long to wait where KSeF has too many requests. */
  submit(door: Door, mostMs: number): Promise<Submitted>
  /** Hears how a submission that was taken ended, where it ended badly. */
  failed?(error: unknown): void
}
