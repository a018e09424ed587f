/**
 * The third step of signing in: asking until KSeF has checked the submission.
 *
 * @see spec/ksef.md section 2.9
 * @module
 */
import { retryAfterMs, Secret, TokenError } from '@latchkey/core'
import { authenticationRows } from '../operations/rows/authentication.ts'
import { decodeStatus } from '../wire/sign-in.ts'
import type { Submitted } from '../wire/sign-in.ts'
import type { Door } from './door.ts'
import { answerFailure, pollTimeout, statusFailure } from './failures.ts'
import { sleepUnderLease } from './hold-lease.ts'

/** How long and how often is asked. */
export interface Patience {
  /** In total, in milliseconds. */
  readonly timeoutMs: number
  /** Between two questions, in milliseconds; absent: 1 s at first, growing to 5 s. */
  readonly intervalMs: number | undefined
}

const firstMs = 1_000
const growth = 1.25
const mostMs = 5_000

/**
 * Resolves when the sign-in may be redeemed. A question that fails for now is asked again.
 *
 * @throws {TokenError} It ended otherwise (section 2.9), or not in time.
 */
export async function awaitSuccess(door: Door, submitted: Submitted, patience: Patience): Promise<void> {
  const { run } = door
  const { timeoutMs, intervalMs } = patience
  const endsAt = run.clock.mono() + timeoutMs
  let trouble: TokenError | undefined
  let pause = intervalMs ?? firstMs
  for (let atLeast = 0; ;) {
    const ms = Math.max(pause, atLeast)
    if (ms > endsAt - run.clock.mono()) throw pollTimeout(timeoutMs, trouble)
    await sleepUnderLease(run, ms)
    const asked = await ask(door, submitted)
    if (asked.done) return
    trouble = asked.trouble
    atLeast = asked.waitMs
    if (intervalMs === undefined) pause = Math.min(pause * growth, mostMs)
  }
}

interface Asked {
  readonly done: boolean
  readonly waitMs: number
  readonly trouble?: TokenError
}

async function ask(door: Door, { referenceNumber, authenticationToken }: Submitted): Promise<Asked> {
  const bearer = new Secret(authenticationToken.token)
  let waitMs = 0
  try {
    const { read, response } = await door.ask(authenticationRows['authentication.status'], { referenceNumber, bearer })
    waitMs = retryAfterMs(response.headers, response.now) ?? 0
    const status = read.status === 200 ? decodeStatus(read.json) : undefined
    if (status === undefined) throw answerFailure('poll', read)
    if (status.code >= 200 && status.code !== 200) throw statusFailure(status)
    return { done: status.code === 200, waitMs: 0 } // Unknown ones below 200 mean "in progress", too.
  } catch (error) {
    if (!isPassing(error)) throw error
    const heldMs = (error.retryAt ?? 0) - door.run.clock.wall()
    return { done: false, waitMs: Math.max(waitMs, heldMs), trouble: error }
  }
}

// A question changes nothing, so trouble of the network or the server is no reason to lose the sign-in.
function isPassing(error: unknown): error is TokenError {
  return error instanceof TokenError && passing.has(error.code)
}

const passing: ReadonlySet<string> = new Set([
  'LATCHKEY_ENDPOINT_THROTTLED',
  'LATCHKEY_ENDPOINT_FAILED',
  'LATCHKEY_ENDPOINT_UNREACHABLE',
  'LATCHKEY_TIMEOUT',
  'KSEF_MALFORMED_ANSWER',
])
