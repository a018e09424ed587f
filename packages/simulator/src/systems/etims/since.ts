/**
 * Incremental reads: what changed after the moment that the client names.
 *
 * @see spec/etims.md sections 4.2 and 7.4
 * @module
 */
import type { Fields } from './data.ts'
import { always, type FieldTable, textOf, time } from './fields.ts'
import { instantOf } from './times.ts'

/** The one field of an incremental read. */
export const sinceField = { lastReqDt: always(time) } satisfies FieldTable

/** The instant that is named, epoch milliseconds. Text that is no instant asks for everything. */
export function sinceOf(fields: Fields): number {
  const at = instantOf(textOf(fields, 'lastReqDt') ?? '')
  return Number.isNaN(at) ? Number.NEGATIVE_INFINITY : at
}

/**
 * True for rows that changed later. Rows have milliseconds, so what changed within the second of the last answer
 * comes again rather than never.
 */
export const changedAfter =
  (fields: Fields) =>
  ({ changedAt }: { readonly changedAt: number }): boolean =>
    changedAt > sinceOf(fields)
