/** Sales, credit notes, counters, stock, receipts: spec/etims.md sections 4.10, 4.12, 7.5, 7.6, 7.8, 7.10. @module */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startSimulator, type Simulator } from '../../src/index.ts'
import { call, type Fields } from '../support.ts'
import {
  audit,
  creditNote,
  type EtimsCaller,
  item,
  itemCode,
  line,
  movement,
  nairobi,
  ready,
  sale,
  type Said,
  since,
  stockUp,
} from './support.ts'

let simulator: Simulator
let caller: EtimsCaller
beforeAll(async () => {
  simulator = await startSimulator()
})
beforeEach(async () => {
  simulator.reset()
  simulator.set({ etims: { rules: 'live' } })
  caller = await ready(simulator, 'direct')
})
afterAll(() => simulator.close())

const sell = (invcNo: number, fields: Fields = {}, rows = [line(1)]): Promise<Said> =>
  caller.say('saveTrnsSalesOsdc', sale(simulator, invcNo, rows, fields))
const credit = (invcNo: number, original: number, fields: Fields = {}, rows = [line(1)]): Promise<Said> =>
  sell(invcNo, { ...creditNote(simulator, original), ...fields }, rows)
const move = (sarNo: number, qty: number, fields: Fields = {}): Promise<Said> =>
  caller.say('insertStockIO', movement(simulator, sarNo, [line(1, qty)], fields))
const report = (rsdQty: number): Promise<Said> =>
  caller.say('saveStockMaster', { itemCd: itemCode(1), rsdQty, ...audit })
const branch = () => simulator.state().systems.etims.branches.find(({ bhfId }) => bhfId === '01')

describe('the numbers of sales', () => {
  beforeEach(() => stockUp(simulator, caller))

  test('advance only when a sale is accepted; credit notes share them (7.5)', async () => {
    expect((await sell(2)).message).toBe('Invalid invcNo sequence, expected: 1 but found: 2')
    expect((await sell(1)).code).toBe('000')
    expect((await sell(2, { totAmt: 1 })).code).toBe('910')
    expect((await credit(2, 1)).code).toBe('000')
    expect((await sell(2)).message).toBe('Invalid invcNo sequence, expected: 3 but found: 2')
    expect(branch()?.counters).toMatchObject({ invcNo: 2, receipts: 2 })
  })

  test('the very same sale again is 994 on the direct face, and a wrong number on the gateway (12)', async () => {
    const body = sale(simulator, 1, [line(1)])
    const again = (): Promise<Said> => caller.say('saveTrnsSalesOsdc', body)
    expect([(await again()).code, (await again()).code]).toEqual(['000', '994'])
    simulator.set({ etims: { duplicateCode: '899' } })
    expect((await again()).code).toBe('899')
    const gateway = await ready(simulator, 'gateway')
    expect(await gateway.say('sendSalesTransaction', body)).toMatchObject({
      status: 400,
      envelope: null,
      message: 'Invalid invcNo sequence, expected: 2 but found: 1',
    })
    simulator.set({ etims: { rules: 'spec', duplicateCode: '994' } })
    expect(await gateway.say('sendSalesTransaction', body)).toMatchObject({ status: 400, code: '994' })
    expect((await sell(1, { remark: 'another' })).code).toBe('994')
    expect(branch()?.sales).toHaveLength(1)
  })

  test('of two hundred parallel sales with one number, one is accepted', async () => {
    const body = sale(simulator, 1, [line(1)])
    const replies = await Promise.all(Array.from({ length: 200 }, () => caller.say('saveTrnsSalesOsdc', body)))
    expect(replies.filter(({ code }) => code === '000')).toHaveLength(1)
    expect(branch()?.sales).toHaveLength(1)
  })

  test('orgInvcNo is 0 without an original: null makes the live server fail (0.2)', async () => {
    expect(await sell(1, { orgInvcNo: null })).toMatchObject({
      code: '999',
      message: 'Expected a value but found null. Possible cause: …getOrgInvcNo() is null',
    })
    simulator.set({ etims: { rules: 'spec' } })
    expect((await sell(1, { orgInvcNo: null })).code).toBe('910')
  })
})

describe('receipts', () => {
  beforeEach(() => stockUp(simulator, caller))

  test('count sales and credit notes together, as text under clean names (7.10)', async () => {
    const { data } = await sell(1)
    expect(data).toEqual({
      curRcptNo: '1',
      totRcptNo: '1',
      intrlData: expect.stringMatching(/^[A-Z2-7]{26}$/) as string,
      rcptSign: expect.stringMatching(/^[A-Z2-7]{16}$/) as string,
      sdcDateTime: expect.stringMatching(/^\d{14}$/) as string,
    })
    expect((await credit(2, 1)).data).toMatchObject({ curRcptNo: '2', totRcptNo: '2' })
  })

  test('count per type, and have a space in their names, when told to', async () => {
    simulator.set({ etims: { receiptCounters: 'perType', responseKeyQuirk: true } })
    await sell(1)
    const { data } = await credit(2, 1)
    expect(data).toMatchObject({ 'curRcptNo ': '1', 'totRcptNo ': '2' })
    expect(data).not.toHaveProperty('curRcptNo')
  })

  test('are found by their number, with written-out times (4.10)', async () => {
    const { data } = await sell(1, { custTin: 'P000000002B' })
    const { data: details } = await caller.say('selectInvoiceDetails', { invcNo: 1 })
    const [listed] = details['salesList'] as Fields[]
    expect(listed).toMatchObject({
      ...{ invcNo: 1, custTin: 'P000000002B', rcptTyCd: 'S', totAmt: 1160, taxblAmtB: 1000 },
      cfmDt: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/) as string,
      salesDt: nairobi(simulator).slice(0, 8),
      receipt: {
        ...{ rptNo: 1, curRcptNo: '1', totRcptNo: '1', rcptSign: data['rcptSign'], intrlData: data['intrlData'] },
        sdcDateTime: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.0$/) as string,
        rcptPbctDt: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.0$/) as string,
      },
      itemList: [{ itemSeq: 1, itemCd: itemCode(1), isrccCd: null, isrcAmt: null }],
    })
    for (const name of ['trdInvcNo', 'salesTyCd']) expect(listed).not.toHaveProperty(name)
    expect((await caller.say('selectInvoiceDetails', { invcNo: 2 })).code).toBe('001')
  })

  test('have a page behind their QR code, as HTML or JSON; an unknown signature has none (7.10)', async () => {
    const { data } = await sell(1, { custNm: 'Mnunuzi Limited' })
    const { baseUrl } = simulator.systems.etims
    const page = (sign: string, accept = 'text/html'): ReturnType<typeof call> =>
      call(`${baseUrl}/common/link/etims/receipt/indexEtimsReceiptData?Data=P000000001A01${sign}`, {
        headers: { accept },
      })
    const sign = String(data['rcptSign'])
    const html = await page(sign)
    expect([html.status, html.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    expect(html.text).toContain(`<td>${sign}</td>`)
    expect((await page(sign, 'application/json')).json).toMatchObject({ tin: 'P000000001A', bhfId: '01', invcNo: 1 })
    expect((await page('AAAAAAAAAAAAAAAA')).status).toBe(404)
    expect(await page('AAAAAAAAAAAAAAAA', 'application/json')).toMatchObject({
      status: 404,
      json: { error: 'No receipt has this signature.' },
    })
    const post = await call(`${baseUrl}/common/link/etims/receipt/indexEtimsReceiptData`, { method: 'POST' })
    expect(post.status).toBe(405)
  })
})

describe('stock', () => {
  test('comes before a sale: classes, item, movement, master, in this order (7.6)', async () => {
    await caller.say('saveItem', item(1))
    expect((await move(1, 10)).message).toBe("Make 'Get Item Classification List' request before performing StockIo")
    await caller.say('selectItemClsList', since)
    expect((await report(10)).message).toBe('Stock IO is empty, consider adding items to the stock IO first')
    expect((await sell(1)).message).toBe('Items provided under the itemList section do not exist in your stock')
    expect((await move(1, 10)).code).toBe('000')
    expect((await sell(1)).message).toBe(`Item ${itemCode(1)} (itemSeq 1) does not exist in your stock master`)
    expect((await report(12)).message).toBe('rsdQty mismatch. Expected: 10.0 but found: 12')
    expect((await report(10)).code).toBe('000')
    expect((await sell(1)).code).toBe('000')
  })

  test('a wrong balance comes with HTTP 200 on the gateway, and without an envelope (4.1)', async () => {
    const gateway = await ready(simulator, 'gateway')
    await stockUp(simulator, caller, 2.5)
    const said = await gateway.say('save/stockMaster', { itemCd: itemCode(1), rsdQty: 100, ...audit })
    expect([said.status, said.reply.json]).toMatchObject([
      200,
      {
        responseHeader: { responseCode: 400, debugMessage: 'rsdQty mismatch. Expected: 2.5 but found: 100' },
        responseBody: null,
      },
    ])
  })

  test('changes by movements alone, and what leaves by sale was sold before (7.6)', async () => {
    await stockUp(simulator, caller, 10)
    expect((await move(2, 3, { sarTyCd: '11' })).message).toBe(
      `Sales invoice of item ${itemCode(1)} is not received yet`,
    )
    await sell(1, {}, [line(1, 3)])
    expect(branch()?.stock).toEqual({ [itemCode(1)]: 10 })
    expect((await move(2, 3, { sarTyCd: '11' })).code).toBe('000')
    expect((await move(3, 1, { sarTyCd: '11' })).code).toBe('910')
    expect(branch()?.stock).toEqual({ [itemCode(1)]: 7 })
    expect((await report(7)).code).toBe('000')
    expect((await move(3, 8, { sarTyCd: '15' })).message).toBe('You dont have sufficient stock for this Transaction')
    expect((await move(3, 2, { sarTyCd: '03' })).code).toBe('000')
    expect(branch()?.stock).toEqual({ [itemCode(1)]: 9 })
  })

  test('documents have exactly the next number, and an original that is not null (7.5, 7.11)', async () => {
    await stockUp(simulator, caller)
    expect((await move(15, 1)).message).toBe('Invalid sarNo: Expected: 2 but found: 15')
    expect(await move(2, 1, { orgSarNo: null })).toMatchObject({
      code: '999',
      message: 'Expected a value but found null. Possible cause: …getOrgSarNo() is null',
    })
    expect((await move(2, 1, { regTyCd: null })).message).toBe('regTyCd cannot be null')
    expect((await move(2, 0)).message).toBe('Expected a value for totAmt on item: 1 but it is empty or null')
    const tomorrow = nairobi(simulator, 86_400_000).slice(0, 8)
    expect((await move(2, 1, { ocrnDt: tomorrow })).message).toBe('ocrnDt cannot be in the future')
    expect((await move(2, 1)).code).toBe('000')
  })

  test('is not needed by services (7.6)', async () => {
    await caller.say('saveItem', item(1, { itemCd: 'KE3NTNO0000001', itemTyCd: '3' }))
    expect((await sell(1, {}, [line(1, 1, { itemCd: 'KE3NTNO0000001' })])).code).toBe('000')
  })

  test('belongs to a branch: what one has, another cannot sell', async () => {
    await stockUp(simulator, caller)
    const info = await caller.say('selectInitOsdcInfo', { tin: 'P000000001A', bhfId: '00', dvcSrlNo: 'dvcv1130' })
    const { cmcKey } = info.data['info'] as Record<string, string>
    const head = await caller.say('saveTrnsSalesOsdc', sale(simulator, 1, [line(1)]), {
      bhfId: '00',
      cmcKey: String(cmcKey),
    })
    expect(head.message).toBe('Items provided under the itemList section do not exist in your stock')
  })
})

describe('a composition', () => {
  const compose = (fields: Fields): Promise<Said> =>
    caller.say('saveItemComposition', { itemCd: itemCode(2), cpstItemCd: itemCode(1), cpstQty: 1, ...audit, ...fields })

  test('needs goods as the whole, and stock of the part (4.8)', async () => {
    await caller.say('saveItem', item(1))
    await caller.say('saveItem', item(2))
    await caller.say('saveItem', item(3, { itemCd: 'KE3NTNO0000003', itemTyCd: '3' }))
    const gateway = await ready(simulator, 'gateway')
    const said = await gateway.say('saveItemComposition', {
      itemCd: itemCode(2),
      cpstItemCd: itemCode(1),
      cpstQty: 1,
      ...audit,
    })
    expect(said.reply.json['responseHeader']).toMatchObject({
      customerMessage: 'Insufficient Stock',
      debugMessage: 'You dont have sufficient stock for this Transaction',
    })
    await caller.say('selectItemClsList', since)
    await move(1, 5)
    expect((await compose({})).code).toBe('000')
    expect((await compose({ itemCd: 'KE3NTNO0000003' })).message).toBe('You cannot create an service using an item')
    expect((await compose({ itemCd: itemCode(9) })).message).toContain('does not exist in your inventory')
    expect((await compose({ cpstItemCd: itemCode(9) })).message).toContain('does not exist in your inventory')
    expect((await compose({ cpstQty: 0 })).message).toBe('cpstQty must be more than 0')
  })
})

describe('a credit note', () => {
  beforeEach(async () => {
    await stockUp(simulator, caller)
    await sell(1, {}, [line(1, 5)])
  })

  test.each<[string, Fields, string]>([
    ['no such original', { orgInvcNo: 7 }, 'orgInvcNo does not exist. Please update the field and try again'],
    ['no date', { rfdDt: null }, 'Missing RfdDt Date'],
    ['no reason', { rfdRsnCd: null }, 'Invalid RfdRsnCd'],
    ['another customer', { custNm: 'Mwingine' }, 'custNm does not match the customer of the original invoice'],
  ])('with %s is refused (7.8)', async (_, fields, message) => {
    expect(await credit(2, 1, fields)).toMatchObject({ code: '910', message })
  })

  test('may be partial, and all of them together not more than the original (7.8)', async () => {
    expect((await credit(2, 1, {}, [line(1, 3)])).code).toBe('000')
    expect((await credit(3, 1, {}, [line(1, 3)])).message).toBe(
      `Item ${itemCode(1)} exceeds the original invoice on item: 1`,
    )
    const dear = line(1, 1, { qty: 2, prc: 2320, splyAmt: 4640, taxblAmt: 4000, taxAmt: 640, totAmt: 4640 })
    expect((await credit(3, 1, {}, [dear])).message).toBe('totAmt of the credit notes exceeds the original invoice')
    expect((await credit(3, 1, {}, [line(1, -1)])).message).toMatch(/positive$/)
    expect((await credit(3, 1, {}, [line(1, 2)])).code).toBe('000')
    expect((await credit(4, 2)).message).toMatch(/^orgInvcNo does not exist/) // A credit note has none of its own.
  })

  test('of the specification’s preset needs its fields and its original, and no more', async () => {
    simulator.set({ etims: { rules: 'spec' } })
    expect((await credit(2, 1, { rfdDt: null })).message).toBe('Missing RfdDt Date')
    expect((await credit(2, 7)).message).toMatch(/^orgInvcNo does not exist/)
    expect((await credit(2, 1, { custNm: 'Mwingine' })).code).toBe('000')
  })
})
