/**
 * Request headers in the shapes that undici takes: a record, a flat list of names and values, pairs, or anything that
 * gives pairs when it is walked.
 *
 * @see engine.md 7.6
 * @module
 */
import { isAuthorization } from '../request-headers.ts'

/** A copy of what the caller gave: a record, or a flat list of names and values. */
export type SentHeaders = Readonly<Record<string, unknown>> | readonly unknown[]

/**
 * Copies headers as they are at this moment. Pairs become a flat list, since what is walked can often be walked once.
 *
 * @returns `undefined` for what is no headers at all; undici has an error for it.
 */
export function copyHeaders(headers: unknown): SentHeaders | undefined {
  if (headers === undefined || headers === null) return {}
  if (typeof headers !== 'object') return undefined
  if (!isWalked(headers)) return { ...headers }
  const items = [...headers]
  if (Array.isArray(headers) && !Array.isArray(items[0])) return items
  return items.every(isPair) ? items.flat() : undefined
}

/** Whether the caller brought an `Authorization` of his own. One that is `undefined` is not sent. */
export function bringsAuthorization(headers: SentHeaders): boolean {
  if (!isList(headers)) {
    for (const name in headers) if (isAuthorization(name) && headers[name] !== undefined) return true
    return false
  }
  for (let at = 0; at < headers.length; at += 2) {
    if (isAuthorization(String(headers[at])) && headers[at + 1] !== undefined) return true
  }
  return false
}

/** A copy with the token's header. */
export function addAuthorization(headers: SentHeaders, value: string): SentHeaders {
  if (isList(headers)) return [...headers, 'authorization', value]
  // Named before the spread, as in `../request-headers.ts`, and set after it: one that is `undefined` may be among them.
  const copy: Record<string, unknown> = { authorization: value, ...headers }
  copy['authorization'] = value
  return copy
}

function isList(headers: SentHeaders): headers is readonly unknown[] {
  return Array.isArray(headers)
}

function isWalked(headers: object): headers is Iterable<unknown> {
  return Symbol.iterator in headers
}

function isPair(item: unknown): item is readonly [unknown, unknown] {
  return Array.isArray(item) && item.length === 2
}
