/** All 24 operations on both faces, under every spelling: spec/etims.md sections 1.1, 1.3 and 4. @module */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startSimulator, type Simulator } from '../../src/index.ts'
import { call, type Fields, post } from '../support.ts'
import {
  audit,
  bases,
  createEtimsCaller,
  type FaceName,
  item,
  itemCode,
  line,
  movement,
  purchase,
  read,
  ready,
  readyDevice,
  sale,
  since,
  stockUp,
} from './support.ts'

let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator()
})
beforeEach(() => simulator.reset())
afterAll(() => simulator.close())

const branch = { useYn: 'Y', ...audit }
const identity = (): Fields => ({ tin: 'P000000001A', bhfId: '01' })

/** Spellings, the body that is accepted once item 1 is in stock, and what `data` then is. */
const rows: readonly (readonly [name: string, spellings: readonly string[], body: () => Fields, data: unknown])[] = [
  [
    'selectInitOsdcInfo',
    ['selectInitOsdcInfo', 'initialize'],
    () => ({ tin: 'P000000001A', bhfId: '00', dvcSrlNo: 'dvcv1130' }),
    { info: { tin: 'P000000001A', bhfId: '00', cmcKey: expect.stringMatching(/^[0-9A-F]{52}$/) as string } },
  ],
  [
    'selectCodeList',
    ['selectCodeList', 'select-code-list'],
    () => since,
    { clsList: expect.arrayContaining([expect.objectContaining({ cdCls: '04' })]) as unknown },
  ],
  [
    'selectItemClsList',
    ['selectItemClsList', 'selectItemClass', 'select-item-class'],
    () => since,
    { itemClsList: expect.arrayContaining([expect.objectContaining({ itemClsCd: '14111400' })]) as unknown },
  ],
  [
    'selectCustomer',
    ['selectCustomer', 'customerPinInfo'],
    () => ({ custmTin: 'A000000003C' }),
    { custList: [expect.objectContaining({ tin: 'A000000003C', taxprSttsCd: 'A' })] },
  ],
  [
    'selectBhfList',
    ['selectBhfList', 'branchList', 'branch-list'],
    () => since,
    { bhfList: [expect.objectContaining({ bhfId: '00' }), expect.objectContaining({ bhfId: '01' })] },
  ],
  [
    'selectNoticeList',
    ['selectNoticeList', 'selectNotices'],
    () => since,
    { noticeList: [{ noticeNo: 3 }, { noticeNo: 2 }, { noticeNo: 1 }] },
  ],
  [
    'selectTaxpayerInfo',
    ['selectTaxpayerInfo', 'selectTaxPayerInfo'],
    () => ({ ...identity(), ...since }),
    { info: { taxprNm: 'MFANO TRADERS LIMITED', vatTyCd: '1' } },
  ],
  [
    'selectCustomerList',
    ['selectCustomerList'],
    () => ({ ...identity(), ...since }),
    { custList: [{ custNo: '7', custTin: 'P000000002B' }] },
  ],
  [
    'saveBhfCustomer',
    ['saveBhfCustomer', 'branchSendCustomerInfo'],
    () => ({ custNo: '1', custTin: 'P000000002B', custNm: 'Mnunuzi Limited', ...branch }),
    null,
  ],
  [
    'saveBhfUser',
    ['saveBhfUser', 'branchUserAccount'],
    () => ({ userId: 'u1', userNm: 'Mtumiaji', pwd: 'not kept', ...branch }),
    null,
  ],
  [
    'saveBhfInsurance',
    ['saveBhfInsurance', 'branchInsuranceInfo'],
    () => ({ isrccCd: 'I1', isrccNm: 'Bima', isrcRt: 20, ...branch }),
    null,
  ],
  ['saveItem', ['saveItem'], () => item(2), null],
  ['selectItemList', ['selectItemList', 'itemInfo'], () => since, { itemList: [{ itemCd: itemCode(1) }] }],
  [
    'saveItemComposition',
    ['saveItemComposition'],
    () => ({ itemCd: itemCode(1), cpstItemCd: itemCode(1), cpstQty: 2, regrId: 'a', regrNm: 'A' }),
    null,
  ],
  [
    'selectImportItemList',
    ['selectImportItemList', 'importedItemInfo'],
    () => since,
    { itemList: [{ dclDe: '01012024', imptItemsttsCd: '2' }, { taskCd: '20240104000002' }] },
  ],
  [
    'updateImportItem',
    ['updateImportItem', 'importedItemConvertedInfo'],
    () => ({
      ...{ taskCd: '20240103000001', dclDe: '01012024', itemSeq: 1, hsCd: '7323', itemClsCd: '5059690800' },
      ...{ itemCd: itemCode(1), imptItemSttsCd: '3', remark: 'approved', modrId: 'admin', modrNm: 'Admin' },
    }),
    null,
  ],
  [
    'saveTrnsSalesOsdc',
    ['saveTrnsSalesOsdc', 'sendSalesTransaction'],
    () => sale(simulator, 2, [line(1)]),
    { curRcptNo: '2', totRcptNo: '2', rcptSign: expect.stringMatching(/^[A-Z2-7]{16}$/) as string },
  ],
  [
    'selectTrnsSalesList',
    ['selectTrnsSalesList', 'selectSalesTransactions'],
    () => since,
    { salesList: [{ invcNo: 1, receipt: { curRcptNo: '1' } }] },
  ],
  [
    'selectInvoiceDetails',
    ['selectInvoiceDetails', 'selectInvoiceDetail'],
    () => ({ invcNo: 1 }),
    { salesList: [{ invcNo: 1, receipt: { curRcptNo: '1' } }] },
  ],
  [
    'selectTrnsPurchaseSalesList',
    ['selectTrnsPurchaseSalesList', 'getPurchaseTransactionInfo'],
    () => ({ ...identity(), ...since }),
    { saleList: [{ spplrInvcNo: 7 }, { spplrInvcNo: 8 }] },
  ],
  [
    'insertTrnsPurchase',
    ['insertTrnsPurchase', 'sendPurchaseTransactionInfo'],
    () => purchase(simulator, 1, [line(1)]),
    null,
  ],
  [
    'selectStockMoveList',
    ['selectStockMoveList', 'selectStockMoveLists'],
    () => ({ ...identity(), ...since }),
    undefined, // Nothing was sent to this branch.
  ],
  ['insertStockIO', ['insertStockIO', 'insert/stockIO'], () => movement(simulator, 2, [line(1)]), null],
  [
    'saveStockMaster',
    ['saveStockMaster', 'save/stockMaster'],
    () => ({ itemCd: itemCode(1), rsdQty: 100, ...audit }),
    null,
  ],
]

test('are 24', () => {
  expect(rows).toHaveLength(24)
})

const cases = rows.flatMap(([name, spellings, body, data]) =>
  spellings.flatMap((path) => (['direct', 'gateway'] as const).map((face) => ({ name, path, face, body, data }))),
)

test.each(cases)('$name answers at $path of the $face face', async ({ name, path, face, body, data }) => {
  const caller = await ready(simulator, face)
  await stockUp(simulator, caller)
  await caller.say('saveTrnsSalesOsdc', sale(simulator, 1, [line(1)]))
  await caller.say('saveBhfCustomer', { custNo: '7', custTin: 'P000000002B', custNm: 'Mnunuzi', ...branch })
  const said = await caller.say(path, body())
  const isEmpty = data === undefined
  expect([said.message, said.code, said.status]).toEqual([
    isEmpty ? 'There is no search result' : face === 'direct' ? 'It is succeeded' : 'Successful',
    isEmpty ? '001' : '000',
    isEmpty && face === 'gateway' ? 400 : 200,
  ])
  expect(said.envelope?.['resultDt']).toMatch(/^\d{14}$/)
  if (data === null || isEmpty) expect(said.envelope?.['data']).toBeNull()
  else expect(said.data).toMatchObject(data as Fields)
  expect(simulator.requests().at(-1)).toMatchObject({ system: 'etims', operation: name, notes: [] })
  if (face === 'gateway') {
    expect(said.reply.json['responseHeader']).toMatchObject({
      responseCode: 200,
      responseRefID: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    })
  }
})

describe('a path', () => {
  test('of the direct face is also there without its base path', async () => {
    const { baseUrl, credentials } = simulator.systems.etims
    const { tin, bhfId, cmcKey } = credentials.initializedDevice
    const reply = await post(`${baseUrl}/selectNoticeList`, since, { tin, bhfId, cmcKey })
    expect(read(reply)).toMatchObject({ status: 200, code: '000' })
  })

  test('is also answered without the prefix of the system, as SDKs that join URLs ask for it', async () => {
    const { tin, bhfId, cmcKey } = simulator.systems.etims.credentials.initializedDevice
    const reply = await post(`${simulator.url}/etims-api/selectNoticeList`, since, { tin, bhfId, cmcKey })
    expect(read(reply).code).toBe('000')
    expect((await call(`${simulator.url}/v1/token/generate`)).status).toBe(400)
  })

  test.each(Object.entries(bases))('that is unknown on the %s face is a 404 that says so', async (face, base) => {
    const said = read(await post(`${simulator.systems.etims.baseUrl}${base}/saveNothing`, {}))
    expect([said.status, said.reply.json['simulator']]).toEqual([
      404,
      `POST ${base}/saveNothing is not imitated; GET /_simulator/ lists what is.`,
    ])
    expect(said.envelope).toEqual(face === 'gateway' ? null : expect.objectContaining({ resultCd: '912', data: null }))
  })

  test.each<[FaceName, string]>([
    ['direct', '912'],
    ['gateway', 'undefined'],
  ])('called with GET is a 405 on the %s face (4.1)', async (face, code) => {
    const said = read(await call(`${simulator.systems.etims.baseUrl}${bases[face]}/selectCodeList`))
    expect([said.status, String(said.code)]).toEqual([405, code])
  })

  test.each(['', '/etims-api', '/etims-oscu/api/v1/'])(
    'GET %s of a face root gives thirteen characters (1.1)',
    async (base) => {
      const reply = await call(`${simulator.systems.etims.baseUrl}${base}`)
      expect([reply.status, reply.text.length]).toEqual([200, 13])
      expect((await post(`${simulator.systems.etims.baseUrl}${base}`, {})).status).toBe(405)
    },
  )
})

describe('a body', () => {
  test.each<[string, string, string, string]>([
    ['that is empty', '', '911', 'There is no request body'],
    ['that is not JSON', '{', '910', 'Request parameter error[the body is not a JSON object]'],
    ['that is a list', '[]', '910', 'Request parameter error[the body is not a JSON object]'],
  ])('%s is refused', async (_, body, code, message) => {
    const caller = await ready(simulator, 'direct')
    expect(await caller.say('selectCodeList', body)).toMatchObject({ status: 200, code, message })
    const gateway = await ready(simulator, 'gateway')
    expect(await gateway.say('selectCodeList', body)).toMatchObject({ status: 400, message })
  })

  test('without its only field is refused with the field’s name', async () => {
    const caller = await ready(simulator, 'direct')
    expect(await caller.say('selectCodeList', {})).toMatchObject({ code: '910', message: 'lastReqDt cannot be null' })
    expect(await caller.say('selectCodeList', { lastReqDt: '2018' })).toMatchObject({
      code: '910',
      message: 'Request parameter error[<lastReqDt> : is not yyyyMMddHHmmss]',
    })
  })
})

test('successes are worded per face, or as a switch says (1.1)', async () => {
  const direct = createEtimsCaller(simulator, 'direct', readyDevice(simulator))
  simulator.set({ etims: { resultMsg: 'live' } })
  expect((await direct.say('selectNoticeList', since)).message).toBe('Successful')
  simulator.set({ etims: { resultMsg: { direct: 'sample' } } })
  expect((await direct.say('selectNoticeList', since)).message).toBe('It is succeeded')
})
