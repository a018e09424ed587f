/**
 * The certificate that signed: the one of KeyInfo to which the signed properties commit, or that KeyInfo names first
 * where KeyInfo is signed itself.
 *
 * @see spec/ksef.md section 2.3
 * @module
 */
import { X509Certificate } from 'node:crypto'
import { refused } from '../refusal.ts'
import { digestOf } from './algorithms.ts'
import { decodeBase64 } from './base64.ts'
import { hashOf } from './references.ts'
import { notVerified, wrongProfile } from './refusals.ts'
import type { SignatureParts } from './structure.ts'
import { childOf, childrenOf, namespaces, type XmlElement } from './xml.ts'

const { ds, xades } = namespaces
const certificatesMax = 10

/**
 * Finds the certificate.
 *
 * @throws {Refusal} 9105: none is given, or none that was signed for. 21115: it cannot be read.
 */
export function signingCertificate(
  parts: SignatureParts,
  { coversKeyInfo }: { readonly coversKeyInfo: boolean },
  refuseSha1: boolean,
): X509Certificate {
  const properties = parts.signedSignatureProperties
  const first = childOf(properties, xades, 'SigningCertificate')
  const second = childOf(properties, xades, 'SigningCertificateV2')
  if (childOf(properties, xades, 'SigningTime') === undefined) throw wrongProfile()
  const given = certificatesIn(parts.keyInfo)
  if (first === undefined && second === undefined && coversKeyInfo) return given[0]
  if ((first === undefined) === (second === undefined)) throw wrongProfile()
  // Further ones are those of the chain.
  const [reference] = childrenOf(first ?? second ?? properties, xades, 'Cert')
  const digest = childOf(reference, xades, 'CertDigest')
  const hash = hashOf(childOf(digest, ds, 'DigestMethod'), refuseSha1)
  const expected = childOf(digest, ds, 'DigestValue')?.content.replaceAll(/\s/g, '')

  const found = given.find(({ raw }) => digestOf(hash, raw) === expected)
  if (found === undefined) throw notVerified()
  if (first !== undefined) checkIssuerSerial(reference, found)
  return found
}

function certificatesIn(keyInfo: XmlElement): readonly [X509Certificate, ...X509Certificate[]] {
  const data = childrenOf(keyInfo, ds, 'X509Data')
  const [first, ...further] = data.flatMap((each) => childrenOf(each, ds, 'X509Certificate'))
  if (first === undefined || further.length >= certificatesMax) throw wrongProfile()
  return [readCertificate(first), ...further.map(readCertificate)]
}

/** The older property names issuer and serial number, too; the number in decimal. */
function checkIssuerSerial(reference: XmlElement | undefined, certificate: X509Certificate): void {
  const issuerSerial = childOf(reference, xades, 'IssuerSerial')
  const name = childOf(issuerSerial, ds, 'X509IssuerName')?.content.trim()
  const serial = childOf(issuerSerial, ds, 'X509SerialNumber')?.content.trim()
  if (name === undefined || name === '' || serial === undefined) throw wrongProfile()
  if (!/^\d+$/.test(serial) || BigInt(serial) !== BigInt(`0x${certificate.serialNumber}`)) throw notVerified()
}

function readCertificate(element: XmlElement): X509Certificate {
  const der = decodeBase64(element.content)
  if (der === null) throw refused(21115)
  try {
    const certificate = new X509Certificate(der)
    // PEM text and trailing bytes are no DER certificate. A key of an unknown kind throws when it is asked for.
    if (certificate.raw.equals(der) && certificate.publicKey.type === 'public') return certificate
  } catch {
    // Refused below.
  }
  throw refused(21115)
}
