/**
 * What of Truphone outlives a restart, and the check of what is read back.
 *
 * @module
 */
import { createPrivateKey } from 'node:crypto'
import { z } from 'zod'
import { bodyMaxBytes } from '../../answers.ts'
import { InputError, parseInput } from '../../input-error.ts'
import { products } from './catalogue.ts'
import { rememberedMax, type SavedRealm, saveRealm } from './keycloak/realm.ts'
import { type Environment, type Rows, rowsOf, simStatuses } from './rows.ts'
import { readSwitches, type TruphoneSwitches } from './switches.ts'
import { type Counters, storedMax, type World } from './world.ts'

/** The parts as they are restored. */
export interface Saved {
  /** The key that signs refresh tokens. */
  readonly secret: string
  /** The pair that signs access tokens, PEM; null while there is none. */
  readonly privateKey: string | null
  readonly switches: TruphoneSwitches
  /** Of the random stream. */
  readonly drawn: number
  readonly realm: SavedRealm
  readonly stores: Readonly<Record<Environment, Rows>>
  readonly counters: Counters
  readonly recycledAt: number
}

const text = z.string().max(bodyMaxBytes) // Nothing longer fits into a request.
const instant = z.number()
const count = z.int().min(0)
const list = <Row extends z.ZodType>(row: Row, max: number) => z.array(row).max(max)
const owned = { clientId: text, usedAt: instant }
const productId = z.enum(products.map(({ id }) => id))

/** No kind can have more rows than the stored requests have characters. */
const rows = z.strictObject({
  orders: list(
    z.strictObject({
      ...owned,
      id: text,
      kind: z.enum(['NEW_ESIM', 'TOPUP']),
      status: z.enum(['ACCEPTED', 'FULFILLING', 'COMPLETED', 'FAILED']),
      dueAt: instant.nullable(),
      plan: z.enum(['complete', 'fail', 'slow']),
      email: text,
      deviceId: text,
      eid: text.nullable(),
      items: list(z.strictObject({ productId, activationAt: instant.nullable() }), storedMax),
      iccid: text.nullable(),
      subscriptionId: text.nullable(),
    }),
    storedMax,
  ),
  sims: list(
    z.strictObject({
      ...owned,
      iccid: text,
      matchingId: text,
      email: text,
      status: z.enum(simStatuses),
      eid: text.nullable(),
      modifiedAt: instant,
      dueAt: instant.nullable(),
      hooks: z.strictObject({ USAGE_THRESHOLD: text.nullable(), SUBSCRIPTION_END: text.nullable() }),
    }),
    storedMax,
  ),
  subscriptions: list(
    z.strictObject({
      ...owned,
      id: text,
      iccid: text,
      email: text,
      deviceId: text,
      productId,
      status: z.enum(['PENDING', 'ACTIVE', 'DEPLETED', 'EXPIRED']),
      initialBytes: count,
      spentBytes: count,
      activationAt: instant,
      expiresAt: instant,
      dueAt: instant.nullable(),
      createdAt: instant,
      hasPassedThreshold: z.boolean(),
    }),
    storedMax,
  ),
  customers: list(
    z.strictObject({ ...owned, id: text, email: text, fields: z.record(z.string(), z.unknown()) }),
    storedMax,
  ),
  paymentMethods: list(
    z.strictObject({ ...owned, id: text, customerId: text, fields: z.record(z.string(), text) }),
    storedMax,
  ),
  notifications: list(
    z.strictObject({
      id: text,
      type: z.enum(['USAGE_THRESHOLD', 'SUBSCRIPTION_END']),
      url: text,
      iccid: text,
      subscriptionId: text,
      dueAt: instant,
      attempt: count,
    }),
    storedMax,
  ),
})

const schema = z.strictObject({
  secret: text.min(1),
  privateKey: text.nullable(),
  switches: z.unknown(),
  drawn: count,
  realm: z.strictObject({
    sessions: list(
      z.strictObject({
        id: text,
        clientId: text,
        startedAt: instant,
        lastRefreshAt: instant,
        refreshes: count,
        isOffline: z.boolean(),
        isDetached: z.boolean(),
        lastNumber: count,
        usedNumber: count,
        uses: count,
      }),
      rememberedMax,
    ),
    access: list(
      z.strictObject({
        jti: text,
        clientId: text,
        sessionId: text.nullable(),
        issuedAt: instant,
        expiresAt: instant,
        state: z.enum(['good', 'revoked', 'killed']),
      }),
      rememberedMax,
    ),
    refresh: list(
      z.strictObject({
        jti: text,
        clientId: text,
        sessionId: text,
        number: count,
        issuer: text,
        scope: text,
        issuedAt: instant,
        expiresAt: instant.nullable(),
      }),
      rememberedMax,
    ),
    issued: z.strictObject({ sessions: count, access: count, refresh: count }),
  }),
  stores: z.strictObject({ production: rows, preproduction: rows }),
  counters: z.strictObject({
    tokenRequests: count,
    clients: z.record(
      z.string(),
      z.strictObject({ tokenRequests: count, logins: count, refreshes: count, refused: count }),
    ),
    accepted: z.record(z.string(), count),
    rejected: z.record(z.string(), count),
    stored: count,
  }),
  recycledAt: instant,
})

/** Takes the snapshot. The keys are in it. */
export function save(world: World, secret: string): object {
  const { keys, switches, ids, realm, stores, counters, recycledAt } = world
  return {
    secret,
    privateKey: keys.saved(),
    switches: { ...switches, actions: [] }, // Done is done.
    drawn: ids.drawn(),
    realm: saveRealm(realm),
    stores: { production: rowsOf(stores.production), preproduction: rowsOf(stores.preproduction) },
    counters: structuredClone(counters),
    recycledAt,
  }
}

/** @throws {InputError} It is not what {@link save} gave. */
export function readSaved(input: unknown): Saved {
  const help = 'Start with another file, or move this one away to begin anew.'
  const { switches, ...rest } = parseInput(schema, input, 'the saved state of truphone', help)
  if (rest.privateKey !== null && !isPrivateKey(rest.privateKey)) {
    throw new InputError(`Not understood: the saved state of truphone (privateKey: no key). ${help}`)
  }
  return { ...rest, switches: readSwitches(switches) }
}

function isPrivateKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'rsa'
  } catch {
    return false
  }
}
