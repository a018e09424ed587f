/**
 * One body for each operation that every strictness takes, as section 4 of the specification shows them.
 *
 * @module
 */
import type { OperationName } from '../../../../src/operations/table.ts'

const audit = { regrId: 'admin', regrNm: 'Admin', modrId: 'admin', modrNm: 'Admin' }
const lastReqDt = '20180101000000'

const noBands = {
  ...{ taxblAmtA: 0, taxblAmtB: 1000, taxblAmtC: 0, taxblAmtD: 0, taxblAmtE: 0 },
  ...{ taxRtA: 0, taxRtB: 16, taxRtC: 0, taxRtD: 0, taxRtE: 0 },
  ...{ taxAmtA: 0, taxAmtB: 160, taxAmtC: 0, taxAmtD: 0, taxAmtE: 0 },
  ...{ totTaxblAmt: 1000, totTaxAmt: 160, totAmt: 1160 },
}

export const saleBody = {
  ...{ trdInvcNo: 'INV-0001', invcNo: 1, orgInvcNo: 0, custTin: 'P000000002B', custNm: 'Mnunuzi Limited' },
  ...{ salesTyCd: 'N', rcptTyCd: 'S', pmtTyCd: '01', salesSttsCd: '02' },
  ...{ cfmDt: '20260105101500', salesDt: '20260105', stockRlsDt: '20260105101500' },
  ...{ cnclReqDt: null, cnclDt: null, rfdDt: null, rfdRsnCd: null, totItemCnt: 1 },
  ...noBands,
  prchrAcptcYn: 'N',
  remark: null,
  ...audit,
  receipt: {
    ...{ custTin: 'P000000002B', custMblNo: null, rptNo: 1, rcptPbctDt: '20260105101500', trdeNm: 'Mfano Traders' },
    ...{ adrs: 'Barabara ya Mfano, Nairobi', topMsg: 'Karibu', btmMsg: 'Asante', prchrAcptcYn: 'N' },
  },
  itemList: [
    {
      ...{ itemSeq: 1, itemCd: 'KE2NTNO0000001', itemClsCd: '5059690800', itemNm: 'Kikombe cha udongo', bcd: null },
      ...{ pkgUnitCd: 'NT', pkg: 1, qtyUnitCd: 'NO', qty: 1, prc: 1160, splyAmt: 1160, dcRt: 0, dcAmt: 0 },
      ...{ isrccCd: null, isrccNm: null, isrcRt: null, isrcAmt: null },
      ...{ taxTyCd: 'B', taxblAmt: 1000, taxAmt: 160, totAmt: 1160 },
    },
  ],
}

export const stockBody = {
  ...{ sarNo: 1, orgSarNo: 0, regTyCd: 'M', custTin: null, custNm: null, custBhfId: null, sarTyCd: '06' },
  ...{ ocrnDt: '20260105', totItemCnt: 1, totTaxblAmt: 10_000, totTaxAmt: 1600, totAmt: 11_600 },
  remark: 'Opening stock',
  ...audit,
  itemList: [
    {
      ...{ itemSeq: 1, itemCd: 'KE2NTNO0000001', itemClsCd: '5059690800', itemNm: 'Kikombe cha udongo', bcd: null },
      ...{ pkgUnitCd: 'NT', pkg: 10, qtyUnitCd: 'NO', qty: 10, itemExprDt: null, prc: 1160, splyAmt: 11_600 },
      ...{ totDcAmt: 0, taxblAmt: 10_000, taxTyCd: 'B', taxAmt: 1600, totAmt: 11_600 },
    },
  ],
}

export const itemBody = {
  ...{
    itemCd: 'KE2NTNO0000001',
    itemClsCd: '5059690800',
    itemTyCd: '2',
    itemNm: 'Kikombe cha udongo',
    itemStdNm: null,
  },
  ...{ orgnNatCd: 'KE', pkgUnitCd: 'NT', qtyUnitCd: 'NO', taxTyCd: 'B', btchNo: null, bcd: null, dftPrc: 1160 },
  ...{ grpPrcL1: null, grpPrcL2: null, grpPrcL3: null, grpPrcL4: null, grpPrcL5: null, addInfo: null, sftyQty: null },
  ...{ isrcAplcbYn: 'N', useYn: 'Y' },
  ...audit,
}

export const purchaseBody = {
  ...{ invcNo: 1, orgInvcNo: 0, spplrTin: 'P000000002B', spplrBhfId: '00', spplrNm: 'Mnunuzi Limited', spplrInvcNo: 7 },
  ...{ regTyCd: 'M', pchsTyCd: 'N', rcptTyCd: 'P', pmtTyCd: '01', pchsSttsCd: '02' },
  ...{ cfmDt: '20260105101500', pchsDt: '20260105', wrhsDt: null, cnclReqDt: null, cnclDt: null, rfdDt: null },
  totItemCnt: 1,
  ...noBands,
  remark: null,
  ...audit,
  itemList: [
    {
      ...{ itemSeq: 1, itemCd: 'KE2NTNO0000001', itemClsCd: '5059690800', itemNm: 'Kikombe cha udongo', bcd: null },
      ...{ spplrItemClsCd: null, spplrItemCd: 'KE2NTNO0000009', spplrItemNm: 'Kikombe', pkgUnitCd: 'NT', pkg: 1 },
      ...{ qtyUnitCd: 'NO', qty: 1, prc: 1160, splyAmt: 1160, dcRt: 0, dcAmt: 0, taxblAmt: 1000, taxTyCd: 'B' },
      ...{ taxAmt: 160, totAmt: 1160, itemExprDt: null },
    },
  ],
}

/** A body that is right in every strictness, complete with its nulls. */
export const bodies: Readonly<Record<OperationName, Readonly<Record<string, unknown>>>> = {
  initializeDevice: { tin: 'P000000001A', bhfId: '00', dvcSrlNo: 'dvcv1130' },
  codeList: { lastReqDt },
  itemClasses: { lastReqDt },
  customerLookup: { custmTin: 'P000000002B' },
  branchList: { lastReqDt },
  notices: { lastReqDt },
  taxpayerInfo: { lastReqDt },
  customerList: { lastReqDt },
  saveBranchCustomer: {
    ...{ custNo: '999991113', custTin: 'P000000002B', custNm: 'Mnunuzi Limited', adrs: null, telNo: null, email: null },
    ...{ faxNo: null, useYn: 'Y', remark: null },
    ...audit,
  },
  saveBranchUser: {
    ...{ userId: 'karani1', userNm: 'Karani', pwd: 'siri-ya-majaribio', adrs: null, cntc: null, authCd: null },
    ...{ remark: null, useYn: 'Y' },
    ...audit,
  },
  saveBranchInsurance: { isrccCd: 'ISRCC01', isrccNm: 'Bima', isrcRt: 20, useYn: 'Y', ...audit },
  saveItem: itemBody,
  itemList: { lastReqDt },
  saveItemComposition: {
    ...{ itemCd: 'KE2NTNO0000001', cpstItemCd: 'KE1NTNO0000002', cpstQty: 0.5, regrId: 'admin', regrNm: 'Admin' },
  },
  importList: { lastReqDt },
  updateImport: {
    ...{ taskCd: '20230209150001', dclDe: '01022023', itemSeq: 1, hsCd: '84181000000', itemClsCd: '5059690800' },
    ...{ itemCd: 'KE2NTNO0000001', imptItemSttsCd: '3', remark: 'Approved', modrId: 'admin', modrNm: 'Admin' },
  },
  saveSale: saleBody,
  salesList: { lastReqDt },
  invoiceDetails: { invcNo: 1 },
  purchaseFeed: { lastReqDt },
  savePurchase: purchaseBody,
  stockMovements: { lastReqDt },
  saveStockIO: stockBody,
  saveStockMaster: { itemCd: 'KE2NTNO0000001', rsdQty: 10, ...audit },
}

/** A copy with one member replaced; `path` as issues spell it, `itemList.[0].qty`. `undefined` takes it out. */
export function withMember(body: unknown, path: string, value: unknown): unknown {
  const [head = '', ...rest] = path.split('.')
  if (Array.isArray(body)) {
    const at = Number(head.slice(1, -1))
    return body.map((item: unknown, index) => (index === at ? withMember(item, rest.join('.'), value) : item))
  }
  const members = new Map(Object.entries(body as object)) // A test's own body.
  if (rest.length > 0) members.set(head, withMember(members.get(head), rest.join('.'), value))
  else if (value === undefined) members.delete(head)
  else members.set(head, value)
  return Object.fromEntries(members)
}
