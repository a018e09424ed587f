/**
 * Daraja's part of `latchkey demo`: payments with one token, after its early death, and after its expiry.
 *
 * @module
 */
import { MpesaClient, parseStkCallback } from '@latchkey/daraja'
import { askTogether, callers } from '../../demo-scene.ts'
import type { Stage } from '../../demo-scene.ts'
import { openReceiver } from '../../receiver.ts'

const callbackWaitMs = 10_000

export async function demo({ simulator, observer, signal, note }: Stage): Promise<void> {
  const { baseUrl, credentials } = simulator.systems.daraja
  const { consumerKey, consumerSecret, shortCode, passkey, msisdn } = credentials
  await using receiver = await openReceiver()
  await using mpesa = new MpesaClient({ consumerKey, consumerSecret, environment: 'sandbox', baseUrl, observer })
  let payments = 0
  const pay = async (): Promise<string> => {
    payments += 1
    const phone = payments === 1 ? msisdn : `2547${String(12_345_000 + payments).padStart(8, '0')}`
    const accepted = await mpesa.stkPush(
      {
        businessShortCode: shortCode,
        passkey,
        transactionType: 'CustomerPayBillOnline',
        amount: payments,
        partyA: phone,
        partyB: shortCode,
        phoneNumber: phone,
        callbackUrl: receiver.url,
        accountReference: `DEMO-${payments}`,
        transactionDesc: 'Demo',
      },
      { signal },
    )
    const posted = await receiver.next(callbackWaitMs, signal)
    const callback = parseStkCallback(posted?.body ?? '')
    if (callback.state !== 'paid' || callback.checkoutRequestId !== accepted.checkoutRequestId)
      throw new Error('The payment was not reported.')
    return `paid, receipt ${callback.mpesaReceiptNumber ?? 'missing'}`
  }

  const together = await askTogether(() => mpesa.tokenSource.get({ signal }))
  note(`${callers} callers ask for a token at once`, together, 1)
  note('a payment with that token', await pay(), 1)
  simulator.invalidateTokens('daraja')
  note('the token is killed; another payment', await pay(), 2)
  await simulator.clock.advance(3_600_000)
  note('one hour later; another payment', await pay(), 3)
  note('and another, with the token in hand', await pay(), 3)
}
