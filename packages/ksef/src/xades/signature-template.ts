/**
 * The parts of an enveloped XAdES-BASELINE-B signature, in the shape that KSeF recommends. Parts that are digested or
 * signed can be written with their namespaces, to be made canonical alone.
 *
 * @see spec/ksef.md section 2.3
 * @module
 */
import type { Certificate } from '../certificates/certificate.ts'
import type { KeyAlgorithm } from '../certificates/key-algorithm.ts'
import { element } from './xml-writer.ts'
import type { Xml } from './xml-writer.ts'

const ds = 'http://www.w3.org/2000/09/xmldsig#'
const xades = 'http://uri.etsi.org/01903/v1.3.2#'
const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#'
const sha256 = 'http://www.w3.org/2001/04/xmlenc#sha256'
const signatureMethods = {
  rsa: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  ec: 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256',
} as const satisfies Record<KeyAlgorithm['type'], string>

const dsDeclared = { 'xmlns:ds': ds }
const bothDeclared = { 'xmlns:ds': ds, 'xmlns:xades': xades }

/** What `SignedProperties` says. Digests here and below are Base64. */
export interface SignedPropertiesFacts {
  /** `YYYY-MM-DDTHH:mm:ssZ` */
  readonly signingTime: string
  /** SHA-256 over the certificate's DER. */
  readonly certificateDigest: string
}

/** What `SignedInfo` says. */
export interface SignedInfoFacts {
  readonly algorithm: KeyAlgorithm
  readonly documentDigest: string
  readonly propertiesDigest: string
}

/** @param alone - Declare the namespaces here, since no element around it does. */
export function signedProperties(facts: SignedPropertiesFacts, alone = false): Xml {
  const digest = element('xades:CertDigest', {}, ...digestOf(facts.certificateDigest))
  return element(
    'xades:SignedProperties',
    { ...(alone && bothDeclared), Id: 'SignedProperties' },
    element(
      'xades:SignedSignatureProperties',
      {},
      element('xades:SigningTime', {}, facts.signingTime),
      element('xades:SigningCertificateV2', {}, element('xades:Cert', {}, digest)),
    ),
  )
}

/** @param alone - As in {@link signedProperties}. */
export function signedInfo(facts: SignedInfoFacts, alone = false): Xml {
  return element(
    'ds:SignedInfo',
    alone ? dsDeclared : {},
    element('ds:CanonicalizationMethod', { Algorithm: exclusive }),
    element('ds:SignatureMethod', { Algorithm: signatureMethods[facts.algorithm.type] }),
    element(
      'ds:Reference',
      { URI: '' },
      transforms(`${ds}enveloped-signature`, exclusive),
      ...digestOf(facts.documentDigest),
    ),
    element(
      'ds:Reference',
      { Type: 'http://uri.etsi.org/01903#SignedProperties', URI: '#SignedProperties' },
      transforms(exclusive),
      ...digestOf(facts.propertiesDigest),
    ),
  )
}

/** The whole `ds:Signature`. `value`: the signature over the canonical `SignedInfo`, Base64. */
export function signature(
  facts: SignedPropertiesFacts & SignedInfoFacts,
  value: string,
  certificate: Certificate,
): Xml {
  const x509 = element('ds:X509Certificate', {}, Buffer.from(certificate.der).toString('base64'))
  const properties = element(
    'xades:QualifyingProperties',
    { 'xmlns:xades': xades, Target: '#Signature' },
    signedProperties(facts),
  )
  return element(
    'ds:Signature',
    { ...dsDeclared, Id: 'Signature' },
    signedInfo(facts),
    element('ds:SignatureValue', {}, value),
    element('ds:KeyInfo', {}, element('ds:X509Data', {}, x509)),
    element('ds:Object', {}, properties),
  )
}

function transforms(...algorithms: readonly string[]): Xml {
  return element(
    'ds:Transforms',
    {},
    ...algorithms.map((algorithm) => element('ds:Transform', { Algorithm: algorithm })),
  )
}

function digestOf(digest: string): readonly Xml[] {
  return [element('ds:DigestMethod', { Algorithm: sha256 }), element('ds:DigestValue', {}, digest)]
}
