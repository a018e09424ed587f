/**
 * What was sent once and whose answer was lost: it may have happened, and nobody must send it again before they know.
 *
 * @see DESIGN "Unknown is a value"
 * @module
 */
import { OutcomeUnknownError } from '@latchkey/http'
import type { Io } from './io.ts'

/** The answer was lost, or the user stopped the command while it might have been under way. */
export function mayBeLost(error: unknown, { signal }: Io): boolean {
  return error instanceof OutcomeUnknownError || (signal.aborted && error === signal.reason)
}

/** Runs what is sent once. @param advice - How to find out what became of it: sentences. */
export async function sendOnce<T>(work: () => Promise<T>, advice: string, io: Io): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (mayBeLost(error, io)) io.err(`${advice}\n`)
    throw error
  }
}
