/**
 * Verifies a signed request: which checks there are, and in which order.
 *
 * @see spec/ksef.md sections 2.3, 2.6
 * @module
 */
import type { X509Certificate } from 'node:crypto'
import { refused } from '../refusal.ts'
import { canonicalMethods, isSignedBy, signatureMethods } from './algorithms.ts'
import { decodeBase64 } from './base64.ts'
import { checkReferences, prefixesOf } from './references.ts'
import { notVerified, unsupportedAlgorithm, wrongProfile } from './refusals.ts'
import { placeOf } from './place.ts'
import type { AuthTokenRequest } from './request.ts'
import { signingCertificate } from './signing-certificate.ts'
import { partsOf, type SignatureParts } from './structure.ts'
import { attributeOf, canonicalText, childOf, findElements, namespaces, withDocument } from './xml.ts'

/** A request whose signature holds. */
export interface SignedRequest {
  readonly request: AuthTokenRequest
  readonly certificate: X509Certificate
}

const { ds } = namespaces

/** Reads and verifies a document. @throws {Refusal} Any of the codes up to 9105, and 21115 for an unreadable certificate. */
export function verifySigned(bytes: Uint8Array, refuseSha1: boolean): SignedRequest {
  checkEncoding(bytes)
  const signed = withDocument(bytes, (document) => {
    if (document.dtd !== null) throw refused(9101)
    const place = placeOf(document.root)
    const [signature, ...further] = findElements(document, '//ds:Signature')
    if (signature === undefined) throw refused(9102)
    if (further.length > 0) throw refused(9103)
    const request = place.read()
    const parts = partsOf(document, signature, place.carrier)
    const covered = checkReferences(document, parts, refuseSha1)
    const certificate = signingCertificate(parts, covered, refuseSha1)
    checkSignatureValue(parts, certificate, refuseSha1)
    return { request, certificate }
  })
  if (signed === null) throw refused(21001)
  return signed
}

/** UTF-8, whatever the prolog says. @throws {Refusal} 21001 of nothing, 21217 of another encoding. */
function checkEncoding(bytes: Uint8Array): void {
  if (bytes.length === 0) throw refused(21001)
  let text
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw refused(21217)
  }
  const declared = /^<\?xml[^>]*\sencoding\s*=\s*["']([^"']*)["']/.exec(text)?.[1]
  if (text.includes('\0') || (declared !== undefined && declared.toLowerCase() !== 'utf-8')) throw refused(21217)
}

function checkSignatureValue(parts: SignatureParts, certificate: X509Certificate, refuseSha1: boolean): void {
  const form = childOf(parts.signedInfo, ds, 'CanonicalizationMethod')
  const algorithm = attributeOf(childOf(parts.signedInfo, ds, 'SignatureMethod'), 'Algorithm')
  const formName = attributeOf(form, 'Algorithm')
  if (form === undefined || formName === undefined || algorithm === undefined) throw wrongProfile()
  const canonical = Object.hasOwn(canonicalMethods, formName) ? canonicalMethods[formName] : undefined
  const method = Object.hasOwn(signatureMethods, algorithm) ? signatureMethods[algorithm] : undefined
  if (canonical === undefined || method === undefined || (refuseSha1 && method.hash === 'sha1')) {
    throw unsupportedAlgorithm()
  }
  const text = canonicalText(parts.signedInfo, { ...canonical, prefixes: prefixesOf(form) })
  const value = decodeBase64(parts.signatureValue.content)
  if (text === null || value === null || !isSignedBy(certificate.publicKey, method, Buffer.from(text), value))
    throw notVerified()
}
