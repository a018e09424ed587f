/**
 * The switches of the KSeF imitation, their defaults and the reason for each.
 *
 * @see spec/ksef.md sections 2.6, 2.10, B.1, B.3
 * @module
 */
import { z } from 'zod'
import { parseInput } from '../../input-error.ts'
import { type Action, actionSchema } from './actions.ts'
import { type StatusCode, statusCodes } from './auth/statuses.ts'

/** All switches, each with a value. */
export interface KsefSwitches {
  /** The life of a challenge. @default 600 */
  readonly challengeSeconds: number
  /** The life of an authentication token. @default 2700 */
  readonly authenticationTokenSeconds: number
  /** The life of an access token. @default 900 */
  readonly accessTokenSeconds: number
  /** The life of a refresh token. @default 604800 */
  readonly refreshTokenSeconds: number
  /** From the submission of an authentication to its decision. @default 500 */
  readonly authenticationMs: number
  /** From `Pending` to `Active`, and from `Revoking` to `Revoked`, of a KSeF token. @default 1000 */
  readonly ksefTokenMs: number
  /** From a grant or a revocation to its end. @default 1000 */
  readonly permissionOperationMs: number
  /** From the request for a KSeF certificate to the certificate, and from `Blocked` to `Revoked`. @default 1000 */
  readonly certificateMs: number
  /** From the consent to attachments until it holds. @default 1000 */
  readonly attachmentConsentMs: number
  /** What every authentication ends in; null: what it deserves. @default null */
  readonly outcome: { readonly status: StatusCode; readonly detail?: string | undefined } | null
  /** Takes certificates that sign themselves, as TEST does; otherwise they are refused with 21115. @default true */
  readonly acceptSelfSigned: boolean
  /** Refuses signatures and digests with SHA-1, as DEMO and production do. @default true */
  readonly refuseSha1: boolean
  /** Counts requests against the limits of production. @default true */
  readonly rateLimits: boolean
  /** How the service sees every caller; null: by the address of the connection. @default null */
  readonly clientIp: string | null
  /** How far the service's clock is from the simulator's. @default 0 */
  readonly clockSkewMs: number
  /** Text of the header `X-System-Warning` on every answer; null: none. @default null */
  readonly systemWarning: string | null
  /** Every JSON object that is answered has a member that no version of the API knows. @default false */
  readonly unknownMembers: boolean
  /** Lists by continuation token begin with an empty page that has a token. @default false */
  readonly emptyPages: boolean
  /** What is to happen; done at once, and again after a reset where it was an option of the start. @default [] */
  readonly actions: readonly Action[]
}

const defaults: KsefSwitches = {
  challengeSeconds: 600,
  authenticationTokenSeconds: 2700,
  accessTokenSeconds: 900,
  refreshTokenSeconds: 604_800,
  authenticationMs: 500,
  ksefTokenMs: 1000,
  permissionOperationMs: 1000,
  certificateMs: 1000,
  attachmentConsentMs: 1000,
  outcome: null,
  acceptSelfSigned: true,
  refuseSha1: true,
  rateLimits: true,
  clientIp: null,
  clockSkewMs: 0,
  systemWarning: null,
  unknownMembers: false,
  emptyPages: false,
  actions: [],
}

const seconds = z.int().min(1).max(31_536_000)
const milliseconds = z.number().min(0).max(2_592_000_000)
const schema = z.strictObject({
  challengeSeconds: seconds,
  authenticationTokenSeconds: seconds,
  accessTokenSeconds: seconds,
  refreshTokenSeconds: seconds,
  authenticationMs: milliseconds,
  ksefTokenMs: milliseconds,
  permissionOperationMs: milliseconds,
  certificateMs: milliseconds,
  attachmentConsentMs: milliseconds,
  outcome: z.strictObject({ status: z.literal(statusCodes), detail: z.string().max(500).optional() }).nullable(),
  acceptSelfSigned: z.boolean(),
  refuseSha1: z.boolean(),
  rateLimits: z.boolean(),
  clientIp: z.string().min(1).max(100).nullable(),
  clockSkewMs: z.number().min(-86_400_000).max(86_400_000),
  systemWarning: z
    .string()
    .regex(/^[\x20-\x7e]{1,1000}$/)
    .nullable(),
  unknownMembers: z.boolean(),
  emptyPages: z.boolean(),
  actions: z.array(actionSchema).max(1000),
})
const partialSchema: z.ZodType<{ readonly [Name in keyof KsefSwitches]?: KsefSwitches[Name] | undefined }> =
  schema.partial()

/**
 * Checks a change of switches and applies it to what is set already.
 *
 * @throws {InputError} Something is unknown or out of range.
 */
export function readSwitches(input: unknown, current: KsefSwitches = defaults): KsefSwitches {
  const help = `Known switches: ${Object.keys(defaults).join(', ')}.`
  const change = parseInput(partialSchema, input, 'the switches of ksef', help)
  return { ...current, ...Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) }
}
