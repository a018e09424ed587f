/**
 * A warning that KSeF puts beside an answer.
 *
 * @see spec/ksef.md section 1.4, `X-System-Warning`
 * @module
 */

/** One warning, in KSeF's words without their diacritics. */
export interface SystemWarning {
  /** Absent where the text has no `[code]:` before it. */
  readonly code?: string
  readonly message: string
}
