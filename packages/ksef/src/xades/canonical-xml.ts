/**
 * The only door to the XML library: a document in, its canonical forms out. The library's documents live outside the
 * garbage collector's sight, so none of them leaves this file.
 *
 * @see spec/dependencies.md sections 7 and 11
 * @module
 */
import { invalidArgument } from '@latchkey/core'
import type { XmlDocument } from 'libxml2-wasm'

/** The two canonical forms of one document, without comments. Both end with the root's end tag. */
export interface CanonicalXml {
  /** Canonical XML 1.0: complete by itself, so it is what travels. */
  readonly inclusive: string
  /** Exclusive Canonical XML 1.0: what is digested. */
  readonly exclusive: string
}

const charactersMax = 1_048_576
const modes = { inclusive: 0, exclusive: 1 } as const // The library's XmlC14NMode.
const signatures = "//*[local-name()='Signature' and namespace-uri()='http://www.w3.org/2000/09/xmldsig#']"

/**
 * Parses a document that is to be signed and gives its canonical forms.
 *
 * @throws {TypeError} `ERR_INVALID_ARG`: not well-formed, larger than 1 MiB, with a document type or a processing
 *   instruction beside its root, or signed already: KSeF takes exactly one signature.
 */
export async function canonicalizeDocument(xml: string): Promise<CanonicalXml> {
  if (typeof xml !== 'string' || xml.length > charactersMax) throw invalidArgument('xml: must be text of at most 1 MiB')
  return withDocument(xml, (document) => {
    if (document.dtd !== null) throw invalidArgument('xml: must have no document type declaration')
    if (document.get(signatures) !== null) throw invalidArgument('xml: is signed already, and KSeF takes one signature')
    if (document.get('/processing-instruction()') !== null) {
      throw invalidArgument('xml: must have no processing instruction beside its root')
    }
    return { inclusive: canonical(document, 'inclusive'), exclusive: canonical(document, 'exclusive') }
  })
}

/** The exclusive canonical form of an element that declares every namespace it uses: the same alone and in place. */
export async function canonicalizeElement(markup: string): Promise<string> {
  return withDocument(markup, (document) => canonical(document, 'exclusive'))
}

async function withDocument<Result>(xml: string, use: (document: XmlDocument) => Result): Promise<Result> {
  const library = await import('libxml2-wasm') // Late: it compiles a WebAssembly module.
  let document
  try {
    document = library.XmlDocument.fromString(xml.replace(/^\ufeff/, ''))
  } catch {
    throw invalidArgument('xml: must be a well-formed document') // The library's words quote the text.
  }
  try {
    return use(document)
  } finally {
    document.dispose()
  }
}

function canonical(document: XmlDocument, mode: keyof typeof modes): string {
  try {
    return document.canonicalizeToString({ mode: modes[mode] })
  } catch {
    throw invalidArgument('xml: has no canonical form, as with a namespace that is a relative URI')
  }
}
