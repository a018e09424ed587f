/**
 * `latchkey daraja stk-push`: asks a phone to approve a payment and prints the ids that the outcome will carry.
 *
 * @module
 */
import { normalizePhoneNumber } from '@latchkey/daraja'
import { OutcomeUnknownError } from '@latchkey/http'
import type { CommonOptions, Io } from '../../io.ts'
import { json, pairs } from '../../output.ts'
import type { StkPushFlags } from './flags.ts'
import { darajaTarget } from './target.ts'
import { UsageError } from '../../usage.ts'

// A simulator records a callback to an address where nobody listens.
const nowhere = 'http://127.0.0.1:9/hooks'

export async function stkPush(options: CommonOptions & StkPushFlags, io: Io): Promise<void> {
  await using target = await darajaTarget(options, io)
  const { mpesa, isLocal, testPhone, flags } = target
  const given = options.phone ?? testPhone
  if (given === undefined) throw new UsageError("--phone is missing: the customer's number, such as 0712345678.")
  const phone = normalizePhoneNumber(given)
  if (phone === undefined)
    throw new UsageError('--phone takes a Kenyan mobile number such as 0712345678 or 254712345678.')
  const callbackUrl = options.callbackUrl ?? (isLocal ? nowhere : undefined)
  if (callbackUrl === undefined)
    throw new UsageError('--callback-url is missing: the public https address to which M-PESA posts the outcome.')
  const shortCode = await target.field('shortCode')
  const passkey = await target.field('passkey')
  const push = mpesa.stkPush(
    {
      businessShortCode: shortCode,
      passkey,
      transactionType: 'CustomerPayBillOnline',
      amount: options.amount,
      partyA: phone,
      partyB: shortCode,
      phoneNumber: phone,
      callbackUrl,
      accountReference: options.reference,
      transactionDesc: options.description,
    },
    { signal: io.signal },
  )
  const accepted = await push.catch((error: unknown) => {
    if (error instanceof OutcomeUnknownError) {
      io.err(`If the phone showed a prompt, ask what became of it: latchkey daraja stk-query CHECKOUT-ID ${flags}\n`)
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
    io.err(`Accepted, not yet paid. Ask with: latchkey daraja stk-query ${checkoutRequestId} ${flags}\n`)
}
