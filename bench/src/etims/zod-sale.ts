/**
 * The rules that a sale of eTIMS has in the specification's tables, in zod alone: no sums, no code lists.
 *
 * @see spec/etims.md section 4.10
 * @module
 */
import { z } from 'zod'

const text = (max: number) => z.string().min(1).max(max)
const orNull = (max: number) => text(max).nullish()
const moment = z.string().regex(/^\d{14}$/)
const yesNo = z.enum(['Y', 'N'])
const count = z.int().min(0)
const amounts = <Name extends string>(...names: readonly Name[]) =>
  Object.fromEntries(names.map((name) => [name, z.number()])) as Record<Name, z.ZodNumber> // The names just given.
const bands = (['A', 'B', 'C', 'D', 'E'] as const).flatMap(
  (band) => [`taxblAmt${band}`, `taxRt${band}`, `taxAmt${band}`] as const,
)
const audit = { regrId: text(20), regrNm: text(60), modrId: text(20), modrNm: text(60) }

const line = z.strictObject({
  itemSeq: z.int().min(1),
  ...{ itemCd: text(20), itemNm: text(200), pkgUnitCd: text(5), qtyUnitCd: text(5), taxTyCd: text(5) },
  ...{ itemClsCd: orNull(10), bcd: orNull(20), isrccCd: orNull(10), isrccNm: orNull(100) },
  ...amounts('pkg', 'qty', 'prc', 'splyAmt', 'dcRt', 'dcAmt', 'taxblAmt', 'taxAmt', 'totAmt'),
  ...{ isrcRt: z.number().nullish(), isrcAmt: z.number().nullish() },
})

const sale = z.strictObject({
  ...{ trdInvcNo: z.union([text(50), z.number()]), invcNo: count, orgInvcNo: count },
  ...{ custTin: z.string().length(11).nullish(), custNm: orNull(60), salesTyCd: text(5).optional() },
  ...{ rcptTyCd: text(5), pmtTyCd: orNull(5), salesSttsCd: text(5), cfmDt: moment },
  salesDt: z.string().regex(/^\d{8}$/),
  ...{ stockRlsDt: moment.nullish(), cnclReqDt: moment.nullish(), cnclDt: moment.nullish(), rfdDt: moment.nullish() },
  ...{ rfdRsnCd: orNull(5), totItemCnt: z.int().min(1), prchrAcptcYn: yesNo, remark: orNull(400) },
  ...amounts(...bands, 'totTaxblAmt', 'totTaxAmt', 'totAmt'),
  ...audit,
  receipt: z.strictObject({
    ...{ custTin: z.string().length(11).nullish(), custMblNo: orNull(20), trdeNm: orNull(20), adrs: orNull(200) },
    ...{ topMsg: orNull(20), btmMsg: orNull(20), rptNo: z.number().optional(), rcptPbctDt: moment },
    prchrAcptcYn: yesNo,
  }),
  itemList: z.array(line).min(1),
})

/** The body to send. */
export function encode(body: unknown): string {
  return JSON.stringify(sale.parse(body))
}
