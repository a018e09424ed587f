/**
 * Steps that nothing came of. A 429, and a budget of our own that lets nothing go, prove that nothing was processed, so
 * that even what must not be repeated after a lost answer may be sent again; and a signature or a sign-in that is ready is
 * worth the wait.
 *
 * @see spec/ksef.md sections 1.7 and 1.10, engine.md section 6.7
 * @module
 */
import { retryAfterMs, TokenError } from '@latchkey/core'
import type { Ask, Door, Said, StepOperation } from './door.ts'
import { sleepUnderLease } from './hold-lease.ts'

/** As long as the engine's callers sit out a cool-down. For steps with which nothing is lost. */
export const shortMs = 5_000

const unnamedMs = 5_000 // As the engine takes it where KSeF names no time.
const leastMs = 1_000 // `Retry-After: 0` must not make a storm.

/**
 * Asks, and again after each wait that KSeF names, while all waits together stay within `mostMs`.
 *
 * @returns The first answer other than a 429, or the last 429.
 * @throws {TokenError} There was no answer.
 */
export async function askInTurn(door: Door, mostMs: number, operation: StepOperation, ask?: Ask): Promise<Said> {
  for (let leftMs = mostMs; ;) {
    const said = await door.ask(operation, ask).catch((error: unknown) => heldBack(error))
    const isHeard = !(said instanceof TokenError)
    if (isHeard && said.read.status !== 429) return said
    const waitMs = Math.max(leastMs, isHeard ? namedIn(said) : (said.retryAt ?? 0) - door.run.clock.wall())
    if (waitMs > leftMs) {
      if (isHeard) return said
      throw said
    }
    await sleepUnderLease(door.run, waitMs)
    leftMs -= waitMs
  }
}

/** True where nothing was sent, or KSeF said that it did not look at what was. */
export function isUnprocessed(error: unknown): boolean {
  return error instanceof TokenError && (isThrottled(error) || error.code === 'LATCHKEY_ENDPOINT_UNREACHABLE')
}

/** The error of our own budget. @throws Every other. */
function heldBack(error: unknown): TokenError {
  if (error instanceof TokenError && isThrottled(error)) return error
  throw error
}

function isThrottled({ code }: TokenError): boolean {
  return code === 'LATCHKEY_ENDPOINT_THROTTLED'
}

function namedIn({ response }: Said): number {
  return retryAfterMs(response.headers, response.now) ?? unnamedMs
}
