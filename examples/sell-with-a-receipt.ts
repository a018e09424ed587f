/**
 * KRA eTIMS: a shop that registers an item, stocks it, signs a sale and prints its receipt; and a sale whose answer is
 * lost, which gets no second receipt.
 *
 * Run: npx tsx --conditions=@latchkey/source examples/sell-with-a-receipt.ts
 *
 * @module
 */
import { buildItem, buildSale, buildStockIO, EtimsClient, receiptText, verificationUrl } from '@latchkey/etims'
import { OutcomeUnknownError } from '@latchkey/http'
import { startSimulator } from '@latchkey/simulator'

await using simulator = await startSimulator()
const { baseUrl, credentials } = simulator.systems.etims
const { consumerKey, consumerSecret, appId, initializedDevice: device } = credentials
await using etims = new EtimsClient({
  env: 'sandbox',
  auth: { sandbox: { consumer_key: consumerKey, consumer_secret: consumerSecret, app_id: appId } },
  oscu: { tin: device.tin, bhf_id: device.bhfId, cmc_key: device.cmcKey },
  baseUrl,
  face: 'gateway',
})

const audit = { id: 'admin', name: 'Admin' }
const at = simulator.clock.now()
const cup = {
  itemNm: 'Kikombe cha udongo',
  itemClsCd: '5059690800',
  pkgUnitCd: 'NT',
  qtyUnitCd: 'NO',
  taxTyCd: 'B',
} as const
await etims.selectItemClasses({ lastReqDt: '20180101000000' })
const { itemCd } = await etims.saveNewItem(
  buildItem({ ...cup, itemTyCd: '2', orgnNatCd: 'KE', dftPrc: 1160, audit }), // Prices include the tax.
)
console.log(`Registered ${itemCd}.`)

const goods = (qty: number) => [{ ...cup, itemCd, qty, prc: 1160 }]
await etims.saveStockIO(buildStockIO({ sarTyCd: '06', items: goods(10), at, audit }))
await etims.saveStockMaster({ itemCd, rsdQty: 10, regrId: 'admin', regrNm: 'Admin', modrId: 'admin', modrNm: 'Admin' })

const sale = buildSale({ items: goods(2), trdInvcNo: 'INV-1', at, audit, pmtTyCd: '01' })
const { trdInvcNo: _, envelope: _e, invcNo: _i, ...answer } = await etims.saveSale(sale)
const { tin, bhfId } = device
const shop = { tin, taxprNm: 'MFANO TRADERS LIMITED', sdcId: 'KRACU0400009001', mrcNo: 'KRA00900001' }
console.log(receiptText({ sale, answer, device: shop }))
console.log(verificationUrl({ tin, bhfId, rcptSign: answer.rcptSign, environment: 'sandbox' }))

simulator.faults.add({ system: 'etims', operation: 'saveTrnsSalesOsdc', kind: 'resetAfter' }) // Signed, then cut off.
const second = buildSale({ items: goods(1), trdInvcNo: 'INV-2', at, audit, pmtTyCd: '01' })
const error = await etims.saveSale(second).catch((reason: unknown) => reason)
if (error instanceof OutcomeUnknownError) {
  const { state } = await error.resolve()
  console.log(`The answer to INV-2 was lost: ${state}.`)
}
const { data } = await etims.selectSalesTransactions({ lastReqDt: '20180101000000' })
console.log(`Receipts: ${data?.salesList.length ?? 0}.`)
