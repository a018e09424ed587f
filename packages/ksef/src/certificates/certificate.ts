/**
 * An X.509 certificate as a value: what it says, and whether a key belongs to it. Reading is node:crypto's.
 *
 * @see spec/ksef.md sections 1.8 and 2.4
 * @module
 */
import { X509Certificate } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { credentialError } from './errors.ts'
import { keyAlgorithm } from './key-algorithm.ts'
import type { KeyAlgorithm } from './key-algorithm.ts'

/** Whom a certificate names, as KSeF reads it (section 2.4). */
export interface CertificateIdentity {
  /** `Fingerprint`: it names no Polish number, so it signs in by `certificateFingerprint` alone. */
  readonly type: 'Nip' | 'Pesel' | 'Fingerprint'
  readonly value: string
}

/** A certificate. Holds nothing secret. */
export class Certificate {
  readonly #x509: X509Certificate
  readonly #publicKey: KeyObject
  /** What its key is. */
  readonly algorithm: KeyAlgorithm

  /** @throws {LatchkeyError} `KSEF_CREDENTIAL_UNSUPPORTED`: its key is of a kind that KSeF does not accept. */
  constructor(x509: X509Certificate) {
    this.#x509 = x509
    this.#publicKey = x509.publicKey
    this.algorithm = keyAlgorithm(this.#publicKey)
  }

  /** A copy of its DER bytes. */
  get der(): Uint8Array {
    return new Uint8Array(this.#x509.raw)
  }

  get publicKey(): KeyObject {
    return this.#publicKey
  }

  /** The subject's attributes, `TYPE=value`, in the certificate's order. */
  get subject(): readonly string[] {
    return lines(this.#x509.subject)
  }

  /** The issuer's attributes, as `subject`. */
  get issuer(): readonly string[] {
    return lines(this.#x509.issuer)
  }

  /** The serial number, capital hexadecimal digits; 16 of them in a certificate that KSeF issued. */
  get serialNumber(): string {
    return this.#x509.serialNumber
  }

  get validFrom(): Date {
    return new Date(this.#x509.validFrom)
  }

  get validTo(): Date {
    return new Date(this.#x509.validTo)
  }

  /** SHA-256 over the DER bytes, 64 capital hexadecimal digits. */
  get fingerprint(): string {
    return this.#x509.fingerprint256.replaceAll(':', '')
  }

  /** Whose it is: the PESEL or NIP of a person, the NIP of an organisation, otherwise its fingerprint. */
  get identity(): CertificateIdentity {
    const attributes: object = this.#x509.toLegacyObject().subject // By name, unlike `subject` also from a name part of several.
    const serial = attribute(attributes, 'serialNumber')
    const pesel = /(?:PNOPL|PESEL).*?(\d{11})/.exec(serial)?.[1]
    if (pesel !== undefined) return { type: 'Pesel', value: pesel }
    const organisation = attribute(attributes, 'organizationIdentifier')
    const nip = /(?:TINPL|NIP).*?(\d{10})/.exec(serial)?.[1] ?? /VATPL.*?(\d{10})/.exec(organisation)?.[1]
    return nip === undefined ? { type: 'Fingerprint', value: this.fingerprint } : { type: 'Nip', value: nip }
  }

  /** Whether a private key is this certificate's. */
  matches(privateKey: KeyObject): boolean {
    return privateKey.type === 'private' && this.#x509.checkPrivateKey(privateKey)
  }

  /** Whether it is valid at an instant, epoch milliseconds. Says nothing about its issuer or a revocation. */
  isValidAt(at: number): boolean {
    return this.validFrom.getTime() <= at && at <= this.validTo.getTime()
  }

  toPem(): string {
    return this.#x509.toString()
  }
}

/**
 * Reads one certificate: PEM text, Base64 of DER (as the API gives it), or bytes of either PEM or DER.
 *
 * @throws {LatchkeyError} `KSEF_CREDENTIAL_UNREADABLE`, `KSEF_CREDENTIAL_UNSUPPORTED`
 */
export function parseCertificate(source: string | Uint8Array): Certificate {
  let x509
  try {
    const base64 = typeof source === 'string' && !source.includes('-----BEGIN')
    x509 = new X509Certificate(base64 ? Buffer.from(source, 'base64') : source)
  } catch {
    throw credentialError(
      'KSEF_CREDENTIAL_UNREADABLE',
      'Read a certificate: this is no X.509 certificate in PEM, DER or Base64. Check that it is not the key or the request.',
    )
  }
  return new Certificate(x509)
}

function lines(name: string): string[] {
  return name === '' ? [] : name.split('\n')
}

// An attribute that occurs several times comes as a list.
function attribute(attributes: object, type: string): string {
  const value: unknown = Reflect.get(attributes, type)
  return Array.isArray(value) ? value.join('\n') : typeof value === 'string' ? value : ''
}
