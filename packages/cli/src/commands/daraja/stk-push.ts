/**
 * `latchkey daraja stk-push`: asks a phone to approve a payment and prints the ids that the outcome will carry.
 *
 * @module
 */
import { normalizePhoneNumber } from '@latchkey/daraja'
import { OutcomeUnknownError } from '@latchkey/http'
import type { CommonOptions, Io } from '../../io.ts'
import { json, pairs } from '../../output.ts'
import type { StkPushFlags } from '../../flags.ts'
import { darajaTarget } from '../../target.ts'
import { UsageError } from '../../usage.ts'

// A simulator records a callback to an address where nobody listens; nothing else is asked by this version.
const nowhere = 'http://127.0.0.1:9/hooks'

export async function stkPush(options: CommonOptions & StkPushFlags, io: Io): Promise<void> {
  await using target = await darajaTarget(options, io)
  const { mpesa, credentials } = target
  const { shortCode, passkey, msisdn } = credentials
  const phone = normalizePhoneNumber(options.phone ?? msisdn)
  if (phone === undefined)
    throw new UsageError('--phone takes a Kenyan mobile number such as 0712345678 or 254712345678.')
  const where = `--simulator ${String(options.simulator?.origin)}`
  const push = mpesa.stkPush(
    {
      businessShortCode: shortCode,
      passkey,
      transactionType: 'CustomerPayBillOnline',
      amount: options.amount,
      partyA: phone,
      partyB: shortCode,
      phoneNumber: phone,
      callbackUrl: options.callbackUrl ?? nowhere,
      accountReference: options.reference,
      transactionDesc: options.description,
    },
    { signal: io.signal },
  )
  const accepted = await push.catch((error: unknown) => {
    if (error instanceof OutcomeUnknownError) {
      io.err(`If the phone showed a prompt, ask what became of it: latchkey daraja stk-query CHECKOUT-ID ${where}\n`)
    }
    throw error
  })
  const { checkoutRequestId, merchantRequestId, customerMessage } = accepted
  io.out(
    options.json
      ? json({ checkoutRequestId, merchantRequestId, customerMessage })
      : pairs({ checkoutRequestId, merchantRequestId, customerMessage }),
  )
  if (!options.json)
    io.err(`Accepted, not yet paid. Ask with: latchkey daraja stk-query ${checkoutRequestId} ${where}\n`)
}
