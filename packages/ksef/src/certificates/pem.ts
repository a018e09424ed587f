/**
 * Certificates and private keys from PEM, as the Ministry's web module hands them out: a `.crt` and an encrypted
 * `.key`.
 *
 * @see spec/ksef.md sections 2.15 and 7.2
 * @module
 */
import { createPrivateKey } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { Secret } from '@latchkey/core'
import { parseCertificate } from './certificate.ts'
import type { Certificate } from './certificate.ts'
import { passwordText, readCredential } from './credential-file.ts'
import type { CredentialSource } from './credential-file.ts'
import { credentialError } from './errors.ts'
import { keyAlgorithm } from './key-algorithm.ts'

/**
 * Loads the first certificate of a PEM text or file. DER is taken too.
 *
 * @throws {LatchkeyError} `KSEF_CREDENTIAL_UNREADABLE`, `KSEF_CREDENTIAL_UNSUPPORTED`
 */
export async function loadCertificateFromPem(source: CredentialSource): Promise<Certificate> {
  return parseCertificate(await readCredential(source))
}

/**
 * Loads a private key from PEM: PKCS#8, encrypted or not, PKCS#1 or SEC 1.
 *
 * @returns A key of node:crypto, which no printing or serialising shows.
 * @throws {LatchkeyError} `KSEF_CREDENTIAL_PASSWORD`: the key is encrypted and the password wrong or missing.
 *   `KSEF_CREDENTIAL_UNREADABLE`, `KSEF_CREDENTIAL_UNSUPPORTED`.
 */
export async function loadPrivateKeyFromPem(
  source: CredentialSource,
  options: { readonly password?: string | Secret | undefined } = {},
): Promise<KeyObject> {
  const pem = (await readCredential(source)).toString('utf8')
  const passphrase = passwordText(options.password)
  const encrypted = /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(pem)
  if (encrypted && passphrase === undefined) {
    throw credentialError('KSEF_CREDENTIAL_PASSWORD', 'Read a private key: it is encrypted. Give its password.')
  }
  let key
  try {
    key = createPrivateKey({ key: pem, format: 'pem', ...(encrypted && { passphrase }) })
  } catch {
    // What OpenSSL says is left out: it does not tell a wrong password from a damaged key.
    throw encrypted
      ? credentialError('KSEF_CREDENTIAL_PASSWORD', 'Read an encrypted private key: the password does not open it.')
      : credentialError('KSEF_CREDENTIAL_UNREADABLE', 'Read a private key: this is no private key in PEM.')
  }
  keyAlgorithm(key) // Refuses a key that KSeF does not accept.
  return key
}
