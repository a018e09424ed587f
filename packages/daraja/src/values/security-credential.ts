/**
 * The initiator's password, encrypted for M-PESA: RSA with PKCS#1 v1.5 padding over the plain password and
 * nothing else.
 *
 * @see spec/daraja.md section 4.1
 * @module
 */
import { constants, publicEncrypt, X509Certificate } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { invalidArgument, Secret } from '@latchkey/core'

/** An encryption certificate: PEM text, or DER bytes (`.cer`). */
export type Certificate = string | Uint8Array

/**
 * Encrypts an initiator password for one environment's certificate.
 *
 * Every call gives another string and all are valid, so one may be computed and kept until the password changes.
 * An expired certificate is used as it is: the sandbox's expired in 2016 and still works. See
 * {@link certificateExpiresAt} to warn about it.
 *
 * @returns Base64 without line breaks, 344 characters for a 2048-bit certificate. Personal to the initiator:
 *   treat it like the password.
 * @throws {TypeError} `ERR_INVALID_ARG`: no RSA certificate, an empty password, or one that the key is too short for.
 */
export function createSecurityCredential(options: {
  readonly password: string | Secret
  readonly certificate: Certificate
}): string {
  const password = options.password instanceof Secret ? options.password.reveal() : options.password
  if (typeof password !== 'string' || password === '') throw invalidArgument('password: must be a non-empty string')
  const key = rsaKey(options.certificate)
  const bytes = Buffer.from(password, 'utf8')
  const bytesMax = Math.floor((key.asymmetricKeyDetails?.modulusLength ?? 0) / 8) - 11 // PKCS#1 v1.5 takes 11 bytes.
  if (bytes.length > bytesMax) throw invalidArgument(`password: at most ${bytesMax} bytes fit this certificate's key`)
  return publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, bytes).toString('base64')
}

/** When a certificate runs out, in epoch milliseconds. Throws as {@link createSecurityCredential} does. */
export function certificateExpiresAt(certificate: Certificate): number {
  return Date.parse(parseCertificate(certificate).validTo)
}

function rsaKey(certificate: Certificate): KeyObject {
  const key = parseCertificate(certificate).publicKey
  if (key.asymmetricKeyType !== 'rsa') throw invalidArgument('certificate: must hold an RSA key')
  return key
}

function parseCertificate(certificate: Certificate): X509Certificate {
  try {
    return new X509Certificate(certificate)
  } catch {
    throw invalidArgument('certificate: must be an X.509 certificate as PEM text or DER bytes')
  }
}
