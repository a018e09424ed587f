import { describe, expect, test } from 'vitest'
import { readData, readList } from '../../../src/operations/answers.ts'
import { operations } from '../../../src/operations/table.ts'

const receipt = { intrlData: 'MZXW6YTBOIFA2TESTDATA22222', rcptSign: 'KRSXG5BAKRSXG5BA', sdcDateTime: '20260105101502' }

describe('readData', () => {
  test('trims the keys of the sale answer and makes its counters numbers (0.2, fact 19)', () => {
    const data = readData(operations.saveSale, { 'curRcptNo ': '10', 'totRcptNo ': '9', ...receipt })
    expect(data).toEqual({ curRcptNo: 10, totRcptNo: 9, ...receipt })
    expect(data && data.curRcptNo > data.totRcptNo).toBe(true) // As text '10' < '9'.
  })

  test('takes counters that are numbers already', () => {
    expect(readData(operations.saveSale, { curRcptNo: 1, totRcptNo: 1, ...receipt })).toMatchObject({ curRcptNo: 1 })
  })

  test('leaves missing fields missing and unknown ones as they are', () => {
    expect(readData(operations.saveSale, { curRcptNo: null, later: '7' })).toEqual({ curRcptNo: null, later: '7' })
    expect(readData(operations.saveSale, { curRcptNo: 'x' })).toEqual({ curRcptNo: 'x' })
  })

  test('reads rows and the lines inside them, and leaves texts of digits alone (4.10, 4.9)', () => {
    const row = {
      invcNo: '7',
      salesDt: '20260105',
      totAmt: '1160.00',
      receipt: { curRcptNo: '7', rcptSign: 'KRSXG5BAKRSXG5BA' },
      itemList: [{ itemSeq: '1', ' qty': '2', itemCd: 'KE2NTNO0000001', bcd: '0012' }],
    }
    expect(readData(operations.salesList, { salesList: [row] })).toEqual({
      salesList: [
        {
          invcNo: 7,
          salesDt: '20260105',
          totAmt: 1160,
          receipt: { curRcptNo: 7, rcptSign: 'KRSXG5BAKRSXG5BA' },
          itemList: [{ itemSeq: 1, qty: 2, itemCd: 'KE2NTNO0000001', bcd: '0012' }],
        },
      ],
    })
    const imported = { taskCd: '20230209150001', dclDe: '01022023', itemSeq: 1, hsCd: '84181000000', pkg: '4' }
    expect(readData(operations.importList, { itemList: [imported] })).toEqual({ itemList: [{ ...imported, pkg: 4 }] })
  })

  test('a tax type is a letter although one table declares it NUMBER (4.11)', () => {
    expect(readData(operations.purchaseFeed, { saleList: [{ itemList: [{ taxTyCd: 'B' }] }] })).toEqual({
      saleList: [{ itemList: [{ taxTyCd: 'B' }] }],
    })
  })

  test('a number that would be rounded stays text', () => {
    expect(readData(operations.saveSale, { curRcptNo: '9007199254740993' })).toEqual({ curRcptNo: '9007199254740993' })
  })

  test.each([null, undefined, 'x', 1, []])('%j is no data', (data) => {
    expect(readData(operations.saveItem, data)).toBeNull()
  })

  test('a key named __proto__ changes no prototype', () => {
    const data: unknown = JSON.parse('{" __proto__ ":{"polluted":true},"curRcptNo":"1"}')
    const read = readData(operations.saveSale, data)
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype)
    expect(read).not.toHaveProperty('polluted')
  })

  test('an answer that is nested without end is read to its depth and no further', () => {
    const deep = Array.from({ length: 5000 }).reduce<unknown>((inner) => ({ 'a ': inner }), 1)
    expect(readData(operations.saveSale, deep)).not.toBeNull()
  })
})

describe('readList', () => {
  const envelope = (resultCd: string, data: unknown) => ({ resultCd, resultMsg: '', data })

  test('returns an empty list for 001 (0.2, fact 6)', () => {
    expect(readList(operations.codeList, envelope('001', null))).toEqual([])
    expect(readList(operations.codeList, envelope('001', { clsList: [{ cdCls: '04' }] }))).toEqual([])
  })

  test.each(['000', '0000'])('returns the rows of a success, %s', (resultCd) => {
    const clsList = [{ cdCls: '04', dtlList: [{ cd: 'B', srtOrd: '2', userDfnCd1: '16' }] }]
    expect(readList(operations.codeList, envelope(resultCd, { clsList }))).toEqual([
      { cdCls: '04', dtlList: [{ cd: 'B', srtOrd: 2, userDfnCd1: '16' }] },
    ])
  })

  test('reads the list at data, where KRA puts it, and not at the root (4.3)', () => {
    expect(readList(operations.codeList, { ...envelope('000', null), clsList: [{}] } as never)).toEqual([])
  })

  test.each([null, {}, { saleList: null }, { salesList: [{}] }])('%j has no purchases', (data) => {
    expect(readList(operations.purchaseFeed, envelope('000', data))).toEqual([])
  })
})
