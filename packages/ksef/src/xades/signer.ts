/**
 * Who signs: a certificate and something that makes signatures with its key, here or in an HSM or on a smart card.
 *
 * @see spec/ksef.md section 2.3
 * @module
 */
import { sign, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { invalidArgument } from '@latchkey/core'
import type { Certificate } from '../certificates/certificate.ts'
import { credentialError } from '../certificates/errors.ts'
import { signatureBytes } from '../certificates/key-algorithm.ts'

/** A certificate with the power to sign for it. Write one of your own for a key that never leaves its device. */
export interface XadesSigner {
  readonly certificate: Certificate
  /**
   * Hashes the bytes with SHA-256 and signs the hash.
   *
   * @returns RSA: PKCS#1 v1.5. Elliptic curves: R and S one behind the other, each padded to the curve's length (64
   *   bytes for P-256), never DER.
   */
  sign(digestInput: Uint8Array): Promise<Uint8Array>
}

const signInBackground = promisify(sign)

/**
 * A signer whose key is in this process. Signing runs on another thread.
 *
 * @throws {LatchkeyError} `KSEF_CREDENTIAL_MISMATCH`: the key is not the certificate's.
 */
export function localSigner(options: {
  readonly certificate: Certificate
  readonly privateKey: KeyObject
}): XadesSigner {
  const { certificate, privateKey } = options
  if (privateKey?.type !== 'private') throw invalidArgument('privateKey: must be a private key of node:crypto')
  if (!certificate.matches(privateKey)) {
    throw credentialError('KSEF_CREDENTIAL_MISMATCH', 'Compared certificate and key: the key is not the certificate’s.')
  }
  const key = { key: privateKey, dsaEncoding: 'ieee-p1363' } as const
  return { certificate, sign: async (digestInput) => signInBackground('sha256', digestInput, key) }
}

/**
 * Has a signer sign, and makes sure that its certificate confirms the result, so that another key, DER or a second
 * hashing is found here and not by KSeF.
 *
 * @throws {LatchkeyError} `KSEF_CREDENTIAL_MISMATCH`
 */
export async function signedBy(signer: XadesSigner, digestInput: Uint8Array): Promise<Buffer> {
  const { publicKey, algorithm } = signer.certificate
  const signature = await signer.sign(new Uint8Array(digestInput)) // A copy: the signer may keep or change it.
  if (!(signature instanceof Uint8Array)) throw invalidArgument('signer: sign() must resolve with bytes')
  const length = signatureBytes(algorithm)
  if (signature.length !== length) {
    const advice = algorithm.type === 'ec' ? ' It must be R and S one behind the other, not DER.' : ''
    throw credentialError(
      'KSEF_CREDENTIAL_MISMATCH',
      `Had a document signed: the signature has ${signature.length} bytes, and this key's have ${length}.${advice}`,
    )
  }
  if (!verify('sha256', digestInput, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)) {
    throw credentialError(
      'KSEF_CREDENTIAL_MISMATCH',
      'Had a document signed: the certificate does not confirm the signature. Check that the signer has the certificate’s key and hashes once, with SHA-256.',
    )
  }
  return Buffer.from(signature)
}
