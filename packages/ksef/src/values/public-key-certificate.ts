/**
 * A certificate whose key encrypts what is sent to KSeF.
 *
 * @see spec/ksef.md section 2.8
 * @module
 */
import type { Open } from '@latchkey/http'

export interface PublicKeyCertificate {
  /** DER in Base64. */
  readonly certificate: string
  /** Base64 of SHA-256 over the certificate. */
  readonly certificateId: string
  /** Base64 of SHA-256 over the key. */
  readonly publicKeyId: string
  readonly validFrom: Date
  readonly validTo: Date
  readonly usage: readonly Open<'KsefTokenEncryption' | 'SymmetricKeyEncryption'>[]
}
