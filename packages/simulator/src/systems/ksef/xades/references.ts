/**
 * Checks every reference of a signature, and that they cover what will be believed: the request and the signed
 * properties.
 *
 * @see spec/ksef.md section 2.3
 * @module
 */
import { canonicalMethods, digestOf, digestMethods } from './algorithms.ts'
import { decodeBase64 } from './base64.ts'
import { notVerified, unsupportedAlgorithm, wrongProfile } from './refusals.ts'
import type { SignatureParts } from './structure.ts'
import {
  attributeOf,
  type CanonicalOptions,
  canonicalText,
  childOf,
  childrenOf,
  elementsOf,
  findElements,
  namespaces,
  type XmlDocument,
  type XmlElement,
} from './xml.ts'

const { ds, exclusive, filter2 } = namespaces
const signedPropertiesType = 'http://uri.etsi.org/01903#SignedProperties'
const referencesMax = 10
const transformsMax = 5

/**
 * Checks the references.
 *
 * @param refuseSha1 - SHA-1 counts as not supported.
 * @returns Whether KeyInfo is signed, too, which it need not be.
 * @throws {Refusal} 9105: a reference does not fit, or something that matters is not covered.
 */
export function checkReferences(
  document: XmlDocument,
  parts: SignatureParts,
  refuseSha1: boolean,
): { readonly coversKeyInfo: boolean } {
  const { references, signedProperties, carrier } = parts
  if (references.length > referencesMax) throw wrongProfile()
  const covered = references.map((reference) => checkReference(document, parts, reference, refuseSha1))
  const coversCarrier = covered.some(({ node }) => node.isSameNode(carrier))
  const coversProperties = covered.some(
    ({ node, type }) => type === signedPropertiesType && node.isSameNode(signedProperties),
  )
  if (!coversCarrier || !coversProperties) throw wrongProfile()
  return { coversKeyInfo: covered.some(({ node }) => node.isSameNode(parts.keyInfo)) }
}

interface Covered {
  readonly node: XmlElement
  readonly type: string | undefined
}

function checkReference(
  document: XmlDocument,
  parts: SignatureParts,
  reference: XmlElement,
  refuseSha1: boolean,
): Covered {
  const node = dereference(document, attributeOf(reference, 'URI'))
  const hash = hashOf(childOf(reference, ds, 'DigestMethod'), refuseSha1)
  const expected = childOf(reference, ds, 'DigestValue')?.content.replaceAll(/\s/g, '')
  const data = dataOf(document, parts, node, reference)
  if (data === null || digestOf(hash, data) !== expected) throw notVerified()
  return { node, type: attributeOf(reference, 'Type') }
}

/** What a digest is of: the bytes behind Base64, or the canonical form. Null: there is none. */
function dataOf(
  document: XmlDocument,
  parts: SignatureParts,
  node: XmlElement,
  reference: XmlElement,
): string | Uint8Array | null {
  const transforms = transformsOf(reference)
  if (transforms.length === 1 && attributeOf(transforms[0], 'Algorithm') === `${ds}base64`) {
    return elementsOf(node).length === 0 ? decodeBase64(node.content) : null
  }
  const { isEnveloped, ...form } = readTransforms(transforms)
  if (isEnveloped && !node.isSameNode(document.root)) throw wrongProfile()
  return canonicalText(node, isEnveloped ? { ...form, without: parts.signature } : form)
}

function transformsOf(reference: XmlElement): readonly XmlElement[] {
  const list = childOf(reference, ds, 'Transforms')
  const transforms = list === undefined ? [] : childrenOf(list, ds, 'Transform')
  if (transforms.length > transformsMax) throw wrongProfile()
  return transforms
}

/** The hash of a DigestMethod. @throws {Refusal} 9105 */
export function hashOf(method: XmlElement | undefined, refuseSha1: boolean): string {
  const algorithm = attributeOf(method, 'Algorithm')
  if (algorithm === undefined) throw wrongProfile()
  const hash = Object.hasOwn(digestMethods, algorithm) ? digestMethods[algorithm] : undefined
  if (hash === undefined || (refuseSha1 && hash === 'sha1')) throw unsupportedAlgorithm()
  return hash
}

/** The empty URI is the document, `#id` the element with that Id; anything else would be a detached signature. */
function dereference(document: XmlDocument, uri: string | undefined): XmlElement {
  if (uri === '') return document.root
  const id = /^#([\p{L}_][\p{L}\p{M}\p{N}_.-]*)$/u.exec(uri ?? '')?.[1]
  if (id === undefined) throw wrongProfile()
  const [found] = findElements(document, `//*[@Id='${id}']`) // The pattern lets no quote through.
  if (found === undefined) throw wrongProfile()
  return found
}

interface Transforms extends CanonicalOptions {
  /** The signature itself is left out. */
  readonly isEnveloped: boolean
}

function readTransforms(transforms: readonly XmlElement[]): Transforms {
  // Without a canonical form, it is Canonical XML 1.0. A reference within the document has no comments in it, whatever
  // the form would keep.
  let result: Transforms = { mode: 0, withComments: false, prefixes: [], isEnveloped: false }
  for (const [index, transform] of transforms.entries()) {
    const algorithm = attributeOf(transform, 'Algorithm') ?? ''
    const canonical = Object.hasOwn(canonicalMethods, algorithm) ? canonicalMethods[algorithm] : undefined
    if (canonical !== undefined) {
      if (index !== transforms.length - 1) throw wrongProfile() // What follows would have text and no nodes to work on.
      result = { ...result, mode: canonical.mode, prefixes: prefixesOf(transform) }
    } else if (leavesSignatureOut(transform, algorithm)) {
      result = { ...result, isEnveloped: true }
    } else {
      throw unsupportedAlgorithm()
    }
  }
  return result
}

/** The three ways to say it. In a document with one signature they mean the same. */
function leavesSignatureOut(transform: XmlElement, algorithm: string): boolean {
  if (algorithm === `${ds}enveloped-signature`) return elementsOf(transform).length === 0
  if (algorithm === 'http://www.w3.org/TR/1999/REC-xpath-19991116') {
    const path = childOf(transform, ds, 'XPath')
    return isSignaturePath(path, /^not\(\s*ancestor-or-self::([\w.-]+):Signature\s*\)$/)
  }
  if (algorithm === filter2) {
    const path = childOf(transform, filter2, 'XPath')
    return (
      attributeOf(path, 'Filter') === 'subtract' &&
      isSignaturePath(path, /^(?:\/descendant::|\/\/)([\w.-]+):Signature$/)
    )
  }
  return false
}

function isSignaturePath(path: XmlElement | undefined, pattern: RegExp): boolean {
  const prefix = pattern.exec(path?.content.trim() ?? '')?.[1]
  return prefix !== undefined && path?.namespaces[prefix] === ds
}

/** The PrefixList of an exclusive canonicalization. */
export function prefixesOf(method: XmlElement): string[] {
  const list = attributeOf(childOf(method, exclusive, 'InclusiveNamespaces'), 'PrefixList') ?? ''
  return list.split(/\s+/).filter((prefix) => prefix !== '')
}
