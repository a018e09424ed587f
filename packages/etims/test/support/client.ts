/**
 * A client on a scripted `fetch` and a virtual clock, with the shapes in which KRA answers.
 *
 * @module
 */
import { scriptedFetch, virtualClock } from '@latchkey/testkit'
import type { Answer, Scripted } from '@latchkey/testkit'
import { AuthClient } from '../../src/auth/auth-client.ts'
import type { OscuConfig } from '../../src/auth/config.ts'
import { EtimsClient } from '../../src/etims-client.ts'

/** Generation 2, as the SDKs' Authentication page shows it. */
export const generation2 = {
  env: 'sandbox',
  auth: {
    sandbox: {
      token_url: 'https://sbx.kra.go.ke/v1/token/generate',
      consumer_key: 'demo-key',
      consumer_secret: 'demo-consumer-secret',
    },
  },
  api: { sandbox: { base_url: 'https://etims-api-sbx.kra.go.ke/etims-api' } },
  oscu: { tin: 'P000000001A', bhf_id: '00', device_serial: 'DEV-0001', cmc_key: 'DEMO-CMC-KEY-0001' },
  http: { timeout: 30 },
} as const satisfies OscuConfig

/** Generation 3. */
export const generation3 = {
  env: 'sbx',
  auth: { sbx: { consumer_key: 'demo-key', consumer_secret: 'demo-consumer-secret' } },
  oscu: generation2.oscu,
} as const satisfies OscuConfig

export const tokenCall = 'GET https://sbx.kra.go.ke/v1/token/generate?grant_type=client_credentials'
export const direct = 'https://etims-api-sbx.kra.go.ke/etims-api'
export const gateway = 'https://sbx.kra.go.ke/etims-oscu/api/v1'

/** The call for a token, and its answer. */
export const tokenIs = (name: string): Scripted => ({
  request: tokenCall,
  answer: { json: { access_token: name, expires_in: '3599' } },
})

/** The direct face's envelope. */
export const envelope = (resultCd: string, resultMsg: string, data: unknown = null, status = 200): Answer => ({
  status,
  json: { resultCd, resultMsg, resultDt: '20260105081530', data },
})

/** What the gateway wraps. */
export const wrapped = (responseCode: number, responseBody: unknown, status = 200): Answer => ({
  status,
  json: {
    responseHeader: {
      responseCode,
      responseRefID: '00000000-0000-4000-8000-000000000000',
      customerMessage: 'Invalid Headers apigee_app_id',
      debugMessage: 'apigee_app_id cannot be Null',
    },
    responseBody,
  },
})

export const lastReqDt = '20180101000000'
export const audit = { regrId: 'admin', regrNm: 'Admin', modrId: 'admin', modrNm: 'Admin' }

/** The full sale of section 4.10. */
export const sale = {
  trdInvcNo: 'INV-0001',
  invcNo: 1,
  orgInvcNo: 0,
  custTin: 'P000000002B',
  custNm: 'Mnunuzi Limited',
  salesTyCd: 'N',
  rcptTyCd: 'S',
  pmtTyCd: '01',
  salesSttsCd: '02',
  cfmDt: '20260105101500',
  salesDt: '20260105',
  stockRlsDt: '20260105101500',
  cnclReqDt: null,
  cnclDt: null,
  rfdDt: null,
  rfdRsnCd: null,
  totItemCnt: 1,
  ...{ taxblAmtA: 0, taxblAmtB: 1000, taxblAmtC: 0, taxblAmtD: 0, taxblAmtE: 0 },
  ...{ taxRtA: 0, taxRtB: 16, taxRtC: 0, taxRtD: 0, taxRtE: 0 },
  ...{ taxAmtA: 0, taxAmtB: 160, taxAmtC: 0, taxAmtD: 0, taxAmtE: 0 },
  ...{ totTaxblAmt: 1000, totTaxAmt: 160, totAmt: 1160, prchrAcptcYn: 'N' as const, remark: null },
  ...audit,
  receipt: {
    custTin: 'P000000002B',
    custMblNo: null,
    rptNo: 1,
    rcptPbctDt: '20260105101500',
    trdeNm: 'Mfano Traders',
    adrs: 'Barabara ya Mfano, Nairobi',
    topMsg: 'Karibu',
    btmMsg: 'Asante',
    prchrAcptcYn: 'N',
  },
  itemList: [
    {
      ...{ itemSeq: 1, itemCd: 'KE2NTNO0000001', itemClsCd: '5059690800', itemNm: 'Kikombe cha udongo', bcd: null },
      ...{ pkgUnitCd: 'NT', pkg: 1, qtyUnitCd: 'NO', qty: 1, prc: 1160, splyAmt: 1160, dcRt: 0, dcAmt: 0 },
      ...{ isrccCd: null, isrccNm: null, isrcRt: null, isrcAmt: null },
      ...{ taxTyCd: 'B' as const, taxblAmt: 1000, taxAmt: 160, totAmt: 1160 },
    },
  ],
} as const

export const receipt = {
  curRcptNo: '1',
  totRcptNo: '1',
  intrlData: 'MZXW6YTBOIFA2TESTDATA22222',
  rcptSign: 'KRSXG5BAKRSXG5BA',
  sdcDateTime: '20260105101502',
}

/** A client whose calls are scripted, beginning with the one for a token. */
export function client(script: readonly Scripted[], change: Partial<OscuConfig> = {}) {
  const fetch = scriptedFetch([tokenIs('T1'), ...script])
  const clock = virtualClock()
  const config: OscuConfig = { ...generation2, fetch, clock, random: () => 0.5, ...change }
  return { etims: new EtimsClient(config), config, clock, fetch }
}

/** A token door alone. */
export function auth(script: readonly Scripted[], change: Partial<OscuConfig> = {}) {
  const fetch = scriptedFetch(script)
  const clock = virtualClock()
  return { auth: new AuthClient({ ...generation3, fetch, clock, ...change }), clock, fetch }
}
