/**
 * A plain caller of the imitated eTIMS, and bodies that the live rules accept.
 *
 * @module
 */
import type { Simulator } from '../../src/index.ts'
import { call, type Fields, post, type Reply } from '../support.ts'

export type FaceName = 'direct' | 'gateway'

export const bases: Readonly<Record<FaceName, string>> = { direct: '/etims-api', gateway: '/etims-oscu/api/v1' }

export const since = { lastReqDt: '20180101000000' }
export const audit = { regrId: 'admin', regrNm: 'Admin', modrId: 'admin', modrNm: 'Admin' }

/** What both faces say, with the gateway's wrapping taken off. */
export interface Said {
  readonly status: number
  /** The envelope; null where the gateway gave none. */
  readonly envelope: Fields | null
  readonly code: unknown
  readonly message: unknown
  readonly data: Fields
  readonly reply: Reply
}

/** Reads an answer of either face. */
export function read(reply: Reply): Said {
  const header = reply.json['responseHeader'] as Fields | undefined
  const envelope = header === undefined ? reply.json : (reply.json['responseBody'] as Fields | null)
  const message = header === undefined ? envelope?.['resultMsg'] : header['debugMessage']
  const data = (envelope?.['data'] ?? {}) as Fields // Tests look at the members that they expect.
  return { status: reply.status, envelope, code: envelope?.['resultCd'], message, data, reply }
}

/** `yyyyMMddHHmmss` of the simulator's clock, in Nairobi. */
export function nairobi(simulator: Simulator, addMs = 0): string {
  return new Date(simulator.clock.now() + addMs + 3 * 3_600_000).toISOString().replaceAll(/\D/g, '').slice(0, 14)
}

/** Speaks for a device. `identity` are its three headers. */
export function createEtimsCaller(simulator: Simulator, face: FaceName, identity: Record<string, string>) {
  const { baseUrl, credentials } = simulator.systems.etims
  const basic = `Basic ${Buffer.from(`${credentials.consumerKey}:${credentials.consumerSecret}`).toString('base64')}`
  let bearer: Record<string, string> = {}
  const send = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Reply> =>
    post(`${baseUrl}${bases[face]}/${path}`, body, { ...bearer, ...identity, ...headers })
  return {
    basic,
    /** The usual headers, with a new token on the gateway. */
    async signIn(): Promise<string> {
      const reply = await call(`${baseUrl}/v1/token/generate?grant_type=client_credentials`, {
        headers: { authorization: basic },
      })
      const token = String(reply.json['access_token'])
      bearer = { authorization: `Bearer ${token}`, apigee_app_id: credentials.appId }
      return token
    },
    send,
    say: async (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Said> =>
      read(await send(path, body, headers)),
  }
}

export type EtimsCaller = ReturnType<typeof createEtimsCaller>

/** The headers of the device that has its key from the start. */
export function readyDevice(simulator: Simulator): Record<string, string> {
  const { tin, bhfId, cmcKey } = simulator.systems.etims.credentials.initializedDevice
  return { tin, bhfId, cmcKey }
}

/** The headers of the buyer's device. */
export function buyerDevice(simulator: Simulator): Record<string, string> {
  const { tin, bhfId, cmcKey } = simulator.systems.etims.credentials.buyerDevice
  return { tin, bhfId, cmcKey }
}

/** A caller for the ready-made device, signed in. */
export async function ready(simulator: Simulator, face: FaceName): Promise<EtimsCaller> {
  const caller = createEtimsCaller(simulator, face, readyDevice(simulator))
  if (face === 'gateway') await caller.signIn()
  return caller
}

export function itemCode(sequence: number): string {
  return `KE2NTNO${String(sequence).padStart(7, '0')}`
}

export function item(sequence: number, fields: Fields = {}): Fields {
  return {
    itemCd: itemCode(sequence),
    itemClsCd: '5059690800',
    itemTyCd: '2',
    itemNm: 'Kikombe cha udongo',
    itemStdNm: null,
    orgnNatCd: 'KE',
    pkgUnitCd: 'NT',
    qtyUnitCd: 'NO',
    taxTyCd: 'B',
    btchNo: null,
    bcd: null,
    dftPrc: 1160,
    grpPrcL1: null,
    addInfo: null,
    sftyQty: null,
    isrcAplcbYn: 'N',
    useYn: 'Y',
    ...audit,
    ...fields,
  }
}

/** One line of band B with `qty` pieces of 1160. */
export function line(sequence: number, qty = 1, fields: Fields = {}): Fields {
  return {
    itemSeq: 1,
    itemCd: itemCode(sequence),
    itemClsCd: '5059690800',
    itemNm: 'Kikombe cha udongo',
    bcd: null,
    pkgUnitCd: 'NT',
    pkg: 1,
    qtyUnitCd: 'NO',
    qty,
    prc: 1160,
    splyAmt: 1160 * qty,
    dcRt: 0,
    dcAmt: 0,
    totDcAmt: 0,
    taxTyCd: 'B',
    taxblAmt: 1000 * qty,
    taxAmt: 160 * qty,
    totAmt: 1160 * qty,
    ...fields,
  }
}

const sum = (lines: readonly Fields[], name: string): number =>
  Math.round(lines.reduce((total, row) => total + Number(row[name]), 0) * 100) / 100

/** The count, the three totals and the fifteen fields of the bands. */
export function totals(lines: readonly Fields[], isBanded = true): Fields {
  const bands: Record<string, number> = {}
  for (const band of isBanded ? ['A', 'B', 'C', 'D', 'E'] : []) {
    const own = lines.filter((row) => row['taxTyCd'] === band)
    bands[`taxblAmt${band}`] = sum(own, 'taxblAmt')
    bands[`taxAmt${band}`] = sum(own, 'taxAmt')
    bands[`taxRt${band}`] = own.length === 0 ? 0 : ({ B: 16, E: 8 }[band] ?? 0)
  }
  const [totTaxblAmt, totTaxAmt, totAmt] = ['taxblAmt', 'taxAmt', 'totAmt'].map((name) => sum(lines, name))
  return { totItemCnt: lines.length, ...bands, totTaxblAmt, totTaxAmt, totAmt }
}

export function movement(simulator: Simulator, sarNo: number, lines: readonly Fields[], fields: Fields = {}): Fields {
  return {
    sarNo,
    orgSarNo: 0,
    regTyCd: 'M',
    custTin: null,
    custNm: null,
    custBhfId: null,
    sarTyCd: '06',
    ocrnDt: nairobi(simulator).slice(0, 8),
    ...totals(lines, false),
    remark: null,
    ...audit,
    itemList: lines,
    ...fields,
  }
}

export function sale(simulator: Simulator, invcNo: number, lines: readonly Fields[], fields: Fields = {}): Fields {
  const now = nairobi(simulator)
  return {
    trdInvcNo: `INV-${String(invcNo)}`,
    invcNo,
    orgInvcNo: 0,
    custTin: null,
    custNm: 'Mnunuzi Limited',
    salesTyCd: 'N',
    rcptTyCd: 'S',
    pmtTyCd: '01',
    salesSttsCd: '02',
    cfmDt: now,
    salesDt: now.slice(0, 8),
    stockRlsDt: now,
    cnclReqDt: null,
    cnclDt: null,
    rfdDt: null,
    rfdRsnCd: null,
    ...totals(lines),
    prchrAcptcYn: 'N',
    remark: null,
    ...audit,
    receipt: { custTin: null, rptNo: 1, rcptPbctDt: now, trdeNm: 'Mfano Traders', prchrAcptcYn: 'N' },
    itemList: lines,
    ...fields,
  }
}

/** Fields that make a sale a credit note. */
export function creditNote(simulator: Simulator, orgInvcNo: number): Fields {
  return { orgInvcNo, rcptTyCd: 'R', rfdDt: nairobi(simulator), rfdRsnCd: '06' }
}

export function purchase(simulator: Simulator, invcNo: number, lines: readonly Fields[], fields: Fields = {}): Fields {
  const now = nairobi(simulator)
  return {
    invcNo,
    orgInvcNo: 0,
    spplrTin: null,
    spplrBhfId: null,
    spplrNm: null,
    spplrInvcNo: null,
    regTyCd: 'M',
    pchsTyCd: 'N',
    rcptTyCd: 'P',
    pmtTyCd: '01',
    pchsSttsCd: '02',
    cfmDt: now,
    pchsDt: now.slice(0, 8),
    wrhsDt: '',
    cnclReqDt: '',
    cnclDt: '',
    rfdDt: '',
    ...totals(lines),
    remark: null,
    ...audit,
    itemList: lines,
    ...fields,
  }
}

/** Brings `qty` pieces of item 1 into the stock and reports them, so that the live rules allow its sale. */
export async function stockUp(simulator: Simulator, caller: EtimsCaller, qty = 100): Promise<void> {
  await caller.say('selectItemClsList', since)
  await caller.say('saveItem', item(1))
  await caller.say('insertStockIO', movement(simulator, 1, [line(1, qty)]))
  const reported = await caller.say('saveStockMaster', { itemCd: itemCode(1), rsdQty: qty, ...audit })
  if (reported.code !== '000') throw new Error(`the stock was not taken: ${String(reported.message)}`)
}
