/**
 * Reading JSON of unknown shape without trusting it: only own members count, and nothing is ever copied into an
 * object by a name that came from outside.
 *
 * @module
 */

export type JsonObject = Readonly<Record<string, unknown>>

/** Parses JSON text, with or without a byte order mark; `undefined` where it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text) as unknown // JSON.parse promises no type.
  } catch {
    return undefined
  }
}

/** A JSON object, neither null nor a list. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** An object's own member; `undefined` where the value is no object or has no such member. */
export function member(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined
}

/** Text of a member that may be a string or a number; absent, empty and odd-typed ones are `undefined`. */
export function textMember(value: unknown, name: string): string | undefined {
  const found = member(value, name)
  if (typeof found === 'number') return String(found)
  return typeof found === 'string' && found !== '' ? found : undefined
}

/** Lists of one are often not wrapped: an object counts as a list of itself, anything else as none. */
export function listOf(value: unknown): readonly JsonObject[] {
  return (Array.isArray(value) ? value : [value]).filter(isObject)
}
