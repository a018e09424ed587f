/**
 * The providers' names and titles, apart from all that is known of them, so that the command starts fast.
 *
 * @module
 */

/** By name. */
export const providerTitles = {
  daraja: 'Safaricom Daraja (M-PESA)',
  etims: 'KRA eTIMS (OSCU)',
  truphone: 'Truphone Connect (eSIM)',
  ksef: 'KSeF 2.0 (e-invoices)',
} as const

export type ProviderName = keyof typeof providerTitles
