/**
 * The counters belong to the server. Where a number of ours is refused, its sentence says which one it expects.
 *
 * @see spec/etims.md section 7.5
 * @module
 */

/**
 * Reads the expected `invcNo` or `sarNo` from a refusal, such as "Invalid sarNo: Expected: 10 but found: 15".
 *
 * Ask it about refusals of a sale, a purchase or a stock document only: other refusals use the same words about other
 * numbers.
 *
 * @returns `undefined` where the sentence names no such number, or one beyond 2^53 - 1.
 */
export function expectedNumber(message: string): number | undefined {
  const text = message.slice(0, 2000)
  return whole(/expected:?\s*(\d+)\s*but found/i.exec(text) ?? /use the expected value:\s*(\d+)/i.exec(text))
}

/** Reads the expected number of an item code, from "Expected sequence ending with: ********2". */
export function expectedItemSequence(message: string): number | undefined {
  return whole(/expected sequence ending with:\s*\**(\d+)/i.exec(message.slice(0, 2000)))
}

function whole(found: RegExpExecArray | null): number | undefined {
  const value = Number(found?.[1] ?? Number.NaN)
  return Number.isSafeInteger(value) ? value : undefined
}
