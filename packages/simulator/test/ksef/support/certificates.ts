/**
 * Certificates and keys for tests: the subjects of the specification, and some that it refuses.
 *
 * @see spec/ksef.md sections 2.4, 2.5
 * @module
 */
import { createPublicKey, generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto'
import { makeCertificate, type KeyPair, type SubjectParts } from '../../../src/systems/ksef/x509.ts'

/** A certificate with its key. */
export interface Signer {
  readonly certificate: X509Certificate
  readonly privateKey: KeyObject
}

export const nip = '5265877635'
export const pesel = '88010112345'
const dayMs = 86_400_000

/** Subjects by the kind of holder. */
export const subjects = {
  seal: (number = nip): SubjectParts => [
    ['organizationName', 'Test Org'],
    ['organizationIdentifier', `VATPL-${number}`],
    ['commonName', 'Test Org'],
    ['countryName', 'PL'],
  ],
  person: (serialNumber: string): SubjectParts => [
    ['givenName', 'Anna'],
    ['surname', 'Zmyślona'],
    ['serialNumber', serialNumber],
    ['commonName', 'Anna Zmyślona'],
    ['countryName', 'PL'],
  ],
  peppol: (id: string): SubjectParts => [
    ['organizationName', 'Peppol Provider'],
    ['organizationIdentifier', id],
    ['commonName', id],
    ['countryName', 'PL'],
  ],
} as const

/** A pair of a curve. */
export function curvePair(namedCurve = 'P-256'): KeyPair {
  return generateKeyPairSync('ec', { namedCurve })
}

/** An RSA pair. Slow: one per file. */
export function rsaPair(modulusLength = 2048): KeyPair {
  return generateKeyPairSync('rsa', { modulusLength })
}

/** What of a certificate is not usual. */
export interface CertificateOptions {
  readonly keys?: KeyPair
  /** Who signs it, when not itself. */
  readonly issuer?: { readonly subject: SubjectParts; readonly keys: KeyPair }
  readonly notBefore?: number
  readonly notAfter?: number
}

/** Makes a certificate, signed by itself unless an issuer is given. */
export async function makeSigner(subject: SubjectParts, options: CertificateOptions = {}): Promise<Signer> {
  const keys = options.keys ?? curvePair()
  const issuer = options.issuer ?? { subject, keys }
  const der = await makeCertificate({
    subject,
    publicKey: createPublicKey(keys.privateKey),
    issuer: issuer.subject,
    issuerKeys: issuer.keys,
    serial: '1122334455667788',
    notBefore: options.notBefore ?? Date.now() - dayMs,
    notAfter: options.notAfter ?? Date.now() + 365 * dayMs,
    keyUsage: 'digitalSignature',
  })
  return { certificate: new X509Certificate(der), privateKey: keys.privateKey }
}

/** Only the authority of a certificate that does not sign itself. */
export const foreignAuthority: SubjectParts = [['commonName', 'Somebody else']]
