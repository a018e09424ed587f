/**
 * The first step of signing in.
 *
 * @see spec/ksef.md section 2.2
 * @module
 */
import type { Challenge } from '../values/challenge.ts'
import { authenticationRows } from '../operations/rows/authentication.ts'
import type { Door } from './door.ts'
import { answerFailure } from './failures.ts'
import { askInTurn, shortMs } from './unprocessed.ts'

/** A challenge on its way. */
export interface OpenChallenge {
  readonly challenge: Challenge
  /** Milliseconds in which it can still be answered. */
  readonly left: () => number
}

const answerableMs = 9.5 * 60_000 // A challenge lives ten minutes; the request that answers it wants a part of them.

/** `POST /auth/challenge` */
export async function requestChallenge(door: Door): Promise<OpenChallenge> {
  const operation = authenticationRows['authentication.challenge']
  const { read } = await askInTurn(door, shortMs, operation)
  const challenge = operation.accepts(read) ? operation.decode(read.json) : undefined
  if (challenge === undefined) throw answerFailure('challenge', read)
  const { clock } = door.run
  const endsAt = clock.mono() + answerableMs
  return { challenge, left: () => endsAt - clock.mono() }
}
