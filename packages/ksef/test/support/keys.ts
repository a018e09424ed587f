/**
 * Keys and certificates that are no seal: KSeF's own published key, and a foreign certificate. Made once per file, since
 * keys take time.
 *
 * @module
 */
import { createHash, createPublicKey, X509Certificate } from 'node:crypto'
import { Certificate } from '../../src/certificates/certificate.ts'
import { generatePrivateKey } from '../../src/certificates/private-key.ts'
import { generateTestCertificate } from '../../src/certificates/test-certificate.ts'
import { loadX509, oids, signingAlgorithms, subjectName, webKeys } from '../../src/certificates/x509-library.ts'
import type { CertificateAndKey } from '../../src/index.ts'

const at = Date.UTC(2031, 4, 1, 12)
const year = 31_536_000_000

/** A key as KSeF has one, with its private half. */
export interface TokenKey extends CertificateAndKey {
  readonly publicKeyId: string
}

const made = new Map<'rsa' | 'ec', Promise<TokenKey>>()

export function tokenKey(algorithm: 'rsa' | 'ec' = 'rsa'): Promise<TokenKey> {
  const key = made.get(algorithm) ?? makeTokenKey(algorithm)
  made.set(algorithm, key)
  return key
}

/** A row of `GET /security/public-key-certificates`. */
export async function publishedKey(changes: object = {}, algorithm?: 'rsa' | 'ec'): Promise<object> {
  const { certificate, publicKeyId } = await tokenKey(algorithm)
  return {
    certificate: Buffer.from(certificate.der).toString('base64'),
    certificateId: 'certificate-1',
    publicKeyId,
    validFrom: new Date(at - year).toISOString(),
    validTo: new Date(at + year).toISOString(),
    usage: ['KsefTokenEncryption', 'SymmetricKeyEncryption'],
    ...changes,
  }
}

/** A certificate whose subject has a name and no number that KSeF knows. */
export async function foreignCertificate(): Promise<CertificateAndKey> {
  const privateKey = await generatePrivateKey('ec')
  const x509 = await loadX509()
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '4000000000000001',
    name: subjectName(x509, [[oids.commonName, 'Anna Nowak', 'utf8String']]),
    notBefore: new Date(at - year),
    notAfter: new Date(at + year),
    keys: await webKeys(privateKey, createPublicKey(privateKey), 'P-256'),
    signingAlgorithm: signingAlgorithms['P-256'],
  })
  return { certificate: new Certificate(new X509Certificate(Buffer.from(made.rawData))), privateKey }
}

async function makeTokenKey(algorithm: 'rsa' | 'ec'): Promise<TokenKey> {
  const pair = await generateTestCertificate({ nip: '5265877635', algorithm, clock: { wall: () => at } })
  const spki = pair.certificate.publicKey.export({ type: 'spki', format: 'der' })
  return { ...pair, publicKeyId: createHash('sha256').update(spki).digest('base64') }
}
