/**
 * How a certificate or key that cannot be used becomes an error. A password, a key or a file's content never enters
 * one; a path does not either.
 *
 * @see DESIGN "Errors"
 * @module
 */
import { LatchkeyError } from '@latchkey/core'
import type { CodeRow } from '@latchkey/core'

const misuse: CodeRow = { retryable: false, exit: 2 }

/** The codes of loading and using certificates. */
export const credentialErrorCodes = {
  KSEF_CREDENTIAL_UNREADABLE: misuse, // No such file, too large, or not what it was said to be.
  KSEF_CREDENTIAL_PASSWORD: { retryable: false, exit: 3 }, // Wrong, or missing.
  KSEF_CREDENTIAL_UNSUPPORTED: misuse, // Another kind of key, or too short.
  KSEF_CREDENTIAL_MISMATCH: misuse, // The key is not the certificate's, or what a signer returned is no signature by it.
} as const satisfies Record<string, CodeRow>

export type CredentialErrorCode = keyof typeof credentialErrorCodes

/** A certificate or key cannot be used. The message is fixed text; `cause` is reduced to its name and system code. */
export function credentialError(code: CredentialErrorCode, message: string, cause?: unknown): LatchkeyError {
  const { retryable } = credentialErrorCodes[code]
  return new LatchkeyError(code, message, { provider: 'ksef', retryable, cause })
}
