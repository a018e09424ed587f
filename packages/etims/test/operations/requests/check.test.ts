import { describe, expect, test } from 'vitest'
import { checkRequest } from '../../../src/operations/requests/check.ts'
import { operations } from '../../../src/operations/table.ts'
import type { OperationName } from '../../../src/operations/table.ts'
import { bodies, purchaseBody, saleBody, stockBody, withMember } from './support/bodies.ts'

const strict = ['js-compat', 'spec', 'live'] as const
const names = Object.keys(operations) as OperationName[] // The table's own keys.

/** What is wrong with a body after one member of it was replaced: `path message`. */
function wrong(name: OperationName, strictness: (typeof strict)[number], path: string, value: unknown): string[] {
  const { issues } = checkRequest(operations[name], withMember(bodies[name], path, value), strictness)
  return issues.map((issue) => `${issue.path} ${issue.message}`)
}

describe.each(strict)('%s', (strictness) => {
  test.each(names)('takes the example of %s and sends it unchanged (4)', (name) => {
    const { data, issues } = checkRequest(operations[name], bodies[name], strictness)
    expect(issues).toEqual([])
    expect(data).toEqual(bodies[name])
  })

  test.each(names)('reports an unknown field of %s with the nearest known one (4.2)', (name) => {
    const [first = ''] = Object.keys(operations[name].request.fields)
    const { issues } = checkRequest(operations[name], { ...bodies[name], [`${first}x`]: 1 }, strictness)
    expect(issues).toEqual([{ path: `${first}x`, message: `is not a field; did you mean "${first}"?` }])
  })

  test.each(names)('needs each required field of %s, and takes the others as null or absent (4, 8.5)', (name) => {
    for (const [field, { required, requiredJs }] of Object.entries(operations[name].request.fields)) {
      const needed = strictness === 'js-compat' ? requiredJs : required
      const without = wrong(name, strictness, field, undefined)
      if (needed) expect(without).toEqual([`${field} is required`])
      else if (field !== 'remark') expect(without, field).toEqual([])
    }
  })

  test.each([null, undefined, [], 'text', 1])('%j is no request', (input) => {
    const { data, issues } = checkRequest(operations.codeList, input, strictness)
    expect(issues).toHaveLength(1)
    expect(issues[0]?.path).toBe('')
    expect(data).toEqual({})
  })
})

describe('the fields of every kind, as the specification and the JavaScript SDK limit them', () => {
  // Operation, field, value, and whether `js-compat` and `spec` take it. Written from sections 4 and 8.5.
  test.each<[OperationName, string, unknown, boolean, boolean]>([
    // CHAR(n)
    ['saveItem', 'itemNm', 'x'.repeat(200), true, true],
    ['saveItem', 'itemNm', 'x'.repeat(201), true, false],
    ['saveItem', 'itemNm', '', false, false],
    ['saveItem', 'itemNm', 7, false, false],
    ['saveItem', 'itemNm', null, false, false],
    ['saveItem', 'addInfo', '12345678', true, false],
    ['saveItem', 'addInfo', '', false, false],
    ['saveBranchCustomer', 'custNo', '9999911130', true, false], // The SDK's own sample has 10 characters.
    ['saveBranchCustomer', 'adrs', 'Barabara ya Mfano', true, true], // The SDK refuses the four.
    ['saveBranchUser', 'cntc', '0700000000', true, true],
    ['saveBranchUser', 'pwd', 'x'.repeat(256), true, false],
    ['saveBranchUser', 'modrId', undefined, true, false],
    ['saveSale', 'trdInvcNo', 'x'.repeat(50), true, true],
    ['saveSale', 'trdInvcNo', 'x'.repeat(51), false, false],
    ['saveSale', 'remark', 'x'.repeat(401), false, false],
    ['saveSale', 'regrId', 'x'.repeat(21), false, false],
    ['saveSale', 'receipt.trdeNm', 'x'.repeat(21), false, false],
    ['saveSale', 'receipt.adrs', 'x'.repeat(200), true, true],
    ['saveSale', 'receipt', null, false, false],
    ['saveSale', 'itemList.[0].itemNm', '', false, false],
    ['saveSale', 'itemList.[0].itemClsCd', '12345678901', false, false],
    ['saveStockIO', 'custNm', 'x'.repeat(101), false, false],
    ['updateImport', 'hsCd', 'x'.repeat(18), false, false],
    ['updateImport', 'remark', null, true, true],
    ['updateImport', 'dclDe', '-1', true, true], // KRA's own sample.
    ['updateImport', 'dclDe', '20230201000000', true, false],
    ['initializeDevice', 'dvcSrlNo', 'x'.repeat(100), true, true],
    ['initializeDevice', 'dvcSrlNo', 'x'.repeat(101), false, false],
    // PINs and branches
    ['customerLookup', 'custmTin', 'A000000003C', true, true],
    ['customerLookup', 'custmTin', 'X1', true, false],
    ['customerLookup', 'custmTin', 'x'.repeat(21), false, false],
    ['saveSale', 'custTin', 'P00000000B', false, false],
    ['saveSale', 'custTin', 'p000000002b', true, false],
    ['saveSale', 'tin', 'P000000001A', true, true],
    ['saveSale', 'bhfId', '00', true, true],
    ['saveSale', 'bhfId', '0', false, false],
    ['saveStockIO', 'tin', 'P000000001A', true, true],
    ['initializeDevice', 'bhfId', '000', true, false],
    // Y or N
    ['saveItem', 'useYn', 'N', true, true],
    ['saveItem', 'useYn', 'y', false, false],
    ['saveSale', 'prchrAcptcYn', true, false, false],
    // Code lists
    ['saveItem', 'taxTyCd', 'F', true, false],
    ['saveItem', 'pkgUnitCd', 'BX', true, false],
    ['saveItem', 'qtyUnitCd', 'KGM', true, false],
    ['saveItem', 'orgnNatCd', 'K', false, false],
    ['saveItem', 'orgnNatCd', 'XX', true, false],
    ['saveSale', 'salesTyCd', 'X', true, false],
    ['saveSale', 'salesTyCd', null, true, true],
    ['saveSale', 'pmtTyCd', '09', true, false],
    ['saveSale', 'rcptTyCd', 'SALEXX', false, false],
    ['saveSale', 'rfdRsnCd', '07', true, false],
    ['saveStockIO', 'sarTyCd', '07', true, false],
    ['updateImport', 'imptItemSttsCd', '5', true, false],
    // yyyyMMddHHmmss and yyyyMMdd
    ['codeList', 'lastReqDt', '20160523000000', true, true],
    ['codeList', 'lastReqDt', '20160231000000', true, false],
    ['codeList', 'lastReqDt', '2016052300000', false, false],
    ['codeList', 'lastReqDt', '2016-05-23 00:00:00', false, false],
    ['codeList', 'lastReqDt', 20160523000000, false, false],
    ['codeList', 'lastReqDt', '', false, false],
    ['saveSale', 'cfmDt', '20260105', false, false],
    ['saveSale', 'salesDt', '2026010', false, false],
    ['saveSale', 'stockRlsDt', '', true, true],
    ['saveSale', 'stockRlsDt', '20260105', false, false],
    ['savePurchase', 'wrhsDt', '', true, true], // As in KRA's samples.
    ['savePurchase', 'wrhsDt', '20260105', true, false],
    ['savePurchase', 'wrhsDt', '202601051', false, false],
    ['savePurchase', 'pchsDt', undefined, true, false],
    ['saveStockIO', 'ocrnDt', '2026010x', true, false],
    ['saveStockIO', 'ocrnDt', '20260105101500', false, false],
    // Whole numbers
    ['invoiceDetails', 'invcNo', Number.MAX_SAFE_INTEGER, true, true],
    ['invoiceDetails', 'invcNo', Number.MAX_SAFE_INTEGER + 1, false, false],
    ['invoiceDetails', 'invcNo', '9007199254740993', false, false],
    ['invoiceDetails', 'invcNo', -1, false, false],
    ['invoiceDetails', 'invcNo', 1.5, false, false],
    ['invoiceDetails', 'invcNo', 'INV001', false, false],
    ['invoiceDetails', 'invcNo', '', false, false],
    ['saveSale', 'orgInvcNo', null, false, false], // null makes the server fail (0.2, fact 15).
    ['saveStockIO', 'orgSarNo', null, false, false],
    ['saveSale', 'itemList.[0].itemSeq', 0, false, false],
    ['saveSale', 'itemList.[0].itemSeq', 1000, true, false],
    ['updateImport', 'itemSeq', 0, false, false],
    // Decimals
    ['saveItem', 'dftPrc', 0, true, true],
    ['saveItem', 'dftPrc', -0.01, false, false],
    ['saveItem', 'dftPrc', 0.29, true, true],
    ['saveItem', 'dftPrc', 1.005, true, false],
    ['saveItem', 'dftPrc', Number.NaN, false, false],
    ['saveItem', 'dftPrc', Infinity, false, false],
    ['saveItem', 'grpPrcL1', null, true, true], // The SDK refuses KRA's own sample.
    ['saveItem', 'sftyQty', null, true, true],
    ['saveItem', 'sftyQty', 99_999_999_999.99, true, true],
    ['saveItem', 'sftyQty', 100_000_000_000, true, false],
    ['saveBranchInsurance', 'isrcRt', 999, true, true],
    ['saveBranchInsurance', 'isrcRt', 1000, true, false],
    ['saveBranchInsurance', 'isrcRt', 0.5, true, false],
    ['saveItemComposition', 'cpstQty', 0.001, true, false],
    ['saveItemComposition', 'cpstQty', 0.01, true, true],
    ['saveItemComposition', 'cpstQty', 0, false, false],
    ['saveStockMaster', 'rsdQty', 0, true, true],
    ['saveStockMaster', 'rsdQty', -1, false, false],
    ['saveSale', 'itemList.[0].dcRt', 1000, true, false],
    ['savePurchase', 'itemList.[0].qty', 1.5, true, true], // The SDK takes whole quantities alone.
    ['saveSale', 'itemList.[0].isrcRt', null, true, true],
    ['saveSale', 'taxblAmtA', undefined, false, false], // Zero rather than missing.
    // Lists
    ['saveSale', 'itemList', [], false, false],
    ['saveSale', 'itemList', {}, false, false],
    ['savePurchase', 'itemList.[0].itemCd', undefined, false, true],
    ['saveStockIO', 'itemList.[0].totAmt', undefined, false, false],
  ])('%s %s = %j: js-compat %s, spec %s', (name, path, value, js, spec) => {
    const about = (found: readonly string[]) => found.filter((issue) => issue.startsWith(`${path} `))
    expect(about(wrong(name, 'js-compat', path, value)).length === 0).toBe(js)
    expect(about(wrong(name, 'spec', path, value)).length === 0).toBe(spec)
  })

  test.each(['tin', 'bhfId', 'cmcKey'])('%s is no field of a read that needs none (4.2)', (field) => {
    expect(wrong('codeList', 'js-compat', field, 'P000000001A')).toEqual([expect.stringMatching(`^${field} is not a`)])
  })

  test.each(['purchaseFeed', 'stockMovements', 'taxpayerInfo', 'customerList', 'salesList', 'invoiceDetails'] as const)(
    '%s takes tin and bhfId in the body, which the gateway wants (3.1, 4.13)',
    (name) => {
      const body = { ...bodies[name], tin: 'P000000001A', bhfId: '00' }
      expect(checkRequest(operations[name], body, 'live').data).toEqual(body)
    },
  )
})

describe('what is sent', () => {
  test('numbers that were given as text become numbers, and every other type stays (4.2)', () => {
    const body = withMember(withMember(saleBody, 'itemList.[0].qty', ' 1.00 '), 'invcNo', '1')
    expect(checkRequest(operations.saveSale, withMember(body, 'trdInvcNo', 17), 'live')).toEqual({
      data: { ...saleBody, trdInvcNo: '17' },
      issues: [],
    })
  })

  test('text of a number that JSON would round is refused (7.3)', () => {
    expect(wrong('saveItem', 'js-compat', 'dftPrc', '12345678901234.567')).toEqual([
      'dftPrc must be a number, not text',
    ])
  })

  test('blank optional dates become null (8.4)', () => {
    const body = { ...purchaseBody, wrhsDt: '', cnclReqDt: '', cnclDt: '', rfdDt: '' }
    expect(checkRequest(operations.savePurchase, body, 'js-compat').data).toEqual(purchaseBody)
  })

  test('spec and live send null for what was left out, and js-compat leaves it out (0.3)', () => {
    const body = withMember(withMember(saleBody, 'custTin', undefined), 'itemList.[0].bcd', undefined)
    expect(checkRequest(operations.saveSale, body, 'js-compat').data).toEqual(body)
    const complete = withMember(saleBody, 'custTin', null)
    expect(checkRequest(operations.saveSale, body, 'spec').data).toEqual(complete)
    expect(checkRequest(operations.saveSale, body, 'live').data).toEqual(complete)
  })

  test('null is never sent for a field outside the tables (0.3, 4.10)', () => {
    const body = withMember(withMember(saleBody, 'salesTyCd', undefined), 'receipt.rptNo', undefined)
    expect(checkRequest(operations.saveSale, body, 'live').data).toEqual(body)
    const { data } = checkRequest(operations.saveItemComposition, bodies.saveItemComposition, 'live')
    expect(Object.keys(data)).not.toContain('modrId')
  })

  test('the input is never changed', () => {
    const body = Object.freeze({ ...bodies.saveItem, dftPrc: '1160' })
    expect(checkRequest(operations.saveItem, body, 'spec').data).toMatchObject({ dftPrc: 1160 })
    expect(body.dftPrc).toBe('1160')
  })

  test('off sends any object as it is, and nothing else (8.4)', () => {
    const odd = { anything: '1', invcNo: '7' }
    expect(checkRequest(operations.saveSale, odd, 'off')).toEqual({ data: odd, issues: [] })
    expect(checkRequest(operations.saveSale, [odd], 'off').issues).toHaveLength(1)
  })

  test('a member named __proto__ is an unknown field', () => {
    const body: unknown = JSON.parse('{"lastReqDt":"20180101000000","__proto__":{"x":1}}')
    expect(checkRequest(operations.codeList, body, 'js-compat').issues).toHaveLength(1)
  })
})

describe('issues', () => {
  test('all are collected, with paths in the spelling of the JavaScript SDK (4.2)', () => {
    const line = { ...saleBody.itemList[0], qty: undefined, prc: 'dear', colour: 'red' }
    const { issues } = checkRequest(
      operations.saveSale,
      { ...saleBody, invcNo: -1, receipt: { ...saleBody.receipt, rcptPbctDt: 'x' }, itemList: [line, 5] },
      'js-compat',
    )
    expect(issues.map(({ path, message }) => `${path}: ${message}`).sort()).toEqual([
      'invcNo: must be 0 or more',
      'itemList.[0].colour: is not a field',
      'itemList.[0].prc: must be a number, not text',
      'itemList.[0].qty: is required',
      'itemList.[1]: must be an object, not a number',
      'receipt.rcptPbctDt: must be 14 digits: yyyyMMddHHmmss',
    ])
  })

  test('imptItemsttsCd of the list is not the field of the update (0.2, fact 12)', () => {
    const { imptItemSttsCd, ...rest } = bodies.updateImport
    const { issues } = checkRequest(operations.updateImport, { ...rest, imptItemsttsCd: imptItemSttsCd }, 'js-compat')
    expect(issues).toContainEqual({
      path: 'imptItemsttsCd',
      message: 'is not a field; did you mean "imptItemSttsCd"?',
    })
  })

  test("totTaxAmt is not the name of a line's tax (0.2, fact 11)", () => {
    const body = withMember(withMember(saleBody, 'itemList.[0].taxAmt', undefined), 'itemList.[0].totTaxAmt', 160)
    const paths = checkRequest(operations.saveSale, body, 'js-compat').issues.map(({ path }) => path)
    expect(paths.sort()).toEqual(['itemList.[0].taxAmt', 'itemList.[0].totTaxAmt'])
  })

  test.each(strict)('%s never shows the value of a field that failed', (strictness) => {
    const marked = 'MARKED-SECRET'.repeat(30)
    const user = {
      ...bodies.saveBranchUser,
      pwd: [marked],
      userId: { marked },
      useYn: marked,
      userNm: marked,
      remark: 1,
    }
    const sale = { ...saleBody, cmcKey: marked, tin: marked, cfmDt: marked, invcNo: marked }
    const found = [
      ...checkRequest(operations.saveBranchUser, user, strictness).issues,
      ...checkRequest(operations.saveSale, sale, strictness).issues,
    ]
    expect(found.length).toBeGreaterThanOrEqual(8)
    expect(JSON.stringify(found)).not.toContain('MARKED')
    expect(found).toContainEqual({ path: 'pwd', message: 'must be text, not a list' })
  })

  test("the stock sample of the SDK's documents passes without tin and bhfId (9, trap 43)", () => {
    expect(checkRequest(operations.saveStockIO, stockBody, 'js-compat').issues).toEqual([])
  })
})
