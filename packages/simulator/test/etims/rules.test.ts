/** The check table of the presets, and the texts of refusals: spec/etims.md sections 7 and 10. @module */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startSimulator, type Simulator } from '../../src/index.ts'
import { type Fields } from '../support.ts'
import {
  audit,
  creditNote,
  type EtimsCaller,
  item,
  itemCode,
  line,
  movement,
  nairobi,
  purchase,
  ready,
  sale,
  since,
  stockUp,
  totals,
} from './support.ts'

let simulator: Simulator
let caller: EtimsCaller
beforeAll(async () => {
  simulator = await startSimulator()
})
beforeEach(async () => {
  caller = await ready(simulator, 'direct')
  await beginUnder('live')
})
afterAll(() => simulator.close())

type Preset = 'lenient' | 'spec' | 'live'
const presets: readonly Preset[] = ['lenient', 'spec', 'live']

/** A taxpayer with 100 pieces of item 1, whose stock was taken under live rules. */
async function beginUnder(rules: Preset): Promise<void> {
  simulator.reset()
  simulator.set({ etims: { rules: 'live' } })
  await stockUp(simulator, caller)
  simulator.set({ etims: { rules } })
}

/** Sends one body under each preset and says what each answered. */
async function verdicts(path: string, body: () => Fields): Promise<Record<Preset, unknown>> {
  const verdict: Record<string, unknown> = {}
  for (const rules of presets) {
    await beginUnder(rules)
    verdict[rules] = (await caller.say(path, body())).code
  }
  return verdict // One for each.
}

const saleOf = (row: Fields, more: Fields = {}): Fields => sale(simulator, 1, [row], more)

/** A body that breaks one rule, and the code of each preset. The checks are in the order of the table. */
const table: readonly (readonly [rule: string, path: string, body: () => Fields, codes: readonly string[]])[] = [
  ['required keys', 'saveItem', () => item(2, { itemNm: null }), ['910', '910', '910']],
  ['required keys of lines', 'saveTrnsSalesOsdc', () => saleOf(line(1, 1, { prc: null })), ['910', '910', '910']],
  ['types', 'saveItem', () => item(2, { dftPrc: 'cheap' }), ['000', '910', '910']],
  [
    'rates below zero',
    'saveBhfInsurance',
    () => ({ isrccCd: 'I1', isrccNm: 'Bima', isrcRt: -5, useYn: 'Y', ...audit }),
    ['000', '910', '910'],
  ],
  ['lengths', 'saveItem', () => item(2, { btchNo: '12345678901' }), ['000', '910', '910']],
  ['decimals', 'saveItem', () => item(2, { dftPrc: 1.005 }), ['000', '910', '910']],
  ['dates', 'saveTrnsSalesOsdc', () => saleOf(line(1), { cfmDt: '2026-01-05' }), ['000', '910', '910']],
  ['code values', 'saveItem', () => item(2, { taxTyCd: 'F' }), ['000', '913', '913']],
  ['code values of lines', 'saveTrnsSalesOsdc', () => saleOf(line(1, 1, { pkgUnitCd: 'BX' })), ['000', '913', '913']],
  ['header totals', 'saveTrnsSalesOsdc', () => saleOf(line(1), { totAmt: 1161 }), ['000', '910', '910']],
  ['band totals', 'saveTrnsSalesOsdc', () => saleOf(line(1), { taxblAmtB: 0, taxblAmtA: 1000 }), ['000', '910', '910']],
  ['a cent in a total', 'saveTrnsSalesOsdc', () => saleOf(line(1), { totAmt: 1160.01 }), ['000', '000', '910']],
  ['the count', 'saveTrnsSalesOsdc', () => saleOf(line(1), { totItemCnt: 2 }), ['000', '910', '910']],
  ['the places of lines', 'saveTrnsSalesOsdc', () => saleOf(line(1, 1, { itemSeq: 2 })), ['000', '910', '910']],
  ['items of sales', 'saveTrnsSalesOsdc', () => saleOf(line(9)), ['000', '910', '910']],
  ['items of stock', 'insertStockIO', () => movement(simulator, 2, [line(9)]), ['000', '000', '910']],
  ['items of purchases', 'insertTrnsPurchase', () => purchase(simulator, 1, [line(9)]), ['000', '000', '910']],
  ['a later number', 'saveTrnsSalesOsdc', () => sale(simulator, 9, [line(1)]), ['000', '000', '910']],
  ['a later sarNo', 'insertStockIO', () => movement(simulator, 9, [line(1)]), ['000', '000', '910']],
  ['the item sequence', 'saveItem', () => item(7), ['000', '000', '910']],
  [
    'the stock of composition',
    'saveItemComposition',
    () => ({ itemCd: itemCode(1), cpstItemCd: itemCode(9), cpstQty: 1, ...audit }),
    ['000', '000', '910'],
  ],
  ['the balance', 'saveStockMaster', () => ({ itemCd: itemCode(1), rsdQty: 5, ...audit }), ['000', '000', '910']],
  [
    'a future sale',
    'saveTrnsSalesOsdc',
    () => saleOf(line(1), { salesDt: nairobi(simulator, 86_400_000).slice(0, 8) }),
    ['000', '000', '910'],
  ],
  [
    'original invoices',
    'saveTrnsSalesOsdc',
    () => sale(simulator, 4, [line(1)], creditNote(simulator, 99)),
    ['000', '910', '910'],
  ],
  [
    'import declarations',
    'updateImportItem',
    () => ({
      ...{ taskCd: 'X', dclDe: '01012024', itemSeq: 1, hsCd: '1', itemClsCd: '1', itemCd: itemCode(1) },
      ...{ imptItemSttsCd: '3', remark: 'x', modrId: 'a', modrNm: 'A' },
    }),
    ['000', '910', '910'],
  ],
  [
    'supplier invoices',
    'insertTrnsPurchase',
    () => purchase(simulator, 4, [line(1)], { spplrTin: 'P000000004D', spplrInvcNo: 99 }),
    ['000', '910', '910'],
  ],
]

describe('what each preset says to', () => {
  test.each(table)('%s (10)', async (_, path, body, [lenient, spec, live]) => {
    expect(await verdicts(path, body)).toEqual({ lenient, spec, live })
  })

  test('a wrong device: 901 under every preset', async () => {
    for (const rules of presets) {
      simulator.set({ etims: { rules } })
      expect((await caller.say('selectNoticeList', since, { cmcKey: 'wrong' })).code).toBe('901')
    }
  })

  test('numeric texts, numbers as texts, nulls and unknown fields: they are taken (0.3)', async () => {
    const odd = sale(simulator, 1, [line(1, 1, { qty: '1', prc: '1160.00', note: 'unknown' })], {
      ...{ trdInvcNo: 17, invcNo: '1', totAmt: '1160', tin: 'P999999999Z', cmcKey: 'other' },
    })
    expect((await caller.say('saveTrnsSalesOsdc', odd)).code).toBe('000')
    const { data } = await caller.say('selectInvoiceDetails', { invcNo: '1' })
    const [listed] = data['salesList'] as Fields[]
    expect(listed).toMatchObject({ invcNo: 1, totAmt: 1160, itemList: [{ qty: 1, prc: 1160 }] })
    expect(JSON.stringify(listed)).not.toContain('unknown')
  })

  test('what suites of other SDKs send: the lenient preset takes it (10)', async () => {
    simulator.set({ etims: { rules: 'lenient' } })
    const old = line(1, 1, { itemCd: 'KE1NTXU0000001234567', taxblAmt: 1160, taxAmt: 176.95 })
    const body = sale(simulator, 1, [old], { salesDt: '20200105', cfmDt: '20200105120000' })
    const codes = []
    for (let round = 0; round < 2; round += 1) codes.push((await caller.say('saveTrnsSalesOsdc', body)).code)
    codes.push((await caller.say('saveItem', item(1, { itemCd: 'KE1NTXU0000001234567' }))).code)
    expect(codes).toEqual(['000', '000', '000'])
    const wild = { ...body, invcNo: 'INV001', totAmt: 'much', itemList: [{ ...old, qty: 1e308, prc: '1e308' }] }
    expect((await caller.say('saveTrnsSalesOsdc', wild)).code).toBe('000')
    expect((await caller.say('saveTrnsSalesOsdc', { ...body, itemList: [] })).code).toBe('000')
    expect((await caller.say('saveTrnsSalesOsdc', { ...body, itemList: [null] })).code).toBe('910')
    expect((await caller.say('saveTrnsSalesOsdc', { ...body, receipt: 'none' })).code).toBe('910')
    expect((await caller.say('selectTrnsSalesList', since)).data['salesList']).toHaveLength(4)
  })
})

describe('the arithmetic of a line', () => {
  const gross = (fields: Fields): Fields => line(1, 1, fields)
  const conventions: readonly (readonly [name: string, row: Fields, verdicts: readonly boolean[]])[] = [
    [
      'inclusive, net base',
      gross({ prc: 100, splyAmt: 100, taxblAmt: 86.21, taxAmt: 13.79, totAmt: 100 }),
      [true, true],
    ],
    [
      'of 1302.07',
      gross({ prc: 1302.07, splyAmt: 1302.07, taxblAmt: 1122.47, taxAmt: 179.6, totAmt: 1302.07 }),
      [true, true],
    ],
    ['of 8 %', gross({ taxTyCd: 'E', prc: 216, splyAmt: 216, taxblAmt: 200, taxAmt: 16, totAmt: 216 }), [true, true]],
    [
      'exempt',
      gross({ taxTyCd: 'A', prc: 60000, splyAmt: 60000, taxblAmt: 60000, taxAmt: 0, totAmt: 60000 }),
      [true, true],
    ],
    [
      'discounted, supply after',
      gross({ qty: 2, prc: 100, dcRt: 10, dcAmt: 20, splyAmt: 180, taxblAmt: 155.17, taxAmt: 24.83, totAmt: 180 }),
      [true, true],
    ],
    [
      'discounted, supply before',
      gross({ qty: 2, prc: 100, dcRt: 10, dcAmt: 20, splyAmt: 200, taxblAmt: 155.17, taxAmt: 24.83, totAmt: 180 }),
      [true, true],
    ],
    ['gross base, 16/116', gross({ taxblAmt: 1160, taxAmt: 160 }), [true, false]],
    ['gross base, 18/118', gross({ taxblAmt: 1160, taxAmt: 176.95 }), [true, false]],
    ['net prices', gross({ prc: 1000, splyAmt: 1000 }), [true, false]],
    ['tax on top of the supply', gross({ prc: 1000, splyAmt: 1000, taxblAmt: 1000, totAmt: 1160 }), [true, false]],
    ['a cent off', gross({ taxblAmt: 999.99, taxAmt: 160.01 }), [true, false]],
    ['tax on top that is not in the total', gross({ taxblAmt: 1160, taxAmt: 208.8, totAmt: 1160 }), [false, false]],
    ['tax of nowhere', gross({ taxblAmt: 1000, taxAmt: 50, totAmt: 1160 }), [false, false]],
  ]

  test.each(conventions)('%s (7.1)', async (_, row, [spec, live]) => {
    const accepted = []
    for (const rules of ['spec', 'live'] as const) {
      await beginUnder(rules)
      accepted.push((await caller.say('saveTrnsSalesOsdc', sale(simulator, 1, [row]))).code === '000')
    }
    expect(accepted).toEqual([spec, live])
  })

  test.each<[string, Fields, Fields, string]>([
    [
      'base',
      { prc: 100, splyAmt: 100, taxblAmt: 100, taxAmt: 0, totAmt: 100 },
      {},
      'Invalid taxblAmt on item: 1. Expected: 86.21, But Found: 100.00',
    ],
    [
      'supply',
      { prc: 1302.07, splyAmt: 1122 },
      {},
      'Invalid splyAmnt on item: 1. Expected: 1302.07, But Found: 1122.00',
    ],
    ['tax', { taxAmt: 159 }, {}, 'Invalid taxAmt on item: 1. Expected: 160.00, But Found: 159.00'],
    ['total', { totAmt: 1159 }, {}, 'Invalid totAmt on item: 1. Expected: 1160.00, But Found: 1159.00'],
    ['package', { pkg: 2 }, {}, 'Invalid pkg for ItemList 1. Expected: 1, Found: 2'],
    ['no package', { pkgUnitCd: 'BG', pkg: 0 }, {}, 'Invalid pkg for ItemList 1. Expected: 1, Found: 0'],
    ['name', { itemNm: '' }, {}, 'Expected a value for itemNm on item: 1 but is empty or null'],
    ['missing total', { totAmt: null }, {}, 'Expected a value for totAmt on item: 1 but it is empty or null'],
    ['rate E', {}, { taxRtE: 8 }, 'Rule taxRtE failed: Tax rate mismatch. Expected: 0.00, Found: 8'],
    ['rate B', {}, { taxRtB: 18 }, 'Rule taxRtB failed: Tax rate mismatch. Expected: 16.00, Found: 18'],
    ['header', {}, { totTaxAmt: 1 }, 'Invalid totTaxAmt. Expected: 160.00, But Found: 1.00'],
  ])('is refused with the live text: %s (7.11)', async (_, row, header, message) => {
    const said = await caller.say('saveTrnsSalesOsdc', sale(simulator, 1, [line(1, 1, row)], header))
    expect(said).toMatchObject({ code: '910', message })
  })

  test('band B may have no rate on an invoice without it, or its own (7.2)', async () => {
    const exempt = line(1, 1, { taxTyCd: 'A', taxblAmt: 1160, taxAmt: 0 })
    expect((await caller.say('saveTrnsSalesOsdc', sale(simulator, 1, [exempt], { taxRtB: 16 }))).code).toBe('000')
    expect((await caller.say('saveTrnsSalesOsdc', sale(simulator, 2, [exempt], { taxRtB: 0 }))).code).toBe('000')
  })
})

describe('item codes under live rules', () => {
  test.each([
    ['a number ahead', item(3), 'Invalid itemCd Sequence. Expected sequence ending with: ********2'],
    ['a number behind', item(0), 'Invalid itemCd Sequence. Expected sequence ending with: ********2'],
    ['a marked unit', item(2, { itemCd: 'KE2NTXU0000002', qtyUnitCd: 'U' }), 'Incorrect QtyUnitCd Prefix'],
    ['another unit', item(2, { qtyUnitCd: 'KG' }), 'Incorrect QtyUnitCd Prefix'],
    ['another packaging', item(2, { pkgUnitCd: 'BG' }), 'Incorrect Packaging Unit Prefix'],
    ['packaging of three letters', item(2, { pkgUnitCd: 'CTN' }), 'Incorrect Packaging Unit Prefix'],
    ['another country', item(2, { orgnNatCd: 'UG' }), 'Incorrect OrgnNatCd Prefix'],
    ['another type', item(2, { itemTyCd: '1' }), 'Incorrect ItemTyCd Prefix'],
    ['no country', item(2, { orgnNatCd: null }), 'orgnNatCd cannot be null'],
  ])('with %s are refused (7.7)', async (_, body, message) => {
    expect(await caller.say('saveItem', body)).toMatchObject({ code: '910', message })
  })

  test('advance by one when accepted; eight digits are taken; a known one is an update (4.8)', async () => {
    expect((await caller.say('saveItem', item(2, { itemCd: 'KE2NTNO00000002' }))).code).toBe('000')
    expect((await caller.say('saveItem', item(3))).code).toBe('000')
    expect((await caller.say('saveItem', item(1, { itemNm: 'Kikombe kipya' }))).code).toBe('000')
    const { data } = await caller.say('selectItemList', since)
    expect(data['itemList']).toHaveLength(3)
    expect((data['itemList'] as Fields[])[0]).toMatchObject({
      ...{
        tin: 'P000000001A',
        itemNm: 'Kikombe kipya',
        regBhfId: '01',
        rraModYn: 'N',
        grpPrcL1: 0,
        sftyQty: 0,
        bcd: null,
      },
    })
    expect((data['itemList'] as Fields[])[0]).not.toHaveProperty('regrId')
    simulator.set({ etims: { itemDuplicate: '994' } })
    expect((await caller.say('saveItem', item(1))).code).toBe('994')
  })
})

test('an E line needs its rate, and the totals of two bands are taken apart', async () => {
  const rows = [
    line(1, 3),
    line(1, 1, { itemSeq: 2, taxTyCd: 'E', prc: 216, splyAmt: 216, taxblAmt: 200, taxAmt: 16, totAmt: 216 }),
  ]
  expect(totals(rows)).toMatchObject({ taxblAmtB: 3000, taxblAmtE: 200, taxRtE: 8, totAmt: 3696 })
  expect((await caller.say('saveTrnsSalesOsdc', sale(simulator, 1, rows, { taxRtE: 0 }))).message).toBe(
    'Rule taxRtE failed: Tax rate mismatch. Expected: 8.00, Found: 0',
  )
  expect((await caller.say('saveTrnsSalesOsdc', sale(simulator, 1, rows))).code).toBe('000')
})

test('on the gateway a refusal has no envelope, and a title where one is known (4.1)', async () => {
  const gateway = await ready(simulator, 'gateway')
  const said = await gateway.say(
    'sendPurchaseTransactionInfo',
    purchase(simulator, 1, [line(1)], { spplrTin: 'P000000004D', spplrInvcNo: 99 }),
  )
  expect([said.status, said.reply.json]).toMatchObject([
    400,
    {
      responseHeader: {
        responseCode: 400,
        customerMessage: 'Missing purchase Record',
        debugMessage: 'Supplier invoice number 99 does not exist',
      },
      responseBody: null,
    },
  ])
  const audited = await gateway.say('saveItem', item(2, { modrId: undefined }))
  expect(audited).toMatchObject({
    status: 400,
    code: '910',
    message: 'Request parameter error[<modrId> : may not be empty]',
  })
})
