/**
 * The rows of permissions: grants, and the operations that make and remove them.
 *
 * @see spec/ksef.md sections 3.5, 3.6, 3.18
 * @module
 */
import { z } from 'zod'
import { contextRow, identityKinds, identityRow } from '../identity.ts'
import { permissionNames } from './names.ts'
import { outcomeCodes } from './outcomes.ts'
import { authorizationScopes, euScopes, invoiceScopes, personScopes } from './scopes.ts'

const personDetails = z.strictObject({
  subjectDetailsType: z.enum([
    'PersonByIdentifier',
    'PersonByFingerprintWithIdentifier',
    'PersonByFingerprintWithoutIdentifier',
  ]),
  firstName: z.string(),
  lastName: z.string(),
  personIdentifier: z.strictObject({ type: z.enum(['Pesel', 'Nip']), value: z.string() }).optional(),
  birthDate: z.string().optional(),
  idDocument: z.strictObject({ type: z.string(), number: z.string(), country: z.string() }).optional(),
})

const entityDetails = z.strictObject({
  subjectDetailsType: z.enum(['EntityByIdentifier', 'EntityByFingerprint']),
  fullName: z.string(),
  address: z.string().optional(),
})

/** An EU entity as its administration was set up. `name`: name and address in one text. */
const euEntity = z.strictObject({ name: z.string(), fullName: z.string(), address: z.string() })

const common = {
  /** The permission id, a UUID. */
  id: z.string(),
  /** Null: KSeF itself, as for a ZAW-FA form. */
  author: identityRow.nullable(),
  /** The context from which it was given. Where nothing else is said, it works there. */
  from: contextRow,
  subject: z.strictObject({ kind: z.enum(identityKinds), value: z.string() }),
  description: z.string(),
  /** Null: unknown, as for a ZAW-FA form. */
  details: z.union([personDetails, entityDetails]).nullable(),
  startedAt: z.number(),
}

/** One permission of one subject. */
export const grantRow = z.discriminatedUnion('kind', [
  z.strictObject({ ...common, kind: z.literal('person'), scope: z.enum(personScopes) }),
  z.strictObject({ ...common, kind: z.literal('entity'), scope: z.enum(invoiceScopes), canDelegate: z.boolean() }),
  z.strictObject({ ...common, kind: z.literal('authorization'), scope: z.enum(authorizationScopes) }),
  z.strictObject({
    ...common,
    kind: z.literal('indirect'),
    scope: z.enum(invoiceScopes),
    /** The client's context; null of all clients. */
    target: contextRow.nullable(),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('subunit'),
    scope: z.literal('CredentialsManage'),
    /** The subunit. */
    context: contextRow,
    subunitName: z.string().nullable(),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('euAdministrator'),
    scope: z.enum(euScopes),
    /** The EU entity. */
    context: contextRow,
    euEntity,
  }),
  z.strictObject({ ...common, kind: z.literal('euRepresentative'), scope: z.enum(invoiceScopes), euEntity }),
])

/** One permission of one subject. */
export type Grant = z.infer<typeof grantRow>

/** A grant of one kind. */
export type GrantOf<Kind extends Grant['kind']> = Extract<Grant, { readonly kind: Kind }>

/** A person or an entity as the author of a grant described it, in the shape in which queries repeat it. */
export type SubjectDetails = NonNullable<Grant['details']>

/** An EU entity. */
export type EuEntity = z.infer<typeof euEntity>

/** A grant or a revocation: accepted at once, carried out a moment later. */
export const operationRow = z.strictObject({
  /** Its EG number. */
  reference: z.string(),
  identity: identityRow,
  context: contextRow,
  /** Any one of these must still be held when it is carried out. */
  anyOf: z.array(z.enum(permissionNames)),
  /** Of a KSeF token, whose permissions never change. Null: what the identity holds by then. */
  fixed: z.array(z.enum(permissionNames)).nullable(),
  acceptedAt: z.number(),
  work: z.discriminatedUnion('do', [
    z.strictObject({ do: z.literal('grant'), grants: z.array(grantRow) }),
    z.strictObject({ do: z.literal('revoke'), permissionId: z.string(), which: z.enum(['common', 'authorizations']) }),
  ]),
  /** Null while it is under way. */
  outcome: z.union(outcomeCodes.map((code) => z.literal(code))).nullable(),
})

/** A grant or a revocation. */
export type PermissionOperation = z.infer<typeof operationRow>
