/**
 * Seeded random values, so that two runs with one seed give the same ids, tokens and receipts. Not for secrets of
 * the real world: everything can be computed from the seed.
 *
 * @module
 */
import { createHash } from 'node:crypto'

/** A stream of pseudo-random values. */
export interface Random {
  /** An integer from 0 to `below` - 1. */
  integer(below: number): number
  /** `length` characters of an alphabet. */
  text(alphabet: string, length: number): string
}

export const alphanumeric = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
export const upperAlphanumeric = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
export const hexDigits = '0123456789abcdef'

/** Makes the stream of a seed and a label; streams of two labels are independent of each other. */
export function createRandom(seed: number, label: string): Random {
  let block = 0
  let pool = Buffer.alloc(0)
  let used = 0
  const word = (): number => {
    if (used + 4 > pool.length) {
      pool = createHash('sha256')
        .update(`${String(seed)}/${label}/${String(block)}`)
        .digest()
      block += 1
      used = 0
    }
    used += 4
    return pool.readUInt32BE(used - 4)
  }
  const integer = (below: number): number => word() % below
  return {
    integer,
    text: (alphabet, length) => Array.from({ length }, () => alphabet.charAt(integer(alphabet.length))).join(''),
  }
}
