/**
 * Base64 in documents: white space anywhere, and nothing else that does not belong.
 *
 * @module
 */

/** The bytes; null of a text that is no Base64. */
export function decodeBase64(text: string): Buffer | null {
  const compact = text.replaceAll(/\s/g, '')
  return /^[A-Za-z0-9+/]*={0,2}$/.test(compact) && compact.length % 4 === 0 ? Buffer.from(compact, 'base64') : null
}
