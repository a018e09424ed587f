/**
 * What of Daraja outlives a restart, and the check of what is read back.
 *
 * @module
 */
import { createPrivateKey, type KeyObject } from 'node:crypto'
import { z } from 'zod'
import { bodyMaxBytes } from '../../answers.ts'
import { scheduleMax } from '../../clock.ts'
import { InputError, parseInput } from '../../input-error.ts'
import type { Inquiry } from './account-balance.ts'
import type { Identity } from './credentials.ts'
import type { SavedIds } from './ids.ts'
import { type Payment, paymentsMax } from './payments.ts'
import { type DarajaSwitches, readSwitches } from './switches.ts'
import { type SavedTokens, tokensMax } from './tokens.ts'
import type { Counters, World } from './world.ts'

/** The parts as they are restored. */
export interface Saved {
  readonly identity: Identity
  readonly switches: DarajaSwitches
  readonly ids: SavedIds
  readonly tokens: SavedTokens
  readonly payments: readonly Payment[]
  readonly inquiries: readonly Inquiry[]
  /** Cents by account. */
  readonly ledger: Readonly<Record<string, number>>
  readonly failedAttempts: number
  readonly counters: Counters
}

const text = z.string().max(bodyMaxBytes) // Nothing longer fits into a request.
const instant = z.number()
const count = z.int().min(0)
const code = z.union([z.int(), z.literal('SFC_IC0003')])
const cause = z.enum(['tokenUnknown', 'tokenExpired', 'tokenReplaced', 'tokenInvalidated'])

const schema = z.strictObject({
  credentials: z.strictObject({
    consumerKey: text.min(1),
    consumerSecret: text.min(1),
    shortCode: text.min(1),
    passkey: text.min(1),
    initiator: text.min(1),
    initiatorPassword: text.min(1),
    securityCredential: text.min(1),
    certificate: text.min(1),
    msisdn: text.min(1),
  }),
  privateKey: text,
  switches: z.unknown(),
  ids: z.strictObject({ node: text, counter: count, lastCheckout: text, lastCheckoutAt: instant, drawn: count }),
  tokens: z.strictObject({
    records: z
      .array(
        z.strictObject({
          value: text,
          expiresAt: instant,
          end: z.strictObject({ at: instant, cause }).optional(),
        }),
      )
      .max(tokensMax),
    current: text.nullable(),
    issued: count,
  }),
  payments: z
    .array(
      z.strictObject({
        checkoutRequestId: text,
        merchantRequestId: text,
        shortCode: text,
        phone: text,
        amount: count,
        startedAt: instant,
        promptEndsAt: instant,
        plan: z.strictObject({ at: instant, code, callbackUrl: text, isSilent: z.boolean() }),
        outcome: z.strictObject({ at: instant, code, receipt: text.nullable() }).nullable(),
      }),
    )
    .max(paymentsMax),
  inquiries: z
    .array(
      z.strictObject({
        fields: z.strictObject({
          Initiator: text,
          SecurityCredential: text,
          CommandID: text,
          PartyA: text,
          IdentifierType: text,
          Remarks: text,
          QueueTimeOutURL: text,
          ResultURL: text,
        }),
        conversation: z.strictObject({ OriginatorConversationID: text, ConversationID: text }),
        outcome: z.enum(['result', 'timeout', 'never']),
        at: instant,
      }),
    )
    .max(scheduleMax),
  ledger: z.record(z.string(), z.int()),
  failedAttempts: count,
  counters: z.strictObject({
    tokenRequests: count,
    appTokenRequests: count,
    rejected: z.record(z.string(), count),
    lastQueryAt: instant.nullable(),
  }),
})

/** Takes the snapshot. The key that opens security credentials is in it, as PEM. */
export function save(world: World, { privateKey }: Identity): z.input<typeof schema> {
  const { credentials, switches, ids, tokens, payments, inquiries, ledger, initiator, counters } = world
  return {
    credentials: { ...credentials },
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    switches,
    ids: ids.snapshot(),
    tokens: tokens.snapshot() as z.input<typeof schema>['tokens'], // The same, but for `readonly`.
    payments: [...payments.list()],
    inquiries: [...inquiries],
    ledger: ledger.snapshot(),
    failedAttempts: initiator.failedAttempts(),
    counters: { ...counters },
  }
}

/** @throws {InputError} It is not what {@link save} gave. */
export function readSaved(input: unknown): Saved {
  const { credentials, privateKey, switches, ...rest } = parseInput(schema, input, 'the saved state of daraja', help)
  const identity = { credentials: Object.freeze(credentials), privateKey: readKey(privateKey) }
  return { ...rest, identity, switches: readSwitches(switches) }
}

const help = 'Start with another file, or move this one away to begin anew.'

function readKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem)
  } catch {
    throw new InputError(`Not understood: the saved state of daraja (privateKey: not a private key). ${help}`)
  }
}
