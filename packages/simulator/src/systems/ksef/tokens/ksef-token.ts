/**
 * KSeF tokens: long-lived credentials with fixed permissions. Only a hash of the text is kept.
 *
 * @see spec/ksef.md sections 2.14, B.2
 * @module
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { plan } from '../agenda.ts'
import { type Context, contextRow, type Identity, identityRow } from '../identity.ts'
import { tokenPermissions } from '../permissions/names.ts'
import type { World } from '../world.ts'

/** The states. */
export const ksefTokenStatuses = ['Pending', 'Active', 'Revoking', 'Revoked', 'Failed'] as const

/** A KSeF token. Instants are epoch milliseconds. */
export const ksefTokenRow = z.strictObject({
  /** The EC number. */
  reference: z.string(),
  /** SHA-256 of the text, hex. */
  hash: z.string(),
  author: identityRow,
  context: contextRow,
  description: z.string(),
  permissions: z.array(z.enum(tokenPermissions)),
  createdAt: z.number(),
  lastUsedAt: z.number().nullable(),
  status: z.enum(ksefTokenStatuses),
  statusDetails: z.array(z.string()),
})

/** A row. */
export type KsefToken = z.infer<typeof ksefTokenRow>

/** The text of a token. `secret`: 64 hex digits. */
export function tokenText(reference: string, { type, value }: Context, secret: string): string {
  return `${reference}|${type === 'Nip' ? 'nip' : 'internalId'}-${value}|${secret}`
}

/** What is kept of a text. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** True of the text that the token was made with. */
export function holdsSecret({ hash }: KsefToken, text: string): boolean {
  return timingSafeEqual(Buffer.from(hash, 'hex'), Buffer.from(hashOf(text), 'hex'))
}

/** What a new token is for. */
export interface NewKsefToken {
  readonly author: Identity
  readonly context: Context
  readonly description: string
  readonly permissions: KsefToken['permissions']
}

/** Makes a token, which becomes active later. The text is in no row. */
export function createKsefToken(world: World, wanted: NewKsefToken): { reference: string; token: string } {
  const now = world.now()
  const reference = world.ids.reference('EC', now)
  const token = tokenText(reference, wanted.context, world.ids.tokenSecret())
  world.tables.ksefTokens.set({
    reference,
    hash: hashOf(token),
    ...wanted,
    createdAt: now,
    lastUsedAt: null,
    status: 'Pending',
    statusDetails: [],
  })
  plan(world, 'activateKsefToken', reference, world.switches.ksefTokenMs)
  return { reference, token }
}

/** From `Pending` to `Active`, unless it was revoked or failed meanwhile. */
export function activateKsefToken(world: World, reference: string): void {
  const token = world.tables.ksefTokens.get(reference)
  if (token?.status === 'Pending') token.status = 'Active'
}

/** Begins a revocation; what is revoked or failed stays as it is. */
export function revokeKsefToken(world: World, token: KsefToken): void {
  if (token.status !== 'Pending' && token.status !== 'Active') return
  token.status = 'Revoking'
  plan(world, 'finishKsefTokenRevocation', token.reference, world.switches.ksefTokenMs)
}

/** From `Revoking` to `Revoked`. */
export function finishKsefTokenRevocation(world: World, reference: string): void {
  const token = world.tables.ksefTokens.get(reference)
  if (token?.status === 'Revoking') token.status = 'Revoked'
}
