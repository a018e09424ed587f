/**
 * What of eTIMS outlives a restart, and the check of what is read back.
 *
 * @module
 */
import { z } from 'zod'
import { bodyMaxBytes } from '../../answers.ts'
import { parseInput } from '../../input-error.ts'
import type { EtimsCredentials } from './credentials.ts'
import { type Rows, rowsOf } from './data.ts'
import { type EtimsSwitches, readSwitches } from './switches.ts'
import { type SavedTokens, tokensMax } from './tokens.ts'
import { type Counters, storedMax, type World } from './world.ts'

/** The parts as they are restored. */
export interface Saved {
  readonly credentials: EtimsCredentials
  readonly signingKey: string
  readonly switches: EtimsSwitches
  /** Of the random stream. */
  readonly drawn: number
  readonly tokens: SavedTokens
  readonly rows: Rows
  readonly counters: Counters
}

const text = z.string().max(bodyMaxBytes) // Nothing longer fits into a request.
const instant = z.number()
const count = z.int().min(0)
const fields = z.record(z.string(), z.unknown())
const unit = { tin: text, bhfId: text }
/** No table can have more rows than the stored requests have characters. */
const rows = <Row extends z.ZodRawShape>(shape: Row) => z.array(z.strictObject(shape)).max(storedMax)

const device = z.strictObject({ ...unit, deviceSerial: text.min(1), cmcKey: text.min(1) })
const schema = z.strictObject({
  credentials: z.strictObject({
    consumerKey: text.min(1),
    consumerSecret: text.min(1),
    appId: text.min(1),
    tin: text.min(1),
    bhfId: text.min(1),
    deviceSerial: text.min(1),
    initializedDevice: device,
    buyerDevice: device,
    buyerTins: z.array(text).length(2),
  }),
  signingKey: text.min(1),
  switches: z.unknown(),
  drawn: count,
  tokens: z.strictObject({
    records: z.array(z.strictObject({ value: text, expiresAt: instant, isInvalidated: z.boolean() })).max(tokensMax),
    issued: count,
  }),
  rows: z.strictObject({
    devices: rows({
      ...unit,
      dvcSrlNo: text,
      type: z.enum(['OSCU', 'VSCU']),
      state: z.enum(['approved', 'initialized']),
      cmcKey: text,
      dvcId: text,
      sdcId: text,
      mrcNo: text,
    }),
    taxpayers: rows({ tin: text, taxprNm: text, bsnsActv: text, taxprSttsCd: text }),
    branches: rows({ ...unit, bhfNm: text, hqYn: text, changedAt: instant }),
    items: rows({ ...unit, itemCd: text, fields, changedAt: instant }),
    records: rows({
      ...unit,
      kind: z.enum(['customer', 'user', 'insurance']),
      id: text,
      fields,
      changedAt: instant,
    }),
    stock: rows({
      ...unit,
      itemCd: text,
      balance: z.number(),
      sold: z.number(),
      released: z.number(),
      master: z.number().nullable(),
      hasMoved: z.boolean(),
    }),
    documents: rows({ ...unit, sarNo: z.number(), fields, changedAt: instant }),
    sales: rows({
      ...unit,
      invcNo: z.number(),
      fields,
      curRcptNo: count,
      totRcptNo: count,
      intrlData: text,
      rcptSign: text,
      sdcDateTime: text,
      confirmedAt: instant.nullable(),
      changedAt: instant,
    }),
    invoices: rows({ tin: text, fields, confirmedAt: instant.nullable(), changedAt: instant }),
    purchases: rows({ ...unit, invcNo: z.number(), fields, changedAt: instant }),
    imports: rows({ tin: text, taskCd: text, dclDe: text, itemSeq: z.number(), fields, changedAt: instant }),
    progress: rows({
      ...unit,
      invcNo: z.number(),
      purchaseInvcNo: z.number(),
      sarNo: z.number(),
      receipts: count,
      saleReceipts: count,
      creditNoteReceipts: count,
      hasFetchedClasses: z.boolean(),
    }),
    itemSequences: rows({ tin: text, last: count }),
    passed: rows({ tin: text, number: count, at: instant }),
  }),
  counters: z.strictObject({
    tokenRequests: count,
    appTokenRequests: count,
    accepted: z.record(z.string(), count),
    rejected: z.record(z.string(), count),
    stored: count,
  }),
})

/** Takes the snapshot. */
export function save(world: World): object {
  const { credentials, signingKey, switches, ids, tokens, data, counters } = world
  const rows = rowsOf(data)
  return { credentials, signingKey, switches, drawn: ids.drawn(), tokens: tokens.snapshot(), rows, counters }
}

/** @throws {InputError} It is not what {@link save} gave. */
export function readSaved(input: unknown): Saved {
  const help = 'Start with another file, or move this one away to begin anew.'
  const { credentials, switches, ...rest } = parseInput(schema, input, 'the saved state of etims', help)
  return { ...rest, credentials: Object.freeze(credentials), switches: readSwitches(switches) }
}
