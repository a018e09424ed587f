/**
 * The header that the token endpoint, and nothing else, is asked with.
 *
 * @see spec/daraja.md section 2.1
 * @module
 */
import type { Secret } from '@latchkey/core'

/** `Basic` and the base64 of `key:secret` in UTF-8. The result is a secret: it belongs into a header and nowhere else. */
export function basicHeader(consumerKey: string, consumerSecret: Secret): string {
  return `Basic ${Buffer.from(`${consumerKey}:${consumerSecret.reveal()}`, 'utf8').toString('base64')}`
}
