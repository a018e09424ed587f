/**
 * The envelope that our callers see on both faces: the direct face's own, and what the gateway wraps.
 *
 * @see spec/etims.md section 4.1
 * @module
 */

/** A success, or an empty result. */
export interface Envelope<Data = unknown> {
  /** `000` (or another spelling of success, section 5.2), or `001`: nothing found. */
  readonly resultCd: string
  readonly resultMsg: string
  /** The server's time, `yyyyMMddHHmmss` in Nairobi; use it as the next `lastReqDt`. May be missing. */
  readonly resultDt?: string
  /** `null` for an empty result and for writes other than a sale. */
  readonly data: Data | null
}
