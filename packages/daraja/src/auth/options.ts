/**
 * Checks the options that `TokenManager` and `MpesaClient` share. Messages name an option and never show its value.
 *
 * @see STYLE section 7
 * @module
 */
import { assertTypes } from '@latchkey/core'
import type { Secret } from '@latchkey/core'
import { clientRules, credentialSecret, credentialText, refuseColon } from '@latchkey/http'

/** A consumer key and secret, trimmed (spec/daraja.md 2.1). */
export function parseCredential(options: { readonly consumerKey: unknown; readonly consumerSecret: unknown }): {
  readonly consumerKey: string
  readonly consumerSecret: Secret
} {
  const consumerKey = credentialText('consumerKey', options.consumerKey)
  refuseColon('consumerKey', consumerKey)
  return { consumerKey, consumerSecret: credentialSecret('consumerSecret', options.consumerSecret) }
}

/** The types of the services that come in as options. `undefined` always means the default. */
export function assertServices(options: object): void {
  assertTypes(options, clientRules)
}
