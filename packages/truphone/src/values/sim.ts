/**
 * A SIM profile.
 *
 * @see spec/truphone.md section 7.3
 * @module
 */
import type { Open } from '@latchkey/http'

/** Where an eSIM profile is. Physical SIMs have no status. */
export type SimStatus = Open<'Released' | 'Downloaded' | 'Installed' | 'Unavailable'>

export interface Sim {
  readonly iccid: string
  /** The activation code: whoever has it can install the profile. */
  readonly matchingId?: string
  readonly status?: SimStatus
  /** Only if the eSIM was ordered with one, or is installed. */
  readonly eid?: string
  /** As it came, which may be malformed: use `lpaString`. */
  readonly lpaUrl?: string
  readonly lastModified?: Date
  /** The parsed object, unchanged. */
  readonly raw: unknown
}
