/**
 * How far something is that KSeF works on after it has answered.
 *
 * @see spec/ksef.md sections 1.3, 1.9, 2.15 and 3.18
 * @module
 */

/** KSeF's own words. The same number means different things for different resources. */
export interface StatusInfo {
  readonly code: number
  readonly description: string
  readonly details?: readonly string[]
}

/** What every status is, unknown ones included: below 200 it goes on, from 300 it has failed. */
export type Progress = 'pending' | 'succeeded' | 'failed'

/** Reads a status by its class alone. */
export function progressOf({ code }: Pick<StatusInfo, 'code'>): Progress {
  if (code < 200) return 'pending'
  return code < 300 ? 'succeeded' : 'failed'
}

/** Reads a status by the resource's own table, and by its class where the table has no row. */
export function outcomeOf<Outcome>(
  status: StatusInfo,
  outcomes: Readonly<Record<number, Outcome>>,
): Outcome | Progress {
  return outcomes[status.code] ?? progressOf(status)
}
