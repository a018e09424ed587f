/**
 * What searches for permissions and roles take.
 *
 * @see spec/ksef.md section 3.7
 * @module
 */
import { identifier, object, text, vatUe, word, wordSet } from '../fields.ts'
import { byOffset } from './pages.ts'

const page = byOffset(100)
const anySubject = identifier('Nip', 'Pesel', 'Fingerprint')
const unit = identifier('Nip', 'InternalId')
const target = identifier('AllPartners', 'Nip', 'InternalId')
const state = word('Active', 'Inactive')
const personPermissions = [
  'CredentialsManage',
  'CredentialsRead',
  'InvoiceWrite',
  'InvoiceRead',
  'Introspection',
  'SubunitManage',
  'EnforcementOperations',
  'CollectiveIdentifierManage',
] as const

export const queryPersonal = object({
  ...page,
  contextIdentifier: unit.optional(),
  targetIdentifier: target.optional(),
  permissionTypes: wordSet(...personPermissions, 'VatUeManage').optional(),
  permissionState: state.optional(),
})

export const queryPersons = object({
  ...page,
  authorIdentifier: identifier('System', 'Nip', 'Pesel', 'Fingerprint').optional(),
  authorizedIdentifier: anySubject.optional(),
  contextIdentifier: unit.optional(),
  targetIdentifier: target.optional(),
  permissionTypes: wordSet(...personPermissions).optional(),
  permissionState: state.optional(),
  queryType: word('PermissionsInCurrentContext', 'PermissionsGrantedInCurrentContext'),
})

export const querySubunits = object({ ...page, subunitIdentifier: identifier('InternalId', 'Nip').optional() })

export const queryEntities = object({ ...page, contextIdentifier: unit.optional() })

export const queryEntityRoles = object(page)

export const querySubordinateEntityRoles = object({
  ...page,
  subordinateEntityIdentifier: identifier('Nip').optional(),
})

export const queryAuthorizations = object({
  ...page,
  authorizingIdentifier: identifier('Nip').optional(),
  authorizedIdentifier: identifier('Nip', 'PeppolId').optional(),
  queryType: word('Granted', 'Received'),
  permissionTypes: wordSet('SelfInvoicing', 'TaxRepresentative', 'RRInvoicing', 'PefInvoicing').optional(),
})

export const queryEuEntities = object({
  ...page,
  vatUeIdentifier: vatUe.optional(),
  authorizedFingerprintIdentifier: text(1, 64).optional(),
  permissionTypes: wordSet('VatUeManage', 'InvoiceWrite', 'InvoiceRead', 'Introspection').optional(),
})
