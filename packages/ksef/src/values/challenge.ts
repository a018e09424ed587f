/**
 * What KSeF wants to see signed or encrypted, as proof that whoever signs in is there now.
 *
 * @see spec/ksef.md section 2.2
 * @module
 */

/** Good for one sign-in within ten minutes. */
export interface Challenge {
  /** 36 characters, which go into the signed request. */
  readonly challenge: string
  /** Epoch milliseconds by KSeF's clock, which go beside a KSeF token. */
  readonly timestampMs: number
  /** From where KSeF sees the caller come: what an authorization policy would have to allow. */
  readonly clientIp?: string
}
