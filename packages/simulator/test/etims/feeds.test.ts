/** What comes from others: purchases, imports, transfers, and incremental reads. spec/etims.md sections 4.3 to 4.12. @module */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startSimulator, type Simulator } from '../../src/index.ts'
import { type Fields } from '../support.ts'
import {
  buyerDevice,
  createEtimsCaller,
  type EtimsCaller,
  item,
  itemCode,
  line,
  movement,
  nairobi,
  purchase,
  ready,
  readyDevice,
  sale,
  type Said,
  since,
  stockUp,
} from './support.ts'

let simulator: Simulator
let seller: EtimsCaller
let buyer: EtimsCaller
beforeAll(async () => {
  simulator = await startSimulator()
})
beforeEach(async () => {
  simulator.reset()
  seller = await ready(simulator, 'direct')
  buyer = createEtimsCaller(simulator, 'direct', buyerDevice(simulator))
})
afterAll(() => simulator.close())

const rowsOf = ({ data }: Said, name: string): readonly Fields[] => (data[name] ?? []) as Fields[]

describe('the purchase feed', () => {
  const feed = async (caller: EtimsCaller): Promise<readonly Fields[]> =>
    rowsOf(await caller.say('selectTrnsPurchaseSalesList', since), 'saleList')
  const confirm = (invcNo: number, fields: Fields = {}): Promise<Said> => {
    const supplier = { spplrTin: 'P000000001A', spplrBhfId: '01', spplrNm: 'MFANO TRADERS LIMITED', spplrInvcNo: 1 }
    return buyer.say('insertTrnsPurchase', purchase(simulator, invcNo, [line(1)], { ...supplier, ...fields }))
  }
  const sell = (): Promise<Said> =>
    seller.say('saveTrnsSalesOsdc', sale(simulator, 1, [line(1)], { custTin: 'P000000002B' }))

  test('shows a sale to the taxpayer it is addressed to, until that confirms it (4.11)', async () => {
    await stockUp(simulator, seller)
    expect(await feed(buyer)).toEqual([])
    await sell()
    expect(await feed(buyer)).toMatchObject([
      {
        ...{ spplrTin: 'P000000001A', spplrNm: 'MFANO TRADERS LIMITED', spplrBhfId: '01', spplrInvcNo: 1 },
        ...{ spplrSdcId: 'KRACU0400000003', spplrMrcNo: 'KRA00900003', rcptTyCd: 'S', totAmt: 1160, taxblAmtB: 1000 },
        cfmDt: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/) as string,
        itemList: [{ itemCd: itemCode(1), splyAmt: 1160, taxTyCd: 'B' }],
      },
    ])
    expect((await feed(seller)).map(({ spplrInvcNo }) => spplrInvcNo)).toEqual([7, 8])
    await buyer.say('saveItem', item(1))
    expect((await confirm(1)).code).toBe('000')
    expect(await feed(buyer)).toEqual([])
    expect(simulator.state().systems.etims.branches[0]?.sales).toMatchObject([{ invcNo: 1, isConfirmedByBuyer: true }])
    expect((await confirm(2)).message).toBe('Supplier invoice number 1 does not exist')
  })

  test('confirms nothing for another supplier, branch or number', async () => {
    await stockUp(simulator, seller)
    await sell()
    await buyer.say('saveItem', item(1))
    for (const fields of [
      { spplrTin: 'P000000004D' },
      { spplrBhfId: '00' },
      { spplrInvcNo: 2 },
      { spplrInvcNo: null },
    ]) {
      expect((await confirm(1, fields)).code).toBe('910')
    }
    expect(await feed(buyer)).toHaveLength(1)
    expect((await confirm(1, { spplrBhfId: null })).code).toBe('000')
  })

  test('of the live gateway has net amounts in whole shillings, which the rules refuse (4.11)', async () => {
    simulator.set({ etims: { rules: 'live' } })
    await stockUp(simulator, seller)
    const row = line(1, 1, { prc: 1157.11, splyAmt: 1157.11, taxblAmt: 997.51, taxAmt: 159.6, totAmt: 1157.11 })
    await seller.say('saveTrnsSalesOsdc', sale(simulator, 1, [row], { custTin: 'P000000002B' }))
    const [entry] = await feed(buyer)
    const [shown] = entry?.['itemList'] as Fields[]
    expect(shown).toMatchObject({ prc: 1157.11, splyAmt: 998, taxblAmt: 998, taxAmt: 159.11, totAmt: 1157.11 })
    await buyer.say('saveItem', item(1))
    expect((await confirm(1, { itemList: [shown] })).message).toMatch(/^Invalid splyAmnt on item: 1/)
  })

  test('purchases have numbers of their own, and need their items in the live catalogue (7.5, 7.11)', async () => {
    simulator.set({ etims: { rules: 'live' } })
    const byHand = (invcNo: number, sequence = 1): Promise<Said> =>
      seller.say('insertTrnsPurchase', purchase(simulator, invcNo, [line(sequence)]))
    await stockUp(simulator, seller)
    expect((await byHand(1, 9)).message).toBe(
      `Item ${itemCode(9)} provided on item: 1. does not exist in your inventory. Ensure it is added under item management package`,
    )
    expect((await byHand(2)).message).toBe('Invalid invcNo sequence, expected: 1 but found: 2')
    expect([(await byHand(1)).code, (await byHand(2)).code]).toEqual(['000', '000'])
    expect(simulator.state().systems.etims.branches[0]?.counters).toMatchObject({ invcNo: 0, purchaseInvcNo: 2 })
  })
})

describe('imports', () => {
  const update = (fields: Fields = {}, path = 'updateImportItem'): Promise<Said> =>
    seller.say(path, {
      ...{ taskCd: '20240103000001', dclDe: '01012024', itemSeq: 1, hsCd: '7323', itemClsCd: '5059690800' },
      ...{ itemCd: itemCode(1), imptItemSttsCd: '3', remark: 'approved', modrId: 'admin', modrNm: 'Admin' },
      ...fields,
    })
  const statuses = async (): Promise<unknown[]> =>
    rowsOf(await seller.say('selectImportItemList', since), 'itemList').map((row) => row['imptItemsttsCd'])

  test('change their status, which is spelled otherwise in the list (4.9)', async () => {
    expect((await update()).code).toBe('000')
    expect(await statuses()).toEqual(['3', '2'])
    expect((await update({}, 'importedItemConvertedInfo')).code).toBe('000')
  })

  test('keep nothing of an update on the portal’s other path (1.3)', async () => {
    expect((await update({}, 'importedItemConvertedInfo')).code).toBe('000')
    expect(await statuses()).toEqual(['2', '2'])
  })

  test('are refused in the live words (7.11)', async () => {
    simulator.set({ etims: { rules: 'live' } })
    expect((await update({ taskCd: 'X' })).message).toBe("taskCd 'X' not found.")
    expect(await update({ remark: null })).toMatchObject({
      code: '999',
      message: 'There is an unknown error. Please ask administrator',
    })
    expect((await update({ itemClsCd: null, itemClCd: '5059690800' })).message).toBe(
      'required: <itemClsCd> and <itemCd>',
    )
    expect((await update({ imptItemSttsCd: undefined, imptItemsttsCd: '3' })).message).toBe(
      'imptItemSttsCd cannot be null',
    )
    expect(await statuses()).toEqual(['2', '2'])
  })
})

test('a transfer to another branch is seen by that branch alone (4.12)', async () => {
  await stockUp(simulator, seller)
  const info = await seller.say('selectInitOsdcInfo', { tin: 'P000000001A', bhfId: '00', dvcSrlNo: 'dvcv1130' })
  const { cmcKey } = info.data['info'] as Record<string, string>
  const sent = { sarTyCd: '13', custTin: 'P000000001A', custBhfId: '00' }
  await seller.say('insertStockIO', movement(simulator, 2, [line(1, 4)], sent))
  const head = await seller.say('selectStockMoveList', since, { bhfId: '00', cmcKey: String(cmcKey) })
  expect(rowsOf(head, 'stockList')).toMatchObject([
    { custTin: 'P000000001A', custBhfId: '01', sarNo: 2, totItemCnt: 1, totAmt: 4640, itemList: [{ qty: 4 }] },
  ])
  expect((await seller.say('selectStockMoveList', since)).code).toBe('001')
})

describe('incremental reads', () => {
  test('give what changed after the moment, and nothing otherwise; the server’s time is the next moment (4.2)', async () => {
    const list = async (lastReqDt: unknown): Promise<Said> => seller.say('selectItemList', { lastReqDt })
    await seller.say('saveItem', item(1))
    const first = await list('20180101000000')
    expect(rowsOf(first, 'itemList')).toHaveLength(1)
    await simulator.clock.advance(5_000)
    const watermark = nairobi(simulator)
    expect(await list(watermark)).toMatchObject({ code: '001', envelope: { data: null } })
    await simulator.clock.advance(5_000)
    await seller.say('saveItem', item(2))
    expect(rowsOf(await list(watermark), 'itemList')).toMatchObject([{ itemCd: itemCode(2) }])
    await simulator.clock.advance(5_000)
    await seller.say('saveItem', item(1, { itemNm: 'Kikombe kipya' }))
    expect(rowsOf(await list(watermark), 'itemList')).toHaveLength(2)
  })

  test('lose nothing that changes within the second of the answer', async () => {
    const first = await seller.say('selectNoticeList', since)
    await seller.say('saveItem', item(1))
    const { code } = await seller.say('selectItemList', { lastReqDt: first.envelope?.['resultDt'] })
    expect(code).toBe('000')
  })

  test.each([
    ['selectCodeList', 'clsList'],
    ['selectItemClsList', 'itemClsList'],
    ['selectBhfList', 'bhfList'],
    ['selectNoticeList', 'noticeList'],
    ['selectImportItemList', 'itemList'],
    ['selectTrnsPurchaseSalesList', 'saleList'],
  ])('%s: what is there from the start is not new any more', async (path, name) => {
    expect(rowsOf(await seller.say(path, since), name).length).toBeGreaterThan(0)
    expect((await seller.say(path, { lastReqDt: '20250101000000' })).code).toBe('001')
  })
})

test('the code lists are complete (6, appendices A and B)', async () => {
  const said = await createEtimsCaller(simulator, 'direct', readyDevice(simulator)).say('selectCodeList', since)
  const lists: Record<string, Fields[]> = {}
  for (const row of rowsOf(said, 'clsList')) lists[String(row['cdCls'])] = row['dtlList'] as Fields[]
  const sizes = Object.fromEntries(Object.entries(lists).map(([name, codes]) => [name, codes.length]))
  expect(sizes).toEqual({
    ...{ '04': 5, '05': 252, '07': 7, '10': 43, '11': 6, '12': 12, '14': 4, '15': 2, '17': 52, '24': 3 },
    ...{ '26': 4, '31': 2, '32': 6, '33': 179, '37': 2, '38': 2 },
  })
  expect(lists['04']).toMatchObject([
    { cd: 'A', userDfnCd1: '0' },
    { cd: 'B', userDfnCd1: '16', userDfnCd2: 'B-16%', srtOrd: 2 },
    { cd: 'C', userDfnCd1: '0' },
    { cd: 'E', userDfnCd1: '8' },
    { cd: 'D', userDfnCd1: '0' },
  ])
  expect(lists['05']?.at(-1)).toMatchObject({ cd: 'ZW', cdNm: 'ZIMBABWE', srtOrd: 252 })
  expect(lists['33']?.find(({ cd }) => cd === 'KES')).toMatchObject({ cdNm: 'Kenyan shilling', srtOrd: 75 })
  expect(lists['17']?.at(-1)).toMatchObject({ cd: 'TN', srtOrd: 52 })
  expect(lists['37']?.map(({ srtOrd }) => srtOrd)).toEqual([10, 11])
  const classes = rowsOf(await seller.say('selectItemClsList', since), 'itemClsList')
  expect(classes).toHaveLength(30)
  expect(new Set(classes.map(({ itemClsLvl }) => itemClsLvl))).toEqual(new Set([1, 2, 3, 4, 5]))
  for (const row of classes) expect(String(row['itemClsCd'])).toHaveLength(row['itemClsLvl'] === 5 ? 10 : 8)
})

test('an unknown PIN is an empty result (4.4)', async () => {
  expect(await seller.say('selectCustomer', { custmTin: 'P999999999Z' })).toMatchObject({ status: 200, code: '001' })
})
