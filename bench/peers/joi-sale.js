/**
 * The rules that a sale of eTIMS has in the specification's tables, in joi. Ours to write: what is measured is joi.
 *
 * @module
 */
import Joi from 'joi'

const text = (max) => Joi.string().max(max)
const audit = {
  regrId: text(20).required(),
  regrNm: text(60).required(),
  modrId: text(20).required(),
  modrNm: text(60).required(),
}
const moment = Joi.string().pattern(/^\d{14}$/)
const amount = Joi.number()
const yesNo = Joi.string().valid('Y', 'N')
const bands = ['A', 'B', 'C', 'D', 'E'].flatMap((band) => [`taxblAmt${band}`, `taxRt${band}`, `taxAmt${band}`])

const line = Joi.object({
  itemSeq: Joi.number().integer().min(1).required(),
  ...Object.fromEntries(
    [
      ['itemCd', 20],
      ['itemNm', 200],
      ['pkgUnitCd', 5],
      ['qtyUnitCd', 5],
      ['taxTyCd', 5],
    ].map(([name, max]) => [name, text(max).required()]),
  ),
  ...Object.fromEntries(
    [
      ['itemClsCd', 10],
      ['bcd', 20],
      ['isrccCd', 10],
      ['isrccNm', 100],
    ].map(([name, max]) => [name, text(max).allow(null)]),
  ),
  ...Object.fromEntries(
    ['pkg', 'qty', 'prc', 'splyAmt', 'dcRt', 'dcAmt', 'taxblAmt', 'taxAmt', 'totAmt'].map((name) => [
      name,
      amount.required(),
    ]),
  ),
  isrcRt: amount.allow(null),
  isrcAmt: amount.allow(null),
})

const sale = Joi.object({
  trdInvcNo: Joi.alternatives(text(50), Joi.number()).required(),
  invcNo: Joi.number().integer().min(0).required(),
  orgInvcNo: Joi.number().integer().min(0).required(),
  custTin: Joi.string().length(11).allow(null),
  custNm: text(60).allow(null),
  salesTyCd: text(5),
  rcptTyCd: text(5).required(),
  pmtTyCd: text(5).allow(null),
  salesSttsCd: text(5).required(),
  cfmDt: moment.required(),
  salesDt: Joi.string()
    .pattern(/^\d{8}$/)
    .required(),
  ...Object.fromEntries(['stockRlsDt', 'cnclReqDt', 'cnclDt', 'rfdDt'].map((name) => [name, moment.allow(null)])),
  rfdRsnCd: text(5).allow(null),
  totItemCnt: Joi.number().integer().min(1).required(),
  ...Object.fromEntries([...bands, 'totTaxblAmt', 'totTaxAmt', 'totAmt'].map((name) => [name, amount.required()])),
  prchrAcptcYn: yesNo.required(),
  remark: text(400).allow(null),
  ...audit,
  receipt: Joi.object({
    custTin: Joi.string().length(11).allow(null),
    ...Object.fromEntries(
      [
        ['custMblNo', 20],
        ['trdeNm', 20],
        ['adrs', 200],
        ['topMsg', 20],
        ['btmMsg', 20],
      ].map(([name, max]) => [name, text(max).allow(null)]),
    ),
    rptNo: Joi.number(),
    rcptPbctDt: moment.required(),
    prchrAcptcYn: yesNo.required(),
  }).required(),
  itemList: Joi.array().items(line).min(1).required(),
})

/** The body to send. @param {object} body */
export function encode(body) {
  const { error, value } = sale.validate(body, { abortEarly: false })
  if (error) throw error
  return JSON.stringify(value)
}
