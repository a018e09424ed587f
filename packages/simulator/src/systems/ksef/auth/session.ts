/**
 * An authentication from its submission on, and the session that it opens.
 *
 * @see spec/ksef.md sections 2.9, 2.10, 2.12, B.2
 * @module
 */
import { z } from 'zod'
import { contextRow, identityRow } from '../identity.ts'
import { effectivePermissions } from '../permissions/model.ts'
import type { Permission } from '../permissions/names.ts'
import type { World } from '../world.ts'
import { ipPolicyRow } from './ip-policy.ts'
import { methodNames } from './methods.ts'
import { statusCodes, statusDetails } from './statuses.ts'

const instant = z.number().nullable()
const attribute = z.string().nullable()

/** The attributes of a certificate's subject that KSeF reads. */
const subjectRow = z.strictObject({
  commonName: attribute,
  countryName: attribute,
  givenName: attribute,
  surname: attribute,
  serialNumber: attribute,
  organizationName: attribute,
  organizationIdentifier: attribute,
})

/** What is remembered of the certificate that signed. */
const certificateRow = z.strictObject({
  /** 64 upper-case hex digits. */
  fingerprint: z.string(),
  notBefore: z.number(),
  notAfter: z.number(),
  subject: subjectRow,
  /** Why the certificate or its chain is not to be trusted, as `details` of 460; null: nothing is wrong. */
  distrust: z.string().nullable(),
})

/** An authentication. Instants are epoch milliseconds. */
export const sessionRow = z.strictObject({
  /** The AU number. */
  reference: z.string(),
  startedAt: z.number(),
  method: z.enum(methodNames),
  /** Null: a KSeF token that nobody could read. */
  identity: identityRow.nullable(),
  context: contextRow,
  ipPolicy: ipPolicyRow.nullable(),
  /** The EC number of the KSeF token, where that was the way. */
  ksefToken: z.string().nullable(),
  certificate: certificateRow.nullable(),
  /** Why the KSeF token is refused, as `details` of 450, found at the submission. */
  tokenFault: z.string().nullable(),
  challengeExpiresAt: z.number(),
  status: z.literal(statusCodes),
  detail: z.string().nullable(),
  redeemedAt: instant,
  refreshExpiresAt: instant,
  lastRefreshAt: instant,
  /** When the access tokens that were issued for it end; those that have ended are dropped. */
  accessEnds: z.array(z.number()),
})

/** A row. */
export type Session = z.infer<typeof sessionRow>
export type Subject = z.infer<typeof subjectRow>
export type SigningCertificate = z.infer<typeof certificateRow>

/** The permissions that the session has now: those of its KSeF token, or of the identity in the context. */
export function permissionsOf(world: World, session: Session): readonly Permission[] {
  if (session.ksefToken !== null) return world.tables.ksefTokens.get(session.ksefToken)?.permissions ?? []
  return session.identity === null ? [] : effectivePermissions(world, session.identity, session.context)
}

/** Ends a session: its refresh token is dead, access tokens that were issued live on. */
export function revoke(session: Session): void {
  session.status = 425
  session.detail = statusDetails[425] ?? null
}

/** True while the session can still do something: undecided and failed ones cannot. */
export function isActive(world: World, session: Session): boolean {
  const end = session.refreshExpiresAt ?? session.startedAt + world.switches.authenticationTokenSeconds * 1000
  return session.status === 200 && world.now() < end
}
