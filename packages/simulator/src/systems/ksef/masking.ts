/**
 * Takes secrets out of what the log keeps by their shape: JWTs, KSeF tokens and their secret part, private keys.
 *
 * @see spec/ksef.md sections 1.8, 2.11
 * @module
 */
import { masked } from '../../masking.ts'

/** Masks a text. */
export function maskText(text: string): string {
  return text
    .replaceAll(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, masked) // A JWT, ours or not.
    .replaceAll(/(\|(?:nip|internalId)-[\d-]+\|)[0-9a-f]{64}/gi, `$1${masked}`)
    .replaceAll(/-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*-----END [A-Z ]*PRIVATE KEY-----/g, masked)
}
