/**
 * Truphone's JSON. Apart because of ICCIDs: where one travels as a number, JSON.parse would silently change its last
 * digits.
 *
 * @see spec/truphone.md sections 2.2, 2.3 and 7.5
 * @module
 */
import { isObject, member, parseJson, textMember } from '@latchkey/http'

/** Parses text; a bare number after `"iccid":` stays the digits that it is. `undefined` where it is not JSON. */
export function parseWire(text: string): unknown {
  return parseJson(text.replace(/("iccid"\s*:\s*)(\d{1,40})(?=\s*[,}])/g, '$1"$2"'))
}

/** The first of several names of one member that has text. Numbers count. */
export function firstText(value: unknown, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const text = textMember(value, name)
    if (text !== undefined) return text
  }
  return undefined
}

/** A number, also where it travels as text. */
export function numberMember(value: unknown, name: string): number | undefined {
  const text = textMember(value, name)
  const number = text === undefined || text.trim() === '' ? NaN : Number(text)
  return Number.isFinite(number) ? number : undefined
}

/** A boolean, also where it travels as text. */
export function booleanMember(value: unknown, name: string): boolean | undefined {
  const found = member(value, name)
  if (found === true || found === 'true') return true
  return found === false || found === 'false' ? false : undefined
}

/** An instant; `undefined` where it is absent or cannot be read. */
export function dateMember(value: unknown, name: string): Date | undefined {
  const at = Date.parse(textMember(value, name) ?? '')
  return Number.isNaN(at) ? undefined : new Date(at)
}

/** The texts of a list. */
export function textsMember(value: unknown, name: string): readonly string[] | undefined {
  const found = member(value, name)
  return Array.isArray(found) ? found.filter((each) => typeof each === 'string') : undefined
}

/** Leaves out what is `undefined`, so that an absent field is absent. */
export function present<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const known = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(known) as { [K in keyof T]: Exclude<T[K], undefined> } // Absent is what `?` means.
}

/** A list of objects that have an id; `undefined` where the value is no list. */
export function listWith(value: unknown, idNames: readonly string[]): readonly object[] | undefined {
  if (!Array.isArray(value)) return undefined
  return value.filter(isObject).filter((each) => idNames.length === 0 || firstText(each, ...idNames) !== undefined)
}
