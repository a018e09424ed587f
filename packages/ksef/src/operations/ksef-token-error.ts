/**
 * The error that keeps a KSeF token which was made while the wait for its activation failed.
 *
 * @see spec/ksef.md section 2.14
 * @module
 */
import { ProviderError } from '@latchkey/http'
import type { LatchkeyError } from '@latchkey/core'
import type { GeneratedKsefToken } from '../values/generated-ksef-token.ts'

/** The token was made; waiting for it failed, for the reason in `cause`. Its text is shown once, so it is kept here. */
export class KsefTokenNotActiveError extends ProviderError {
  readonly #generated: GeneratedKsefToken

  constructor(cause: LatchkeyError, generated: GeneratedKsefToken) {
    const { code, message, details } = cause
    super(code, `${message} The token itself was made: take it from \`generated\` on this error.`, {
      ...details,
      retryable: false, // Generating again would make a second token.
      cause,
    })
    this.#generated = generated
  }

  get generated(): GeneratedKsefToken {
    return this.#generated
  }
}
