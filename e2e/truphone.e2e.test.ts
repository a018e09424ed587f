/**
 * Truphone Connect against the simulator over real sockets: an eSIM's life, and a login that is kept.
 *
 * @see spec/truphone.md sections 7, 8, 12 and 13
 * @module
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { OutcomeUnknownError } from '@latchkey/http'
import { startSimulator } from '@latchkey/simulator'
import type { Simulator, SimulatorOptions } from '@latchkey/simulator'
import { createWebhookReceiver, createWebhookToken, TruphoneClient } from '@latchkey/truphone'
import type { NewEsimOrder, TruphoneClientOptions } from '@latchkey/truphone'
import { afterEach, describe, expect, it } from 'vitest'

const open: AsyncDisposable[] = []
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each[Symbol.asyncDispose]()
})

async function world(switches: SimulatorOptions['truphone'] = {}, change: Partial<TruphoneClientOptions> = {}) {
  const simulator = await startSimulator({ truphone: { orderAcceptedMs: 1, orderFulfillingMs: 1, ...switches } })
  open.push(simulator)
  return { simulator, truphone: clientOf(simulator, change) }
}

function clientOf(simulator: Simulator, change: Partial<TruphoneClientOptions> = {}): TruphoneClient {
  const { baseUrl, credentials } = simulator.systems.truphone
  const { clientId, clientSecret } = credentials
  const options = { environment: 'production', clientId, clientSecret, role: 'RESELLER', baseUrl, ...change } as const
  const client = new TruphoneClient(options as TruphoneClientOptions) // One of its shapes.
  open.push(client)
  return client
}

async function order(truphone: TruphoneClient): Promise<NewEsimOrder> {
  const [product] = await truphone.products.list()
  return {
    countryCode: 'PT',
    customer: { email: 'ana+esim@example.org' },
    device: { id: 'device-0001', type: 'android' },
    subscriptions: [{ productId: product?.id ?? '' }],
  }
}

describe('a login (12, 13)', () => {
  it('is made once, and refreshed by one of fifty callers at its token’s end', async () => {
    // The simulator's clock is moved and ours is not, so that every end is a refusal to us.
    const refusalBudget = { renewals: 10, per: 60_000 }
    const { simulator, truphone } = await world({ profile: 'kc26-rotate' }, { refusalBudget })
    for (let round = 0; round < 5; round += 1) {
      await Promise.all(Array.from({ length: 50 }, () => truphone.products.list()))
      await simulator.clock.advance(400_000)
      simulator.invalidateTokens('truphone')
    }
    const { logins, refreshes } = simulator.state().systems.truphone
    expect({ logins, refreshes }).toEqual({ logins: 1, refreshes: 4 })
  })

  it('is made anew exactly once when it was ended at the server', async () => {
    const { simulator, truphone } = await world({ profile: 'kc26-rotate' })
    await truphone.products.list()
    simulator.set({ truphone: { actions: [{ do: 'endSessions' }] } })
    simulator.invalidateTokens('truphone')
    await truphone.products.list()
    expect(simulator.state().systems.truphone).toMatchObject({ logins: 2 })
  })

  it('is ended on close where that is asked for', async () => {
    const { simulator, truphone } = await world()
    await truphone.products.list()
    await truphone.close({ endLogin: true })
    expect(simulator.state().systems.truphone.sessions).toEqual([])
  })
})

describe('an eSIM (8)', () => {
  it('is ordered, followed to its activation code, and found again when the answer was lost', async () => {
    const { simulator, truphone } = await world()
    const request = await order(truphone)
    const { id } = await truphone.orders.newEsim(request)
    const { status, output } = await truphone.orders.waitForOrder(id)
    expect(status).toBe('COMPLETED')
    expect(output?.iccid).toMatch(/^\d{18,20}$/)

    simulator.faults.add({ system: 'truphone', operation: 'createOrder', kind: 'resetAfter' })
    const lost = await truphone.orders.newEsim(request).catch((error: unknown) => error)
    expect(lost).toBeInstanceOf(OutcomeUnknownError)
    const made = Object.values(simulator.state().systems.truphone.environments).flatMap(({ orders }) => orders)
    expect(made).toHaveLength(2)
  })

  it('reports its use to a webhook that this process receives', async () => {
    const { simulator, truphone } = await world()
    const token = createWebhookToken()
    const heard: string[] = []
    const receiver = createWebhookReceiver({
      token,
      onDelivery: ({ kind }) => void heard.push(kind),
      onError: (error) => void heard.push(String(error)),
    })
    const server = createServer((incoming, outgoing) => void receiver.node(incoming, outgoing))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo // It listens on TCP.
    const { id } = await truphone.orders.newEsim(await order(truphone))
    const { output } = await truphone.orders.waitForOrder(id)
    const iccid = output?.iccid ?? ''
    await truphone.webhooks.register({
      iccid,
      type: 'USAGE_THRESHOLD',
      webhookUrl: `http://127.0.0.1:${port}/hooks/${token}`,
    })
    const [subscription] = await truphone.subscriptions.listBySim(iccid)
    await truphone.subscriptions.activate(subscription?.id ?? '').catch(() => undefined) // Some products are active at once.
    await simulator.clock.advance(10_000)
    const used = { do: 'useData', subscriptionId: subscription?.id ?? '', bytes: 2_700_000_000 } as const
    simulator.set({ truphone: { actions: [used] } })
    await simulator.clock.advance(1_000)
    expect(heard).toEqual(['usage-threshold'])
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
})
