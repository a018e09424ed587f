/**
 * The three things that a signature can be refused for, in the service's words.
 *
 * @see spec/ksef.md section 1.9, code 9105
 * @module
 */
import { type Refusal, refused } from '../refusal.ts'

/** The shape is not that of an accepted profile. */
export function wrongProfile(): Refusal {
  return refused(9105, 'Format podpisu niezgodny z akceptowanymi profilami XAdES.')
}

/** A digest or the signature value does not fit. */
export function notVerified(): Refusal {
  return refused(9105, 'Podpis zweryfikowany negatywnie.')
}

/** An algorithm that is not accepted. */
export function unsupportedAlgorithm(): Refusal {
  return refused(9105, 'Podpis złożony z użyciem niewspieranego algorytmu kryptograficznego.')
}
