/**
 * Which keys KSeF accepts: RSA from 2048 bits, and the NIST curves from 256 bits.
 *
 * @see spec/ksef.md section 2.3
 * @module
 */
import type { KeyObject } from 'node:crypto'
import { credentialError } from './errors.ts'

export type KeyAlgorithm =
  { readonly type: 'rsa'; readonly bits: number } | { readonly type: 'ec'; readonly curve: keyof typeof curves }

/** The curves by their usual names, with the bytes of one coordinate of a signature. */
const curves = {
  'P-256': { openssl: 'prime256v1', bytes: 32 },
  'P-384': { openssl: 'secp384r1', bytes: 48 },
  'P-521': { openssl: 'secp521r1', bytes: 66 },
} as const

/**
 * Reads the algorithm of a public or private key.
 *
 * @throws {LatchkeyError} `KSEF_CREDENTIAL_UNSUPPORTED`: another kind of key, or too short.
 */
export function keyAlgorithm(key: KeyObject): KeyAlgorithm {
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {}
  if (key.asymmetricKeyType === 'rsa' && modulusLength >= 2048) return { type: 'rsa', bits: modulusLength }
  if (key.asymmetricKeyType === 'ec') {
    for (const curve of Object.keys(curves) as (keyof typeof curves)[]) {
      // The keys of the table are the type.
      if (curves[curve].openssl === namedCurve) return { type: 'ec', curve }
    }
  }
  throw credentialError(
    'KSEF_CREDENTIAL_UNSUPPORTED',
    'Read a key: it is neither RSA of at least 2048 bits nor on P-256, P-384 or P-521. KSeF accepts no other.',
  )
}

/** The length of a signature in bytes: R and S, or the modulus. */
export function signatureBytes(algorithm: KeyAlgorithm): number {
  return algorithm.type === 'ec' ? 2 * curves[algorithm.curve].bytes : Math.ceil(algorithm.bits / 8)
}
