/**
 * The digest of a document: the same for the same content, whatever the order of its members.
 *
 * @module
 */
import { isObject } from '@latchkey/http'

/** SHA-256, lower-case hexadecimal. Absent members and `undefined` ones count alike. */
export async function digestOf(content: unknown): Promise<string> {
  const text = JSON.stringify(content, (_, value: unknown) => (isObject(value) ? sorted(value) : value))
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function sorted(value: object): object {
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
}
