/**
 * The switches of the Truphone imitation, their defaults and the reason for each.
 *
 * @see spec/truphone.md sections 3.3, 4, 10, 12.7, 14
 * @module
 */
import { z } from 'zod'
import { isLoopbackHost } from '../../addresses.ts'
import { parseInput } from '../../input-error.ts'
import { type Action, actionSchema } from './actions.ts'
import type { ForeignIssuer } from './keycloak/foreign-tokens.ts'
import { type Profile, profileNames, type ProfileSettings, profileSettings } from './profiles.ts'
import { type Ruling, type Situation, situations } from './rulings.ts'

/** All switches, each with a value. Times in seconds are Keycloak's settings, those in milliseconds the API's. */
export interface TruphoneSwitches extends ProfileSettings {
  /** Which Keycloak stands behind the token endpoint; setting it sets its three settings, too. @default 'kc26-refresh' */
  readonly profile: Profile
  /** `expires_in`. @default 300 */
  readonly accessTokenLifespan: number
  /** The life of a refresh token, and of a KC session that is not used. @default 1800 */
  readonly ssoSessionIdleTimeout: number
  /** The life of a KC session. @default 36000 */
  readonly ssoSessionMaxLifespan: number
  /** A refresh starts the idle timeout again. @default true */
  readonly slidingIdle: boolean
  /** A refresh answers with a new refresh token (the client setting "Use Refresh Tokens"). @default true */
  readonly newRefreshToken: boolean
  /** The replay of a used-up refresh token detaches the client from the KC session. @default true */
  readonly replayEndsFamily: boolean
  /** Epoch seconds; tokens that were issued before are void. @default 0 */
  readonly notBefore: number
  /** Refresh tokens are JWTs, or 64 characters. @default 'jwt' */
  readonly refreshTokenForm: 'jwt' | 'opaque'
  /** The API checks signature and expiry alone, or asks whether the token was revoked. @default 'offline' */
  readonly tokenCheck: 'offline' | 'online'
  /** The API takes the tokens of another, real Keycloak on loopback instead of its own. @default null */
  readonly verify: ForeignIssuer | null
  /** 401 of the API with `WWW-Authenticate`. @default false */
  readonly wwwAuthenticate: boolean
  /** A request without `X-Correlation-ID` is refused. @default false */
  readonly requireCorrelationId: boolean
  /** Requests to the API in a second per client; null is no limit. @default null */
  readonly ratePerSecond: number | null
  /** Requests to the API in a day (GMT) per client; null is no limit. @default null */
  readonly dailyQuota: number | null
  /** 429 with `Retry-After`. @default true */
  readonly retryAfter: boolean
  /** Which spelling is served. @default 'both' */
  readonly productsPath: 'both' | 'products' | 'product'
  /** Serves `/esim/v1`, the deprecated path of production. @default true */
  readonly esimPath: boolean
  /** From `ACCEPTED` to `FULFILLING`. @default 200 */
  readonly orderAcceptedMs: number
  /** From `FULFILLING` to the end. @default 800 */
  readonly orderFulfillingMs: number
  /** What becomes of orders whose `device.id` does not say (`sim-fail…`, `sim-slow…`). @default 'complete' */
  readonly orderOutcome: 'complete' | 'fail' | 'slow'
  /** As in the vendor's property table. @default 'FULFILLING' */
  readonly fulfillingSpelling: 'FULFILLING' | 'FULFILING'
  /** `lpa_url` of orders with the vendor's stray percent signs. @default false */
  readonly malformedLpaUrl: boolean
  /** Top-ups need `countryCode`. @default false */
  readonly topUpCountry: 'optional' | 'required'
  /** EIDs need valid check digits. @default false */
  readonly strictEid: boolean
  /** With an EID, each install step takes this long by itself; null: none happens. @default null */
  readonly pushInstallMs: number | null
  /** How long a SIM is `Unavailable`; null: until it is moved. @default 60000 */
  readonly unavailableMs: number | null
  /** From `activate` to `ACTIVE`. @default 2000 */
  readonly activationDelayMs: number
  /** Preferences spell `SUBSCRITPION_END`, as in the vendor's example. @default false */
  readonly typoInPreferences: boolean
  /** The number of the first page. @default 0 */
  readonly firstPage: 0 | 1
  /** Subscriptions without `status`, as in one vendor example. @default 'sent' */
  readonly subscriptionStatus: 'sent' | 'missing'
  /** Listed payment methods have their `id`. @default false */
  readonly paymentMethodIds: boolean
  /** From an event to its webhook. @default 50 */
  readonly webhookDelayMs: number
  /** Waits before further tries of a webhook that failed or was not answered 2xx. @default [] */
  readonly webhookRetriesMs: readonly number[]
  /** Every webhook comes twice. @default false */
  readonly webhookDuplicates: boolean
  /** The end before the threshold where both happen at once. @default false */
  readonly webhookReversed: boolean
  /** `iccid` as a JSON number, as in the first edition: most parsers then lose its last digits. @default false */
  readonly iccidAsNumber: boolean
  /** `threshold` in the end's body instead, as in the vendor's examples. @default false */
  readonly swappedThreshold: boolean
  /** Pre-production forgets at 04:00 GMT what was not used for 72 hours. @default true */
  readonly recycling: boolean
  /** Other answers to undocumented situations. @default {} */
  readonly rulings: { readonly [Name in Situation]?: Ruling | undefined }
  /** What is to happen; done at once, and again after a reset where it was an option of the start. @default [] */
  readonly actions: readonly Action[]
}

const defaults: TruphoneSwitches = {
  profile: 'kc26-refresh',
  ...profileSettings['kc26-refresh'],
  accessTokenLifespan: 300,
  ssoSessionIdleTimeout: 1800,
  ssoSessionMaxLifespan: 36_000,
  slidingIdle: true,
  newRefreshToken: true,
  replayEndsFamily: true,
  notBefore: 0,
  refreshTokenForm: 'jwt',
  tokenCheck: 'offline',
  verify: null,
  wwwAuthenticate: false,
  requireCorrelationId: false,
  ratePerSecond: null,
  dailyQuota: null,
  retryAfter: true,
  productsPath: 'both',
  esimPath: true,
  orderAcceptedMs: 200,
  orderFulfillingMs: 800,
  orderOutcome: 'complete',
  fulfillingSpelling: 'FULFILLING',
  malformedLpaUrl: false,
  topUpCountry: 'optional',
  strictEid: false,
  pushInstallMs: null,
  unavailableMs: 60_000,
  activationDelayMs: 2000,
  typoInPreferences: false,
  firstPage: 0,
  subscriptionStatus: 'sent',
  paymentMethodIds: false,
  webhookDelayMs: 50,
  webhookRetriesMs: [],
  webhookDuplicates: false,
  webhookReversed: false,
  iccidAsNumber: false,
  swappedThreshold: false,
  recycling: true,
  rulings: {},
  actions: [],
}

const seconds = z.int().min(1).max(31_536_000)
const milliseconds = z.number().min(0).max(2_592_000_000)
const ruling = z.strictObject({ status: z.int().min(400).max(599), type: z.string().min(1).max(100) })
const loopbackUrl = z.string().refine((text) => {
  const url = URL.canParse(text) ? new URL(text) : null
  return url !== null && /^https?:$/.test(url.protocol) && isLoopbackHost(url.hostname)
}, 'expected an http(s) URL on loopback')
const schema = z.strictObject({
  profile: z.enum(profileNames),
  refreshTokens: z.boolean(),
  revokeRefreshToken: z.boolean(),
  refreshTokenMaxReuse: z.int().min(0).max(100),
  accessTokenLifespan: seconds,
  ssoSessionIdleTimeout: seconds,
  ssoSessionMaxLifespan: seconds,
  slidingIdle: z.boolean(),
  newRefreshToken: z.boolean(),
  replayEndsFamily: z.boolean(),
  notBefore: z.int().min(0),
  refreshTokenForm: z.enum(['jwt', 'opaque']),
  tokenCheck: z.enum(['offline', 'online']),
  verify: z.strictObject({ jwksUrl: loopbackUrl, issuer: z.string().min(1).max(1000) }).nullable(),
  wwwAuthenticate: z.boolean(),
  requireCorrelationId: z.boolean(),
  ratePerSecond: z.int().min(1).nullable(),
  dailyQuota: z.int().min(1).nullable(),
  retryAfter: z.boolean(),
  productsPath: z.enum(['both', 'products', 'product']),
  esimPath: z.boolean(),
  orderAcceptedMs: milliseconds,
  orderFulfillingMs: milliseconds,
  orderOutcome: z.enum(['complete', 'fail', 'slow']),
  fulfillingSpelling: z.enum(['FULFILLING', 'FULFILING']),
  malformedLpaUrl: z.boolean(),
  topUpCountry: z.enum(['optional', 'required']),
  strictEid: z.boolean(),
  pushInstallMs: milliseconds.nullable(),
  unavailableMs: milliseconds.nullable(),
  activationDelayMs: milliseconds,
  typoInPreferences: z.boolean(),
  firstPage: z.union([z.literal(0), z.literal(1)]),
  subscriptionStatus: z.enum(['sent', 'missing']),
  paymentMethodIds: z.boolean(),
  webhookDelayMs: milliseconds,
  webhookRetriesMs: z.array(milliseconds).max(10),
  webhookDuplicates: z.boolean(),
  webhookReversed: z.boolean(),
  iccidAsNumber: z.boolean(),
  swappedThreshold: z.boolean(),
  recycling: z.boolean(),
  rulings: z.partialRecord(z.enum(situations), ruling),
  actions: z.array(actionSchema).max(1000),
})
const partialSchema: z.ZodType<{ readonly [Name in keyof TruphoneSwitches]?: TruphoneSwitches[Name] | undefined }> =
  schema.partial()

/**
 * Checks a change of switches and applies it to what is set already. A profile brings its settings, unless the same
 * change gives others.
 *
 * @throws {InputError} Something is unknown or out of range.
 */
export function readSwitches(input: unknown, current: TruphoneSwitches = defaults): TruphoneSwitches {
  const help = `Known switches: ${Object.keys(defaults).join(', ')}.`
  const change = parseInput(partialSchema, input, 'the switches of truphone', help)
  const given = Object.entries(change).filter(([, value]) => value !== undefined)
  const ofProfile = change.profile === undefined ? {} : profileSettings[change.profile]
  return { ...current, ...ofProfile, ...Object.fromEntries(given) }
}
