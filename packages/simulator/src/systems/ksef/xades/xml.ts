/**
 * The only door to the XML library. Its documents live outside the garbage collector's sight, so every one of them is
 * disposed of here, whatever its user does.
 *
 * @see spec/dependencies.md sections 5 and 7
 * @module
 */
import { type C14NOptions, XmlDocument, XmlElement, XmlText, XmlCData, XmlError } from 'libxml2-wasm'

export type { XmlDocument, XmlElement } from 'libxml2-wasm'

/** The namespaces of signatures. */
export const namespaces = {
  ds: 'http://www.w3.org/2000/09/xmldsig#',
  xades: 'http://uri.etsi.org/01903/v1.3.2#',
  exclusive: 'http://www.w3.org/2001/10/xml-exc-c14n#',
  filter2: 'http://www.w3.org/2002/06/xmldsig-filter2',
} as const

/**
 * Parses a document and hands it to `use`. Entities are not expanded, and nothing is loaded from anywhere.
 *
 * @returns What `use` gives, or null of bytes that are no well-formed XML.
 */
export function withDocument<Result>(bytes: Uint8Array, use: (document: XmlDocument) => Result): Result | null {
  let document
  try {
    document = XmlDocument.fromBuffer(bytes)
  } catch {
    return null
  }
  try {
    return use(document)
  } finally {
    document.dispose()
  }
}

/** The elements that an XPath finds, in the order of the document. The prefix `ds` is known. */
export function findElements(document: XmlDocument, path: string): readonly XmlElement[] {
  return document.find(path, { ds: namespaces.ds }).filter((node) => node instanceof XmlElement)
}

/** How to write an element down: a canonical form, and what is left out of it. */
export interface CanonicalOptions {
  readonly mode: 0 | 1 | 2
  readonly withComments: boolean
  /** Of exclusive canonicalization: prefixes that are kept as in the inclusive one. */
  readonly prefixes: readonly string[]
  /** Not written, with all that is in it. Only together with the root. */
  readonly without?: XmlElement
}

/** The canonical form of an element; null where it has none, as with a namespace that is no absolute URI. */
export function canonicalText(element: XmlElement, options: CanonicalOptions): string | null {
  const { mode, withComments, prefixes, without } = options
  const form: C14NOptions = { mode, withComments }
  if (prefixes.length > 0) form.inclusiveNamespacePrefixes = [...prefixes]
  if (without !== undefined) form.isVisible = (node) => !node.isSameNode(without)
  try {
    // All of the document, and not of the root alone: processing instructions and comments beside it belong to it.
    return element.isSameNode(element.doc.root)
      ? element.doc.canonicalizeToString(form)
      : element.canonicalizeToString(form)
  } catch (error) {
    if (error instanceof XmlError) return null
    throw error
  }
}

/** True of an element with a name in a namespace. */
export function isNamed(element: XmlElement, namespace: string, name: string): boolean {
  return element.name === name && element.namespaceUri === namespace
}

/** The elements directly below one. */
export function elementsOf(parent: XmlElement): readonly XmlElement[] {
  const found: XmlElement[] = []
  for (let node = parent.firstChild; node !== null; node = node.next) if (node instanceof XmlElement) found.push(node)
  return found
}

/** Those of them with a name. */
export function childrenOf(parent: XmlElement, namespace: string, name: string): readonly XmlElement[] {
  return elementsOf(parent).filter((element) => isNamed(element, namespace, name))
}

/** The only child with a name; undefined of none or several. */
export function childOf(parent: XmlElement | undefined, namespace: string, name: string): XmlElement | undefined {
  const found = parent === undefined ? [] : childrenOf(parent, namespace, name)
  return found.length === 1 ? found[0] : undefined
}

/** An attribute without a namespace. */
export function attributeOf(element: XmlElement | undefined, name: string): string | undefined {
  return element?.attrs.find((attribute) => attribute.name === name && attribute.namespaceUri === '')?.value
}

/** True of an element that has text of its own, other than white space. */
export function hasOwnText(element: XmlElement): boolean {
  for (let node = element.firstChild; node !== null; node = node.next) {
    if ((node instanceof XmlText || node instanceof XmlCData) && node.content.trim() !== '') return true
  }
  return false
}
