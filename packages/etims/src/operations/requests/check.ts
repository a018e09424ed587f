/**
 * Checks a request and gives the body to send: numbers as JSON numbers, blank dates as `null`, nothing unknown.
 *
 * @see spec/etims.md sections 0.3, 4.2 and 8.4
 * @module
 */
import { nearest } from '@latchkey/core'
import { isObject } from '@latchkey/http'
import type { Issue, JsonObject } from '@latchkey/http'
import type { Fields, Strictness } from '../fields.ts'
import type { RequestForm } from './form.ts'

/** The outcome of a check. */
export interface CheckedRequest {
  /** What to send; empty where there are issues. */
  readonly data: JsonObject
  /**
   * Everything that is wrong. `path` is the field in the JavaScript SDK's spelling, `itemList.[0].qty`, and empty for
   * the request as a whole. `message` names the rule and the type found; values are shown for amounts and dates alone.
   */
  readonly issues: readonly Issue[]
}

/**
 * Checks a request.
 *
 * `js-compat` takes what the JavaScript SDK takes, and what the specification allows besides. `spec` adds lengths,
 * forms, code lists and header sums; absent optional fields become `null`. `live` adds what KRA's sandbox enforces: tax
 * arithmetic, rates, dates, packages, credit notes, item codes. `off` takes any object as it is.
 *
 * @param now - Epoch milliseconds. With it `live` refuses dates that are more than five minutes ahead.
 */
export function checkRequest(
  operation: { readonly request: RequestForm },
  input: unknown,
  strictness: Strictness,
  now?: number,
): CheckedRequest {
  const { request } = operation
  if (strictness === 'off') return isObject(input) ? { data: input, issues: [] } : refused([notAnObject])
  const parsed = request.schema(strictness).safeParse(request.coerce(input))
  if (!parsed.success) return refused(parsed.error.issues.flatMap((issue) => toIssues(request.fields, issue)))
  const issues = request.broken(strictness, parsed.data, now)
  return issues.length === 0 ? { data: parsed.data, issues } : refused(issues)
}

const notAnObject: Issue = { path: '', message: 'must be an object' }

function refused(issues: readonly Issue[]): CheckedRequest {
  return { data: {}, issues }
}

interface SchemaIssue {
  readonly code: string
  readonly path: readonly PropertyKey[]
  readonly message: string
  readonly keys?: readonly string[]
}

function toIssues(fields: Fields, issue: SchemaIssue): readonly Issue[] {
  if (issue.code !== 'unrecognized_keys' || issue.keys === undefined) {
    return [{ path: pathText(issue.path), message: issue.message }]
  }
  const known = Object.keys(membersAt(fields, issue.path))
  return issue.keys.map((key) => ({
    path: pathText([...issue.path, key.slice(0, 60)]),
    message: unknownField(nearest(key, known)),
  }))
}

function pathText(path: readonly PropertyKey[]): string {
  return path.map((step) => (typeof step === 'number' ? `[${step}]` : String(step))).join('.')
}

function unknownField(near: string | undefined): string {
  return near === undefined ? 'is not a field' : `is not a field; did you mean "${near}"?`
}

function membersAt(fields: Fields, path: readonly PropertyKey[]): Fields {
  let members = fields
  for (const step of path) {
    const field = typeof step === 'string' ? members[step] : undefined
    if (field !== undefined && 'members' in field) members = field.members
  }
  return members
}
