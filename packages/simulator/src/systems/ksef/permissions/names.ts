/**
 * The permissions of a context.
 *
 * @see spec/ksef.md section 3.18
 * @module
 */

/** All permissions. */
export const permissionNames = [
  'InvoiceRead',
  'InvoiceWrite',
  'CredentialsRead',
  'CredentialsManage',
  'SubunitManage',
  'EnforcementOperations',
  'Introspection',
  'CollectiveIdentifierManage',
  'VatUeManage',
  'PefInvoiceWrite',
] as const

/** One of {@link permissionNames}. */
export type Permission = (typeof permissionNames)[number]

/** Those that a KSeF token can have. */
export const tokenPermissions = [
  'InvoiceRead',
  'InvoiceWrite',
  'CredentialsRead',
  'CredentialsManage',
  'SubunitManage',
  'EnforcementOperations',
  'Introspection',
  'CollectiveIdentifierManage',
] as const satisfies readonly Permission[]

/** What every owner has. One that enforces has `EnforcementOperations`, too. */
export const ownerPermissions: readonly Permission[] = tokenPermissions.filter(
  (permission) => permission !== 'EnforcementOperations',
)
