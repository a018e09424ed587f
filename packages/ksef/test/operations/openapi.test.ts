/**
 * Our tables beside the API's own description: the same operations, the same fields, and every answer that it promises
 * is understood. Read where the description lies beside the repository; nothing of it is kept here.
 *
 * @see spec/ksef.md section 3
 * @module
 */
import { describe, expect } from 'vitest'
import { z } from 'zod'
import { operations } from '../../src/operations/table.ts'
import { readAnswer } from '../../src/wire/read-answer.ts'
import { sharedTest, sharedText } from '../values/support/shared-data.ts'
import { openApi } from '../support/openapi.ts'
import type { Schema } from '../support/openapi.ts'

const rows = Object.values(operations)
const description = () => openApi(sharedText('open-api-2.7.0.json'))

/** Fields of ours that later versions of the API have, or that its description does not tell as fields. */
const ours: Readonly<Record<string, readonly string[]>> = {
  'limits.setSession': ['collectiveIdentifier'], // 2.7.1
  'limits.setRateLimits': ['onlineSessionClose', 'batchSessionClose'], // 2.8
}

/** Members that the API always sends and that nobody here needs; the method is one that it drops (section 1.3). */
const unread: ReadonlySet<string> = new Set([
  'authentication.challenge timestamp',
  'authentication.challenge clientIp',
  'authentication.status authenticationMethod',
])

/** Parts of the API that are built later: sending and fetching invoices. */
const later = /^\/(sessions|invoices|collective-identifiers)(\/|$)/

describe('API 2.7.0', () => {
  sharedTest('has the operations of the table and, but for invoices, no others', () => {
    const theirs = description().operations.filter(({ path }) => !later.test(path))
    expect(new Set(rows.map(({ method, path }) => `${method} ${path}`))).toEqual(
      new Set(theirs.map(({ method, path }) => `${method} ${path}`)),
    )
  })

  sharedTest('takes the fields that each operation takes, and needs those that we need', () => {
    const api = description()
    for (const row of rows) {
      const { fields, required } = api.input(row.method, row.path)
      const wrapped = row.name === 'limits.setRateLimits' ? api.member(row.method, row.path, 'rateLimits') : undefined
      const theirs = wrapped ?? { fields, required }
      const shape = z.toJSONSchema(row.request, { io: 'input', unrepresentable: 'any' })
      const known = ours[row.name] ?? []
      const own = Object.keys(shape.properties ?? {}).filter((name) => !known.includes(name))
      expect([row.name, ...own.map(onTheWire).sort()]).toEqual([row.name, ...[...theirs.fields].sort()])
      const needed = (shape.required ?? []).map(onTheWire)
      expect(needed, row.name).toEqual(expect.arrayContaining([...theirs.required]))
    }
  })

  sharedTest('answers with what each operation understands: with all members, and with the required ones alone', () => {
    const api = description()
    let understood = 0
    for (const row of rows) {
      const { status, schema } = api.answer(row.method, row.path)
      for (const only of ['all', 'required', 'nulls'] as const) {
        const text = schema === undefined ? '' : JSON.stringify(api.example(schema, only))
        expect([row.name, only, row.accepts(readAnswer(status, text))]).toEqual([row.name, only, true])
        understood += 1
      }
    }
    expect(understood).toBe(rows.length * 3)
  })

  sharedTest('an answer without any one of its required members is not taken for one', () => {
    const api = description()
    for (const row of rows) {
      const { status, schema } = api.answer(row.method, row.path)
      const whole = schema && api.example(schema, 'required')
      if (typeof whole !== 'object' || whole === null || Array.isArray(whole)) continue
      for (const name of Object.keys(whole).filter((each) => !unread.has(`${row.name} ${each}`))) {
        const { [name]: _, ...rest } = whole as Record<string, Schema>
        expect([row.name, name, row.accepts(readAnswer(status, JSON.stringify(rest)))]).toEqual([row.name, name, false])
      }
    }
  })
})

/** The one field whose name travels in a header. */
function onTheWire(name: string): string {
  return name === 'continuationToken' ? 'x-continuation-token' : name
}
