/** Devices, their keys, and who may speak: spec/etims.md sections 3.1 to 3.3. @module */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startSimulator, type Simulator } from '../../src/index.ts'
import { type Fields } from '../support.ts'
import {
  audit,
  createEtimsCaller,
  type EtimsCaller,
  itemCode,
  nairobi,
  read,
  ready,
  readyDevice,
  since,
} from './support.ts'

let simulator: Simulator
let nobody: EtimsCaller
beforeAll(async () => {
  simulator = await startSimulator()
  nobody = createEtimsCaller(simulator, 'direct', {})
})
beforeEach(() => simulator.reset())
afterAll(() => simulator.close())

const device = { tin: 'P000000001A', bhfId: '00', dvcSrlNo: 'dvcv1130' }
const initialize = (fields: Fields = {}): ReturnType<EtimsCaller['say']> =>
  nobody.say('selectInitOsdcInfo', { ...device, ...fields })

describe('initialization', () => {
  test('gives the key once; the second time is 902 without data and without the key (3.3)', async () => {
    const first = await initialize()
    expect([first.status, first.code]).toEqual([200, '000'])
    const info = first.data['info'] as Record<string, string>
    expect(info).toMatchObject({
      ...{ tin: 'P000000001A', taxprNm: 'MFANO TRADERS LIMITED', bhfId: '00', bhfNm: 'Headquarter', hqYn: 'Y' },
      ...{ locDesc: null, bhfOpenDt: '20240105' },
      sdcId: expect.stringMatching(/^KRACU\d{10}$/) as string,
    })
    const second = await initialize()
    expect([second.status, second.reply.json]).toEqual([
      200,
      { resultCd: '902', resultMsg: 'This device is installed', data: null },
    ])
    const caller = createEtimsCaller(simulator, 'direct', {
      tin: 'P000000001A',
      bhfId: '00',
      cmcKey: String(info['cmcKey']),
    })
    expect((await caller.say('selectNoticeList', since)).code).toBe('000')
  })

  test('on the gateway refuses with an envelope, so that the code can be read', async () => {
    const gateway = createEtimsCaller(simulator, 'gateway', {})
    await gateway.signIn()
    expect(await gateway.say('initialize', device)).toMatchObject({ status: 200, code: '000' })
    expect(await gateway.say('initialize', device)).toMatchObject({ status: 400, code: '902' })
  })

  test.each([
    ['an unknown serial', { dvcSrlNo: 'dvc999' }, '901', 'It is not valid device'],
    ['another branch', { bhfId: '02' }, '901', 'It is not valid device'],
    ['a VSCU device', { dvcSrlNo: 'DEV-VSCU-1' }, '903', 'Only OSCU device can be verified'],
    [
      'a device that was initialized before',
      { dvcSrlNo: 'DEV-USED-1', bhfId: '01' },
      '902',
      'This device is installed',
    ],
    ['no tin', { tin: '' }, '910', 'Tin cannot be empty'],
    ['no serial', { dvcSrlNo: null }, '910', 'dvcSrlNo cannot be Null'],
  ])('of %s is refused', async (_, fields, code, message) => {
    expect(await initialize(fields)).toMatchObject({ status: 200, code, message })
    expect(simulator.state().systems.etims.devices[0]?.state).toBe('approved')
  })

  test('makes what is missing when the simulator provisions by itself (10)', async () => {
    simulator.set({ etims: { autoProvision: true } })
    const said = await initialize({ tin: 'P111111111Z', bhfId: '07', dvcSrlNo: 'mine' })
    expect(said.data['info']).toMatchObject({ tin: 'P111111111Z', bhfId: '07', hqYn: 'N' })
    const caller = createEtimsCaller(simulator, 'direct', { tin: 'P222222222Z', bhfId: '00', cmcKey: 'chosen' })
    expect((await caller.say('selectTaxpayerInfo', {})).data['info']).toMatchObject({ taxprNm: 'TAXPAYER P222222222Z' })
    simulator.set({ etims: { autoProvision: false } })
    expect((await caller.say('selectTaxpayerInfo', {})).code).toBe('000')
  })
})

test('what is made by itself has bounds: a name that is too long is 901', async () => {
  simulator.set({ etims: { autoProvision: true } })
  const withTin = (tin: string): ReturnType<EtimsCaller['say']> =>
    nobody.say('selectTaxpayerInfo', {}, { tin, bhfId: '00', cmcKey: 'chosen' })
  expect((await withTin('P'.repeat(20))).code).toBe('000')
  expect((await withTin('P'.repeat(21))).code).toBe('901')
  expect((await initialize({ dvcSrlNo: 'd'.repeat(101) })).code).toBe('910')
  expect(simulator.state().systems.etims.devices).toHaveLength(5)
})

describe('a call', () => {
  test.each(['tin', 'bhfId', 'cmcKey'])('without %s is 900 on the direct face (3.1)', async (name) => {
    const { [name]: _, ...rest } = readyDevice(simulator)
    const said = await createEtimsCaller(simulator, 'direct', rest).say('selectNoticeList', since)
    expect(said).toMatchObject({ status: 200, code: '900', message: 'There is no header information' })
  })

  test('without tin says so on the gateway, without an envelope (3.1)', async () => {
    const { tin: _, ...rest } = readyDevice(simulator)
    const gateway = createEtimsCaller(simulator, 'gateway', rest)
    await gateway.signIn()
    const said = await gateway.say('selectNoticeList', since)
    expect(said).toMatchObject({ status: 400, envelope: null, message: 'tin cannot be Null' })
  })

  test.each([
    ['a wrong key', { cmcKey: 'wrong' }],
    ['another branch', { bhfId: '00' }],
    ['an unknown taxpayer', { tin: 'P999999999Z' }],
  ])('with %s is 901', async (_, headers) => {
    const caller = await ready(simulator, 'direct')
    expect(await caller.say('selectNoticeList', since, headers)).toMatchObject({ status: 200, code: '901' })
  })

  test('may carry its identity in the body; a header wins over it, and the log notes the difference (3.1)', async () => {
    const { tin, bhfId, cmcKey } = simulator.systems.etims.credentials.initializedDevice
    expect((await nobody.say('selectNoticeList', { ...since, tin, bhfId, cmcKey })).code).toBe('000')
    const caller = await ready(simulator, 'direct')
    expect((await caller.say('selectNoticeList', { ...since, tin: 'P999999999Z', bhfId: '09' })).code).toBe('000')
    expect(simulator.requests().map(({ notes }) => notes)).toEqual([
      [],
      [
        "The header tin differs from the body's; the header was used.",
        "The header bhfId differs from the body's; the header was used.",
      ],
    ])
  })

  test.each(['selectStockMoveLists', 'getPurchaseTransactionInfo'])(
    '%s needs tin and bhfId in the body on the live gateway, and only there (3.1)',
    async (path) => {
      const gateway = await ready(simulator, 'gateway')
      expect(await gateway.say(path, since)).toMatchObject({ status: 400, message: 'tin cannot be Null' })
      expect(await gateway.say(path, { ...since, tin: 'P000000001A' })).toMatchObject({
        message: 'bhfId cannot be Null',
      })
      simulator.set({ etims: { rules: { gateway: 'spec' } } })
      expect((await gateway.say(path, since)).message).not.toBe('tin cannot be Null')
      expect((await (await ready(simulator, 'direct')).say(path, since)).code).toMatch(/^00[01]$/)
    },
  )

  test('from a wrong branch can meet the misleading text of the live gateway (3.1)', async () => {
    simulator.set({ etims: { wrongBranch: 'taxTypeText' } })
    const caller = createEtimsCaller(simulator, 'direct', { ...readyDevice(simulator), bhfId: '05' })
    const master = { itemCd: itemCode(1), rsdQty: 1, ...audit }
    expect((await caller.say('saveStockMaster', master)).message).toBe(
      'Error occurred while validating item tax type: Please try again later',
    )
    expect((await caller.say('selectNoticeList', since)).code).toBe('901')
  })
})

describe('a branch record', () => {
  const customer = { custNo: '1', custTin: 'P000000002B', custNm: 'Mnunuzi', useYn: 'Y', ...audit }

  test('is changed under its own number, and listed with exactly what was saved (4.7)', async () => {
    const caller = await ready(simulator, 'direct')
    await caller.say('saveBhfCustomer', customer)
    await caller.say('saveBhfCustomer', { ...customer, custNm: 'Mnunuzi Mpya', telNo: 254700000000 })
    const unset = { adrs: null, email: null, faxNo: null, remark: null }
    expect((await caller.say('selectCustomerList', since)).data['custList']).toEqual([
      { ...customer, ...unset, custNm: 'Mnunuzi Mpya', telNo: '254700000000' },
    ])
  })

  test('without who changed it is refused as the live system does, and only lenient rules let it pass (4.2)', async () => {
    const caller = await ready(simulator, 'direct')
    const { modrId: _i, modrNm: _n, ...rest } = customer
    expect(await caller.say('saveBhfCustomer', rest)).toMatchObject({
      code: '910',
      message: 'Request parameter error[<modrId> : may not be empty][<modrNm> : may not be empty]',
    })
    expect((await caller.say('saveBhfCustomer', { ...customer, custTin: '' })).message).toBe(
      'custTin cannot be empty or Null',
    )
    expect((await caller.say('saveBhfCustomer', { ...customer, custNo: '1234567890' })).message).toBe(
      'Request parameter error[<custNo> : has more than 9 characters]',
    )
    simulator.set({ etims: { rules: 'lenient' } })
    expect((await caller.say('saveBhfCustomer', { ...rest, custNo: '1234567890' })).code).toBe('000')
  })

  test('of a user does not keep the password', async () => {
    const caller = await ready(simulator, 'direct')
    const user = { userId: 'u1', userNm: 'Mtumiaji', pwd: 'Siri-kubwa-77', useYn: 'Y', ...audit }
    expect(read(await caller.send('saveBhfUser', user)).code).toBe('000')
    expect(JSON.stringify([simulator.requests(), simulator.state()])).not.toContain('Siri-kubwa-77')
  })
})

test('an incremental read may be limited in age, when told to (4.2)', async () => {
  const caller = await ready(simulator, 'direct')
  simulator.set({ etims: { lastReqDtMaxAgeDays: 7 } })
  const ask = (addMs: number): ReturnType<EtimsCaller['say']> =>
    caller.say('selectCodeList', { lastReqDt: nairobi(simulator, addMs) })
  expect((await ask(-8 * 86_400_000)).message).toBe('lastReqDt cannot be older than 7 days')
  expect((await ask(-6 * 86_400_000)).code).toBe('001')
})
