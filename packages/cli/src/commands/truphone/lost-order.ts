/**
 * An order whose answer was lost: the client compares the subscriptions before and after, for as long as there is time.
 * It can only do so in the command that ordered.
 *
 * @see spec/truphone.md section 2.6, DESIGN "Unknown is a value"
 * @module
 */
import { isLatchkeyError, systemClock } from '@latchkey/core'
import { OutcomeUnknownError } from '@latchkey/http'
import type { OrderFound } from '@latchkey/truphone'
import type { Io } from '../../io.ts'
import { unlessStopped } from '../../stopping.ts'

/** What was found within `ms` or until the user stops; undefined where it is as unknown as before. */
export async function findLost(error: unknown, ms: number, io: Io): Promise<OrderFound | undefined> {
  if (!(error instanceof OutcomeUnknownError)) return undefined
  io.err('The answer was lost; looking for what is new.\n')
  const endsAt = systemClock.mono() + ms
  for (;;) {
    const outcome = await unlessStopped(error.resolve(), io).catch((trouble: unknown) => notAnswered(trouble, io))
    if (outcome?.state === 'settled') return outcome.result as OrderFound // What the client settles an order with.
    if (outcome?.state !== 'unknown' || outcome.askAgainAt === undefined) return undefined
    const pause = Math.max(outcome.askAgainAt - systemClock.wall(), 0)
    if (pause >= endsAt - systemClock.mono()) return undefined
    await systemClock.sleep(pause, io.signal).catch((trouble: unknown) => notAnswered(trouble, io))
    if (io.signal.aborted) return undefined
  }
}

function notAnswered(error: unknown, { signal }: Io): undefined {
  if (!isLatchkeyError(error) && !signal.aborted) throw error
  return undefined
}
