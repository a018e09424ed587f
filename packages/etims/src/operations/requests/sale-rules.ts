/**
 * What KRA's sandbox asks of sales and credit notes beyond their amounts.
 *
 * @see spec/etims.md sections 4.10, 7.4 and 7.8
 * @module
 */
import type { Issue } from '@latchkey/http'
import { futureIssues, orderIssues } from './date-rules.ts'
import { linePath } from './document-rules.ts'
import type { SaleRequest } from './sale.ts'

/** `pkg` is exactly 1 with `NT` and never 0. */
export function packageRule({ itemList }: SaleRequest): readonly Issue[] {
  return itemList.flatMap(({ pkgUnitCd, pkg }, index) => {
    if (pkgUnitCd === 'NT' ? pkg === 1 : pkg > 0) return []
    const message = pkgUnitCd === 'NT' ? 'must be 1 with packaging unit NT' : 'must be more than 0'
    return [{ path: linePath(index, 'pkg'), message }]
  })
}

/** Nothing is dated before the sale, and nothing ahead. */
export function saleDateRule(body: SaleRequest, now: number | undefined): readonly Issue[] {
  const { cfmDt, salesDt, stockRlsDt, cnclReqDt, cnclDt, rfdDt } = body
  const later = { cfmDt, stockRlsDt, cnclReqDt, cnclDt, rfdDt }
  return [
    ...orderIssues({ path: 'salesDt', day: salesDt }, later),
    ...futureIssues({ salesDt, ...later, 'receipt.rcptPbctDt': body.receipt.rcptPbctDt }, now),
  ]
}

/** A credit note names its original, a date and a reason; a sale has no original. */
export function creditNoteRule(body: SaleRequest): readonly Issue[] {
  const { rcptTyCd, orgInvcNo, rfdDt, rfdRsnCd, salesSttsCd } = body
  if (rcptTyCd === 'S') {
    return orgInvcNo === 0 ? [] : [{ path: 'orgInvcNo', message: 'must be 0 for a sale' }]
  }
  const rules = [
    { path: 'orgInvcNo', holds: orgInvcNo > 0, message: "must be the original's invcNo for a credit note" },
    { path: 'rfdDt', holds: typeof rfdDt === 'string', message: 'is required for a credit note' },
    { path: 'rfdRsnCd', holds: typeof rfdRsnCd === 'string', message: 'is required for a credit note' },
    { path: 'salesSttsCd', holds: salesSttsCd === '02', message: 'must be 02 for a credit note' },
  ]
  return rules.filter(({ holds }) => !holds).map(({ path, message }) => ({ path, message }))
}
