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
  /** How many values were drawn so far: a stream that is made with it goes on from here. */
  drawn(): number
}

export const alphanumeric = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
export const upperAlphanumeric = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
export const hexDigits = '0123456789abcdef'

const wordsPerBlock = 8 // SHA-256 gives 32 bytes, a word takes four.

/** Makes the stream of a seed and a label; streams of two labels are independent of each other. */
export function createRandom(seed: number, label: string, drawn = 0): Random {
  let next = drawn
  let block = -1
  let pool = Buffer.alloc(0)
  const word = (): number => {
    const wanted = Math.floor(next / wordsPerBlock)
    if (wanted !== block) {
      pool = createHash('sha256')
        .update(`${String(seed)}/${label}/${String(wanted)}`)
        .digest()
      block = wanted
    }
    next += 1
    return pool.readUInt32BE(((next - 1) % wordsPerBlock) * 4)
  }
  const integer = (below: number): number => word() % below
  return {
    integer,
    text: (alphabet, length) => Array.from({ length }, () => alphabet.charAt(integer(alphabet.length))).join(''),
    drawn: () => next,
  }
}
