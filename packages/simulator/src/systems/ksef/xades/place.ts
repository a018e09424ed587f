/**
 * Where in a signed document the request lies: around the signature, or in an Object within it, as XML or as Base64.
 *
 * @see spec/ksef.md section 2.3
 * @module
 */
import { refused } from '../refusal.ts'
import { decodeBase64 } from './base64.ts'
import { type AuthTokenRequest, isRequest, readRequest } from './request.ts'
import {
  childrenOf,
  elementsOf,
  findElements,
  hasOwnText,
  isNamed,
  namespaces,
  withDocument,
  type XmlElement,
} from './xml.ts'

/** A request that was found and not read yet. */
export interface Place {
  /** What a reference must cover: the root, or the Object. */
  readonly carrier: XmlElement
  /** @throws {Refusal} 9101: the Base64 of something else. 9103: it has a signature within. 21401 */
  read(): AuthTokenRequest
}

/** Finds the request. @throws {Refusal} 9101: there is none, or there are several. */
export function placeOf(root: XmlElement): Place {
  if (isRequest(root)) return { carrier: root, read: () => readRequest(root) }
  if (!isNamed(root, namespaces.ds, 'Signature')) throw refused(9101)
  const [place, ...further] = childrenOf(root, namespaces.ds, 'Object').flatMap(placesIn)
  if (place === undefined || further.length > 0) throw refused(9101)
  return place
}

function placesIn(object: XmlElement): readonly Place[] {
  const [element, ...further] = elementsOf(object)
  if (element === undefined) {
    const bytes = decodeBase64(object.content)
    return bytes === null || bytes.length === 0 ? [] : [{ carrier: object, read: () => readEncoded(bytes) }]
  }
  if (!isRequest(element) || further.length > 0 || hasOwnText(object)) return []
  return [{ carrier: object, read: () => readRequest(element) }]
}

function readEncoded(bytes: Uint8Array): AuthTokenRequest {
  const request = withDocument(bytes, (document) => {
    if (document.dtd !== null || !isRequest(document.root)) throw refused(9101)
    if (findElements(document, '//ds:Signature').length > 0) throw refused(9103)
    return readRequest(document.root)
  })
  if (request === null) throw refused(9101)
  return request
}
