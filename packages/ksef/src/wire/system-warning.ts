/**
 * The warnings that KSeF puts beside its answers, as they travel.
 *
 * @see spec/ksef.md section 1.4, `X-System-Warning`
 * @module
 */
import type { SystemWarning } from '../values/system-warning.ts'

const warningsMax = 20
const textMax = 500

/** Reads the header `[code]: message | [code]: message`. What has another form is kept as a message. */
export function parseSystemWarnings(header: string | null): readonly SystemWarning[] {
  if (header === null) return []
  return header
    .split(/\s\|\s(?=\[)/, warningsMax)
    .map((each) => each.trim().slice(0, textMax))
    .filter((each) => each !== '')
    .map((each) => {
      const [, code, message] = /^\[([^\]]{1,60})\]:?\s*(.*)$/s.exec(each) ?? []
      return code === undefined || message === undefined ? { message: each } : { code, message }
    })
}
