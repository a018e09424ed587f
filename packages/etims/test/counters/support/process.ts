/**
 * One process with its own counters on a store that others share, and the sale that the tests sell.
 *
 * @module
 */
import { memoryStore } from '@latchkey/core'
import type { Clock, Store } from '@latchkey/core'
import { createCounters } from '../../../src/counters/counters.ts'
import type { Place } from '../../../src/counters/cells.ts'
import type { Keeping } from '../../../src/counters/keeping.ts'
import type { Context } from '../../../src/operations/context.ts'
import type { SaleContext } from '../../../src/operations/resolve-sale.ts'
import type { SaleDocument } from '../../../src/operations/save-sale.ts'

export const place: Place = {
  environment: 'sandbox',
  apiBase: 'https://etims-api-sbx.kra.go.ke/etims-api',
  tin: 'P000000001A',
  bhfId: '00',
}

/** The memory store as if it were a server: shared by processes that come and go. */
export function sharedStore(clock: Clock): Store {
  return { ...memoryStore({ clock }), scope: 'fleet' }
}

export function keepingOf(store: Store): Keeping {
  return { store, ring: undefined, plaintext: true }
}

export interface ProcessParts {
  readonly clock: Clock
  readonly store: Store | undefined
  readonly kra: { readonly call: Context['call'] }
  readonly random?: () => number
}

/** A program, just started. */
export function startProcess({ clock, store, kra, random = () => 0.5 }: ProcessParts): SaleContext {
  const keeping = store && keepingOf(store)
  const { apiBase: _, ...identity } = place
  return { identity, clock, keeping, call: kra.call, counters: createCounters({ place, clock, keeping, random }) }
}

/** A sale of one item for so many shillings, sold at a moment of 15 January 2026. */
export function saleOfOne(trdInvcNo: string, more: Partial<SaleDocument> = {}): SaleDocument {
  const totAmt = more.totAmt ?? 1160
  const bands = { A: 0, B: 1000, C: 0, D: 0, E: 0 }
  return {
    trdInvcNo,
    orgInvcNo: 0,
    custTin: 'P000000002B',
    custNm: 'Mnunuzi Limited',
    rcptTyCd: 'S',
    salesSttsCd: '02',
    cfmDt: '20260115145900',
    salesDt: '20260115',
    totItemCnt: 1,
    taxblAmtA: bands.A,
    taxblAmtB: bands.B,
    taxblAmtC: bands.C,
    taxblAmtD: bands.D,
    taxblAmtE: bands.E,
    taxRtA: 0,
    taxRtB: 16,
    taxRtC: 0,
    taxRtD: 0,
    taxRtE: 0,
    taxAmtA: 0,
    taxAmtB: 160,
    taxAmtC: 0,
    taxAmtD: 0,
    taxAmtE: 0,
    totTaxblAmt: 1000,
    totTaxAmt: 160,
    totAmt,
    prchrAcptcYn: 'N',
    regrId: 'admin',
    regrNm: 'Admin',
    modrId: 'admin',
    modrNm: 'Admin',
    receipt: { rcptPbctDt: '20260115145900', prchrAcptcYn: 'N' },
    itemList: [
      {
        itemSeq: 1,
        itemCd: 'KE2NTNO0000001',
        itemNm: 'Kikombe cha udongo',
        pkgUnitCd: 'NT',
        pkg: 1,
        qtyUnitCd: 'NO',
        qty: 1,
        prc: totAmt,
        splyAmt: totAmt,
        dcRt: 0,
        dcAmt: 0,
        taxTyCd: 'B',
        taxblAmt: 1000,
        taxAmt: 160,
        totAmt,
      },
    ],
    ...more,
  }
}
