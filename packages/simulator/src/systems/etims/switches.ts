/**
 * The switches of the eTIMS imitation, their defaults and the reason for each. A switch that the two faces may have
 * differently takes one value for both, or `{ direct, gateway }`.
 *
 * @see spec/etims.md section 10
 * @module
 */
import { z } from 'zod'
import { parseInput } from '../../input-error.ts'
import { type OperationName, operationNames } from './operation-names.ts'

/** The two live APIs (spec/etims.md 1.1). */
export type Face = 'direct' | 'gateway'

/** How much is checked: see `presets.ts`. */
export type Preset = 'lenient' | 'spec' | 'live'

/** A value for each face. */
export interface PerFace<Value> {
  readonly direct: Value
  readonly gateway: Value
}

/** How it may be given: for both, for one, for each. */
export type FaceChoice<Value> = Value | { readonly direct?: Value | undefined; readonly gateway?: Value | undefined }

/** How a business call whose token is no good is answered (spec/etims.md 2.4). */
export type TokenRefusalShape =
  'header-401' | 'fault-expired-401' | 'fault-expired-500' | 'fault-invalid-401' | 'fault-invalid-500'

/** A result code for the next calls. */
export interface NextResult {
  /** Without it, the calls of every operation. */
  readonly operation?: OperationName | undefined
  /** For example `999`. On the gateway it comes in an envelope, so that the code can be read. */
  readonly resultCd: string
  readonly resultMsg?: string | undefined
  /** How many calls, 1 to 1,000,000. @default 1 */
  readonly count?: number | undefined
  /** The call is carried out first, so that its real outcome is hidden. @default false */
  readonly processed?: boolean | undefined
}

/** The next business calls find their token refused, whatever it is. */
export interface NextTokenRefusals {
  readonly count: number
  readonly shape: TokenRefusalShape
}

/** All switches, each with a value. */
export interface EtimsSwitches {
  /** Whether business calls need a bearer token. @default { direct: 'if-present', gateway: 'required' } */
  readonly auth: FaceChoice<'off' | 'if-present' | 'required'>
  /** Gateway calls that need the header `apigee_app_id`. @default 'saveItem' */
  readonly requireAppId: 'none' | 'saveItem' | 'all'
  /** How much is checked. @default { direct: 'spec', gateway: 'live' } */
  readonly rules: FaceChoice<Preset>
  /** The text of a success: `It is succeeded` or `Successful`. @default { direct: 'sample', gateway: 'live' } */
  readonly resultMsg: FaceChoice<'sample' | 'live'>
  /** Seconds, 0 to a year. @default 3599 */
  readonly tokenTtl: number
  /** How `expires_in` is written. @default 'string' */
  readonly expiresInType: 'string' | 'number' | 'missing' | 'garbage'
  /** The answer to a wrong key or secret. @default 'empty-400' */
  readonly badCredentials: 'empty-400' | 'error-400' | 'error-200' | 'fault-401' | 'fault-500' | 'overloaded-504'
  /** The answer to a business call with a bad token. @default 'header-401' */
  readonly tokenRefusal: TokenRefusalShape
  /** The sale's answer has `"curRcptNo "` and `"totRcptNo "`, as in the sample of the specification. @default false */
  readonly responseKeyQuirk: boolean
  /** Accepts any taxpayer, branch, device and key, and makes them on first use. @default false */
  readonly autoProvision: boolean
  /** What a duplicate is answered with; VSCU says 899. @default '994' */
  readonly duplicateCode: '994' | '899'
  /** `curRcptNo` counts as `totRcptNo` does, or per receipt type. @default 'equal' */
  readonly receiptCounters: 'equal' | 'perType'
  /** Saving a known item again. @default 'update' */
  readonly itemDuplicate: 'update' | '994'
  /** A branch that the taxpayer does not have: `901`, or on stock calls the misleading text of the live gateway. @default '901' */
  readonly wrongBranch: '901' | 'taxTypeText'
  /** The oldest `lastReqDt`, in days; null is no limit. @default null */
  readonly lastReqDtMaxAgeDays: number | null
  /** Result codes for the next calls, in order. @default [] */
  readonly nextResults: readonly NextResult[]
  /** The next business calls find their token refused in this shape. @default null */
  readonly nextTokenRefusals: NextTokenRefusals | null
}

const defaults: EtimsSwitches = {
  auth: { direct: 'if-present', gateway: 'required' },
  requireAppId: 'saveItem',
  rules: { direct: 'spec', gateway: 'live' },
  resultMsg: { direct: 'sample', gateway: 'live' },
  tokenTtl: 3599,
  expiresInType: 'string',
  badCredentials: 'empty-400',
  tokenRefusal: 'header-401',
  responseKeyQuirk: false,
  autoProvision: false,
  duplicateCode: '994',
  receiptCounters: 'equal',
  itemDuplicate: 'update',
  wrongBranch: '901',
  lastReqDtMaxAgeDays: null,
  nextResults: [],
  nextTokenRefusals: null,
}

const perFace = <Value extends z.ZodType>(value: Value) =>
  z.union([value, z.strictObject({ direct: value.optional(), gateway: value.optional() })])
const refusalShape = z.enum([
  'header-401',
  'fault-expired-401',
  'fault-expired-500',
  'fault-invalid-401',
  'fault-invalid-500',
])
const count = z.int().min(1).max(1_000_000)
const schema = z.strictObject({
  auth: perFace(z.enum(['off', 'if-present', 'required'])),
  requireAppId: z.enum(['none', 'saveItem', 'all']),
  rules: perFace(z.enum(['lenient', 'spec', 'live'])),
  resultMsg: perFace(z.enum(['sample', 'live'])),
  tokenTtl: z.int().min(0).max(31_536_000),
  expiresInType: z.enum(['string', 'number', 'missing', 'garbage']),
  badCredentials: z.enum(['empty-400', 'error-400', 'error-200', 'fault-401', 'fault-500', 'overloaded-504']),
  tokenRefusal: refusalShape,
  responseKeyQuirk: z.boolean(),
  autoProvision: z.boolean(),
  duplicateCode: z.enum(['994', '899']),
  receiptCounters: z.enum(['equal', 'perType']),
  itemDuplicate: z.enum(['update', '994']),
  wrongBranch: z.enum(['901', 'taxTypeText']),
  lastReqDtMaxAgeDays: z.int().min(0).max(36_600).nullable(),
  nextResults: z
    .array(
      z.strictObject({
        operation: z.enum(operationNames).optional(),
        resultCd: z.string().min(1).max(5),
        resultMsg: z.string().max(1000).optional(),
        count: count.optional(),
        processed: z.boolean().optional(),
      }),
    )
    .max(1000),
  nextTokenRefusals: z.strictObject({ count, shape: refusalShape }).nullable(),
})
const partialSchema: z.ZodType<{ readonly [Name in keyof EtimsSwitches]?: EtimsSwitches[Name] | undefined }> =
  schema.partial()

/**
 * Checks a change of switches and applies it to what is set already. A face that is not named keeps its value.
 *
 * @throws {InputError} Something is unknown or out of range.
 */
export function readSwitches(input: unknown, current: EtimsSwitches = defaults): EtimsSwitches {
  const help = `Known switches: ${Object.keys(defaults).join(', ')}.`
  const change = parseInput(partialSchema, input, 'the switches of etims', help)
  const given = Object.entries(change).filter(([, value]) => value !== undefined)
  const merged: EtimsSwitches = { ...current, ...Object.fromEntries(given) }
  return {
    ...merged,
    auth: spread(merged.auth, current.auth),
    rules: spread(merged.rules, current.rules),
    resultMsg: spread(merged.resultMsg, current.resultMsg),
  }
}

/** The value of one face. */
export function forFace<Value extends string>(choice: FaceChoice<Value>, face: Face): Value {
  const value = typeof choice === 'object' ? choice[face] : choice
  if (value === undefined) throw new TypeError(`No value for the ${face} face.`) // readSwitches has filled both.
  return value
}

function spread<Value extends string>(choice: FaceChoice<Value>, before: FaceChoice<Value>): PerFace<Value> {
  if (typeof choice === 'string') return { direct: choice, gateway: choice }
  return {
    direct: choice.direct ?? forFace(before, 'direct'),
    gateway: choice.gateway ?? forFace(before, 'gateway'),
  }
}
