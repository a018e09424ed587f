/** Products, SIMs, subscriptions and webhooks of `latchkey truphone …` (spec/truphone.md sections 7.1 to 7.6). @module */
import type { Simulator } from '@latchkey/simulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { anOrder, document, order, prepared, productId, quickSimulator } from './home.ts'
import type { Scene } from './home.ts'

let simulator: Simulator

beforeAll(async () => {
  simulator = await quickSimulator()
})
beforeEach(() => simulator.reset())
afterAll(() => simulator.close())

const asked = (operation: string): number => simulator.requests({ system: 'truphone', operation }).length

interface Bought {
  readonly iccid: string
  readonly subscriptionId: string
}

async function buy(scene: Scene): Promise<Bought> {
  return document(await scene.type(`truphone order new ${anOrder} --wait --json`)) as unknown as Bought // As printed.
}

describe('latchkey truphone products', () => {
  it('lists the plans, with `list` and without', async () => {
    await using scene = await prepared(simulator)
    const { exit, out, err } = await scene.type('truphone products')
    expect([exit, err]).toEqual([0, ''])
    expect(out).toMatch(
      /^id +name +data +period +price +countries\ncHJvZC1ldS0zZ2ItMzBk +Europe 3GB 30-Day +3 GB +30 DAYS +18 EUR +17\n/,
    )
    expect((await scene.type('truphone products list')).out).toBe(out)
    expect((await scene.type('truphone products --currency USD --plan PlanFictional02')).out).toMatch(
      /^.*\n.*8 USD +1\n$/,
    )
  })

  it('shows one, also where its id begins with a dash (2.4)', async () => {
    await using scene = await prepared(simulator)
    const { exit, out } = await scene.type('truphone products get --currency USD -- ----AQID__4=')
    expect(exit).toBe(0)
    expect(out).toMatch(/^id +----AQID__4=\nname +World 10GB 30-Day\n[^]*price +65 USD\nworksIn +AT BE /)
    expect(document(await scene.type(`truphone products get ${productId} --json`))).toMatchObject({ id: productId })
    expect(await scene.type('truphone products get gone')).toMatchObject({
      exit: 5,
      err: expect.stringMatching(/^TRUPHONE_NOT_FOUND: /) as string,
    })
  })
})

describe('latchkey truphone subscription list', () => {
  async function buyMany(scene: Scene, count: number): Promise<void> {
    for (let done = 0; done < count; done += 1) await scene.type(`truphone order new ${anOrder}`)
    const bought = () =>
      Object.values(simulator.state().systems.truphone.environments).flatMap((each) => each.subscriptions)
    await expect.poll(() => bought().length).toBe(count)
  }

  it(
    'goes from page to page under one heading, as far as --limit and no further (2.5)',
    { timeout: 60_000 },
    async () => {
      await using scene = await prepared(simulator)
      await buyMany(scene, 21)
      const before = asked('subscriptions')
      const all = await scene.type('truphone subscription list --email ana+esim@example.org')
      expect([all.exit, all.err, asked('subscriptions') - before]).toEqual([0, '21 in all.\n', 2])
      expect(all.out.match(/^id /gm)).toHaveLength(1)
      expect(all.out.match(/ACTIVE/g)).toHaveLength(21)

      const cut = await scene.type('truphone subscription list --limit 19')
      expect([cut.exit, cut.err]).toEqual([0, 'The first 19; there are more. Raise --limit, or narrow the filter.\n'])
      expect(cut.out.match(/ACTIVE/g)).toHaveLength(19)
      expect(asked('subscriptions') - before).toBe(3)

      // Whether a full page was the last one is known from the next.
      const { subscriptions, more } = document(await scene.type('truphone subscription list --limit 20 --json'))
      expect([subscriptions, more]).toEqual([expect.objectContaining({ length: 20 }), true])
      expect(document(await scene.type('truphone subscription list --limit 21 --json'))).toMatchObject({ more: false })
    },
  )

  it('takes nothing for an answer, and says which moment it cannot read', async () => {
    await using scene = await prepared(simulator)
    const { exit, out, err } = await scene.type('truphone subscription list --after 2031-05-01T12:00:00Z')
    expect([exit, out, err]).toEqual([0, 'id  status  iccid  product  activated  expires\n', '0 in all.\n'])
    expect(await scene.type('truphone subscription list --after yesterday')).toMatchObject({
      exit: 2,
      err: expect.stringMatching(/^ERR_INVALID_ARG: .*after must be a Date or a date and time with its zone/) as string,
    })
    expect((await scene.type('truphone subscription list --limit 0')).err).toMatch(
      /--limit takes a whole number from 1/,
    )
  })
})

describe('latchkey truphone subscription get and activate', () => {
  it('show what is left of a plan', async () => {
    await using scene = await prepared(simulator)
    const { subscriptionId, iccid } = await buy(scene)
    simulator.set({ truphone: { actions: [{ do: 'useData', subscriptionId, bytes: 1_048_576 }] } })
    const { out } = await scene.type(`truphone subscription get ${subscriptionId}`)
    expect(out).toMatch(
      /\nstatus +ACTIVE\n[^]*\ninitialBytes +3221225472\nspentBytes +1048576\nremainingBytes +3220176896\n/,
    )
    expect(document(await scene.type(`truphone subscription get ${subscriptionId} --json`))).toMatchObject({
      ...{ id: subscriptionId, iccid, remainingBytes: '3220176896' },
    })
  })

  it('activate a plan that was ordered for later, and say how to look', async () => {
    await using scene = await prepared(simulator)
    const activationDate = new Date(simulator.clock.now() + 86_400_000).toISOString()
    await scene.home.write('order.json', { ...order, subscriptions: [{ productId, activationDate }] })
    const ordered = document(await scene.type('truphone order new --file order.json --wait --json'))
    const id = String(ordered['subscriptionId'])
    expect(document(await scene.type(`truphone subscription get ${id} --json`))).toMatchObject({ status: 'PENDING' })
    simulator.faults.add({ system: 'truphone', operation: 'activateSubscription', kind: 'resetBefore' })
    const lost = await scene.type(`truphone subscription activate ${id}`)
    expect([lost.exit, lost.out]).toEqual([6, ''])
    expect(lost.err).toMatch(
      /^Look before you send it again; PENDING may only mean "not yet": latchkey truphone subscription get /,
    )
    const { exit, err } = await scene.type(`truphone subscription activate ${id}`)
    expect(exit).toBe(0)
    await simulator.clock.advance(5_000)
    const [, look = ''] = /Look with: latchkey (.*)\n/.exec(err) ?? []
    expect((await scene.type(look)).out).toMatch(/\nstatus +ACTIVE\n/)
  })
})

describe('latchkey truphone sim', () => {
  it('shows an eSIM with its activation code, and points it to another handset (7.3)', async () => {
    await using scene = await prepared(simulator)
    const { iccid } = await buy(scene)
    expect((await scene.type(`truphone sim get ${iccid}`)).out).toMatch(
      /^iccid +\d+\nstatus +Released\nmatchingId +\S+\nactivationCode +LPA:1\$\S+\nlastModified +\S+Z\n$/,
    )
    const eid = '89049032000000000000000065432192'
    expect(document(await scene.type(`truphone sim eid ${iccid} ${eid} --json`))).toMatchObject({ iccid, eid })
    expect(await scene.type(`truphone sim eid ${iccid} 123`)).toMatchObject({
      exit: 2,
      err: expect.stringContaining('eid must be text of 32 digits') as string,
    })
    expect(asked('updateSim')).toBe(1)
    expect((await scene.type('truphone sim get 8944000000000000019')).exit).toBe(5)
  })
})

describe('latchkey truphone webhook', () => {
  it('registers, lists and removes webhooks of a SIM (7.4)', async () => {
    await using scene = await prepared(simulator)
    const { iccid } = await buy(scene)
    const url = 'https://partner.example/hooks/f00dfeed'
    expect((await scene.type(`truphone webhook register ${iccid} USAGE_THRESHOLD ${url}`)).exit).toBe(0)
    expect((await scene.type(`truphone webhook list ${iccid}`)).out).toBe(
      `type             url\nUSAGE_THRESHOLD  ${url}\n`,
    )
    expect((await scene.type(`truphone webhook unregister ${iccid} USAGE_THRESHOLD`)).exit).toBe(0)
    expect(document(await scene.type(`truphone webhook list ${iccid} --json`))).toEqual({ iccid, webhooks: [] })
  })

  it.each([
    ['register 8944 ALL https://a.example', /Allowed choices are USAGE_THRESHOLD, SUBSCRIPTION_END/],
    ['register 8944 SUBSCRIPTION_END nonsense', /webhookUrl must be an absolute http or https URL/],
    ['unregister 8944', /missing required argument 'type'/],
  ])('refuses %s, and sends nothing: exit 2', async (words, message) => {
    await using scene = await prepared(simulator)
    const { exit, err } = await scene.type(`truphone webhook ${words}`)
    expect([exit, err]).toEqual([2, expect.stringMatching(message)])
    expect(simulator.requests({ system: 'truphone' })).toHaveLength(0)
  })
})
