/**
 * `latchkey daraja stk-query CHECKOUT-ID`: asks what became of a payment.
 *
 * @module
 */
import type { CommonOptions, Io } from '../../io.ts'
import { json, pairs } from '../../output.ts'
import type { ProfileFlags } from '../../flags.ts'
import { darajaTarget } from './target.ts'

export async function stkQuery(
  checkoutRequestId: string,
  options: CommonOptions & ProfileFlags,
  io: Io,
): Promise<void> {
  await using target = await darajaTarget(options, io)
  const businessShortCode = await target.field('shortCode')
  const passkey = await target.field('passkey')
  const found = await target.mpesa.stkPushQuery(
    { businessShortCode, passkey, checkoutRequestId },
    { signal: io.signal },
  )
  const { state, resultCode, resultDesc } = found
  const shown = {
    state,
    resultCode,
    resultDesc,
    ...(found.state === 'failed' && { meaning: found.meaning }),
    ...(found.state === 'pending' && { askAgainAt: new Date(found.askAgainAt).toISOString() }),
  }
  io.out(options.json ? json({ checkoutRequestId, ...shown }) : pairs(shown))
}
