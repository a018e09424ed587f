/**
 * The number of an eUICC.
 *
 * @see spec/truphone.md sections 7.2.1, 18
 * @module
 */
import type { World } from '../world.ts'
import { invalid } from './refusal.ts'

/** Trims and checks an EID: 32 digits, and valid check digits where that is switched on. @throws {Refusal} */
export function checkEid({ switches }: World, text: string, place: string): string {
  const eid = text.trim()
  if (!/^\d{32}$/.test(eid)) throw invalid(`${place}: must have 32 digits`)
  if (switches.strictEid && BigInt(eid) % 97n !== 1n) throw invalid(`${place}: wrong check digits`)
  return eid
}
