/**
 * Certificate and key from a PKCS#12 file (`.p12`, `.pfx`). node-forge opens it, old encryption and new; the key goes
 * to node:crypto as DER at once.
 *
 * @see spec/ksef.md section 7.2, spec/dependencies.md sections 2 and 7
 * @module
 */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { Secret } from '@latchkey/core'
import type forge from 'node-forge'
import { Certificate } from './certificate.ts'
import { passwordText, readCredential } from './credential-file.ts'
import type { CredentialSource } from './credential-file.ts'
import { credentialError } from './errors.ts'
import { keyAlgorithm } from './key-algorithm.ts'

/** A certificate and the private key that belongs to it. */
export interface CertificateAndKey {
  readonly certificate: Certificate
  /** A key of node:crypto, which no printing or serialising shows. */
  readonly privateKey: KeyObject
}

/**
 * Opens a PKCS#12 file and takes out the key and its certificate. Certificates of authorities are passed over.
 *
 * @throws {LatchkeyError} `KSEF_CREDENTIAL_PASSWORD`: wrong or missing password. `KSEF_CREDENTIAL_MISMATCH`: no
 *   certificate in it belongs to the key. `KSEF_CREDENTIAL_UNREADABLE`, `KSEF_CREDENTIAL_UNSUPPORTED`.
 */
export async function loadCertificateAndKeyFromP12(
  source: CredentialSource,
  options: { readonly password?: string | Secret | undefined } = {},
): Promise<CertificateAndKey> {
  const bytes = await readCredential(source)
  const library = (await import('node-forge')).default // Late: most programs use PEM or a test certificate.
  const bags = openBags(library, bytes, passwordText(options.password))
  const keys = bags.filter((bag) => isKey(library, bag)).map((bag) => readKey(library, bag))
  const certificates = bags
    .filter((bag) => bag.type === library.pki.oids['certBag'])
    .map((bag) => readCertificate(library, bag))
  if (keys.length === 0) throw credentialError('KSEF_CREDENTIAL_UNREADABLE', 'Opened a PKCS#12 file: it holds no key.')
  for (const privateKey of keys) {
    const x509 = certificates.find((certificate) => certificate.checkPrivateKey(privateKey))
    if (x509 === undefined) continue
    keyAlgorithm(privateKey) // Refuses a key that KSeF does not accept.
    return { certificate: new Certificate(x509), privateKey }
  }
  throw credentialError(
    'KSEF_CREDENTIAL_MISMATCH',
    'Opened a PKCS#12 file: no certificate in it belongs to its key. Export both together.',
  )
}

function openBags(library: typeof forge, bytes: Buffer, password: string | undefined): forge.pkcs12.Bag[] {
  let failure: unknown
  for (const attempt of attempts(password)) {
    if (attempt.macIsChecked && isMacError(failure)) break
    try {
      // Not strict: real files hold BER. Read anew for each attempt, since opening changes the tree.
      const asn1 = library.asn1.fromDer(bytes.toString('latin1'), false)
      if (attempt.macIsChecked && Array.isArray(asn1.value)) asn1.value = asn1.value.slice(0, 2)
      const opened = library.pkcs12.pkcs12FromAsn1(asn1, false, attempt.password)
      return opened.safeContents.flatMap((content) => content.safeBags)
    } catch (error) {
      failure = error
    }
  }
  if (!isPasswordError(failure)) throw unreadable()
  const problem = password === undefined ? 'it needs its password.' : 'the password does not open it.'
  throw credentialError('KSEF_CREDENTIAL_PASSWORD', `Opened a PKCS#12 file: ${problem}`)
}

interface Attempt {
  readonly password: string | undefined
  /** The attempt before it has proven the password by the file's MAC, which this one leaves out. */
  readonly macIsChecked?: boolean
}

// "No password" is written in two ways. Beyond ASCII, the MAC and old encryption take UTF-16, which the library does
// itself, and new encryption takes UTF-8, which it does not.
function attempts(password: string | undefined): readonly Attempt[] {
  if (!password) return [{ password: '' }, { password: undefined }]
  if (/^[\x20-\x7e]*$/.test(password)) return [{ password }]
  return [{ password }, { password: Buffer.from(password, 'utf8').toString('latin1'), macIsChecked: true }]
}

function isMacError(failure: unknown): boolean {
  return failure instanceof Error && failure.message.includes('MAC could not be verified')
}

// Damaged structure is told from a wrong password by what the library says; its words go no further.
function isPasswordError(failure: unknown): boolean {
  return failure instanceof Error && /password\?|decrypt/i.test(failure.message)
}

function isKey(library: typeof forge, bag: forge.pkcs12.Bag): boolean {
  return bag.type === library.pki.oids['pkcs8ShroudedKeyBag'] || bag.type === library.pki.oids['keyBag']
}

// An RSA key comes parsed; any other comes as the raw ASN.1 of PKCS#8.
function readKey(library: typeof forge, bag: forge.pkcs12.Bag): KeyObject {
  try {
    const asn1 = bag.key ? library.pki.wrapRsaPrivateKey(library.pki.privateKeyToAsn1(bag.key)) : bag.asn1
    return createPrivateKey({ key: der(library, asn1), format: 'der', type: 'pkcs8' })
  } catch {
    throw unreadable()
  }
}

function readCertificate(library: typeof forge, bag: forge.pkcs12.Bag): X509Certificate {
  try {
    return new X509Certificate(der(library, bag.cert ? library.pki.certificateToAsn1(bag.cert) : bag.asn1))
  } catch {
    throw unreadable()
  }
}

function der(library: typeof forge, asn1: forge.asn1.Asn1): Buffer {
  return Buffer.from(library.asn1.toDer(asn1).getBytes(), 'latin1')
}

function unreadable(): Error {
  return credentialError(
    'KSEF_CREDENTIAL_UNREADABLE',
    'Opened a PKCS#12 file: it is damaged, or is something else. Check that it is a .p12 or .pfx file.',
  )
}
