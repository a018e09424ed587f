/**
 * Rules about the dates of a document: none lies ahead, and what follows a sale is not dated before it.
 *
 * @see spec/etims.md sections 4.10 and 7.4
 * @module
 */
import type { Issue } from '@latchkey/http'
import { formatDateTime } from '../../values/nairobi.ts'

/** How far ahead of our clock a date may be. */
const skewMs = 5 * 60 * 1000

/** Refuses dates that lie ahead of `now`. */
export function futureIssues(
  dates: Readonly<Record<string, string | null | undefined>>,
  now: number | undefined,
): readonly Issue[] {
  if (now === undefined) return []
  const limit = formatDateTime(now + skewMs)
  return Object.entries(dates).flatMap(([path, date]) =>
    typeof date === 'string' && date > limit.slice(0, date.length)
      ? [{ path, message: 'must not be in the future, in Nairobi' }]
      : [],
  )
}

/** Refuses dates before the day `first`. */
export function orderIssues(
  first: { readonly path: string; readonly day: string },
  dates: Readonly<Record<string, string | null | undefined>>,
): readonly Issue[] {
  return Object.entries(dates).flatMap(([path, date]) =>
    typeof date === 'string' && date.slice(0, 8) < first.day
      ? [{ path, message: `must not be before ${first.path}` }]
      : [],
  )
}
