/**
 * Reads the fields of a body. What has the wrong form is unreadable; what has the right form and a wrong value is
 * invalid. Unknown fields are ignored.
 *
 * @see spec/truphone.md sections 2.2, 2.3, 3.2
 * @module
 */
import { parseJson } from '../../../json.ts'
import { parseDate } from './dates.ts'
import { invalid, unreadable } from './refusal.ts'

/** The fields of an object. */
export type Fields = Readonly<Record<string, unknown>>

/** The longest text of a field. */
const textMax = 1000

/** Parses a body, which is always an object. @throws {Refusal} */
export function parseBody(text: string): Fields {
  let value: unknown
  try {
    value = parseJson(text)
  } catch {
    throw unreadable('The body is not valid JSON')
  }
  return asObject(value, 'body')
}

/** A text; undefined where it is missing, null or empty. Numbers and booleans count as their text. @throws {Refusal} */
export function readText(fields: Fields, name: string, place = name): string | undefined {
  const value = own(fields, name)
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
    throw unreadable(`${place}: must be a string`)
  }
  const text = String(value)
  if (text.length > textMax) throw invalid(`${place}: must have at most ${String(textMax)} characters`)
  return text
}

/** A text that must be there. @throws {Refusal} */
export function requireText(fields: Fields, name: string, place = name): string {
  const text = readText(fields, name, place)
  if (text === undefined) throw invalid(`${place}: must not be empty`)
  return text
}

/** A number, also as its text; undefined where it is missing or null. @throws {Refusal} */
export function readNumber(fields: Fields, name: string, place: string): number | undefined {
  const text = readText(fields, name, place)
  if (text === undefined) return undefined
  const value = Number(text)
  if (!Number.isFinite(value)) throw unreadable(`${place}: must be a number`)
  return value
}

/** An instant; undefined where it is missing or null. @throws {Refusal} */
export function readInstant(fields: Fields, name: string, place: string): number | undefined {
  const text = readText(fields, name, place)
  if (text === undefined) return undefined
  const instant = parseDate(text)
  if (instant === null) throw unreadable(`${place}: must be a date such as 2031-05-01T12:00:00Z`)
  return instant
}

/** An object; undefined where it is missing or null. @throws {Refusal} */
export function readObject(fields: Fields, name: string, place = name): Fields | undefined {
  const value = own(fields, name)
  return value === undefined || value === null ? undefined : asObject(value, place)
}

/** An object that must be there. @throws {Refusal} */
export function requireObject(fields: Fields, name: string, place = name): Fields {
  const object = readObject(fields, name, place)
  if (object === undefined) throw invalid(`${place}: must not be null`)
  return object
}

/** A list of objects; empty where it is missing or null. @throws {Refusal} */
export function readObjects(fields: Fields, name: string, place: string): readonly Fields[] {
  const value = own(fields, name)
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw unreadable(`${place}: must be an array`)
  return value.map((item, index) => asObject(item, `${place}[${String(index)}]`))
}

function own(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined
}

function asObject(value: unknown, place: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw unreadable(`${place}: must be an object`)
  }
  return value as Fields // Checked: an object that is no array.
}
