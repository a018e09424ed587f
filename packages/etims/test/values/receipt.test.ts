import { describe, expect, test } from 'vitest'
import { buildCreditNote } from '../../src/values/build-credit-note.ts'
import { buildSale } from '../../src/values/build-sale.ts'
import { qrPng, qrSvg, verificationText, verificationUrl } from '../../src/values/qr.ts'
import { receiptLabel, receiptLines, receiptText } from '../../src/values/receipt.ts'

const invalid: unknown = expect.objectContaining({ name: 'TypeError', code: 'ERR_INVALID_ARG' })
const answer = {
  curRcptNo: 1,
  totRcptNo: 1,
  intrlData: 'MZXW6YTBOIFA2TESTDATA22222',
  rcptSign: 'KRSXG5BAKRSXG5BA',
  sdcDateTime: '20260105101502',
}
const device = { tin: 'P000000001A', taxprNm: 'MFANO TRADERS LIMITED', sdcId: 'KRACU0400009001', mrcNo: 'KRA00900001' }
const built = buildSale({
  items: [
    {
      itemCd: 'KE2NTNO0000001',
      itemNm: 'Kikombe cha udongo',
      pkgUnitCd: 'NT',
      qtyUnitCd: 'NO',
      qty: 1,
      prc: 1160,
      taxTyCd: 'B',
    },
  ],
  trdInvcNo: 'INV-0001',
  at: Date.parse('2026-01-05T07:15:00Z'),
  audit: { id: 'admin', name: 'Admin' },
  customer: { tin: 'P000000002B', name: 'Mnunuzi Limited' },
  pmtTyCd: '01',
  receipt: { trdeNm: 'Mfano Traders', adrs: 'Barabara ya Mfano, Nairobi', topMsg: 'Karibu', btmMsg: 'Asante' },
})
const sale = { ...built, invcNo: 1 }
const creditNote = buildCreditNote({
  original: sale,
  trdInvcNo: 'CN-0001',
  at: Date.parse('2026-01-06T07:15:00Z'),
  audit: { id: 'admin', name: 'Admin' },
})

describe('receipts (7.10)', () => {
  test('a sale prints everything that is mandatory, in 42 columns', () => {
    expect(receiptText({ sale, answer, device })).toBe(`              Mfano Traders
        Barabara ya Mfano, Nairobi
             PIN: P000000001A
                  Karibu
------------------------------------------
               TAX INVOICE
BUYER PIN: P000000002B
BUYER: Mnunuzi Limited
------------------------------------------
Kikombe cha udongo
1 x 1160.00                      1160.00 B
------------------------------------------
TOTAL                              1160.00
TAXABLE A-EX                          0.00
TAX A-EX                              0.00
TAXABLE B-16%                      1000.00
TAX B-16%                           160.00
TAXABLE C-0%                          0.00
TAX C-0%                              0.00
TAXABLE D-NON VAT                     0.00
TAX D-NON VAT                         0.00
TAXABLE E-8%                          0.00
TAX E-8%                              0.00
TOTAL TAX                           160.00
PAYMENT                               CASH
ITEM COUNT                               1
------------------------------------------
             SCU INFORMATION
DATE: 05/01/2026            TIME: 10:15:02
SCU ID: KRACU0400009001
CU INVOICE NO.: KRACU0400009001/1 NS
RECEIPT NUMBER: 1/1 NS
INTERNAL DATA:
     MZXW-6YTB-OIFA-2TES-TDAT-A222-22
RECEIPT SIGNATURE:
           KRSX-G5BA-KRSX-G5BA
------------------------------------------
             TIS INFORMATION
INVOICE NO.: INV-0001
MRC: KRA00900001
                  Asante
`)
  })

  test('a credit note names its original, says so, and prints negative amounts', () => {
    const lines = receiptLines({ sale: creditNote, answer: { ...answer, curRcptNo: 2 }, device, originalCurRcptNo: 1 })
    expect(lines).toContain('               CREDIT NOTE')
    expect(lines).toContain('ORIGINAL CU INVOICE NO.: KRACU0400009001/1')
    expect(lines.join(' ')).toContain('CREDIT NOTE IS APPROVED ONLY FOR ORIGINAL SALES RECEIPT')
    expect(lines).toContain('1 x 1160.00                     -1160.00 B')
    expect(lines).toContain('TOTAL TAX                          -160.00')
    expect(lines).toContain('TAX A-EX                              0.00')
    expect(lines).toContain('CU INVOICE NO.: KRACU0400009001/2 NC')
    expect(() => receiptLines({ sale: creditNote, answer, device })).toThrow(invalid)
  })

  test('a reprint carries COPY and its label', () => {
    const lines = receiptLines({ sale, answer, device, transaction: 'C' })
    expect(lines.map((line) => line.trim())).toContain('COPY')
    expect(lines).toContain('RECEIPT NUMBER: 1/1 CS')
  })

  test.each([
    ['S', 'N', 'NS'],
    ['R', 'N', 'NC'],
    ['S', 'C', 'CS'],
    ['R', 'C', 'CC'],
    ['S', 'T', 'TS'],
    ['R', 'T', 'TC'],
    ['S', 'P', 'PS'],
  ] as const)('%s with %s is labelled %s', (rcptTyCd, transaction, label) => {
    expect(receiptLabel(rcptTyCd, transaction)).toBe(label)
  })

  test('there is no proforma credit note', () => {
    expect(() => receiptLabel('R', 'P')).toThrow(invalid)
  })

  test.each([36, 42, 80, 120])('no line is longer than %d characters, whatever the names are', (width) => {
    const itemNm = `${'Neno '.repeat(30)}${'x'.repeat(50)}`
    const long = { ...sale, custNm: 'N'.repeat(60), itemList: sale.itemList.map((line) => ({ ...line, itemNm })) }
    const lines = receiptLines({ sale: long, answer, device, width })
    expect(lines.filter((line) => line.length > width)).toEqual([])
  })

  test.each([35, 121, 42.5])('width %d is refused', (width) => {
    expect(() => receiptLines({ sale, answer, device, width })).toThrow(invalid)
  })

  test('control characters of a name never reach the printer', () => {
    const odd = { ...sale, custNm: 'A\u001b@B\nC' }
    expect(receiptLines({ sale: odd, answer, device })).toContain('BUYER: A @B C')
  })

  test("the time is the control unit's, also in the form of lists", () => {
    const lines = receiptLines({ sale, answer: { ...answer, sdcDateTime: '2026-01-05 10:15:02.0' }, device })
    expect(lines).toContain('DATE: 05/01/2026            TIME: 10:15:02')
    expect(() => receiptLines({ sale, answer: { ...answer, sdcDateTime: 'x' }, device })).toThrow(invalid)
  })
})

describe('QR codes (7.10)', () => {
  const parts = { tin: 'P000000001A', bhfId: '00', rcptSign: 'KRSXG5BAKRSXG5BA', environment: 'sandbox' } as const

  test.each([
    ['sandbox', 'https://etims-sbx.kra.go.ke'],
    ['production', 'https://etims.kra.go.ke'],
  ] as const)('%s receipts are verified at its own host', (environment, origin) => {
    expect(verificationUrl({ ...parts, environment })).toBe(
      `${origin}/common/link/etims/receipt/indexEtimsReceiptData?Data=P000000001A00KRSXG5BAKRSXG5BA`,
    )
  })

  test('the host can be replaced, and a dashed signature loses its dashes', () => {
    const rcptSign = 'KRSX-G5BA-KRSX-G5BA'
    expect(verificationUrl({ ...parts, rcptSign, baseUrl: 'http://127.0.0.1:8080/etims/' })).toBe(
      'http://127.0.0.1:8080/etims/common/link/etims/receipt/indexEtimsReceiptData?Data=P000000001A00KRSXG5BAKRSXG5BA',
    )
  })

  test.each([
    ['a malformed PIN', { tin: 'P1' }],
    ['a malformed branch', { bhfId: '000' }],
    ['a short signature', { rcptSign: 'KRSX' }],
    ['a base URL of another kind', { baseUrl: 'file:///x' }],
  ])('%s is refused', (_what, wrong) => {
    expect(() => verificationUrl({ ...parts, ...wrong })).toThrow(invalid)
  })

  test('the text code is day first and undashed', () => {
    expect(verificationText('KRACU0400009001', answer)).toBe(
      '05012026#101502#KRACU0400009001#1#MZXW6YTBOIFA2TESTDATA22222#KRSXG5BAKRSXG5BA',
    )
  })

  test('a PNG has its signature and the asked-for side', async () => {
    const png = Buffer.from(await qrPng(verificationUrl(parts), { sizePx: 300 }))
    expect(png.subarray(0, 8)).toEqual(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]))
    expect(png.readUInt32BE(16)).toBe(300)
  })

  test('an SVG has a square viewBox, and other content draws another code', async () => {
    const svg = await qrSvg(verificationUrl(parts))
    const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg) ?? []
    expect(Number(width)).toBeGreaterThanOrEqual(21 + 8)
    expect(height).toBe(width)
    expect(await qrSvg(verificationUrl({ ...parts, bhfId: '01' }))).not.toBe(svg)
  })

  test.each([63, 4097])('a side of %d pixels is refused', async (sizePx) => {
    await expect(qrPng('x', { sizePx })).rejects.toThrow(invalid)
  })

  test('nothing, and more than 2 000 characters, is refused', async () => {
    await expect(qrSvg('')).rejects.toThrow(invalid)
    await expect(qrSvg('x'.repeat(2001))).rejects.toThrow(invalid)
    await expect(qrSvg('x'.repeat(2000))).resolves.toContain('<svg')
  })
})
