/**
 * Lists of named values in callbacks: `{Name, Value}` in STK callbacks, `{Key, Value}` in results.
 *
 * @see spec/daraja.md sections 3.0 and 3.1
 * @module
 */
import { listOf, member, textMember } from '@latchkey/http'

/** One named value of a callback. `value` is absent where the provider sent none, `""` or something odd-typed. */
export interface NamedValue {
  readonly name: string
  readonly value?: string | number | boolean
}

/**
 * Reads an object or a list of objects, in order, with repeated names kept.
 *
 * A list and never a map, because a name is unauthenticated input and may be `__proto__`.
 */
export function decodePairs(value: unknown): readonly NamedValue[] {
  return listOf(value).flatMap((item) => {
    const name =
      textMember(item, 'Name') ?? textMember(item, 'Key') ?? textMember(item, 'name') ?? textMember(item, 'key')
    if (name === undefined) return []
    const found = member(item, 'Value') ?? member(item, 'value')
    const present =
      (typeof found === 'string' && found !== '') || typeof found === 'number' || typeof found === 'boolean'
    return [present ? { name, value: found } : { name }]
  })
}

/** The first value of a name as text; `undefined` where there is none. */
export function valueOf(pairs: readonly NamedValue[], name: string): string | undefined {
  const value = pairs.find((pair) => pair.name === name && pair.value !== undefined)?.value
  return value === undefined ? undefined : String(value)
}
