/**
 * Numbers that the server counts: free, unique, or exactly the next.
 *
 * @see spec/etims.md section 7.5
 * @module
 */
import type { Fields } from './data.ts'
import type { Call } from './operation.ts'
import { type Refusal, refused } from './outcomes.ts'

/** A document with its number. `known` is what was accepted under the number before. */
export interface Numbered {
  readonly number: number
  readonly last: number
  readonly known: Fields | undefined
  readonly text: (expected: number, found: number) => string
}

/** Refuses a number that was used, or is not the next; undefined when it may be used. */
export function refuseNumber({ checks, face, fields, world }: Call, numbered: Numbered): Refusal | undefined {
  if (checks.sequences === 'free') return undefined
  const { number, last, known, text } = numbered
  const duplicate = refused(world.switches.duplicateCode, 'It is overlapped data', { hasEnvelope: true })
  if (checks.sequences === 'unique') return known === undefined ? undefined : duplicate
  if (number === last + 1) return undefined
  // The gateway names the expected number; the direct face knows a repeat (section 12, row 10).
  if (face === 'direct' && known !== undefined && JSON.stringify(known) === JSON.stringify(fields)) return duplicate
  return refused('910', text(last + 1, number))
}
