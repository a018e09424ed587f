/**
 * The API operator: checks the initiator's name and password, and locks after too many wrong ones.
 *
 * @see spec/daraja.md sections 4.1 and 4.7
 * @module
 */
import type { KeyObject } from 'node:crypto'
import type { DarajaCredentials } from './credentials.ts'
import { holdsPassword } from './security-credential.ts'

/** Wrong passwords that are told apart as 2001; from the next attempt on it is 8006. */
export const initiatorAttemptsMax = 3

/** The operator's state. */
export interface InitiatorLock {
  /** The result code of a call with these credentials; 0 when they are right. */
  check(initiator: string, securityCredential: string): 0 | 2001 | 8006
  failedAttempts(): number
  reset(): void
}

/** Makes an operator, unlocked unless it has failed before. Only a reset unlocks it again. */
export function createInitiatorLock(
  credentials: DarajaCredentials,
  privateKey: KeyObject,
  failedAttempts = 0,
): InitiatorLock {
  let failed = failedAttempts
  return {
    check(initiator, securityCredential) {
      if (initiator !== credentials.initiator) return 2001 // An unknown name locks nobody.
      if (failed >= initiatorAttemptsMax) return 8006
      if (holdsPassword(privateKey, securityCredential, credentials.initiatorPassword)) return 0
      failed += 1
      return 2001
    },
    failedAttempts: () => failed,
    reset() {
      failed = 0
    },
  }
}
