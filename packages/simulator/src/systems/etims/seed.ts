/**
 * The world at the start: taxpayers, branches, devices, what suppliers have sold, what was imported, notices.
 *
 * @see spec/etims.md section 10, "Seed data"
 * @module
 */
import type { EtimsCredentials } from './credentials.ts'
import type { Branch, Device, ImportItem, Rows, SupplierInvoice, Taxpayer } from './data.ts'
import { instantOf } from './times.ts'

/** When everything that is there from the start was last changed. */
export const seededAt = instantOf('20240105081530')

/** The notices, newest first. */
export const notices: readonly (Readonly<Record<string, string | number>> & { readonly regDt: string })[] = [
  {
    noticeNo: 3,
    title: 'Scheduled maintenance of the sandbox',
    cont: 'The sandbox is not available on Sunday between 02:00 and 04:00.\r\nProduction is not affected.',
    dtlUrl: 'https://notices.example/3',
    regrNm: 'Administrator',
    regDt: '20240105081500',
  },
  {
    noticeNo: 2,
    title: 'Correct use of taxation type E',
    cont: 'Items that carry VAT of 8 % are registered with taxation type E.',
    dtlUrl: 'https://notices.example/2',
    regrNm: 'Administrator',
    regDt: '20231120120000',
  },
  {
    noticeNo: 1,
    title: 'Welcome',
    cont: 'This is the first notice.',
    dtlUrl: 'https://notices.example/1',
    regrNm: 'Administrator',
    regDt: '20230401090000',
  },
]

/** The rows at the start. */
export function seedRows(credentials: EtimsCredentials): Rows {
  const { tin, initializedDevice, buyerDevice, buyerTins } = credentials
  const [buyer = '', person = ''] = buyerTins
  const device = (own: Pick<Device, 'tin' | 'bhfId' | 'dvcSrlNo'> & Partial<Device>, number: number): Device =>
    newDevice(number, own)
  return {
    devices: [
      device({ tin, bhfId: credentials.bhfId, dvcSrlNo: credentials.deviceSerial }, 1),
      device({ tin, bhfId: credentials.bhfId, dvcSrlNo: 'DEV-VSCU-1', type: 'VSCU' }, 2),
      ...[initializedDevice, buyerDevice].map(({ deviceSerial, ...own }, index) =>
        device({ ...own, dvcSrlNo: deviceSerial, state: 'initialized' }, index + 3),
      ),
    ],
    taxpayers: [
      taxpayer(tin, 'MFANO TRADERS LIMITED'),
      taxpayer(buyer, 'MNUNUZI LIMITED'),
      taxpayer(person, 'JINA BANDIA'),
      taxpayer('P000000004D', 'MSAMBAZAJI LIMITED'),
    ],
    branches: [
      branch(tin, '00', 'Headquarter'),
      branch(tin, '01', 'Tawi la Mfano'),
      branch(buyer, '00', 'Headquarter'),
      branch(person, '00', 'Headquarter'),
    ],
    invoices: [
      supplierInvoice(tin, 7, 'Sukari', 'B', 10, 116),
      supplierInvoice(tin, 8, 'Unga wa mahindi', 'A', 20, 150),
    ],
    imports: [
      importItem(tin, '20240103000001', '01012024', 1, 'Kettles, stainless steel', 240),
      importItem(tin, '20240104000002', '02012024', 1, 'Glass tumblers', 1200),
    ],
    ...{ items: [], records: [], stock: [], documents: [], sales: [], purchases: [], progress: [], itemSequences: [] },
    passed: [],
  }
}

/** A device with numbers of its own. `cmcKey` is empty until it is initialized. */
export function newDevice(number: number, own: Pick<Device, 'tin' | 'bhfId' | 'dvcSrlNo'> & Partial<Device>): Device {
  const digits = String(number).padStart(4, '0')
  const ids = { dvcId: `45${digits}`, sdcId: `KRACU040000${digits}`, mrcNo: `KRA0090${digits}` }
  return { type: 'OSCU', state: 'approved', cmcKey: '', ...ids, ...own }
}

export function taxpayer(tin: string, taxprNm: string): Taxpayer {
  return { tin, taxprNm, bsnsActv: 'Others', taxprSttsCd: 'A' }
}

export function branch(tin: string, bhfId: string, bhfNm: string): Branch {
  return { tin, bhfId, bhfNm, hqYn: bhfId === '00' ? 'Y' : 'N', changedAt: seededAt }
}

/** One line, price with tax. */
function supplierInvoice(
  tin: string,
  spplrInvcNo: number,
  itemNm: string,
  taxTyCd: 'A' | 'B',
  qty: number,
  prc: number,
): SupplierInvoice {
  const totAmt = qty * prc
  const taxblAmt = taxTyCd === 'B' ? Math.round(totAmt / 1.16) : totAmt // The amounts are chosen to be whole.
  const taxAmt = totAmt - taxblAmt
  const amounts = { taxblAmt, taxAmt, totAmt }
  const bands: Record<string, number> = {}
  for (const band of ['A', 'B', 'C', 'D', 'E']) {
    bands[`taxblAmt${band}`] = band === taxTyCd ? taxblAmt : 0
    bands[`taxRt${band}`] = band === 'B' ? 16 : 0
    bands[`taxAmt${band}`] = band === taxTyCd ? taxAmt : 0
  }
  const line = {
    itemSeq: 1,
    itemCd: `KE2NTNO000000${String(spplrInvcNo)}`,
    itemClsCd: '5059690800',
    itemNm,
    bcd: null,
    pkgUnitCd: 'NT',
    pkg: 1,
    qtyUnitCd: 'NO',
    qty,
    prc,
    splyAmt: totAmt,
    dcRt: 0,
    dcAmt: 0,
    taxTyCd,
    ...amounts,
  }
  const fields = {
    spplrTin: 'P000000004D',
    spplrNm: 'MSAMBAZAJI LIMITED',
    spplrBhfId: '00',
    spplrInvcNo,
    spplrSdcId: 'KRACU0400000009',
    spplrMrcNo: 'KRA00900009',
    rcptTyCd: 'S',
    pmtTyCd: '01',
    cfmDt: '20240105080000',
    salesDt: '20240105',
    stockRlsDt: '20240105080000',
    totItemCnt: 1,
    ...bands,
    totTaxblAmt: taxblAmt,
    totTaxAmt: taxAmt,
    totAmt,
    remark: null,
    itemList: [line],
  }
  return { tin, fields, confirmedAt: null, changedAt: seededAt }
}

function importItem(
  tin: string,
  taskCd: string,
  dclDe: string,
  itemSeq: number,
  itemNm: string,
  qty: number,
): ImportItem {
  const fields = {
    dclNo: `C${taskCd.slice(-6)}`,
    hsCd: '73239300000',
    itemNm,
    imptItemsttsCd: '2',
    orgnNatCd: 'CN',
    exptNatCd: 'CN',
    pkg: 10,
    pkgUnitCd: 'CT',
    qty,
    qtyUnitCd: 'KGM',
    totWt: 500,
    netWt: 450,
    spplrNm: 'Bandari Exports\nWarehouse 4',
    agntNm: 'Wakala Clearing Agents',
    invcFcurAmt: 4800,
    invcFcurCd: 'USD',
    invcFcurExcrt: 129.5,
  }
  return { tin, taskCd, dclDe, itemSeq, fields, changedAt: seededAt }
}
