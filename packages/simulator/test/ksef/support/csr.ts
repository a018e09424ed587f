/**
 * Certificate requests as a client makes them.
 *
 * @see spec/ksef.md section 2.15
 * @module
 */
import { type KeyObject, webcrypto } from 'node:crypto'
import { loadX509, type SubjectAttribute, subjectOids } from '../../../src/systems/ksef/x509.ts'

/** How a request is signed, as WebCrypto says it. */
export type Algorithm = { readonly name: string; readonly hash?: string; readonly namedCurve?: string }

/** ECDSA on P-256, which is recommended. */
export const ecdsa: Algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

/** Makes a request for a subject, DER as Base64. */
export async function makeRequest(
  { privateKey, publicKey }: { readonly privateKey: KeyObject; readonly publicKey: KeyObject },
  subject: Readonly<Record<string, unknown>>,
  algorithm: Algorithm = ecdsa,
): Promise<string> {
  const x509 = await loadX509()
  const { subtle } = webcrypto
  const keys = {
    privateKey: await subtle.importKey('pkcs8', privateKey.export({ type: 'pkcs8', format: 'der' }), algorithm, false, [
      'sign',
    ]),
    publicKey: await subtle.importKey('spki', publicKey.export({ type: 'spki', format: 'der' }), algorithm, true, [
      'verify',
    ]),
  }
  const parts = Object.entries(subject).map(([name, value]) => {
    const isPrintable = name === 'countryName' || name === 'serialNumber'
    const text = String(value)
    // The names are those of the enrolment data.
    return { [subjectOids[name as SubjectAttribute]]: [isPrintable ? { printableString: text } : { utf8String: text }] }
  })
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: new x509.Name(parts),
    keys,
    signingAlgorithm: algorithm,
  })
  return Buffer.from(request.rawData).toString('base64')
}
