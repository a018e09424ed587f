/**
 * How instants, identifiers and states look in a table, and how flags say who is meant.
 *
 * @see spec/ksef.md section 1.8
 * @module
 */
import { UsageError } from '../../usage.ts'

/** In UTC, to the second. */
export function moment(at: Date | undefined): string {
  return at?.toISOString().replace(/\.\d+Z$/, 'Z') ?? ''
}

/** As a flag takes it. */
export function identifier(of: { readonly type: string; readonly value?: string } | undefined): string {
  return of === undefined ? '' : [of.type, of.value].filter(Boolean).join(':')
}

/** The number and the sentence of something that KSeF works on. */
export function statusText({ code, description, details = [] }: StatusShown): string {
  return [`${code} ${description}`, ...details].join(' ')
}

interface StatusShown {
  readonly code: number
  readonly description: string
  readonly details?: readonly string[]
}

/**
 * Reads TYPE:VALUE; the client checks the value.
 *
 * @throws {UsageError} It is of another form, or of no such type.
 */
export function identifierIn<Type extends string>(
  flag: string,
  text: string,
  types: readonly Type[],
): { readonly type: Type; readonly value: string } {
  const [, named = '', value = ''] = /^([A-Za-z]+):(.+)$/.exec(text) ?? []
  const type = types.find((each) => each.toLowerCase() === named.toLowerCase())
  if (type !== undefined) return { type, value }
  throw new UsageError(`${flag} takes TYPE:VALUE, where TYPE is ${types.join(' or ')}.`)
}
