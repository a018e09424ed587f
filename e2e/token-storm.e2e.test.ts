/**
 * Tokens that die while payments are under way, against the simulator over real sockets.
 *
 * @see engine.md sections 6 and 7
 * @module
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { isLatchkeyError } from '@latchkey/core'
import type { EngineEvent } from '@latchkey/core'
import { MpesaClient, parseStkCallback } from '@latchkey/daraja'
import { startSimulator } from '@latchkey/simulator'
import type { Simulator } from '@latchkey/simulator'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

let simulator: Simulator
let events: EngineEvent[]
let clients: MpesaClient[]

beforeEach(async () => {
  simulator = await startSimulator()
  events = []
  clients = []
})

afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()))
  await simulator.close()
})

function client(refusalBudget?: { readonly renewals: number; readonly per: number }): MpesaClient {
  const { baseUrl, credentials } = simulator.systems.daraja
  const { consumerKey, consumerSecret } = credentials
  const mpesa = new MpesaClient({
    consumerKey,
    consumerSecret,
    environment: 'sandbox',
    baseUrl,
    observer: { event: (event) => events.push(event) },
    ...(refusalBudget && { refusalBudget }),
  })
  clients.push(mpesa)
  return mpesa
}

function push(mpesa: MpesaClient, index: number, callbackUrl = 'http://127.0.0.1:9/hooks') {
  const { shortCode, passkey } = simulator.systems.daraja.credentials
  const phone = `2547${String(23_450_000 + index * 7 + 100)
    .padStart(8, '0')
    .slice(0, 4)}${String(3000 + index)}`
  return mpesa.stkPush({
    businessShortCode: shortCode,
    passkey,
    transactionType: 'CustomerPayBillOnline',
    amount: 1 + index,
    partyA: phone,
    partyB: shortCode,
    phoneNumber: phone,
    callbackUrl,
    accountReference: `INV-${index}`,
    transactionDesc: 'Order',
  })
}

const seen = (operation: string) =>
  simulator.requests({ system: 'daraja' }).filter((each) => each.operation === operation)

describe('tokens that die while payments are under way', () => {
  it('accepts 200 concurrent pushes exactly once each through five deaths of the token, with six token requests', async () => {
    const callbacks: string[] = []
    const receiver = createServer((request, response) => {
      let body = ''
      request.setEncoding('utf8')
      request.on('data', (chunk: string) => (body += chunk))
      request.on('end', () => {
        callbacks.push(parseStkCallback(body).checkoutRequestId)
        response.end('{}')
      })
    })
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
    const callbackUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hooks`

    const mpesa = client({ renewals: 10, per: 60_000 })
    await mpesa.tokenSource.get()
    // Each try takes 150 ms before the token is looked at, and pushes start all the time: at every death many are
    // under way, and the deaths are further apart than a refused push and its repeat take.
    simulator.faults.add({ system: 'daraja', operation: 'stkPush', kind: 'latency', ms: 150, count: 1000 })
    const gap = 900
    const deaths = async (): Promise<void> => {
      for (const death of ['invalidate', 'expire', 'invalidate', 'expire', 'invalidate']) {
        await sleep(gap)
        if (death === 'invalidate') simulator.invalidateTokens('daraja')
        else await simulator.clock.advance(3_600_000)
      }
    }
    const pushes = Array.from({ length: 200 }, async (_, index) => {
      await sleep(index * ((gap * 6) / 200))
      return push(mpesa, index, callbackUrl)
    })
    const [accepted] = await Promise.all([Promise.all(pushes), deaths()])

    expect(new Set(accepted.map(({ checkoutRequestId }) => checkoutRequestId)).size).toBe(200)
    expect(seen('oauth')).toHaveLength(6)
    const answers = seen('stkPush').map(({ answer }) => answer?.status)
    expect(answers.filter((status) => status === 200)).toHaveLength(200)
    expect(answers.filter((status) => status === 404).length).toBeGreaterThan(5)
    expect(new Set(answers)).toEqual(new Set([200, 404]))

    await expect.poll(() => callbacks.length, { timeout: 10_000 }).toBe(200)
    expect(new Set(callbacks)).toEqual(new Set(accepted.map(({ checkoutRequestId }) => checkoutRequestId)))
    receiver.closeAllConnections()
    await new Promise((resolve) => receiver.close(resolve))
  })

  it("gives the caller the provider's answer at the third refusal within a minute, and the key cools down", async () => {
    const mpesa = client()
    await push(mpesa, 1)
    for (const index of [2, 3]) {
      simulator.invalidateTokens('daraja')
      await push(mpesa, index)
    }
    expect(seen('oauth')).toHaveLength(3)

    simulator.invalidateTokens('daraja')
    const refused = await push(mpesa, 4).catch((error: unknown) => error)
    expect(isLatchkeyError(refused) && [refused.status, refused.providerCode]).toEqual([404, '404.001.03'])
    expect(events.filter(({ type }) => type === 'latchkey.cooldown.start')).toMatchObject([{ class: 'refused' }])

    const again = await push(mpesa, 5).catch((error: unknown) => error)
    expect(isLatchkeyError(again) && again.providerCode).toBe('404.001.03')
    const { generation } = await mpesa.tokenSource.get()
    await expect(mpesa.tokenSource.get({ after: generation, patience: 0 })).rejects.toMatchObject({
      code: 'LATCHKEY_TOKEN_REJECTED',
      retryAt: expect.any(Number) as number,
    })
    expect(seen('oauth')).toHaveLength(3)
    expect(simulator.state().systems.daraja).toBeDefined()
  })
})
