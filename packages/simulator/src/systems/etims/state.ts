/**
 * What the control plane tells about eTIMS. No secret is in it.
 *
 * @module
 */
import { type Certification, certifications } from './certification.ts'
import { isOf } from './data.ts'
import { textOf } from './fields.ts'
import type { EtimsSwitches } from './switches.ts'
import type { World } from './world.ts'

/** A snapshot of the imitation. */
export interface EtimsState {
  readonly switches: EtimsSwitches
  /** Requests that arrived at the token endpoint, whatever became of them. */
  readonly tokenRequests: number
  /** `tokenRequests` here: those that named the app's consumer key and reached the service. */
  readonly apps: readonly { readonly name: string; readonly tokenRequests: number; readonly tokensIssued: number }[]
  readonly tokens: { readonly live: number; readonly issued: number }
  /** Accepted calls by operation. */
  readonly accepted: Readonly<Record<string, number>>
  /** Refused calls by cause: a `resultCd`, or for example `tokenExpired`. */
  readonly rejected: Readonly<Record<string, number>>
  readonly devices: readonly DeviceState[]
  /** Branches that have done something. */
  readonly branches: readonly BranchState[]
  readonly certification: readonly Certification[]
}

/** A device as the control plane shows it. */
export interface DeviceState {
  readonly tin: string
  readonly bhfId: string
  readonly deviceSerial: string
  readonly type: 'OSCU' | 'VSCU'
  readonly state: 'approved' | 'initialized'
}

/** A branch as the control plane shows it. */
export interface BranchState {
  readonly tin: string
  readonly bhfId: string
  /** The highest numbers that were accepted. */
  readonly counters: {
    readonly invcNo: number
    readonly purchaseInvcNo: number
    readonly sarNo: number
    readonly receipts: number
  }
  /** Items of the taxpayer, which all its branches share. */
  readonly items: number
  readonly sales: readonly SaleState[]
  /** Quantities by item code. */
  readonly stock: Readonly<Record<string, number>>
}

/** A sale or credit note as the control plane shows it. */
export interface SaleState {
  readonly invcNo: number
  readonly rcptTyCd: string
  readonly curRcptNo: number
  readonly rcptSign: string
  readonly isConfirmedByBuyer: boolean
}

/** Takes the snapshot. */
export function describe(world: World): EtimsState {
  const { counters, tokens, data } = world
  return {
    switches: world.switches,
    tokenRequests: counters.tokenRequests,
    apps: [{ name: 'default', tokenRequests: counters.appTokenRequests, tokensIssued: tokens.issued() }],
    tokens: { live: tokens.live(world.clock.now()), issued: tokens.issued() },
    accepted: { ...counters.accepted },
    rejected: { ...counters.rejected },
    devices: data.devices.rows.map(({ tin, bhfId, dvcSrlNo, type, state }) => ({
      ...{ tin, bhfId, deviceSerial: dvcSrlNo, type, state },
    })),
    branches: data.progress.rows.map((unit) => ({
      tin: unit.tin,
      bhfId: unit.bhfId,
      counters: {
        invcNo: unit.invcNo,
        purchaseInvcNo: unit.purchaseInvcNo,
        sarNo: unit.sarNo,
        receipts: unit.receipts,
      },
      items: data.items.rows.filter(({ tin }) => tin === unit.tin).length,
      sales: data.sales.rows.filter(isOf(unit)).map(({ invcNo, fields, curRcptNo, rcptSign, confirmedAt }) => ({
        ...{ invcNo, curRcptNo, rcptSign },
        rcptTyCd: textOf(fields, 'rcptTyCd') ?? '',
        isConfirmedByBuyer: confirmedAt !== null,
      })),
      stock: Object.fromEntries(
        data.stock.rows.filter(isOf(unit)).map(({ itemCd, balance }) => [itemCd, balance / 100]),
      ),
    })),
    certification: certifications(world),
  }
}
