/**
 * Checks the options that `TokenManager` and `TruphoneClient` share. Messages name an option and never show its value.
 *
 * @see STYLE section 7
 * @module
 */
import { assertTypes } from '@latchkey/core'
import type { Rule, Secret } from '@latchkey/core'
import { clientRules, credentialSecret, credentialText, oneOf } from '@latchkey/http'

/** A client id and secret, trimmed. */
export function parseCredential(options: { readonly clientId: unknown; readonly clientSecret: unknown }): {
  readonly clientId: string
  readonly clientSecret: Secret
} {
  return {
    clientId: credentialText('clientId', options.clientId),
    clientSecret: credentialSecret('clientSecret', options.clientSecret),
  }
}

/** The types of the services that come in as options. `undefined` always means the default. */
export function assertServices(options: object): void {
  assertTypes(options, rules)
}

const rules: Readonly<Record<string, Rule>> = {
  ...clientRules,
  role: oneOf('RESELLER', 'ACCOUNT_MANAGER'),
  productsPath: oneOf('products', 'product'),
  clientAuthentication: oneOf('post', 'basic'),
}
