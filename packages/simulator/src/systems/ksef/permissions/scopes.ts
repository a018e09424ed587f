/**
 * Which permissions each kind of grant can give.
 *
 * @see spec/ksef.md section 3.18 and appendix A
 * @module
 */

/** To a person in a context. */
export const personScopes = [
  'CredentialsManage',
  'CredentialsRead',
  'InvoiceWrite',
  'InvoiceRead',
  'Introspection',
  'SubunitManage',
  'EnforcementOperations',
  'CollectiveIdentifierManage',
] as const

/** To entities, through intermediaries, and to representatives of EU entities. */
export const invoiceScopes = ['InvoiceWrite', 'InvoiceRead'] as const

/** With the administration of an EU entity: all of them. */
export const euScopes = ['VatUeManage', 'InvoiceWrite', 'InvoiceRead', 'Introspection'] as const

/** Entity authorisations: what an entity may do for another from its own context. They are no permissions. */
export const authorizationScopes = ['SelfInvoicing', 'RRInvoicing', 'TaxRepresentative', 'PefInvoicing'] as const
