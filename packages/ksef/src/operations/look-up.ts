/**
 * Finds what an operation made whose answer was lost, in a list that shows it.
 *
 * @see DESIGN "Unknown is a value"
 * @module
 */
import type { Resolution } from '@latchkey/http'
import type { Context } from './context.ts'

const lookBackMs = 60_000 // More than two clocks differ that somebody keeps. By another one nothing is found: unknown, and safe.
const askAgainMs = 5_000
const giveUpMs = 900_000 // No document names the longest time that KSeF works on such a thing.

/** For `sentAt`, epoch milliseconds of this process' wall clock: items of a list, newest first, that are not older. */
export async function madeSince<Item>(
  items: AsyncIterable<Item>,
  sentAt: number,
  madeAt: (item: Item) => Date,
  matches: (item: Item) => boolean,
): Promise<readonly Item[]> {
  const found: Item[] = []
  for await (const item of items) {
    if (madeAt(item).getTime() < sentAt - lookBackMs) break
    if (matches(item)) found.push(item)
  }
  return found
}

/** Nobody promises that a list shows everything at once, so absence proves nothing. */
export function stillUnknown({ clock }: Context, sentAt: number): Resolution<never> {
  const now = clock.wall()
  return now < sentAt + giveUpMs ? { state: 'unknown', askAgainAt: now + askAgainMs } : { state: 'unknown' }
}

/** A repeat of such a call is the same end. */
export const harmless = { advice: 'Sending it again is harmless: the end is the same.' }
