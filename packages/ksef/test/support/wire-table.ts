/**
 * Runs a table of operations: one call each, its request and what becomes of its answer.
 *
 * @module
 */
import type { Answer } from '@latchkey/testkit'
import { expect, test } from 'vitest'
import { operations } from '../../src/operations/table.ts'
import type { OperationName } from '../../src/operations/table.ts'
import { accessToken, on, services } from './services.ts'
import type { Services } from './services.ts'

/** The names of one area: `tokens.…`. */
export type Area<Prefix extends string> = Extract<OperationName, `${Prefix}.${string}`>

export interface WireRow {
  readonly call: (auth: Services) => Promise<unknown>
  /** Method and path with query. */
  readonly request: string
  readonly headers?: Readonly<Record<string, string>>
  /** Absent: none is sent. */
  readonly body?: unknown
  readonly answer: Answer
  readonly result: unknown
}

/** One test for each row. */
export function eachOperation(rows: Readonly<Partial<Record<OperationName, WireRow>>>): void {
  test.each(Object.entries(rows))('%s', async (name, { call, request, headers = {}, body, answer, result }) => {
    const { auth, fetch, clock, bodies } = services([on(request, answer)])
    expect(await clock.drive(call(auth))).toStrictEqual(result)
    const [asked] = fetch.calls
    const isPublic = operations[name as OperationName].who === 'public' // Keys of the rows.
    expect(asked?.headers.get('authorization')).toBe(isPublic ? null : `Bearer ${accessToken}`)
    expect(asked?.headers.get('x-error-format')).toBe('problem-details')
    expect(asked?.headers.get('x-continuation-token')).toBe(headers['x-continuation-token'] ?? null)
    expect(asked?.headers.get('content-type')).toBe(body === undefined ? null : 'application/json')
    expect(bodies()[0]).toStrictEqual(body ?? '')
    fetch.done()
  })
}
