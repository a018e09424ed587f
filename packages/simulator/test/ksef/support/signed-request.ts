/**
 * Signs requests as the known signers do, and as nobody should. It shares nothing with the verifier but the library that
 * writes canonical forms.
 *
 * @see spec/ksef.md sections 2.2, 2.3
 * @module
 */
import { constants, createHash, sign } from 'node:crypto'
import { XmlDocument, XmlElement } from 'libxml2-wasm'
import { nip, type Signer } from './certificates.ts'

export const dsig = 'http://www.w3.org/2000/09/xmldsig#'
export const more = 'http://www.w3.org/2001/04/xmldsig-more#'
export const more2007 = 'http://www.w3.org/2007/05/xmldsig-more#'
export const more2021 = 'http://www.w3.org/2021/04/xmldsig-more#'
export const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#'
export const inclusive = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315'
export const canonical11 = 'http://www.w3.org/2006/12/xml-c14n11'
export const xades = 'http://uri.etsi.org/01903/v1.3.2#'
export const sha256 = 'http://www.w3.org/2001/04/xmlenc#sha256'
export const token21 = 'http://ksef.mf.gov.pl/auth/token/2.1'
export const token20 = 'http://ksef.mf.gov.pl/auth/token/2.0'

/** Transforms, as XML without a prefix of its own. */
export const leaveOut = {
  enveloped: (d: string) => `<${d}Transform Algorithm="${dsig}enveloped-signature"/>`,
  xpath: (d: string) =>
    `<${d}Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><${d}XPath xmlns:sig="${dsig}">` +
    `not(ancestor-or-self::sig:Signature)</${d}XPath></${d}Transform>`,
  filter2: (d: string) =>
    `<${d}Transform Algorithm="http://www.w3.org/2002/06/xmldsig-filter2">` +
    `<f:XPath xmlns:f="http://www.w3.org/2002/06/xmldsig-filter2" xmlns:sig="${dsig}" Filter="subtract">` +
    `/descendant::sig:Signature</f:XPath></${d}Transform>`,
} as const

const base64Transform = (d: string): string => `<${d}Transform Algorithm="${dsig}base64"/>`

/** How a signature is made. */
export interface Shape {
  /** `encoded`: enveloping, with the request as Base64. */
  readonly form: 'enveloped' | 'enveloping' | 'encoded'
  /** Of SignedInfo. */
  readonly canonicalization: string
  /** The last transform of every reference; null: none. */
  readonly referenceCanonicalization: string | null
  readonly leaveOut: keyof typeof leaveOut
  readonly digestMethod: string
  readonly signatureMethod: string
  /** The prefix of the signature's namespace; empty: it is the default one. */
  readonly prefix: 'ds' | ''
  readonly certificateProperty: 'SigningCertificate' | 'SigningCertificateV2'
  readonly keyInfoReference: boolean
  readonly dataObjectFormat: boolean
  /** White space between all elements, as from a printer. */
  readonly pretty: boolean
  readonly propertiesType: string | null
  /** Changes the document before it is digested and signed. */
  readonly before: (xml: string) => string
  /** Changes SignedInfo before it is signed; its digests are in place. */
  readonly beforeValue: (xml: string) => string
}

const recommended: Shape = {
  form: 'enveloped',
  canonicalization: exclusive,
  referenceCanonicalization: exclusive,
  leaveOut: 'enveloped',
  digestMethod: sha256,
  signatureMethod: `${more}ecdsa-sha256`,
  prefix: 'ds',
  certificateProperty: 'SigningCertificateV2',
  keyInfoReference: false,
  dataObjectFormat: false,
  pretty: false,
  propertiesType: 'http://uri.etsi.org/01903#SignedProperties',
  before: (xml) => xml,
  beforeValue: (xml) => xml,
}

/** What a request says. */
export interface RequestParts {
  readonly challenge: string
  readonly namespace?: string
  /** The content of ContextIdentifier. */
  readonly context?: string
  readonly subjectIdentifierType?: string
  /** The whole AuthorizationPolicy. */
  readonly policy?: string
}

/** The request before it is signed. */
export function requestXml(parts: RequestParts): string {
  const { namespace = token21, context = `<Nip>${nip}</Nip>`, subjectIdentifierType = 'certificateSubject' } = parts
  return (
    `<AuthTokenRequest xmlns="${namespace}"><Challenge>${parts.challenge}</Challenge>` +
    `<ContextIdentifier>${context}</ContextIdentifier>` +
    `<SubjectIdentifierType>${subjectIdentifierType}</SubjectIdentifierType>${parts.policy ?? ''}</AuthTokenRequest>`
  )
}

/** Signs a request. */
export function signRequest(request: string, signer: Signer, change: Partial<Shape> = {}): string {
  const shape: Shape = { ...recommended, ...change }
  const d = shape.prefix === '' ? '' : 'ds:'
  const signature = signatureXml(shape, signer, d, request)
  const whole = shape.form === 'enveloped' ? request.replace('</AuthTokenRequest>', `${signature}$&`) : signature
  const unsigned = shape.before(`<?xml version="1.0" encoding="utf-8"?>\n${shape.pretty ? spread(whole) : whole}`)

  const digested = withDocument(unsigned, (document) => {
    const digests: Record<string, string> = {
      SignedProperties: digestOf(shape, canonicalOf(shape, document, "//*[@Id='SignedProperties']")),
      KeyInfo: digestOf(shape, canonicalOf(shape, document, "//*[@Id='KeyInfo']")),
      Data: digestOf(shape, dataOf(shape, document, unsigned, request)),
    }
    return unsigned.replaceAll(/\{digest (\w+)\}/g, (_, name: string) => digests[name] ?? '')
  })
  const ready = shape.beforeValue(digested)
  const value = withDocument(ready, (document) => {
    const signedInfo = elementOf(document, "//*[local-name()='SignedInfo']")
    return signatureValue(shape, signer, signedInfo.canonicalizeToString(formOf(shape.canonicalization)))
  })
  return ready.replace('{value}', value)
}

function signatureXml(shape: Shape, { certificate }: Signer, d: string, request: string): string {
  const content = shape.form === 'encoded' ? Buffer.from(request).toString('base64') : request
  const xmlns = d === '' ? `xmlns="${dsig}"` : `xmlns:ds="${dsig}"`
  const method = `<${d}DigestMethod Algorithm="${shape.digestMethod}"/>`
  const form =
    shape.referenceCanonicalization === null ? '' : `<${d}Transform Algorithm="${shape.referenceCanonicalization}"/>`
  const transforms = (text: string): string => (text === '' ? '' : `<${d}Transforms>${text}</${d}Transforms>`)
  const reference = (name: string, attributes: string, steps = form): string =>
    `<${d}Reference ${attributes}>${transforms(steps)}${method}<${d}DigestValue>{digest ${name}}</${d}DigestValue></${d}Reference>`
  const type = shape.propertiesType === null ? '' : ` Type="${shape.propertiesType}"`
  const references = [
    shape.form === 'enveloped'
      ? reference('Data', 'Id="reference-1" URI=""', leaveOut[shape.leaveOut](d) + form)
      : reference('Data', 'Id="reference-1" URI="#Data"', shape.form === 'encoded' ? base64Transform(d) : form),
    reference('SignedProperties', `URI="#SignedProperties"${type}`),
    shape.keyInfoReference ? reference('KeyInfo', 'URI="#KeyInfo"') : '',
  ]
  const digest = createHash(hashName(shape.digestMethod)).update(certificate.raw).digest('base64')
  const serial = String(BigInt(`0x${certificate.serialNumber}`))
  const issuer = certificate.issuer.split('\n').reverse().join(', ')
  const issuerSerial =
    `<xades:IssuerSerial><${d}X509IssuerName>${issuer}</${d}X509IssuerName>` +
    `<${d}X509SerialNumber>${serial}</${d}X509SerialNumber></xades:IssuerSerial>`
  const property =
    `<xades:${shape.certificateProperty}><xades:Cert><xades:CertDigest>${method}<${d}DigestValue>${digest}</${d}DigestValue>` +
    `</xades:CertDigest>${shape.certificateProperty === 'SigningCertificate' ? issuerSerial : ''}</xades:Cert></xades:${shape.certificateProperty}>`
  const dataObjectFormat =
    '<xades:SignedDataObjectProperties><xades:DataObjectFormat ObjectReference="#reference-1">' +
    '<xades:MimeType>text/xml</xades:MimeType></xades:DataObjectFormat></xades:SignedDataObjectProperties>'
  return (
    `<${d}Signature ${xmlns} Id="Signature"><${d}SignedInfo>` +
    `<${d}CanonicalizationMethod Algorithm="${shape.canonicalization}"/><${d}SignatureMethod Algorithm="${shape.signatureMethod}"/>` +
    `${references.join('')}</${d}SignedInfo><${d}SignatureValue>{value}</${d}SignatureValue>` +
    `<${d}KeyInfo Id="KeyInfo"><${d}X509Data><${d}X509Certificate>${certificate.raw.toString('base64')}</${d}X509Certificate></${d}X509Data></${d}KeyInfo>` +
    (shape.form === 'enveloped' ? '' : `<${d}Object Id="Data">${content}</${d}Object>`) +
    `<${d}Object><xades:QualifyingProperties xmlns:xades="${xades}" Target="#Signature">` +
    `<xades:SignedProperties Id="SignedProperties"><xades:SignedSignatureProperties>` +
    `<xades:SigningTime>${new Date(Date.now() - 60_000).toISOString()}</xades:SigningTime>${property}` +
    `</xades:SignedSignatureProperties>${shape.dataObjectFormat ? dataObjectFormat : ''}</xades:SignedProperties>` +
    `</xades:QualifyingProperties></${d}Object></${d}Signature>`
  )
}

/** The hash that the end of an algorithm's URI names. */
function hashName(uri: string): string {
  return /sha(?:3-)?\d+/.exec(uri)?.[0] ?? uri
}

function digestOf({ digestMethod }: Shape, text: string): string {
  return createHash(hashName(digestMethod)).update(text).digest('base64')
}

function formOf(uri: string) {
  const mode = uri.startsWith(exclusive) ? 1 : uri.startsWith(canonical11) ? 2 : 0
  return { mode, withComments: uri.endsWith('WithComments') } as const
}

function dataOf(shape: Shape, document: XmlDocument, xml: string, request: string): string {
  if (shape.form === 'encoded') return request
  return shape.form === 'enveloped'
    ? withoutSignature(shape, xml, shape.prefix === '' ? '' : 'ds:')
    : canonicalOf(shape, document, "//*[@Id='Data']")
}

function canonicalOf(shape: Shape, document: XmlDocument, path: string): string {
  const { mode } = formOf(shape.referenceCanonicalization ?? inclusive)
  return elementOf(document, path, '/*').canonicalizeToString({ mode })
}

/** What is left of the text when the signature is cut out; comments are never part of a reference within the document. */
function withoutSignature(shape: Shape, xml: string, d: string): string {
  const cut = xml.slice(0, xml.indexOf(`<${d}Signature `)) + xml.slice(xml.indexOf(`</${d}Signature>`) + 12 + d.length)
  const { mode } = formOf(shape.referenceCanonicalization ?? inclusive)
  return withDocument(cut, (document) => document.canonicalizeToString({ mode }))
}

function signatureValue({ signatureMethod }: Shape, { privateKey }: Signer, text: string): string {
  const hash = hashName(
    signatureMethod.includes('MGF1') ? (/#(.*)-rsa/.exec(signatureMethod)?.[1] ?? '') : signatureMethod,
  )
  const data = Buffer.from(text)
  if (signatureMethod.includes('ecdsa')) {
    return sign(hash, data, { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64')
  }
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
  return sign(hash, data, { key: privateKey, ...(signatureMethod.includes('MGF1') ? pss : {}) }).toString('base64')
}

function elementOf(document: XmlDocument, ...paths: readonly string[]): XmlElement {
  const found = paths.map((path) => document.get(path)).find((node) => node instanceof XmlElement)
  if (found === undefined) throw new Error(`nothing at ${paths.join()}`)
  return found
}

function withDocument<Result>(xml: string, use: (document: XmlDocument) => Result): Result {
  const document = XmlDocument.fromString(xml)
  try {
    return use(document)
  } finally {
    document.dispose()
  }
}

/** Line breaks between elements that have no text of their own beside them. */
function spread(xml: string): string {
  return xml.replaceAll(/>(?=<)/g, '>\n  ').replaceAll(/(<(\w+:)?(Nip|DigestValue)>)\n\s+/g, '$1')
}
