/**
 * The twenty facts about eTIMS that are most often got wrong, each shown on the wire between the client and the
 * simulator.
 *
 * @see spec/etims.md section 0.2
 * @module
 */
import {
  AuthClient,
  buildCreditNote,
  buildSale,
  calculateLine,
  EtimsClient,
  formatDateTime,
  operations,
  readList,
  taxTypes,
} from '@latchkey/etims'
import type { Face, OscuConfig, SaleDocument } from '@latchkey/etims'
import { startSimulator } from '@latchkey/simulator'
import type { SeenRequest, Simulator, SimulatorOptions } from '@latchkey/simulator'
import { afterEach, expect, it } from 'vitest'
import { audit, configOf, cup, cupCode, cups, goods, openShop, since } from './support/etims.ts'

const open: AsyncDisposable[] = []
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each[Symbol.asyncDispose]()
})

async function world(face: Face = 'direct', change: Partial<OscuConfig> = {}, options: SimulatorOptions = {}) {
  const simulator = await startSimulator(options)
  const etims = new EtimsClient(configOf(simulator, face, change))
  open.push(simulator, etims)
  return { simulator, etims }
}

const seen = (simulator: Simulator): readonly SeenRequest[] => simulator.requests({ system: 'etims' })
const bodyOf = (request: SeenRequest | undefined): Record<string, unknown> =>
  (request?.body ?? {}) as Record<string, unknown> // As the client sent it.
const headersOf = (request: SeenRequest | undefined): Readonly<Record<string, unknown>> => request?.headers ?? {}
const caught = async (work: Promise<unknown>): Promise<Record<string, unknown>> =>
  work.then(
    () => ({}),
    (error: unknown) => error as Record<string, unknown>, // An error has members.
  )

it('fact 1: the two faces have paths, envelopes and authentication of their own, and the client hides it', async () => {
  for (const face of ['direct', 'gateway'] as const) {
    const { simulator, etims } = await world(face)
    const { resultCd, data } = await etims.selectBranches(since)
    expect({ resultCd, list: Array.isArray(data?.bhfList) }).toEqual({ resultCd: '000', list: true })
    const path = seen(simulator).at(-1)?.path
    expect(path).toBe(face === 'direct' ? '/etims-api/selectBhfList' : '/etims-oscu/api/v1/branchList')
  }
})

it('fact 2: the token call is GET, with the grant type in the query, and expires_in is text', async () => {
  const { simulator } = await world()
  const auth = new AuthClient(configOf(simulator, 'direct'))
  open.push(auth)
  await auth.getToken()
  const request = seen(simulator).at(-1)
  expect(request).toMatchObject({ method: 'GET', path: '/v1/token/generate?grant_type=client_credentials' })
  expect(auth.tokenSource.peek()?.lifetime).toBe(3_599_000)
})

it('fact 3: tin, bhfId and cmcKey travel as headers', async () => {
  const { simulator, etims } = await world()
  await etims.selectCodeList(since)
  const request = seen(simulator).at(-1)
  expect(Object.keys(headersOf(request))).toEqual(expect.arrayContaining(['tin', 'bhfid', 'cmckey']))
  expect(bodyOf(request)).toEqual(since)
})

it('fact 4: initialization carries none of the three headers', async () => {
  const { simulator } = await world()
  const { tin, bhfId, deviceSerial } = simulator.systems.etims.credentials
  const fresh = new EtimsClient(configOf(simulator, 'direct', { oscu: { tin, bhf_id: bhfId } }))
  open.push(fresh)
  await fresh.selectInitOsdcInfo({ tin, bhfId, dvcSrlNo: deviceSerial })
  const request = seen(simulator).at(-1)
  expect(Object.keys(headersOf(request)).filter((name) => /^(tin|bhfid|cmckey)$/.test(name))).toEqual([])
  expect(bodyOf(request)).toEqual({ tin, bhfId, dvcSrlNo: deviceSerial })
})

it('fact 5: the key is at data.info.cmcKey, is issued once, and 902 does not return it again', async () => {
  const { simulator } = await world()
  const { tin, bhfId, deviceSerial } = simulator.systems.etims.credentials
  const fresh = new EtimsClient(configOf(simulator, 'direct', { oscu: { tin, bhf_id: bhfId } }))
  open.push(fresh)
  const init = { tin, bhfId, dvcSrlNo: deviceSerial }
  const { data } = await fresh.selectInitOsdcInfo(init)
  expect(data?.info.cmcKey).toMatch(/^[0-9A-F]{52}$/)
  const again = await caught(fresh.selectInitOsdcInfo(init))
  expect(again).toMatchObject({ name: 'ApiException', errorCode: '902', details: { data: null } })
})

it('fact 6: 001 is an empty result and not an error', async () => {
  const { etims } = await world()
  const envelope = await etims.selectCustomer({ custmTin: 'P999999999Z' })
  expect(envelope).toMatchObject({ resultCd: '001', data: null })
  expect(readList(operations.customerLookup, envelope)).toEqual([])
})

it('fact 7: the HTTP status and the business result are independent', async () => {
  const { simulator, etims } = await world('gateway')
  expect((await etims.selectCustomerList(since)).resultCd).toBe('001')
  expect(seen(simulator).at(-1)?.answer?.status).toBe(400)
  const refusal = await caught(etims.saveStockMaster({ itemCd: cupCode, rsdQty: 5, ...names }))
  expect(refusal).toMatchObject({ name: 'ApiException' })
})
const names = { regrId: audit.id, regrNm: audit.name, modrId: audit.id, modrNm: audit.name }

it('fact 8: amounts include the tax, and the net base is backed out of them', async () => {
  expect(calculateLine({ qty: 1, prc: 100, taxTyCd: 'B' })).toMatchObject({
    ...{ splyAmt: 100, totAmt: 100, taxblAmt: 86.21, taxAmt: 13.79 },
  })
  const { simulator, etims } = await world('gateway')
  await openShop(simulator, etims)
  const sale = cups(simulator, 'INV-1')
  const onTop = { ...sale, itemList: sale.itemList.map((line) => ({ ...line, taxblAmt: 1160, taxAmt: 185.6 })) }
  expect(await caught(etims.saveSalesTransaction(onTop))).toMatchObject({
    message: expect.stringMatching(/taxblAmt/) as string,
  })
  expect((await etims.saveSalesTransaction(sale)).resultCd).toBe('000')
})

it('fact 9: the five bands are A exempt, B 16 %, C zero-rated, D non-VAT and E 8 %', async () => {
  const { etims } = await world()
  const { data } = await etims.selectCodeList(since)
  const rates = data?.clsList
    .find(({ cdCls }) => cdCls === '04')
    ?.dtlList.map(({ cd, userDfnCd1 }) => [cd, Number(userDfnCd1)])
  expect(Object.fromEntries(rates ?? [])).toEqual({ A: 0, B: 16, C: 0, D: 0, E: 8 })
  expect(taxTypes.rows.map(({ code }) => code)).toEqual(['A', 'B', 'C', 'D', 'E'])
})

it('fact 10: taxRtE is 0 on an invoice without such items, and the live rules refuse 8', async () => {
  const { simulator, etims } = await world('gateway')
  await openShop(simulator, etims)
  const sale = cups(simulator, 'INV-1')
  expect(sale).toMatchObject({ taxRtB: 16, taxRtE: 0 })
  expect(buildSale({ items: [{ ...goods(), taxTyCd: 'E' }], trdInvcNo: 'E', at: 0, audit }).taxRtE).toBe(8)
  expect(await caught(etims.saveSalesTransaction({ ...sale, taxRtE: 8 }))).toMatchObject({
    message: expect.stringContaining('Rule taxRtE failed') as string,
  })
})

it('fact 11: the tax of a line is taxAmt', async () => {
  const { simulator, etims } = await world('gateway')
  await openShop(simulator, etims)
  await etims.saveSalesTransaction(cups(simulator, 'INV-1'))
  const [line] = bodyOf(seen(simulator).at(-1))['itemList'] as object[] // As it was sent.
  expect(line).toMatchObject({ taxAmt: 160 })
  expect(line).not.toHaveProperty('totTaxAmt')
})

it('fact 12: imptItemSttsCd in the update, imptItemsttsCd in the list', async () => {
  const { etims } = await world()
  const [first] = readList(operations.importList, await etims.selectImportedItems(since))
  expect(first?.imptItemsttsCd).toBe('2')
  const { taskCd = '', dclDe = '', itemSeq = 0, hsCd = '' } = first ?? {}
  const update = { taskCd, dclDe, itemSeq, hsCd, itemClsCd: cup.itemClsCd, itemCd: cupCode, remark: 'Sawa' }
  const wrong = { ...update, imptItemsttsCd: '3', modrId: 'a', modrNm: 'A' }
  expect(await caught(etims.updateImportedItem(wrong as never))).toMatchObject({
    errors: expect.arrayContaining([
      expect.stringMatching(/imptItemsttsCd: .*did you mean "imptItemSttsCd"/),
    ]) as unknown,
  })
})

it('fact 13: salesTyCd is accepted', async () => {
  const { simulator, etims } = await world('gateway')
  await openShop(simulator, etims)
  expect((await etims.saveSalesTransaction({ ...cups(simulator, 'INV-1'), salesTyCd: 'N' })).resultCd).toBe('000')
  expect(bodyOf(seen(simulator).at(-1))).toMatchObject({ salesTyCd: 'N' })
})

it('fact 14: counters belong to the server and move on acceptance alone', async () => {
  const { simulator, etims } = await world('gateway')
  await openShop(simulator, etims)
  const bad = { ...cups(simulator, 'INV-1'), totAmt: 1 }
  expect(await caught(etims.saveSalesTransaction(bad))).toMatchObject({ name: 'ApiException' })
  const sales = await Promise.all([etims.saveSale(cups(simulator, 'INV-2')), etims.saveSale(cups(simulator, 'INV-3'))])
  expect(sales.map(({ invcNo }) => invcNo).sort()).toEqual([1, 2])
})

it('fact 15: orgInvcNo and orgSarNo are 0 where there is no original', async () => {
  const { simulator, etims } = await world('gateway')
  await openShop(simulator, etims)
  expect(bodyOf(seen(simulator).find(({ path }) => path.endsWith('/insert/stockIO')))).toMatchObject({ orgSarNo: 0 })
  await etims.saveSalesTransaction(cups(simulator, 'INV-1'))
  expect(bodyOf(seen(simulator).at(-1))).toMatchObject({ orgInvcNo: 0 })
})

it('fact 16: the order is enforced, and goods without stock cannot be sold', async () => {
  const { simulator, etims } = await world('gateway')
  expect(await caught(etims.saveSalesTransaction(cups(simulator, 'INV-1')))).toMatchObject({ name: 'ApiException' })
  await openShop(simulator, etims)
  expect((await etims.saveSalesTransaction(cups(simulator, 'INV-1'))).resultCd).toBe('000')
})

it('fact 17: dclDe of import lists is DDMMYYYY, and goes back unchanged', async () => {
  const { etims } = await world()
  const rows = readList(operations.importList, await etims.selectImportedItems(since))
  expect(rows.map(({ dclDe }) => dclDe)).toEqual(expect.arrayContaining(['01012024']))
})

it('fact 18: lists format dates otherwise than requests', async () => {
  const { simulator, etims } = await world('gateway')
  await openShop(simulator, etims)
  await etims.saveSalesTransaction(cups(simulator, 'INV-1'))
  expect(bodyOf(seen(simulator).at(-1))['cfmDt']).toMatch(/^\d{14}$/)
  const [row] = readList(operations.salesList, await etims.selectSalesTransactions(since))
  expect(row?.cfmDt).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
  expect(row?.receipt.sdcDateTime).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.0$/)
})

it('fact 19: the sale is answered with odd keys and text, and read as clean keys and numbers', async () => {
  const { simulator, etims } = await world('gateway', {}, { etims: { responseKeyQuirk: true } })
  await openShop(simulator, etims)
  const { data } = await etims.saveSalesTransaction(cups(simulator, 'INV-1'))
  expect(data).toMatchObject({ curRcptNo: 1, totRcptNo: 1 })
})

it('fact 20: times are those of Nairobi, three hours ahead of UTC', async () => {
  expect(formatDateTime(Date.UTC(2026, 9, 5, 21, 30, 15))).toBe('20261006003015')
  const at = Date.UTC(2026, 9, 5, 21, 30, 15)
  const sale: SaleDocument = buildSale({ items: [goods()], trdInvcNo: 'N', at, audit })
  expect(sale).toMatchObject({ salesDt: '20261006', cfmDt: '20261006003015' })
  const { simulator, etims } = await world()
  const { resultDt } = await etims.selectBranches(since)
  expect(resultDt?.slice(0, 10)).toBe(formatDateTime(simulator.clock.now()).slice(0, 10))
})

it('section 7.8: a credit note of an accepted sale is accepted, and the receipts go on', async () => {
  const { simulator, etims } = await world('gateway')
  await openShop(simulator, etims)
  const original = cups(simulator, 'INV-1', 2)
  const { invcNo } = await etims.saveSale(original)
  const note = buildCreditNote({
    ...{ original: { ...original, invcNo }, trdInvcNo: 'CN-1', at: simulator.clock.now(), audit },
  })
  const credited = await etims.saveSale(note)
  expect(credited).toMatchObject({ invcNo: 2, curRcptNo: 2 })
})
