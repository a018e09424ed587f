/**
 * Dates that must not lie in the future by the authority's clock.
 *
 * @see spec/etims.md section 7.4
 * @module
 */
import type { Fields } from './data.ts'
import { textOf } from './fields.ts'
import type { Call } from './operation.ts'
import { type Refusal, refused } from './outcomes.ts'
import { compactTime } from './times.ts'

/** By how much a client's clock may be ahead. */
const skewMs = 300_000

/** The refusal of the first of `names` that lies in the future, where that is checked. */
export function refuseFuture({ checks, now }: Call, fields: Fields, names: readonly string[]): Refusal | undefined {
  const latest = compactTime(now + skewMs)
  const name = names.find((candidate) => {
    const value = textOf(fields, candidate) ?? ''
    return value > latest.slice(0, value.length)
  })
  return checks.futureDates && name !== undefined ? refused('910', `${name} cannot be in the future`) : undefined
}
