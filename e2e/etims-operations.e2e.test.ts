/**
 * Every operation of eTIMS on both faces, against the simulator over real sockets.
 *
 * @see spec/etims.md sections 1.3 and 4
 * @module
 */
import { buildItem, buildPurchase, buildStockIO, EtimsClient, operations, readList } from '@latchkey/etims'
import type { Envelope, Face } from '@latchkey/etims'
import { startSimulator } from '@latchkey/simulator'
import type { Simulator } from '@latchkey/simulator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { audit, configOf, cup, cupCode, cups, goods, openShop, since } from './support/etims.ts'

const signature = { regrId: audit.id, regrNm: audit.name, modrId: audit.id, modrNm: audit.name }

/** What one row sends, and what it must bring. Rows run in the order of section 7.6, on one world. */
interface Row {
  readonly operation: keyof typeof operations
  readonly send: (etims: EtimsClient, simulator: Simulator) => Promise<Envelope>
  readonly resultCd?: '000' | '001'
  readonly data?: unknown
}

const text = expect.any(String) as string
const rows: readonly Row[] = [
  {
    operation: 'codeList',
    send: (etims) => etims.selectCodeList(since),
    data: { clsList: expect.arrayContaining([expect.objectContaining({ cdCls: '04' })]) as unknown },
  },
  {
    operation: 'itemClasses',
    send: (etims) => etims.selectItemClasses(since),
    data: { itemClsList: expect.arrayContaining([expect.objectContaining({ itemClsCd: '5059690800' })]) as unknown },
  },
  {
    operation: 'customerLookup',
    send: (etims) => etims.selectCustomer({ custmTin: 'P000000002B' }),
    data: { custList: [expect.objectContaining({ tin: 'P000000002B', taxprSttsCd: 'A' })] },
  },
  {
    operation: 'branchList',
    send: (etims) => etims.selectBranches(since),
    data: { bhfList: expect.arrayContaining([expect.objectContaining({ bhfId: '00', hqYn: 'Y' })]) as unknown },
  },
  {
    operation: 'notices',
    send: (etims) => etims.selectNoticeList(since),
    data: { noticeList: expect.arrayContaining([expect.objectContaining({ title: text })]) as unknown },
  },
  {
    operation: 'taxpayerInfo',
    send: (etims) => etims.selectTaxpayerInfo(since),
    data: { info: expect.objectContaining({ taxprNm: text }) as unknown },
  },
  { operation: 'customerList', send: (etims) => etims.selectCustomerList(since), resultCd: '001', data: null },
  {
    operation: 'saveBranchCustomer',
    send: (etims) =>
      etims.saveBranchCustomer({
        custNo: 'C00000001',
        custTin: 'P000000002B',
        custNm: 'Mnunuzi Limited',
        useYn: 'Y',
        ...signature,
      }),
    data: null,
  },
  {
    operation: 'customerList',
    send: (etims) => etims.selectCustomerList(since),
    data: { custList: [expect.objectContaining({ custNo: 'C00000001' })] },
  },
  {
    operation: 'saveBranchUser',
    send: (etims) =>
      etims.saveBranchUser({ userId: 'user1', userNm: 'Mtumiaji', pwd: 'a-password', useYn: 'Y', ...signature }),
    data: null,
  },
  {
    operation: 'saveBranchInsurance',
    send: (etims) =>
      etims.saveBranchInsurance({ isrccCd: 'ISR1', isrccNm: 'Bima', isrcRt: 20, useYn: 'Y', ...signature }),
    data: null,
  },
  {
    operation: 'saveItem',
    send: (etims) => etims.saveItem({ ...buildItem({ ...cup, seq: 1 }), itemCd: cupCode }),
    data: null,
  },
  {
    operation: 'itemList',
    send: (etims) => etims.selectItems(since),
    data: { itemList: [expect.objectContaining({ itemCd: cupCode, dftPrc: 1160, rraModYn: 'N' })] },
  },
  { operation: 'stockMovements', send: (etims) => etims.selectStockMovement(since), resultCd: '001', data: null },
  {
    operation: 'saveStockIO',
    send: (etims, { clock }) =>
      etims.saveStockIO(buildStockIO({ sarTyCd: '06', items: [goods(100)], at: clock.now(), audit })),
    data: null,
  },
  {
    operation: 'saveStockMaster',
    send: (etims) => etims.saveStockMaster({ itemCd: cupCode, rsdQty: 100, ...signature }),
    data: null,
  },
  {
    operation: 'saveItem',
    send: (etims) =>
      etims.saveItem({ ...buildItem({ ...cup, itemNm: 'Seti ya vikombe', seq: 2 }), itemCd: 'KE2NTNO0000002' }),
    data: null,
  },
  {
    operation: 'saveItemComposition',
    send: (etims) =>
      etims.saveItemComposition({ itemCd: 'KE2NTNO0000002', cpstItemCd: cupCode, cpstQty: 4, ...signature }),
    data: null,
  },
  {
    operation: 'importList',
    send: (etims) => etims.selectImportedItems(since),
    data: {
      itemList: expect.arrayContaining([
        expect.objectContaining({ imptItemsttsCd: '2', dclDe: expect.stringMatching(/^\d{8}$/) as string }),
      ]) as unknown,
    },
  },
  {
    operation: 'updateImport',
    async send(etims) {
      const [first] = readList(operations.importList, await etims.selectImportedItems(since))
      const { taskCd = '', dclDe = '', itemSeq = 1, hsCd = '' } = first ?? {}
      return etims.updateImportedItem({
        ...{
          taskCd,
          dclDe,
          itemSeq,
          hsCd,
          itemClsCd: '5059690800',
          itemCd: cupCode,
          imptItemSttsCd: '3',
          remark: 'Approved',
        },
        ...{ modrId: audit.id, modrNm: audit.name },
      })
    },
    data: null,
  },
  {
    operation: 'saveSale',
    send: (etims, simulator) => etims.saveSalesTransaction(cups(simulator, 'INV-0001')),
    data: {
      ...{ curRcptNo: 1, totRcptNo: 1, sdcDateTime: expect.stringMatching(/^\d{14}$/) as string },
      ...{
        intrlData: expect.stringMatching(/^[A-Z2-7]{26}$/) as string,
        rcptSign: expect.stringMatching(/^[A-Z2-7]{16}$/) as string,
      },
    },
  },
  {
    operation: 'salesList',
    send: (etims) => etims.selectSalesTransactions(since),
    data: { salesList: [expect.objectContaining({ invcNo: 1, totAmt: 1160 })] },
  },
  {
    operation: 'invoiceDetails',
    send: (etims) => etims.selectInvoiceDetails({ invcNo: 1 }),
    data: {
      salesList: [
        expect.objectContaining({ invcNo: 1, receipt: expect.objectContaining({ curRcptNo: 1 }) as unknown }),
      ],
    },
  },
  {
    operation: 'invoiceDetails',
    send: (etims) => etims.selectInvoiceDetails({ invcNo: 99 }),
    resultCd: '001',
    data: null,
  },
  {
    operation: 'purchaseFeed',
    send: (etims) => etims.selectPurchases(since),
    data: { saleList: expect.arrayContaining([expect.objectContaining({ spplrInvcNo: 7 })]) as unknown },
  },
  {
    operation: 'savePurchase',
    async send(etims, { clock }) {
      const feed = readList(operations.purchaseFeed, await etims.selectPurchases(since))
      const record = feed.find(({ spplrInvcNo }) => spplrInvcNo === 7)!
      const own = { itemCd: cupCode, itemClsCd: cup.itemClsCd, itemNm: cup.itemNm }
      const items = Object.fromEntries(record.itemList.map(({ itemSeq }) => [itemSeq, own]))
      return etims.savePurchase(buildPurchase({ feed: record, items, at: clock.now(), audit }))
    },
    data: null,
  },
]

describe.each<Face>(['direct', 'gateway'])('every operation on the %s face (1.3)', (face) => {
  let simulator: Simulator
  let etims: EtimsClient

  beforeAll(async () => {
    simulator = await startSimulator()
    etims = new EtimsClient(configOf(simulator, face))
  })
  afterAll(async () => {
    await etims.close()
    await simulator.close()
  })

  it('initializeDevice: issues the key once, and then says 902', async () => {
    const { tin, bhfId, deviceSerial } = simulator.systems.etims.credentials
    await using fresh = new EtimsClient(configOf(simulator, face, { oscu: { tin, bhf_id: bhfId } }))
    const init = { tin, bhfId, dvcSrlNo: deviceSerial }
    const { resultCd, data } = await fresh.selectInitOsdcInfo(init)
    expect(resultCd).toBe('000')
    expect(data?.info).toMatchObject({ tin, bhfId, cmcKey: text, sdcId: expect.stringMatching(/^KRACU/) as string })
    expect((await fresh.selectBranches(since)).resultCd).toBe('000') // With the new key.
    const again = await fresh.selectInitOsdcInfo(init).catch((error: unknown) => error)
    expect(again).toMatchObject(
      face === 'direct' ? { errorCode: '902', statusCode: 500, kind: 'device' } : { name: 'ApiException' },
    )
  })

  it.each(rows.map((row, index) => [`${index + 1}. ${row.operation}`, row] as const))('%s', async (_, row) => {
    const { operation, send, resultCd = '000', data } = row
    const before = simulator.requests({ system: 'etims' }).length
    const envelope = await send(etims, simulator)
    expect(envelope).toMatchObject({ resultCd, resultMsg: text, resultDt: expect.stringMatching(/^\d{14}$/) as string })
    expect(envelope.data ?? null).toEqual(data)
    const { gatewayPath, path } = operations[operation]
    const base = face === 'direct' ? `/etims-api${path}` : `/etims-oscu/api/v1${gatewayPath}`
    expect(
      simulator
        .requests({ system: 'etims' })
        .slice(before)
        .map((request) => request.path),
    ).toContain(base)
  })

  it('covers the whole table', () => {
    const covered = new Set([...rows.map(({ operation }) => operation), 'initializeDevice'])
    expect(Object.keys(operations).filter((name) => !covered.has(name as keyof typeof operations))).toEqual([])
    expect(Object.keys(operations)).toHaveLength(24)
  })
})

describe('a shop that opens', () => {
  it('passes the live rules of both faces in the order of section 7.6', async () => {
    await using simulator = await startSimulator({ etims: { rules: 'live' } })
    await using etims = new EtimsClient(configOf(simulator, 'gateway'))
    await openShop(simulator, etims)
    const { data } = await etims.saveSalesTransaction(cups(simulator, 'INV-1', 3))
    expect(data?.curRcptNo).toBe(1)
  })
})
