/**
 * Grants and revocations of permissions, and how far they are.
 *
 * @see spec/ksef.md sections 3.5 and 3.6
 * @module
 */
import type { Permission } from '../../values/permission.ts'
import { attachmentPermission, permissionOperation, permissionOperationStatus } from '../../wire/permissions.ts'
import { gives } from '../answers.ts'
import * as requests from '../requests/grants.ts'
import { byReferenceNumber, nothing } from '../requests/references.ts'
import type { KsefOperation } from '../table-row.ts'

const managers: readonly Permission[] = ['CredentialsManage']

export const grantRows = {
  'permissions.grantPerson': {
    name: 'permissions.grantPerson',
    method: 'POST',
    path: '/permissions/persons/grants',
    effect: 'once',
    rateGroup: 'other',
    who: managers,
    request: requests.grantPerson,
    summary: 'Grants a person rights in the current context.',
    ...gives(permissionOperation),
  },
  'permissions.grantEntity': {
    name: 'permissions.grantEntity',
    method: 'POST',
    path: '/permissions/entities/grants',
    effect: 'once',
    rateGroup: 'other',
    who: managers,
    request: requests.grantEntity,
    summary: 'Grants an entity the right to see or send invoices.',
    ...gives(permissionOperation),
  },
  'permissions.grantAuthorization': {
    name: 'permissions.grantAuthorization',
    method: 'POST',
    path: '/permissions/authorizations/grants',
    effect: 'once',
    rateGroup: 'other',
    who: managers,
    request: requests.grantAuthorization,
    summary: 'Lets an entity act for the current one in its own context.',
    ...gives(permissionOperation),
  },
  'permissions.grantIndirect': {
    name: 'permissions.grantIndirect',
    method: 'POST',
    path: '/permissions/indirect/grants',
    effect: 'once',
    rateGroup: 'other',
    who: managers,
    request: requests.grantIndirect,
    summary: 'Passes rights of a client, or of all clients, on to a person.',
    ...gives(permissionOperation),
  },
  'permissions.grantSubunit': {
    name: 'permissions.grantSubunit',
    method: 'POST',
    path: '/permissions/subunits/grants',
    effect: 'once',
    rateGroup: 'other',
    who: ['SubunitManage'],
    request: requests.grantSubunit,
    summary: 'Appoints an administrator of a subunit or a subordinate entity.',
    ...gives(permissionOperation),
  },
  'permissions.grantEuEntityAdministration': {
    name: 'permissions.grantEuEntityAdministration',
    method: 'POST',
    path: '/permissions/eu-entities/administration/grants',
    effect: 'once',
    rateGroup: 'other',
    who: managers,
    request: requests.grantEuEntityAdministration,
    summary: 'Appoints an administrator of an EU entity.',
    ...gives(permissionOperation),
  },
  'permissions.grantEuEntity': {
    name: 'permissions.grantEuEntity',
    method: 'POST',
    path: '/permissions/eu-entities/grants',
    effect: 'once',
    rateGroup: 'other',
    who: ['VatUeManage'],
    request: requests.grantEuEntity,
    summary: 'Appoints a representative of an EU entity.',
    ...gives(permissionOperation),
  },
  'permissions.revokeCommon': {
    name: 'permissions.revokeCommon',
    method: 'DELETE',
    path: '/permissions/common/grants/{permissionId}',
    effect: 'once',
    rateGroup: 'other',
    who: ['CredentialsManage', 'VatUeManage', 'SubunitManage'],
    request: requests.byPermissionId,
    summary: 'Revokes any permission but an authorization of an entity.',
    ...gives(permissionOperation),
  },
  'permissions.revokeAuthorization': {
    name: 'permissions.revokeAuthorization',
    method: 'DELETE',
    path: '/permissions/authorizations/grants/{permissionId}',
    effect: 'once',
    rateGroup: 'other',
    who: managers,
    request: requests.byPermissionId,
    summary: 'Revokes an authorization of an entity.',
    ...gives(permissionOperation),
  },
  'permissions.operationStatus': {
    name: 'permissions.operationStatus',
    method: 'GET',
    path: '/permissions/operations/{referenceNumber}',
    effect: 'read',
    rateGroup: 'other',
    who: 'bearer',
    request: byReferenceNumber,
    summary: 'Reads how far a grant or a revocation is.',
    ...gives(permissionOperationStatus),
  },
  'permissions.attachmentStatus': {
    name: 'permissions.attachmentStatus',
    method: 'GET',
    path: '/permissions/attachments/status',
    effect: 'read',
    rateGroup: 'other',
    who: ['CredentialsManage', 'CredentialsRead'],
    request: nothing,
    summary: 'Reads whether the context may send invoices with attachments.',
    ...gives(attachmentPermission),
  },
} as const satisfies Record<string, KsefOperation>
