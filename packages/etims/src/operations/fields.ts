/**
 * Fields as data: type, length, form and code list as the specification states them, and what the JavaScript SDK's
 * validator asks instead. The schemas of every strictness are made from these descriptions; see `schema.ts`.
 *
 * Where the SDK's rule refuses what the specification allows, the specification's rule stands for both.
 *
 * @see spec/etims.md sections 0.3, 4 and 8.5
 * @module
 */
import type { CodeList } from '../values/code-lists/code-list.ts'
import { parseDateTime } from '../values/nairobi.ts'
import { pinPattern } from '../values/pin.ts'

/** How strictly a request is checked: spec/etims.md section 8.4. */
export type Strictness = 'js-compat' | 'spec' | 'live' | 'off'

/** One field of a request. */
export type Field = TextField | NumberField | GroupField

/** The fields of an object, in the order of the specification's table. */
export type Fields = Readonly<Record<string, Field>>

interface Presence {
  /** By the specification: present, and not `null`. */
  readonly required: boolean
  /** The same for the JavaScript SDK. */
  readonly requiredJs: boolean
  /** True for fields outside the specification's tables: they are never filled with `null`. */
  readonly extra: boolean
}

/** `CHAR(n)`. Never empty: an absent text is `null`. */
export interface TextField extends Presence {
  readonly type: 'text'
  /** Characters by the specification. */
  readonly length: Length
  readonly lengthJs: Length
  readonly form?: Form
  readonly formJs?: Form
  /** Checked by the specification alone. */
  readonly codes?: CodeList
  /** True where a number is taken too and sent as text. */
  readonly numeric?: true
  /** True where `""` stands for `null`, as in KRA's own samples. */
  readonly blank?: true
}

/** `NUMBER(p)` and `NUMBER(p,s)`. Text of a number is taken too and sent as a number. */
export interface NumberField extends Presence {
  readonly type: 'number'
  /** Whole numbers within 2^53 - 1. */
  readonly whole: boolean
  /** Significant digits and decimals by the specification. */
  readonly digits: readonly [number, number]
  readonly min?: number
  readonly minJs?: number
}

/** An object, or a list of one or more. */
export interface GroupField extends Presence {
  readonly type: 'object' | 'list'
  readonly members: Fields
}

type Length = readonly [min: number, max: number]

/** A form of text, with the sentence about it. */
interface Form {
  readonly test: (text: string) => boolean
  readonly message: string
}

const anyLength: Length = [1, Number.MAX_SAFE_INTEGER]
const required: Presence = { required: true, requiredJs: true, extra: false }

/** Text of at most `max` characters. @param lengthJs Where the SDK limits it too. */
export function char(max: number, lengthJs: Length = anyLength): TextField {
  return { ...required, type: 'text', length: [1, max], lengthJs }
}

/** Text that may be given as a number too. */
export function orNumber(field: TextField): TextField {
  return { ...field, numeric: true }
}

/** A code of a list; by the SDK any text of up to `maxJs` characters. */
export function code(codes: CodeList, maxJs = anyLength[1]): TextField {
  return { ...char(5, [1, maxJs]), codes }
}

/** A taxpayer's PIN. @param lengthJs Exactly 11 characters in documents, looser elsewhere. */
export function pin(lengthJs: Length = [11, 11]): TextField {
  const form = { test: (text: string) => pinPattern.test(text), message: 'must be a PIN: letter, nine digits, letter' }
  return { ...char(11, lengthJs), form }
}

/** A branch id. */
export function branch(lengthJs: Length = [2, 2]): TextField {
  return { ...char(2, lengthJs), length: [2, 2] }
}

const yesNo: Form = { test: (text) => text === 'Y' || text === 'N', message: 'must be Y or N' }

/** `Y` or `N`. */
export function yn(): TextField {
  return { ...char(1), form: yesNo, formJs: yesNo }
}

const stampDigits: Form = { test: (text) => /^\d{14}$/.test(text), message: 'must be 14 digits: yyyyMMddHHmmss' }
const stampMoment: Form = {
  test: (text) => stampDigits.test(text) && parseDateTime(text) !== undefined,
  message: 'must be a moment of the calendar: yyyyMMddHHmmss',
}
const dayDigits: Form = { test: (text) => /^\d{8}$/.test(text), message: 'must be 8 digits: yyyyMMdd' }
const dayMoment: Form = {
  test: (text) => dayDigits.test(text) && parseDateTime(text) !== undefined,
  message: 'must be a day of the calendar: yyyyMMdd',
}
const eightOrFourteen: Form = {
  test: (text) => text.length === 8 || text.length === 14,
  message: 'must have 8 or 14 characters',
}

/** `yyyyMMddHHmmss` in Nairobi. @param loose The SDK takes any 8 or 14 characters. */
export function stamp(loose?: 'loose'): TextField {
  return { ...char(14), form: stampMoment, formJs: loose === undefined ? stampDigits : eightOrFourteen, blank: true }
}

/** `yyyyMMdd` in Nairobi. @param loose What the SDK takes instead of 8 digits. */
export function day(loose?: '8' | '8 or 14'): TextField {
  const field: TextField = { ...char(8, loose === '8' ? [8, 8] : anyLength), form: dayMoment, blank: true }
  if (loose === '8') return field
  return { ...field, formJs: loose === undefined ? dayDigits : eightOrFourteen }
}

/** A whole number of at most `digits` digits. */
export function whole(digits: number, min = 0): NumberField {
  return { ...required, type: 'number', whole: true, digits: [digits, 0], min, minJs: min }
}

/** A decimal number. The SDK takes any number, of `minJs` or more where it is given. */
export function decimal(digits: number, scale: number, minJs?: number): NumberField {
  const field: NumberField = { ...required, type: 'number', whole: false, digits: [digits, scale] }
  return minJs === undefined ? field : { ...field, min: minJs, minJs }
}

/** An amount in shillings, `NUMBER(18,2)`. */
export function amount(minJs?: number): NumberField {
  return decimal(18, 2, minJs)
}

/** An object. */
export function object(members: Fields): GroupField {
  return { ...required, type: 'object', members }
}

/** A list of at least one object. */
export function list(members: Fields): GroupField {
  return { ...required, type: 'list', members }
}

/** May be absent or `null`. */
export function optional<Kind extends Field>(field: Kind): Kind {
  return { ...field, required: false, requiredJs: false }
}

/** May be absent or `null`, stands in no table of the specification, and is sent only where the caller gives it. */
export function extra<Kind extends Field>(field: Kind): Kind {
  return { ...optional(field), extra: true }
}

/** Required by the specification and optional for the SDK. */
export function optionalJs<Kind extends Field>(field: Kind): Kind {
  return { ...field, requiredJs: false }
}

/** Required by the SDK and optional by the specification. */
export function requiredJs<Kind extends Field>(field: Kind): Kind {
  return { ...field, required: false, requiredJs: true }
}

/** The four audit fields of a write, with the SDK's limits where it has some. */
export function audit(idJs: Length = anyLength, nameJs: Length = anyLength) {
  return {
    regrId: char(20, idJs),
    regrNm: char(60, nameJs),
    modrId: char(20, idJs),
    modrNm: char(60, nameJs),
  }
}
