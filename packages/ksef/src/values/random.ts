/**
 * Where generated identifiers take their chance from: an option, so that a test can repeat a run.
 *
 * @module
 */
import { randomInt } from 'node:crypto'
import { invalidArgument } from '@latchkey/core'

/** Gives a number from 0 up to, and without, 1. */
export type Random = () => number

const steps = 2 ** 47

/** The machine's own random numbers. */
export const systemRandom: Random = () => randomInt(steps) / steps

/** A whole number from `from` to `to`, both included. */
export function pickInt(random: Random, from: number, to: number): number {
  const part = random()
  if (!(part >= 0 && part < 1)) throw invalidArgument('random: must give numbers from 0 up to, and without, 1')
  return from + Math.floor(part * (to - from + 1))
}

/** A text of `length` characters out of `alphabet`. */
export function pickText(random: Random, alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet.charAt(pickInt(random, 0, alphabet.length - 1))).join('')
}
