/**
 * `latchkey demo`: the main job, end to end, on the embedded simulator. Everything shown was measured at the
 * simulator's side, and the command fails if it is not what it must be.
 *
 * @module
 */
import { MpesaClient, parseStkCallback } from '@latchkey/daraja'
import { startSimulator } from '@latchkey/simulator'
import type { Simulator } from '@latchkey/simulator'
import type { CommonOptions, Io } from '../io.ts'
import { json, table } from '../output.ts'
import { openReceiver } from '../receiver.ts'
import type { Receiver } from '../receiver.ts'
import { observer } from '../verbose.ts'

const callers = 50
const callbackWaitMs = 10_000

interface Row {
  readonly system: string
  readonly step: string
  readonly result: string
  /** Token requests that the simulator has seen so far. */
  readonly tokenRequests: number
}

export async function demo(options: CommonOptions, io: Io): Promise<void> {
  await using simulator = await startSimulator()
  await using receiver = await openReceiver()
  if (!options.json) io.err(`The simulator listens on ${simulator.url} for the length of this demo.\n\n`)
  const rows = await daraja(simulator, receiver, options, io)
  if (options.json) return io.out(json({ steps: rows }))
  const shown = rows.map(({ system, step, result, tokenRequests }) => [system, step, result, String(tokenRequests)])
  io.out(table(['system', 'what happened', 'result', 'token requests'], shown))
  io.out('\nEvery call succeeded, and no token was asked for twice. Next: latchkey simulator\n')
}

async function daraja(
  simulator: Simulator,
  receiver: Receiver,
  options: CommonOptions,
  io: Io,
): Promise<readonly Row[]> {
  const { baseUrl, credentials } = simulator.systems.daraja
  const { consumerKey, consumerSecret, shortCode, passkey, msisdn } = credentials
  await using mpesa = new MpesaClient({
    consumerKey,
    consumerSecret,
    environment: 'sandbox',
    baseUrl,
    ...observer(options, io),
  })
  const { signal } = io
  const rows: Row[] = []
  const note = (step: string, result: string, expected: number): void => {
    signal.throwIfAborted()
    const tokenRequests = simulator
      .requests({ system: 'daraja' })
      .filter(({ operation }) => operation === 'oauth').length
    if (tokenRequests !== expected) throw new Error(`${step}: ${tokenRequests} token requests instead of ${expected}`)
    rows.push({ system: 'daraja', step, result, tokenRequests })
  }
  let payments = 0
  const pay = async (): Promise<string> => {
    payments += 1
    const phone = `2547${String(12_345_000 + payments).padStart(8, '0')}`
    const accepted = await mpesa.stkPush(
      {
        businessShortCode: shortCode,
        passkey,
        transactionType: 'CustomerPayBillOnline',
        amount: payments,
        partyA: payments === 1 ? msisdn : phone,
        partyB: shortCode,
        phoneNumber: payments === 1 ? msisdn : phone,
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

  const tokens = await Promise.all(Array.from({ length: callers }, () => mpesa.tokenSource.get({ signal })))
  note(
    `${callers} callers ask for a token at once`,
    `${new Set(tokens.map(({ generation }) => generation)).size} token between them`,
    1,
  )
  note('a payment with that token', await pay(), 1)
  simulator.invalidateTokens('daraja')
  note('the token is killed; another payment', await pay(), 2)
  await simulator.clock.advance(3_600_000)
  note('one hour later; another payment', await pay(), 3)
  note('and another, with the token in hand', await pay(), 3)
  return rows
}
