/** Faults on eTIMS calls, and results that are told beforehand: spec/etims.md section 10, "Fault injection". @module */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Fault, InputError, startSimulator, type Simulator } from '../../src/index.ts'
import { operationNames } from '../../src/systems/etims/operation-names.ts'
import { call } from '../support.ts'
import { type EtimsCaller, item, line, ready, sale, type Said, since, stockUp } from './support.ts'

let simulator: Simulator
let caller: EtimsCaller
beforeAll(async () => {
  simulator = await startSimulator()
})
beforeEach(async () => {
  simulator.reset()
  caller = await ready(simulator, 'gateway')
})
afterAll(() => simulator.close())

const spoil = (operation: string, fault: Partial<Fault> & Pick<Fault, 'kind'>): void =>
  simulator.faults.add({ system: 'etims', operation, ...fault })
const sales = () => simulator.state().systems.etims.branches.flatMap((branch) => branch.sales)
const sell = (): Promise<Said> => caller.say('sendSalesTransaction', sale(simulator, 1, [line(1)]))
const details = (): Promise<Said> => caller.say('selectInvoiceDetail', { invcNo: 1 })

test.each(operationNames)('%s can be answered by a status, a page, and a limit', async (operation) => {
  spoil(operation, { kind: 'status', status: 502, body: '<html>Bad Gateway</html>' })
  spoil(operation, { kind: 'status', status: 200 })
  spoil(operation, { kind: 'malformed', body: '{"resultCd":"000","resu' })
  spoil(operation, { kind: 'throttle', retryAfter: 2 })
  const replies = []
  for (let round = 0; round < 4; round += 1) replies.push(await caller.send(operation, since))
  expect(replies.map(({ status, text }) => [status, text.slice(0, 24)])).toEqual([
    [502, '<html>Bad Gateway</html>'],
    [200, ''],
    [200, '{"resultCd":"000","resu'],
    [429, '{"fault":{"faultstring":'],
  ])
  expect(replies[3]?.headers.get('retry-after')).toBe('2')
  expect(simulator.state().systems.etims.accepted).toEqual({})
})

test('the token endpoint and the receipt page can be spoiled, too', async () => {
  spoil('token', { kind: 'status', status: 503 })
  spoil('receiptPage', { kind: 'status', status: 503 })
  const { baseUrl } = simulator.systems.etims
  expect((await call(`${baseUrl}/v1/token/generate?grant_type=client_credentials`)).status).toBe(503)
  expect((await call(`${baseUrl}/common/link/etims/receipt/indexEtimsReceiptData`)).status).toBe(503)
  expect(simulator.state().systems.etims).toMatchObject({ tokenRequests: 2, apps: [{ tokenRequests: 1 }] })
})

describe('a sale whose answer is lost', () => {
  beforeEach(() => stockUp(simulator, caller))

  test('before it arrived was never made', async () => {
    spoil('saveTrnsSalesOsdc', { kind: 'resetBefore' })
    await expect(sell()).rejects.toThrow()
    expect(sales()).toEqual([])
    expect((await details()).code).toBe('001')
  })

  test('after it was accepted is found by its number, and its repetition is refused', async () => {
    spoil('saveTrnsSalesOsdc', { kind: 'resetAfter' })
    await expect(sell()).rejects.toThrow()
    expect(sales()).toHaveLength(1)
    expect(await details()).toMatchObject({ code: '000', data: { salesList: [{ invcNo: 1 }] } })
    expect((await sell()).message).toBe('Invalid invcNo sequence, expected: 2 but found: 1')
  })

  test('to a slow client arrives in pieces', async () => {
    spoil('saveTrnsSalesOsdc', { kind: 'drip', ms: 50 })
    expect(await sell()).toMatchObject({ code: '000', data: { curRcptNo: '1' } })
  })
})

test('tokens that die on the way make a call a 401, and nothing is processed (2.4)', async () => {
  spoil('saveItem', { kind: 'invalidateTokens' })
  const reply = await caller.send('saveItem', item(1))
  expect([reply.status, reply.json['body']]).toEqual([401, {}])
  expect(simulator.state().systems.etims.accepted).toEqual({})
})

describe('results that are told beforehand', () => {
  beforeEach(() => stockUp(simulator, caller))

  test('answer the next calls of an operation, in order, and process nothing', async () => {
    simulator.set({
      etims: {
        nextResults: [
          { operation: 'saveTrnsSalesOsdc', resultCd: '999', resultMsg: 'There is an unknown error' },
          { operation: 'saveTrnsSalesOsdc', resultCd: '921', count: 2 },
        ],
      },
    })
    expect((await details()).code).toBe('001')
    const said = []
    for (let round = 0; round < 4; round += 1) said.push(await sell())
    expect(said.map(({ status, code }) => [status, code])).toEqual([
      [400, '999'],
      [400, '921'],
      [400, '921'],
      [200, '000'],
    ])
    expect(said[0]?.message).toBe('There is an unknown error')
    expect(simulator.state().systems.etims).toMatchObject({ switches: { nextResults: [] }, rejected: { '921': 2 } })
  })

  test('can hide what happened: the call is processed, and answered with the code', async () => {
    simulator.set({ etims: { nextResults: [{ resultCd: '999', processed: true }] } })
    expect((await sell()).code).toBe('999')
    expect(sales()).toMatchObject([{ invcNo: 1, rcptTyCd: 'S', curRcptNo: 1 }])
    expect((await details()).code).toBe('000')
  })

  test('come with HTTP 200 on the direct face', async () => {
    const direct = await ready(simulator, 'direct')
    simulator.set({ etims: { nextResults: [{ operation: 'selectNoticeList', resultCd: '990' }] } })
    expect(await direct.say('selectNoticeList', since)).toMatchObject({
      status: 200,
      code: '990',
      message: 'Result 990, as the simulator was told',
    })
  })
})

test.each([
  [{ rules: 'strict' }, /rules/],
  [{ rules: { direct: 'live', portal: 'live' } }, /rules/],
  [{ nextResults: [{ operation: 'stkPush', resultCd: '999' }] }, /nextResults\.0\.operation/],
  [{ nextTokenRefusals: { count: 0, shape: 'header-401' } }, /nextTokenRefusals\.count/],
  [{ tokenLifetimeSeconds: 1 }, /tokenLifetimeSeconds/],
])('switches that make no sense are refused, and nothing is changed: %j', (change, message) => {
  const before = simulator.state().systems.etims.switches
  expect(() => simulator.set({ etims: change as never })).toThrow(InputError)
  expect(() => simulator.set({ etims: change as never })).toThrow(message)
  expect(simulator.state().systems.etims.switches).toEqual(before)
})
