/**
 * The sales that were accepted, as lists show them, and the page behind a receipt's QR code.
 *
 * Source: spec/etims.md sections 4.10, 4.13 and 7.10
 * @module
 */
import { type Answer, jsonAnswer } from '../../../answers.ts'
import type { SystemRequest } from '../../../system.ts'
import { type Fields, isOf, key, type Sale } from '../data.ts'
import { always, counter, numberOf } from '../fields.ts'
import type { Operation } from '../operation.ts'
import { found } from '../outcomes.ts'
import { changedAfter, sinceField } from '../since.ts'
import { listTime } from '../times.ts'
import type { World } from '../world.ts'

export const saleReads: readonly Operation[] = [
  {
    name: 'selectTrnsSalesList',
    paths: ['selectTrnsSalesList', 'selectSalesTransactions'],
    kind: 'read',
    fields: sinceField,
    run: ({ world, unit, fields }) =>
      found('salesList', world.data.sales.rows.filter(isOf(unit)).filter(changedAfter(fields)).map(listed)),
  },
  {
    name: 'selectInvoiceDetails',
    paths: ['selectInvoiceDetails', 'selectInvoiceDetail'],
    kind: 'read',
    fields: { invcNo: always(counter) },
    run: ({ world, unit, fields }) => {
      const sale = world.data.sales.get(key(unit.tin, unit.bhfId, numberOf(fields, 'invcNo')))
      return found('salesList', sale === undefined ? [] : [listed(sale)])
    },
  },
]

/** The page that a QR code points at: the sale whose signature is known, as HTML or JSON. */
export function receiptPage(world: World, request: SystemRequest): Answer {
  const asked = request.query.get('Data') ?? ''
  const sale = world.data.sales.rows.find(({ tin, bhfId, rcptSign }) => `${tin}${bhfId}${rcptSign}` === asked)
  const isJson = /\bjson\b/.test(String(request.headers['accept'] ?? ''))
  if (sale === undefined) {
    return isJson ? jsonAnswer(404, { error: 'No receipt has this signature.' }) : page(404, [['Receipt', 'not found']])
  }
  const { tin, bhfId, curRcptNo, totRcptNo, rcptSign, intrlData, sdcDateTime, fields } = sale
  if (isJson) return jsonAnswer(200, { tin, bhfId, ...listed(sale) })
  return page(200, [
    ['PIN', tin],
    ['Branch', bhfId],
    ['Receipt', `${String(curRcptNo)}/${String(totRcptNo)}`],
    ['Invoice', String(sale.invcNo)],
    ['Total', numberOf(fields, 'totAmt').toFixed(2)],
    ['Tax', numberOf(fields, 'totTaxAmt').toFixed(2)],
    ['Issued', String(listTime(sdcDateTime))],
    ['Internal data', intrlData],
    ['Signature', rcptSign],
  ])
}

/** Times are written out, and the receipt has its numbers (section 4.10). */
function listed({ fields, curRcptNo, totRcptNo, intrlData, rcptSign, sdcDateTime }: Sale): object {
  const { trdInvcNo: _t, salesTyCd: _s, receipt, itemList, ...header } = fields
  const given = receipt as Fields // Every preset needs it.
  return {
    ...header,
    cfmDt: listTime(fields['cfmDt']),
    stockRlsDt: listTime(fields['stockRlsDt']),
    rfdDt: listTime(fields['rfdDt']),
    receipt: {
      ...given,
      rptNo: given['rptNo'] ?? 1,
      intrlData,
      rcptSign,
      curRcptNo: String(curRcptNo),
      totRcptNo: String(totRcptNo),
      sdcDateTime: withTenths(sdcDateTime),
      rcptPbctDt: withTenths(given['rcptPbctDt']),
    },
    itemList,
  }
}

function withTenths(value: unknown): unknown {
  const written = listTime(value)
  return written === value ? value : `${String(written)}.0`
}

function page(status: number, rows: readonly (readonly [string, string])[]): Answer {
  const body = rows.map(([name, value]) => `<tr><th>${escape(name)}</th><td>${escape(value)}</td></tr>`).join('')
  const html = `<!doctype html><html><head><title>Receipt</title></head><body><table>${body}</table></body></html>`
  return { status, body: html, contentType: 'text/html; charset=utf-8' }
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
