/**
 * The switches of the Daraja imitation, their defaults and the reason for each. Where the portal's pages and recorded
 * traffic disagree, the default follows the traffic.
 *
 * @see spec/daraja.md sections 2.8, 3.1, 3.2, 3.9
 * @module
 */
import { z } from 'zod'
import { parseInput } from '../../input-error.ts'

/** The operations, by the names that faults and switches use. */
export const operationNames = ['oauth', 'stkPush', 'stkPushQuery', 'accountBalance'] as const

/** An operation that needs a token. */
export type ProductName = Exclude<(typeof operationNames)[number], 'oauth'>

/** All switches, each with a value. */
export interface DarajaSwitches {
  /** Seconds, 0 to a year. @default 3599 */
  readonly tokenLifetimeSeconds: number
  /** What a new token does to the one before: kills it, leaves it, is the same one until that expires, or kills it later. @default 'invalid' */
  readonly previousToken: 'invalid' | 'valid' | 'same' | { readonly graceSeconds: number }
  /** How `expires_in` is written. @default 'string' */
  readonly expiresInType: 'string' | 'number' | 'missing' | 'garbage'
  /** The answer to a wrong consumer key or secret. @default 'empty-400' */
  readonly badCredentials: 'empty-400' | 'json-400' | 'empty-401' | 'json-401'
  /** Operations that the app may not use. @default [] */
  readonly productsMissing: readonly ProductName[]
  /** How such an operation is refused: with `401.003.01 … no apiproduct match found`, or as if the token were bad. @default 'no-product-match' */
  readonly missingProductAnswer: 'no-product-match' | 'family'
  /** From the acknowledgement's decision to the outcome, in milliseconds of the simulator's clock. Short, so that demos are quick. @default 50 */
  readonly callbackDelayMs: number
  /** How long a prompt lives on the phone, in milliseconds. @default 60000 */
  readonly promptTimeoutMs: number
  /** What becomes of the STK callback. @default 'once' */
  readonly stkCallback: 'once' | 'never' | 'duplicate' | 'beforeAck'
  /** What the query says while a payment is pending. `not-found` lasts 30 s, then `4999`. @default '4999' */
  readonly stkPending: '4999' | 'error-500' | 'error-200' | 'empty-error' | 'not-found'
  /** The sandbox allows one query in 12 s; off, so that builds are not slowed down. @default false */
  readonly queryRateLimit: boolean
  /** What becomes of a balance request. @default 'result' */
  readonly balanceOutcome: 'result' | 'timeout' | 'never'
  /** Whether the documented lengths of references, descriptions and remarks are enforced. @default 'enforced' */
  readonly fieldLengths: 'enforced' | 'ignored'
}

const defaults: DarajaSwitches = {
  tokenLifetimeSeconds: 3599,
  previousToken: 'invalid',
  expiresInType: 'string',
  badCredentials: 'empty-400',
  productsMissing: [],
  missingProductAnswer: 'no-product-match',
  callbackDelayMs: 50,
  promptTimeoutMs: 60_000,
  stkCallback: 'once',
  stkPending: '4999',
  queryRateLimit: false,
  balanceOutcome: 'result',
  fieldLengths: 'enforced',
}

const seconds = z.int().min(0).max(31_536_000)
const milliseconds = z.number().min(0).max(86_400_000)
const schema = z.strictObject({
  tokenLifetimeSeconds: seconds,
  previousToken: z.union([z.enum(['invalid', 'valid', 'same']), z.strictObject({ graceSeconds: seconds })]),
  expiresInType: z.enum(['string', 'number', 'missing', 'garbage']),
  badCredentials: z.enum(['empty-400', 'json-400', 'empty-401', 'json-401']),
  productsMissing: z.array(z.enum(['stkPush', 'stkPushQuery', 'accountBalance'])).max(10),
  missingProductAnswer: z.enum(['no-product-match', 'family']),
  callbackDelayMs: milliseconds,
  promptTimeoutMs: milliseconds,
  stkCallback: z.enum(['once', 'never', 'duplicate', 'beforeAck']),
  stkPending: z.enum(['4999', 'error-500', 'error-200', 'empty-error', 'not-found']),
  queryRateLimit: z.boolean(),
  balanceOutcome: z.enum(['result', 'timeout', 'never']),
  fieldLengths: z.enum(['enforced', 'ignored']),
})
const partialSchema: z.ZodType<{ readonly [Name in keyof DarajaSwitches]?: DarajaSwitches[Name] | undefined }> =
  schema.partial()

/**
 * Checks a change of switches and applies it to what is set already.
 *
 * @throws {InputError} Something is unknown or out of range.
 */
export function readSwitches(input: unknown, current: DarajaSwitches = defaults): DarajaSwitches {
  const help = `Known switches: ${Object.keys(defaults).join(', ')}.`
  const change = parseInput(partialSchema, input, 'the switches of daraja', help)
  const given = Object.entries(change).filter(([, value]) => value !== undefined)
  return { ...current, ...Object.fromEntries(given) }
}
