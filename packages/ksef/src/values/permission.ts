/**
 * What somebody may do in a context.
 *
 * @see spec/ksef.md section 3.18
 * @module
 */

/** The permissions of KSeF 2.7; answers may name newer ones. The owner of a context has all but `VatUeManage`. */
export type Permission =
  | 'InvoiceRead'
  | 'InvoiceWrite'
  | 'CredentialsRead'
  | 'CredentialsManage'
  | 'Introspection'
  | 'SubunitManage'
  | 'EnforcementOperations'
  | 'CollectiveIdentifierManage'
  | 'VatUeManage'
  | 'PefInvoiceWrite'
