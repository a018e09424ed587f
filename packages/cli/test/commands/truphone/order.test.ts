/** `latchkey truphone order …` (spec/truphone.md sections 2.6, 7.2 and 8). @module */
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Simulator } from '@latchkey/simulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type } from '../../terminal.ts'
import { anOrder, document, order, prepared, productId, quickSimulator } from './home.ts'

let simulator: Simulator

beforeAll(async () => {
  simulator = await quickSimulator()
})
beforeEach(() => simulator.reset())
afterAll(() => simulator.close())

const sent = (operation = 'createOrder') => simulator.requests({ system: 'truphone', operation })
const bodies = () => sent().map(({ body }) => body)

describe('latchkey truphone order new', () => {
  it('orders an eSIM up to its activation code, and draws it for its owner alone', async () => {
    await using scene = await prepared(simulator)
    const { exit, out, err } = await scene.type(`truphone order new ${anOrder} --wait --qr esim.png`)
    expect(exit).toBe(0)
    expect(out).toMatch(
      /^id +\S+\nstatus +COMPLETED\niccid +\d+\nsubscriptionId +\S+\nmatchingId +\S+\nsmdpHost +rsp\.truphone\.com\nactivationCode +LPA:1\$rsp\.truphone\.com\$\S+\n$/,
    )
    const file = join(scene.home.folder, 'esim.png')
    expect(err).toMatch(/^Ordered as (\S+), not yet fulfilled\. Follow it with: latchkey truphone order get \1 --wait /)
    expect(err).toContain(`Wrote ${file}\n`)
    expect((await readFile(file)).subarray(1, 4).toString()).toBe('PNG')
    expect((await stat(file)).mode & 0o077).toBe(0)
    expect(sent()).toHaveLength(1)
  })

  it('tells the id at once without --wait, and the command that it names leads to the code', async () => {
    await using scene = await prepared(simulator)
    const ordered = await scene.type(`truphone order new ${anOrder} --json`)
    expect(document(ordered)).toEqual({ id: expect.any(String) as string, status: 'ACCEPTED' })
    const [, follow = ''] = /Follow it with: latchkey (.*)\n/.exec(ordered.err) ?? []
    const { exit, out } = await scene.type(`${follow} --json --qr esim.svg`)
    expect(exit).toBe(0)
    expect(document({ out })).toMatchObject({
      id: document(ordered)['id'],
      status: 'COMPLETED',
      activationCode: expect.stringMatching(/^LPA:1\$/) as string,
      qr: join(scene.home.folder, 'esim.svg'),
    })
    expect(await readFile(join(scene.home.folder, 'esim.svg'), 'utf8')).toContain('<svg')
  })

  it('sends what a file says, and what flags say with a device id of its own', async () => {
    await using scene = await prepared(simulator)
    const subscriptions = [{ productId, price: 19.5, currency: 'EUR' }]
    await scene.home.write('order.json', { ...order, subscriptions })
    expect((await scene.type('truphone order new --file order.json')).exit).toBe(0)
    expect((await scene.type(`truphone order new ${anOrder} --product ----AQID__4=`)).exit).toBe(0)
    const [first, second] = bodies().map((body) => (body as { input: typeof order }).input) // As sent.
    expect(first).toMatchObject({
      ...{ countryCode: 'PT', customer: order.customer, device: order.device },
      subscriptions: [{ product_id: productId, price: 19.5, currency: 'EUR' }],
    })
    expect(second?.subscriptions).toEqual([{ product_id: productId }, { product_id: '----AQID__4=' }])
    expect(second?.device.id).toMatch(/^[0-9a-f-]{36}$/)
  })

  it.each([
    ['', /--country is missing/],
    ['--country PT', /--email is missing/],
    ['--country PT --email a', /--device-type is missing: ios, android or iot/],
    ['--country PT --email a --device-type ios', /--product is missing: an id that `latchkey truphone products` shows/],
    ['--country PT --email a --device-type phone', /Allowed choices are ios, android, iot/],
    ['--file order.json --eid 1', /--eid does not go together with --file/],
    ['--file order.json --product x', /--product does not go together with --file/],
    ['--file missing.json', /missing\.json: cannot be read \(ENOENT\)/],
    [`${anOrder} --qr esim.gif`, /--qr takes a file whose name ends in \.png or \.svg/],
    [`${anOrder} --qr gone/esim.png`, /gone\/esim\.png cannot be written \(ENOENT\)\. Check its folder/],
    [`${anOrder} --wait --wait-max soon`, /--wait-max takes a duration/],
    [`${anOrder} --eid 123`, /device\.eid must be text of 32 digits/],
  ])('sends nothing for a mistake: order new %s', async (flags, message) => {
    await using scene = await prepared(simulator)
    const { exit, out, err } = await scene.type(`truphone order new ${flags}`.trim())
    expect([exit, out]).toEqual([2, ''])
    expect(err).toMatch(message)
    expect(simulator.requests({ system: 'truphone' })).toHaveLength(0)
  })

  it.each([
    [{ ...order, countryCode: 'PRT' }, /order\.json, line 2, column 3: countryCode must be text/],
    [{ ...order, subscriptions: [] }, /line \d+, column \d+: subscriptions must have at least one product/],
    [{ ...order, subscriptions: [{ productId, price: 1 }] }, /: subscriptions\.0\.currency must be given together/],
    [{ ...order, devise: 1 }, /: devise is not a field; did you mean "device"\?/],
    [[], /The file must hold an object/],
  ])('tells a mistake in a file with its line and its field, and sends nothing', async (content, message) => {
    await using scene = await prepared(simulator)
    await scene.home.write('order.json', content)
    const { exit, out, err } = await scene.type('truphone order new --file order.json')
    expect([exit, out]).toEqual([2, ''])
    expect(err).toMatch(message)
    expect(simulator.requests({ system: 'truphone' })).toHaveLength(0)
  })
})

describe('an order whose answer is lost (2.6)', () => {
  it('ends with 6 and the command that finds out, and is sent once', async () => {
    await using scene = await prepared(simulator)
    simulator.faults.add({ system: 'truphone', operation: 'createOrder', kind: 'resetAfter' })
    const { exit, out, err } = await scene.type(`truphone order new ${anOrder}`)
    expect([exit, out]).toEqual([6, ''])
    expect(err).toMatch(/^The order may have been taken\. Do not order again before you know/)
    expect(err).toContain('TRUPHONE_OUTCOME_UNKNOWN: ')
    const [, look = ''] = /Look with: latchkey (.*)\n/.exec(err) ?? []
    expect(look).toMatch(/^truphone subscription list --email ana\+esim@example\.org --after \S+ --profile truphone/)
    await expect.poll(async () => (await scene.type(look)).out).toMatch(/ACTIVE/)
    expect(sent()).toHaveLength(1)
  })

  it('is found with --wait by what is new, down to its activation code', { timeout: 30_000 }, async () => {
    await using scene = await prepared(simulator)
    simulator.faults.add({ system: 'truphone', operation: 'createOrder', kind: 'resetAfter' })
    const { exit, out, err } = await scene.type(`truphone order new ${anOrder} --json --qr esim.png`)
    expect(exit).toBe(0)
    const [sim] = Object.values(simulator.state().systems.truphone.environments).flatMap(({ sims }) => sims)
    expect(document({ out })).toMatchObject({
      iccid: sim?.iccid,
      subscriptionId: expect.any(String) as string,
      activationCode: expect.stringMatching(/^LPA:1\$/) as string,
      qr: join(scene.home.folder, 'esim.png'),
    })
    expect(err).toMatch(
      /^The answer was lost; looking for what is new\.\nThe answer was lost\. What is shown is new since/,
    )
    expect(sent()).toHaveLength(1)
  })

  it('ends with 6 when time is up before anything is new', async () => {
    await using scene = await prepared(simulator)
    simulator.faults.add({ system: 'truphone', operation: 'createOrder', kind: 'resetAfter' })
    const { exit, err } = await scene.type(
      `truphone order new ${anOrder} --device-id sim-slow-1 --wait --wait-max 50ms`,
    )
    expect(exit).toBe(6)
    expect(err).toContain('Do not order again before you know')
  })

  it('ends with 6 and the same advice when the user stops it while it looks', async () => {
    await using scene = await prepared(simulator)
    simulator.faults.add({ system: 'truphone', operation: 'createOrder', kind: 'resetAfter' })
    const stop = new AbortController()
    const { clientSecret } = simulator.systems.truphone.credentials
    const env = { HOME: scene.home.folder, TRUPHONE_CLIENT_SECRET: clientSecret }
    const line = `truphone order new ${anOrder} --device-id sim-slow-1 --wait`
    const running = type(line, { stop: stop.signal, env, cwd: scene.home.folder })
    await expect.poll(() => sent('subscriptions').filter(({ answer }) => answer !== undefined).length).toBe(2)
    stop.abort(new Error('SIGINT'))
    const { exit, err } = await running
    expect(exit).toBe(6)
    expect(err).toContain('Do not order again before you know')
  })

  it('gives the same advice when the user stops the command meanwhile: exit 130', async () => {
    await using scene = await prepared(simulator)
    await scene.type('token truphone')
    simulator.faults.add({ system: 'truphone', operation: 'createOrder', kind: 'latency', ms: 60_000 })
    const stop = new AbortController()
    const { clientSecret } = simulator.systems.truphone.credentials
    const env = { HOME: scene.home.folder, TRUPHONE_CLIENT_SECRET: clientSecret }
    const running = type(`truphone order new ${anOrder}`, { stop: stop.signal, env, cwd: scene.home.folder })
    await expect.poll(() => sent().length).toBe(1)
    stop.abort(new Error('SIGINT'))
    const { exit, err } = await running
    expect(exit).toBe(130)
    expect(err).toMatch(/^The order may have been taken\. Do not order again/)
  })
})

describe('an order that is not completed', () => {
  it('says that it failed: exit 5', async () => {
    await using scene = await prepared(simulator)
    const { exit, out, err } = await scene.type(`truphone order new ${anOrder} --device-id sim-fail-1 --wait`)
    expect([exit, out]).toEqual([5, ''])
    expect(err).toMatch(/\nTRUPHONE_ORDER_FAILED: .*nothing was provisioned/)
  })

  it('says that it goes on when time is up: exit 4, with its id', async () => {
    await using scene = await prepared(simulator)
    const late = await scene.type(`truphone order new ${anOrder} --device-id sim-slow-1 --wait --wait-max 50ms --json`)
    expect(late.exit).toBe(4)
    const { error } = document(late) as { error: { code: string; orderId: string } } // A failure.
    expect(error.code).toBe('TRUPHONE_NOT_FINISHED')
    expect(document(await scene.type(`truphone order get ${error.orderId} --json`))).toEqual({
      id: error.orderId,
      status: 'FULFILLING',
    })
  })

  it('is refused for a product that is not there: exit 5', async () => {
    await using scene = await prepared(simulator)
    const { exit, err } = await scene.type(`truphone order new ${anOrder} --product gone`)
    expect(exit).toBe(5)
    expect(err).toMatch(/^TRUPHONE_REJECTED: .*PRODUCT_NOT_FOUND/)
  })
})

describe('latchkey truphone order top-up', () => {
  it('adds a plan to a SIM, by flags and by file; there is no code to draw: exit 1', async () => {
    await using scene = await prepared(simulator)
    const { iccid } = document(await scene.type(`truphone order new ${anOrder} --wait --json`)) as { iccid: string } // As printed.
    const flags = `--iccid ${iccid} --product cHJvZC11cy0xZ2ItN2Q=`
    const topped = await scene.type(`truphone order top-up ${flags} --wait --json`)
    expect(document(topped)).toMatchObject({ status: 'COMPLETED', iccid })
    await scene.home.write('top-up.json', {
      esim: { iccid },
      device: { id: 'device-0001' },
      subscriptions: [{ productId }],
    })
    expect((await scene.type('truphone order top-up --file top-up.json --wait')).exit).toBe(0)
    const { subscriptions } = document(await scene.type(`truphone subscription list --iccid ${iccid} --json`))
    expect(subscriptions).toHaveLength(3)
    const drawn = await scene.type(`truphone order get ${String(document(topped)['id'])} --qr esim.png`)
    expect([drawn.exit, drawn.err]).toEqual([1, expect.stringMatching(/^There is no activation code to draw/)])
  })

  it('says what is missing, and where to look for a lost one: exit 2 and 6', async () => {
    await using scene = await prepared(simulator)
    expect((await scene.type('truphone order top-up --product x')).err).toMatch(/--iccid is missing/)
    const { iccid } = document(await scene.type(`truphone order new ${anOrder} --wait --json`)) as { iccid: string } // As printed.
    simulator.faults.add({ system: 'truphone', operation: 'createOrder', kind: 'resetAfter' })
    const { exit, err } = await scene.type(`truphone order top-up --iccid ${iccid} --product ${productId}`)
    expect(exit).toBe(6)
    expect(err).toContain(`Look with: latchkey truphone subscription list --iccid ${iccid} --after `)
  })
})
