/**
 * All steps of signing in, in their order.
 *
 * @see spec/ksef.md sections 2.1 and 2.9
 * @module
 */
import type { Issued } from '@latchkey/core'
import type { Door } from './door.ts'
import { asTokenError, beginsAnew } from './failures.ts'
import { sleepUnderLease } from './hold-lease.ts'
import type { SignInMethod } from './method.ts'
import { awaitSuccess } from './poll.ts'
import type { Patience } from './poll.ts'
import { redeem } from './redeem.ts'

const roundsMax = 3
const betweenRoundsMs = 1_000

/** Signs in, and again from the first step where KSeF itself cut it short. */
export async function signIn(door: Door, method: SignInMethod, patience: Patience): Promise<Issued> {
  const { clock } = door.run
  let timeoutMs = patience.timeoutMs // Of all rounds together.
  for (let round = 1; ; round += 1) {
    let since = clock.mono()
    try {
      const submitted = await method.submit(door, timeoutMs)
      since = clock.mono() // People who sign may take their time.
      await awaitSuccess(door, submitted, { ...patience, timeoutMs })
      return await redeem(door, submitted, timeoutMs - (clock.mono() - since))
    } catch (error) {
      method.failed?.(error)
      timeoutMs -= clock.mono() - since
      const tired = round === roundsMax || timeoutMs <= 0
      if (tired || !method.repeatable || !beginsAnew(error)) throw asTokenError(error)
    }
    await sleepUnderLease(door.run, betweenRoundsMs)
  }
}
