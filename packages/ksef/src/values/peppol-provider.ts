/**
 * A registered Peppol service provider.
 *
 * @see spec/ksef.md section 3.14
 * @module
 */

export interface PeppolProvider {
  /** `P`, two letters, six digits. */
  readonly id: string
  readonly name: string
  readonly dateCreated: Date
}
