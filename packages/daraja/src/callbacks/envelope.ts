/**
 * What every callback parser begins with: text or bytes or parsed JSON in, one object out.
 *
 * @see spec/daraja.md sections 4.4 and 7.5
 * @module
 */
import { isObject, member, parseJson } from '@latchkey/http'
import { darajaError } from '../errors.ts'
import type { JsonObject } from '@latchkey/http'

/** Parses JSON text or bytes; anything else is taken as JSON that somebody parsed already. */
export function parseBody(body: unknown): unknown {
  if (typeof body === 'string') return parseJson(body)
  if (body instanceof Uint8Array) return parseJson(new TextDecoder().decode(body))
  return body
}

/**
 * The object at a path of members.
 *
 * @throws {ProviderError} `DARAJA_MALFORMED_CALLBACK`: there is none.
 */
export function parseEnvelope(body: unknown, path: readonly string[], what: string): JsonObject {
  let at = parseBody(body)
  for (const name of path) at = member(at, name)
  if (!isObject(at)) throw malformed(what, `it has no object at ${path.join('.')}`)
  return at
}

/** The one error of the callback parsers. It names members and never shows values. */
export function malformed(what: string, why: string): Error {
  return darajaError(
    'DARAJA_MALFORMED_CALLBACK',
    `This is not ${what}: ${why}. Keep the raw body and look at who sent it.`,
  )
}
