/**
 * Validation that reports every problem of a request at once, before anything is sent. Schemas are read by their
 * shape, so that this package needs no schema library.
 *
 * @see STYLE section 6
 * @module
 */
import { invalidArgument, nearest } from '@latchkey/core'

/** One thing that is wrong with a request. `path` is our name of the field; neither part shows a value. */
export interface Issue {
  readonly path: string
  readonly message: string
}

/** A `TypeError` (`ERR_INVALID_ARG`) that lists everything that is wrong with a request. Nothing was sent. */
export interface InvalidRequestError extends TypeError {
  readonly code: 'ERR_INVALID_ARG'
  readonly issues: readonly Issue[]
}

/** What is needed of a schema for an object; zod's have it. */
export interface RequestSchema<Parsed> {
  readonly shape: object
  safeParse(
    input: unknown,
  ):
    | { readonly success: true; readonly data: Parsed }
    | { readonly success: false; readonly error: { readonly issues: readonly SchemaIssue[] } }
}

/** An issue as the schema words it. `keys`: the names that it does not know. */
export interface SchemaIssue {
  readonly code?: string | undefined
  readonly path: readonly PropertyKey[]
  readonly message: string
  readonly keys?: readonly string[]
}

/**
 * Parses a request, or throws all of its issues together.
 *
 * @param more - Issues that the schema cannot see, such as rules that depend on the environment.
 * @throws {InvalidRequestError}
 */
export function parseRequest<Parsed>(
  operation: { readonly name: string; readonly request: RequestSchema<Parsed> },
  input: unknown,
  more: readonly Issue[],
): Parsed {
  const { name, request } = operation
  const parsed = request.safeParse(input)
  const found = parsed.success ? [] : parsed.error.issues.flatMap((issue) => toIssues(request.shape, issue))
  const issues = [...found, ...more.filter(({ path }) => !found.some((issue) => issue.path === path))]
  if (parsed.success && issues.length === 0) return parsed.data
  throw invalidRequest(name, issues)
}

/** The error that lists these issues. */
export function invalidRequest(operation: string, issues: readonly Issue[]): Error {
  const list = issues.map(({ path, message }) => (path === '' ? message : `${path} ${message}`)).join('; ')
  const sentence = `${operation}: nothing was sent: ${list}${list.endsWith('?') ? '' : '.'}`
  return Object.assign(invalidArgument(sentence), { issues: Object.freeze(issues) })
}

function toIssues(known: object, issue: SchemaIssue): readonly Issue[] {
  if (issue.code !== 'unrecognized_keys' || issue.keys === undefined) {
    return [{ path: issue.path.map(String).join('.'), message: issue.message }]
  }
  return issue.keys.map((key) => ({
    path: [...issue.path.map(String), key.slice(0, 60)].join('.'),
    // Of the names in the depth nothing is known here, and one of the surface would mislead.
    message: unknownField(key, issue.path.length === 0 ? Object.keys(known) : []),
  }))
}

function unknownField(key: string, known: readonly string[]): string {
  const near = nearest(key, known)
  return near === undefined ? 'is not a field' : `is not a field; did you mean "${near}"?`
}
