/**
 * What all queries have in common: the body's filters and the page parameters are one input, and a page of the list is
 * the answer.
 *
 * @see spec/ksef.md sections 1.6, 3.7
 * @module
 */
import type { z } from 'zod'
import { fields, items, oneOf, optional, readInput, withBody } from '../../fields.ts'
import { answer, type Call, type Operation } from '../../operation.ts'
import { pageFields, pageOf, pageQuery } from '../../pages.ts'
import type { Permission } from '../names.ts'

/** Where a query lies, who may call it, and under which name its answer has the rows. */
interface Place {
  readonly name: string
  /** Below `/v2/permissions/query/`. */
  readonly path: string
  readonly who: 'bearer' | readonly Permission[]
  readonly member: 'permissions' | 'roles' | 'authorizationGrants'
}

/**
 * Makes a query.
 *
 * @param filters - The body.
 * @param list - All rows that fit, in order.
 * @param write - A row in the shape of the answer.
 */
export function query<Filters extends z.ZodObject, Row>(
  { name, path, who, member }: Place,
  filters: Filters,
  list: (call: Call, filter: z.output<Filters>) => readonly Row[],
  write: (row: Row, call: Call) => object,
): Operation {
  const schema = filters.and(fields(pageFields(100)))
  return {
    name,
    method: 'POST',
    path: `/v2/permissions/query/${path}`,
    takes: 'json',
    who,
    run: (call) => {
      const input = readInput(schema, withBody(call.body, pageQuery(call)))
      const { rows, hasMore } = pageOf(list(call, input), input)
      return answer(200, { [member]: rows.map((row) => write(row, call)), hasMore })
    },
  }
}

/** Some names; none is the same as all. */
export function someOf<const Name extends string>(names: readonly [Name, ...Name[]]) {
  return optional(items(oneOf(names), 0, 100))
}

/** Whether a list of names has one in it, or nothing was asked for. */
export function isAmong(wanted: readonly string[] | undefined, name: string): boolean {
  return wanted === undefined || wanted.length === 0 || wanted.includes(name)
}

interface Identifier {
  readonly type: string
  readonly value?: string | undefined
}

/** Whether an identifier is the one that was asked for, or none was. */
export function fits(wanted: Identifier | undefined, actual: Identifier | null): boolean {
  return wanted === undefined || (wanted.type === actual?.type && wanted.value === actual.value)
}
