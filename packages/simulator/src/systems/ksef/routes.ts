/**
 * Which operation a path and a method are for.
 *
 * @see spec/ksef.md section 3
 * @module
 */
import { authOperations } from './auth/operations.ts'
import { certificateOperations } from './certificates/operations.ts'
import { encryptionOperations } from './encryption/operations.ts'
import { limitOperations } from './limits/operations.ts'
import type { Operation } from './operation.ts'
import { peppolOperations } from './peppol.ts'
import { grantOperations } from './permissions/grants.ts'
import { entityQueries } from './permissions/queries/entities.ts'
import { personQueries } from './permissions/queries/persons.ts'
import { revocationOperations } from './permissions/revocations.ts'
import { statusOnly } from './refusal.ts'
import { testDataOperations } from './testdata/operations.ts'
import { tokenOperations } from './tokens/operations.ts'

/** All operations. */
export const operations: readonly Operation[] = [
  ...authOperations,
  ...tokenOperations,
  ...encryptionOperations,
  ...peppolOperations,
  ...grantOperations,
  ...revocationOperations,
  ...personQueries,
  ...entityQueries,
  ...certificateOperations,
  ...limitOperations,
  ...testDataOperations,
]

const routes = operations.map((operation) => ({ operation, segments: operation.path.split('/') }))

/** What a path and a method are for. */
export interface Route {
  readonly operation: Operation
  readonly params: Readonly<Record<string, string>>
}

/** Finds the operation. @throws {Refusal} 404 for a path that nothing has, 405 for another method. */
export function routeOf(path: string, method: string): Route {
  const candidates = candidatesFor(path)
  const found = candidates.find(({ operation }) => operation.method === method)
  if (found === undefined) throw statusOnly(candidates.length === 0 ? 404 : 405)
  return found
}

/** The name of the operation, or null. */
export function operationAt(path: string, method: string): string | null {
  return candidatesFor(path).find(({ operation }) => operation.method === method)?.operation.name ?? null
}

/** Fixed segments win over variable ones: `/v2/auth/sessions` is not a reference number. */
function candidatesFor(path: string): readonly Route[] {
  const given = path.split('/')
  const fitting = routes.flatMap(({ operation, segments }) => {
    const params = match(segments, given)
    return params === null ? [] : [{ operation, params, variables: Object.keys(params).length }]
  })
  const fewest = Math.min(...fitting.map(({ variables }) => variables))
  return fitting.filter(({ variables }) => variables === fewest)
}

function match(segments: readonly string[], given: readonly string[]): Record<string, string> | null {
  if (segments.length !== given.length) return null
  const params: Record<string, string> = {}
  for (const [index, segment] of segments.entries()) {
    const text = given[index] ?? ''
    const name = /^\{(\w+)\}$/.exec(segment)?.[1]
    if (name === undefined && segment !== text) return null
    if (name !== undefined) params[name] = decoded(text)
  }
  return params
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
