/**
 * What an operation takes: its fields, the schemas made from them, and the rules that no single field can state.
 *
 * @see spec/etims.md sections 4 and 8.4
 * @module
 */
import type { Issue } from '@latchkey/http'
import type { z } from 'zod'
import { coercion } from '../coerce.ts'
import type { Coercion } from '../coerce.ts'
import type { Fields, Strictness } from '../fields.ts'
import { objectSchema } from '../schema.ts'
import type { RuleBook } from '../schema.ts'

/** A value of a request that may be left out. */
export type Maybe<Value> = Value | null | undefined

/** A rule over a whole body whose fields are in order. @param now Epoch milliseconds, where the caller has a clock. */
export type Rule<Body> = (body: Body, now: number | undefined) => readonly Issue[]

export interface RequestForm {
  readonly fields: Fields
  /** Brings a request to the declared types before it is checked. */
  coerce(input: unknown): unknown
  /** The schema of a strictness. Made when it is first asked for, and once. */
  schema(strictness: Exclude<Strictness, 'off'>): z.ZodObject
  /** What the rules of a strictness say about a body that its schema let through. */
  broken(strictness: Exclude<Strictness, 'off'>, body: unknown, now: number | undefined): readonly Issue[]
}

/** @param rules By strictness; `live` states all of its own. `js-compat` has none. */
export function requestForm<Body>(
  fields: Fields,
  rules: { readonly spec?: readonly Rule<Body>[]; readonly live?: readonly Rule<Body>[] } = {},
): RequestForm {
  const made = new Map<RuleBook, z.ZodObject>()
  let coerce: Coercion | undefined
  return {
    fields,
    coerce(input) {
      return (coerce ??= coercion(fields))(input)
    },
    schema(strictness) {
      const book = strictness === 'js-compat' ? 'js' : 'spec'
      const schema = made.get(book) ?? objectSchema(fields, book)
      made.set(book, schema)
      return schema
    },
    broken(strictness, body, now) {
      const chosen = strictness === 'js-compat' ? [] : (rules[strictness] ?? [])
      return chosen.flatMap((rule) => rule(body as Body, now)) // The schema of the same fields has just let it through.
    },
  }
}
