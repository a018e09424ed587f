/**
 * What a failed statement means: whether it may have been applied, and what an operator has to do. Judged by SQLSTATE
 * and by system codes alone, since messages are translated and differ between clients.
 *
 * @see PostgreSQL's documentation, appendix "PostgreSQL Error Codes" (version 15)
 * @module
 */
import { isNotSent, StoreError } from '@latchkey/core'

// The server takes back the whole statement for the sake of another one, and says so.
const rolledBack = new Set(['40001', '40P01'])

/**
 * The server's word does not prove that a commit did not happen: the connection ended (08), the session was ended from
 * outside (57P), the server failed (58, XX).
 */
const doubtful = /^(?:08|57P|58|XX)/

// Said at the door, before any statement was taken: login refused, no such database, no room, still starting.
const atTheDoor = /^(?:28...|3D000|53300|57P03)$/

const advice: readonly (readonly [codes: RegExp, advice: string])[] = [
  [/^28|^3D000/, 'Check the user, the password and the database that its query function connects with.'],
  [/^25006/, 'The server or the session is read-only: connect to the primary.'],
  [/^53100/, 'The disk of the server is full: make room.'],
  [/^53300/, 'The server has no connection left: use a smaller pool, or raise max_connections.'],
  [/^57014/, 'The statement was cancelled: look for what holds a lock on the table.'],
]

/** True if the server rolled the statement back in favour of another, so that it may be sent again. */
export function isRolledBack(error: unknown): boolean {
  return rolledBack.has(sqlstate(error) ?? '')
}

/** True if the statement certainly was not applied: never sent, or turned down. */
export function isTurnedDown(error: unknown): boolean {
  const state = sqlstate(error)
  if (state === undefined) return isNotSent(error)
  if (atTheDoor.test(state)) return true
  const { severity } = error as { severity?: unknown } // It has a code, so it is an object.
  return !doubtful.test(state) && severity !== 'PANIC' // A server that failed on its log may find the commit in it.
}

/** What the caller hears. Carries the SQLSTATE; never the statement's values, the server's message or the connection. */
export function storeError(error: unknown, operation: 'read' | 'swap', table: string): StoreError {
  const state = sqlstate(error)
  const facts = { operation, cause: error, ...(state !== undefined && { more: { sqlstate: state } }) }
  const tried = `PostgreSQL did not ${operation} the record`
  if (state === '42501') {
    const text = `${tried}: the role may not use the table ${table}. Grant it select, insert, update and delete.`
    return new StoreError('LATCHKEY_STORE_UNSUPPORTED', text, facts)
  }
  if (state !== undefined && /^42|^3F/.test(state)) {
    const what = state === '42P01' || state === '3F000' ? 'is missing' : 'is not as this version expects it'
    const text = `${tried}: the table ${table} ${what} (SQLSTATE ${state}). Run the SQL of postgresMigration() once.`
    return new StoreError('LATCHKEY_STORE_UNSUPPORTED', text, facts)
  }
  const why = state === undefined ? '' : ` (SQLSTATE ${state})`
  const todo = advice.find(([codes]) => codes.test(state ?? ''))?.[1] ?? 'Check that the server is reachable.'
  return new StoreError('LATCHKEY_STORE_UNAVAILABLE', `${tried}${why}. ${todo}`, facts)
}

function sqlstate(error: unknown): string | undefined {
  const { code } = Object(error) as { code?: unknown } // Foreign errors promise nothing.
  return typeof code === 'string' && /^(?!E)[0-9A-Z]{5}$/.test(code) ? code : undefined // EPIPE is no SQLSTATE.
}
