/**
 * Finds the parts of the one signature in a document, by their place and not by their name alone: what a verifier
 * takes from elsewhere is what a wrapped signature lives on.
 *
 * @see spec/ksef.md section 2.3
 * @module
 */
import { wrongProfile } from './refusals.ts'
import { attributeOf, childOf, childrenOf, findElements, namespaces, type XmlDocument, type XmlElement } from './xml.ts'

/** A signature and what it must have. */
export interface SignatureParts {
  readonly signature: XmlElement
  readonly signedInfo: XmlElement
  readonly signatureValue: XmlElement
  readonly keyInfo: XmlElement
  readonly references: readonly XmlElement[]
  readonly signedProperties: XmlElement
  readonly signedSignatureProperties: XmlElement
  /** The element that has the request in it: the root, or the Object of an enveloping signature. */
  readonly carrier: XmlElement
}

const { ds, xades } = namespaces

/** @throws {Refusal} 9105: a part is missing, is there twice, or stands elsewhere. */
export function partsOf(document: XmlDocument, signature: XmlElement, carrier: XmlElement): SignatureParts {
  const signedInfo = childOf(signature, ds, 'SignedInfo')
  const signatureValue = childOf(signature, ds, 'SignatureValue')
  const keyInfo = childOf(signature, ds, 'KeyInfo')
  const qualifying = childrenOf(signature, ds, 'Object').flatMap((object) =>
    childrenOf(object, xades, 'QualifyingProperties'),
  )
  const [properties] = qualifying
  const signedProperties = childOf(properties, xades, 'SignedProperties')
  const signedSignatureProperties = childOf(signedProperties, xades, 'SignedSignatureProperties')
  if (
    signedInfo === undefined ||
    signatureValue === undefined ||
    keyInfo === undefined ||
    qualifying.length !== 1 ||
    signedProperties === undefined ||
    signedSignatureProperties === undefined ||
    !isInPlace(document, signature, carrier) ||
    !isTargetOf(properties, signature) ||
    hasDuplicateIds(document)
  ) {
    throw wrongProfile()
  }
  const references = childrenOf(signedInfo, ds, 'Reference')
  return {
    signature,
    signedInfo,
    signatureValue,
    keyInfo,
    references,
    signedProperties,
    signedSignatureProperties,
    carrier,
  }
}

/** Enveloped: the signature is a child of the request, which is the root. Enveloping: the signature is the root. */
function isInPlace({ root }: XmlDocument, signature: XmlElement, carrier: XmlElement): boolean {
  return carrier.isSameNode(root) ? signature.parent?.isSameNode(root) === true : signature.isSameNode(root)
}

function isTargetOf(properties: XmlElement | undefined, signature: XmlElement): boolean {
  const id = attributeOf(signature, 'Id')
  return id !== undefined && attributeOf(properties, 'Target') === `#${id}`
}

/** With two elements of one Id it would depend on the reader which of them was signed. */
function hasDuplicateIds(document: XmlDocument): boolean {
  const ids = findElements(document, '//*[@Id]').map((element) => attributeOf(element, 'Id'))
  return new Set(ids).size !== ids.length
}
