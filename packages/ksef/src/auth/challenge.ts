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

/** `POST /auth/challenge` */
export async function requestChallenge(door: Door): Promise<Challenge> {
  const operation = authenticationRows['authentication.challenge']
  const { read } = await door.ask(operation)
  const challenge = operation.accepts(read) ? operation.decode(read.json) : undefined
  if (challenge === undefined) throw answerFailure('challenge', read)
  return challenge
}
