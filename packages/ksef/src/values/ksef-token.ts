/**
 * A KSeF token on its way into `POST /auth/ksef-token`: joined with the challenge's time and encrypted for the
 * Ministry's key.
 *
 * @see spec/ksef.md section 2.7
 * @module
 */
import { constants, publicEncrypt } from 'node:crypto'
import { invalidArgument, Secret } from '@latchkey/core'
import { Certificate, parseCertificate } from '../certificates/certificate.ts'

/** Characters of a KSeF token. */
export const ksefTokenMaxLength = 160

/**
 * Encrypts `token|timestampMs` with RSA-OAEP, SHA-256 in both of its places.
 *
 * Every call gives another text and all are valid, for this challenge alone.
 *
 * @param options - `timestampMs`: the challenge's field of this name as it came, never derived from `timestamp`.
 *   `certificate`: the published one whose usage is `KsefTokenEncryption`: Base64 as it came, PEM, DER, or parsed.
 * @returns Base64, encoded once.
 * @throws {TypeError} `ERR_INVALID_ARG`: an empty or overlong token, a time that is no whole number of milliseconds, or
 *   a certificate with an elliptic-curve key: no official document says how to use one.
 * @throws {LatchkeyError} `KSEF_CREDENTIAL_UNREADABLE`, `KSEF_CREDENTIAL_UNSUPPORTED`: no certificate, or a short key.
 */
export function encryptKsefToken(options: {
  readonly ksefToken: string | Secret
  readonly timestampMs: number
  readonly certificate: Certificate | string | Uint8Array
}): string {
  const { timestampMs } = options
  const ksefToken = options.ksefToken instanceof Secret ? options.ksefToken.reveal() : options.ksefToken
  if (typeof ksefToken !== 'string' || ksefToken === '' || ksefToken.length > ksefTokenMaxLength) {
    throw invalidArgument(`ksefToken: must be a text of 1 to ${ksefTokenMaxLength} characters`)
  }
  // Thirteen digits until the year 2286; seconds would have ten and end in status 450.
  if (!Number.isInteger(timestampMs) || !/^\d{13}$/.test(String(timestampMs))) {
    throw invalidArgument('timestampMs: must be milliseconds since 1970, as the challenge gave them')
  }
  const key = encryptionKey(options.certificate)
  const plain = Buffer.from(`${ksefToken}|${timestampMs}`, 'utf8')
  const bytesMax = Math.floor((key.asymmetricKeyDetails?.modulusLength ?? 0) / 8) - 2 * 32 - 2 // OAEP takes two hashes.
  if (plain.length > bytesMax) throw invalidArgument('ksefToken: does not fit the key of this certificate')
  const padding = constants.RSA_PKCS1_OAEP_PADDING
  return publicEncrypt({ key, padding, oaepHash: 'sha256' }, plain).toString('base64')
}

function encryptionKey(source: Certificate | string | Uint8Array) {
  const certificate = source instanceof Certificate ? source : parseCertificate(source)
  if (certificate.algorithm.type !== 'rsa') {
    throw invalidArgument('certificate: must hold an RSA key; KSeF publishes no way to use another')
  }
  return certificate.publicKey
}
