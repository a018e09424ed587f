/**
 * Makes certificates. The library is loaded with the first one: it takes longer to load than the rest of the simulator.
 *
 * @see spec/ksef.md sections 2.4, 2.5, 2.8
 * @module
 */
import { type KeyObject, webcrypto } from 'node:crypto'

/** The OIDs of subject attributes, by the names under which KSeF asks for them. */
export const subjectOids = {
  commonName: '2.5.4.3',
  surname: '2.5.4.4',
  serialNumber: '2.5.4.5',
  countryName: '2.5.4.6',
  organizationName: '2.5.4.10',
  givenName: '2.5.4.42',
  uniqueIdentifier: '2.5.4.45',
  organizationIdentifier: '2.5.4.97',
} as const

/** An attribute that KSeF reads. */
export type SubjectAttribute = keyof typeof subjectOids

/** A subject, in the order in which it is written. */
export type SubjectParts = readonly (readonly [SubjectAttribute, string])[]

/** A pair of node:crypto. */
export interface KeyPair {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

/** What a certificate is to say. */
export interface CertificateOrder {
  readonly subject: SubjectParts
  /** Whose key it is. */
  readonly publicKey: KeyObject
  /** Who signs. */
  readonly issuer: SubjectParts
  readonly issuerKeys: KeyPair
  /** Hex. */
  readonly serial: string
  readonly notBefore: number
  readonly notAfter: number
  readonly keyUsage: 'digitalSignature' | 'nonRepudiation' | 'keyEncipherment' | 'keyCertSign'
}

/** Loads the library, which needs the metadata polyfill to be there before it. */
export async function loadX509() {
  await import('reflect-metadata')
  return import('@peculiar/x509')
}

/** Makes a certificate, as DER. RSA and EC keys sign with SHA-256. */
export async function makeCertificate(order: CertificateOrder): Promise<Buffer> {
  const x509 = await loadX509()
  const usages = x509.KeyUsageFlags
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: order.serial,
    subject: nameOf(x509, order.subject),
    issuer: nameOf(x509, order.issuer),
    notBefore: new Date(order.notBefore),
    notAfter: new Date(order.notAfter),
    publicKey: new x509.PublicKey(order.publicKey.export({ type: 'spki', format: 'der' })),
    signingKey: await webKeyOf(order.issuerKeys),
    signingAlgorithm: algorithmOf(order.issuerKeys),
    extensions: [new x509.KeyUsagesExtension(usages[order.keyUsage], true)],
  })
  return Buffer.from(certificate.rawData)
}

function nameOf(x509: Awaited<ReturnType<typeof loadX509>>, parts: SubjectParts) {
  return new x509.Name(
    parts.map(([attribute, value]) => {
      const isPrintable = attribute === 'countryName' || attribute === 'serialNumber'
      return { [subjectOids[attribute]]: [isPrintable ? { printableString: value } : { utf8String: value }] }
    }),
  )
}

async function webKeyOf(keys: KeyPair): Promise<webcrypto.CryptoKey> {
  const der = keys.privateKey.export({ type: 'pkcs8', format: 'der' })
  return webcrypto.subtle.importKey('pkcs8', der, algorithmOf(keys), false, ['sign'])
}

function algorithmOf({ privateKey }: KeyPair) {
  return privateKey.asymmetricKeyType === 'ec'
    ? { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
    : { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
}
