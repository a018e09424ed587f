/**
 * Brings a request to the declared types before it is checked, as KRA's server and the JavaScript SDK do: numbers that
 * were given as text, and blanks that stand for no date. What cannot be brought there stays, and is refused by its check.
 *
 * @see spec/etims.md sections 0.3 and 4.2
 * @module
 */
import { isObject } from '@latchkey/http'
import type { Field, Fields } from './fields.ts'

/** Returns a copy with the declared types, or the same value where nothing had to change. */
export type Coercion = (value: unknown) => unknown

/** The coercion of an object with these fields. Fields that need none cost nothing. */
export function coercion(fields: Fields): Coercion {
  const steps = Object.entries(fields).flatMap(([name, field]) => {
    const step = fieldCoercion(field)
    return step === undefined ? [] : [{ name, step }]
  })
  return (input) => {
    if (!isObject(input)) return input
    let copy: Record<string, unknown> | undefined
    for (const { name, step } of steps) {
      const given = input[name]
      const value = step(given)
      if (value !== given) (copy ??= { ...input })[name] = value
    }
    return copy ?? input
  }
}

function fieldCoercion(field: Field): Coercion | undefined {
  switch (field.type) {
    case 'text':
      if (field.numeric) return (value) => (typeof value === 'number' ? String(value) : value)
      return field.blank && !(field.required && field.requiredJs) ? (value) => (value === '' ? null : value) : undefined
    case 'number':
      return (value) => (typeof value === 'string' ? numberOf(value) : value)
    case 'object':
      return coercion(field.members)
    case 'list':
      return listCoercion(coercion(field.members))
    default:
      return field satisfies never
  }
}

function listCoercion(coerce: Coercion): Coercion {
  return (value) => {
    if (!Array.isArray(value)) return value
    const list: readonly unknown[] = value
    const coerced = list.map(coerce)
    return coerced.every((item, index) => item === list[index]) ? list : coerced
  }
}

// Text that a number cannot carry exactly stays text: 15 digits always fit, and whole numbers up to 2^53 - 1.
function numberOf(value: string): unknown {
  const text = value.trim()
  if (text.length > 40 || !/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,2})?$/i.test(text)) return value
  const number = Number(text)
  const digits = text.replace(/e.*$/i, '').replace(/^[+-]?0*\.?0*|\./g, '').length
  return digits <= 15 || (/^\d+$/.test(text) && Number.isSafeInteger(number)) ? number : value
}
