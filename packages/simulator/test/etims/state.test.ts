/** What is remembered, what outlives a restart, what is hidden, what a seed decides: spec/etims.md section 10. @module */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { InputError, startSimulator, type Simulator } from '../../src/index.ts'
import { storedMax } from '../../src/systems/etims/world.ts'
import { call, type Fields } from '../support.ts'
import {
  audit,
  createEtimsCaller,
  item,
  itemCode,
  line,
  movement,
  ready,
  readyDevice,
  sale,
  since,
  stockUp,
} from './support.ts'

let folder: string
let data: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latchkey-etims-'))
  data = join(folder, 'state.json')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** A device, an item in stock, a sale, a customer and a token. */
async function live(simulator: Simulator): Promise<{ cmcKey: string; token: string; rcptSign: string }> {
  const caller = createEtimsCaller(simulator, 'gateway', readyDevice(simulator))
  const token = await caller.signIn()
  const info = await caller.say('initialize', { tin: 'P000000001A', bhfId: '00', dvcSrlNo: 'dvcv1130' })
  await stockUp(simulator, caller, 10)
  const sold = await caller.say('sendSalesTransaction', sale(simulator, 1, [line(1)], { custTin: 'P000000002B' }))
  const { cmcKey } = info.data['info'] as Record<string, string>
  return { cmcKey: String(cmcKey), token, rcptSign: String(sold.data['rcptSign']) }
}

describe('a simulator that is started again with its file', () => {
  test('knows the device, the token, the sale, the stock, the counters and the switches', async () => {
    const first = await startSimulator({ data, seed: 7 })
    first.set({ etims: { tokenTtl: 600 } })
    const before = await live(first)
    const state = first.state().systems.etims
    const { credentials } = first.systems.etims
    await first.close()

    await using again = await startSimulator({ data })
    expect(again.systems.etims.credentials).toEqual(credentials)
    expect(again.state().systems.etims).toEqual(state)
    const head = createEtimsCaller(again, 'direct', { tin: 'P000000001A', bhfId: '00', cmcKey: before.cmcKey })
    expect((await head.say('selectNoticeList', since, { authorization: `Bearer ${before.token}` })).code).toBe('000')
    const caller = await ready(again, 'gateway')
    expect((await caller.say('sendSalesTransaction', sale(again, 1, [line(1)]))).message).toMatch(/expected: 2/)
    expect((await caller.say('sendSalesTransaction', sale(again, 2, [line(1)]))).data).toMatchObject({ curRcptNo: '2' })
    expect((await caller.say('selectInvoiceDetails', { invcNo: 1 })).data).toMatchObject({
      salesList: [{ receipt: { rcptSign: before.rcptSign } }],
    })
    expect(await caller.signIn()).not.toBe(before.token)
  })

  test.each<[string, (text: string) => string, RegExp]>([
    [
      'a sale without its number',
      (text) => text.replace('"invcNo":1,"fields"', '"invcNo":"1","fields"'),
      /saved state of etims.*sales\.0\.invcNo/,
    ],
    ['a device of another kind', (text) => text.replace('"VSCU"', '"MSCU"'), /saved state of etims.*devices/],
    [
      'damaged switches',
      (text) => text.replace('"requireAppId":"saveItem"', '"requireAppId":"some"'),
      /switches of etims.*requireAppId/,
    ],
  ])('refuses a file with %s', async (_, change, message) => {
    const first = await startSimulator({ data })
    await live(first)
    await first.close()
    await writeFile(data, change(await readFile(data, 'utf8')))
    const error: unknown = await startSimulator({ data }).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(InputError)
    expect(String(error)).toMatch(message)
  })
})

test('a reset forgets all but the credentials', async () => {
  await using simulator = await startSimulator()
  const fresh = simulator.state().systems.etims
  const { credentials } = simulator.systems.etims
  await live(simulator)
  simulator.set({ etims: { rules: 'lenient' } })
  simulator.reset()
  expect(simulator.state().systems.etims).toEqual(fresh)
  expect(simulator.systems.etims.credentials).toBe(credentials)
})

test('no secret is in the log or in the state', async () => {
  await using simulator = await startSimulator()
  const { cmcKey, token } = await live(simulator)
  const caller = await ready(simulator, 'direct')
  const device = simulator.systems.etims.credentials.initializedDevice
  await caller.say('saveTrnsSalesOsdc', { ...sale(simulator, 2, [line(1)]), cmcKey: 'inBody-123' })
  await caller.say('saveBhfUser', { userId: 'u', userNm: 'U', pwd: 'Siri-77', useYn: 'Y', ...audit, remark: token })
  await call(`${simulator.systems.etims.baseUrl}/nowhere/${device.cmcKey}`, { headers: { cmckey: cmcKey } })
  const kept = JSON.stringify([simulator.requests(), simulator.state()])
  const basic = Buffer.from('sim-key:sim-secret').toString('base64')
  for (const secret of [cmcKey, token, device.cmcKey, 'inBody-123', 'Siri-77', 'sim-secret', basic]) {
    expect(kept).not.toContain(secret)
  }
  expect(kept).toContain('"cmckey":"***"')
  expect(kept).toContain('"authorization":"Bearer ***"')
})

test('one seed gives the same keys, tokens and ids; another seed gives others', async () => {
  const run = async (seed: number): Promise<unknown> => {
    await using simulator = await startSimulator({ seed })
    const { cmcKey, token } = await live(simulator)
    return { cmcKey, token, credentials: simulator.systems.etims.credentials }
  }
  const [first, again, other] = [await run(1), await run(1), (await run(2)) as Fields]
  expect(again).toEqual(first)
  expect(other['cmcKey']).not.toBe((first as Fields)['cmcKey'])
  expect(other['token']).not.toBe((first as Fields)['token'])
})

test('a signature follows from the seed and the sale', async () => {
  const { signSale } = await import('../../src/systems/etims/ids.ts')
  const sold = {
    tin: 'P000000001A',
    bhfId: '00',
    invcNo: 1,
    rcptTyCd: 'S',
    totAmt: 1160,
    totTaxAmt: 160,
    sdcDateTime: '20260105101502',
  }
  expect(signSale('key', sold)).toEqual(signSale('key', sold))
  expect(signSale('other', sold)).not.toEqual(signSale('key', sold))
  for (const change of [{ invcNo: 2 }, { totAmt: 1161 }, { totTaxAmt: 161 }, { rcptTyCd: 'R' }, { bhfId: '01' }]) {
    expect(signSale('key', { ...sold, ...change }).rcptSign).not.toBe(signSale('key', sold).rcptSign)
  }
})

describe('the certification', () => {
  test('lists the 23 cases, and which of them a taxpayer has passed (7.9)', async () => {
    await using simulator = await startSimulator()
    await live(simulator)
    const caller = await ready(simulator, 'direct')
    const later = { lastReqDt: '20250101000000' }
    await caller.say('selectStockMoveList', since) // Empty, which counts.
    await caller.say('selectImportItemList', later) // Empty, which does not.
    await caller.say('saveBhfCustomer', {}) // Refused.
    const reply = await call(`${simulator.control}/etims/certification`)
    const [own] = reply.json as unknown as { tin: string; passed: number; cases: Fields[] }[]
    expect(own).toMatchObject({ tin: 'P000000001A', passed: 7 })
    expect(own?.cases).toHaveLength(23)
    expect(own?.cases.filter(({ passedAt }) => passedAt !== null).map((row) => row['number'])).toEqual([
      1, 3, 10, 14, 17, 18, 19,
    ])
    expect(own?.cases[0]).toEqual({
      ...{ number: 1, name: 'OSCU initialization', operation: 'selectInitOsdcInfo' },
      passedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
    })
    expect(simulator.state().systems.etims.certification).toEqual(reply.json)
  })
})

test('what is stored has a bound, at which writes are refused and reads go on', async () => {
  await using simulator = await startSimulator({ etims: { rules: 'lenient' } })
  const caller = await ready(simulator, 'direct')
  const big = movement(simulator, 1, [line(1)], { remark: 'x'.repeat(250_000) })
  const size = JSON.stringify(big).length
  const codes = new Set<unknown>()
  for (let round = 0; round < Math.floor(storedMax / size); round += 1) {
    codes.add((await caller.say('insertStockIO', big)).code)
  }
  expect(codes).toEqual(new Set(['000']))
  expect(await caller.say('insertStockIO', big)).toMatchObject({
    code: '991',
    message: expect.stringMatching(/Reset it\.$/) as string,
  })
  expect((await caller.say('selectNoticeList', since)).code).toBe('000')
  expect((await caller.say('saveStockMaster', { itemCd: itemCode(1), rsdQty: 1, ...audit })).code).toBe('000')
  simulator.reset()
  expect((await caller.say('insertStockIO', item(1))).code).toBe('910')
  expect((await caller.say('saveItem', item(1))).code).toBe('000')
})
