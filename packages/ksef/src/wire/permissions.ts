/**
 * Answers about permissions and roles.
 *
 * @see spec/ksef.md sections 3.5 to 3.7 and 3.18
 * @module
 */
import { z } from 'zod'
import type {
  AuthorizationGrant,
  EntityPermission,
  EntityRole,
  EuEntityPermission,
  PersonalPermission,
  PersonPermission,
  SubordinateEntityRole,
  SubunitPermission,
} from '../values/granted-permission.ts'
import { permissionOutcomes } from '../values/permission-operation.ts'
import type {
  AttachmentPermission,
  PermissionOperation,
  PermissionOperationStatus,
} from '../values/permission-operation.ts'
import { outcomeOf } from '../values/status.ts'
import { identifier, instant, looseIdentifier, object, offsetPage, optional, statusInfo, text } from './schema.ts'

export const permissionOperation: z.ZodType<PermissionOperation> = object({ referenceNumber: text })

export const permissionOperationStatus: z.ZodType<PermissionOperationStatus> = object({ status: statusInfo }).transform(
  (answer) => ({ ...answer, outcome: outcomeOf(answer.status, permissionOutcomes) }),
)

export const attachmentPermission: z.ZodType<AttachmentPermission> = object({
  isAttachmentAllowed: optional(z.boolean()),
  revokedDate: optional(instant),
})

const granted = { id: text, description: text, startDate: instant }
const person = object({
  subjectDetailsType: text,
  firstName: text,
  lastName: text,
  personIdentifier: optional(identifier),
  birthDate: optional(text),
  idDocument: optional(object({ type: text, number: text, country: text })),
})
const entity = object({ subjectDetailsType: text, fullName: text, address: optional(text) })
const subjects = { subjectPersonDetails: optional(person), subjectEntityDetails: optional(entity) }

const personalPermission: z.ZodType<PersonalPermission> = object({
  ...granted,
  ...subjects,
  contextIdentifier: optional(identifier),
  authorizedIdentifier: optional(identifier),
  targetIdentifier: optional(looseIdentifier),
  permissionScope: text,
  permissionState: text,
  canDelegate: z.boolean(),
})

const personPermission: z.ZodType<PersonPermission> = object({
  ...granted,
  ...subjects,
  authorizedIdentifier: identifier,
  contextIdentifier: optional(identifier),
  targetIdentifier: optional(looseIdentifier),
  authorIdentifier: looseIdentifier,
  permissionScope: text,
  permissionState: text,
  canDelegate: z.boolean(),
})

const subunitPermission: z.ZodType<SubunitPermission> = object({
  ...granted,
  authorizedIdentifier: identifier,
  subunitIdentifier: identifier,
  authorIdentifier: identifier,
  permissionScope: text,
  subjectPersonDetails: optional(person),
  subunitName: optional(text),
})

const entityPermission: z.ZodType<EntityPermission> = object({
  ...granted,
  contextIdentifier: identifier,
  permissionScope: text,
  canDelegate: z.boolean(),
})

const authorizationGrant: z.ZodType<AuthorizationGrant> = object({
  ...granted,
  authorIdentifier: optional(identifier),
  authorizedEntityIdentifier: identifier,
  authorizingEntityIdentifier: identifier,
  authorizationScope: text,
  subjectEntityDetails: optional(entity),
})

const euEntityPermission: z.ZodType<EuEntityPermission> = object({
  ...granted,
  ...subjects,
  authorIdentifier: identifier,
  vatUeIdentifier: text,
  euEntityName: text,
  authorizedFingerprintIdentifier: text,
  permissionScope: text,
  euEntityDetails: optional(object({ fullName: text, address: text })),
})

const role = { role: text, description: text, startDate: instant }
const entityRole: z.ZodType<EntityRole> = object({ ...role, parentEntityIdentifier: optional(identifier) })
const subordinateRole: z.ZodType<SubordinateEntityRole> = object({ ...role, subordinateEntityIdentifier: identifier })

export const personalPermissionPage = offsetPage('permissions', personalPermission)
export const personPermissionPage = offsetPage('permissions', personPermission)
export const subunitPermissionPage = offsetPage('permissions', subunitPermission)
export const entityPermissionPage = offsetPage('permissions', entityPermission)
export const authorizationGrantPage = offsetPage('authorizationGrants', authorizationGrant)
export const euEntityPermissionPage = offsetPage('permissions', euEntityPermission)
export const entityRolePage = offsetPage('roles', entityRole)
export const subordinateEntityRolePage = offsetPage('roles', subordinateRole)
