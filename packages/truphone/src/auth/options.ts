/**
 * Checks the options that `TokenManager` and `TruphoneClient` share. Messages name an option and never show its value.
 *
 * @see STYLE section 7
 * @module
 */
import { assertTypes, engineRules, invalidArgument, Secret, withMethods } from '@latchkey/core'
import type { Rule } from '@latchkey/core'

/** A client id and secret, trimmed: a pasted newline is a common cause of failures. */
export function parseCredential(options: { readonly clientId: unknown; readonly clientSecret: unknown }): {
  readonly clientId: string
  readonly clientSecret: Secret
} {
  const { clientId, clientSecret } = options
  if (typeof clientId !== 'string' || clientId.trim() === '') {
    throw invalidArgument('clientId: must be non-empty text')
  }
  const secret = clientSecret instanceof Secret ? clientSecret.reveal() : clientSecret
  if (typeof secret !== 'string' || secret.trim() === '') {
    throw invalidArgument('clientSecret: must be non-empty text or a Secret')
  }
  return { clientId: clientId.trim(), clientSecret: new Secret(secret.trim()) }
}

/** The types of the services that come in as options. `undefined` always means the default. */
export function assertServices(options: object): void {
  assertTypes(options, rules)
}

const someText: Rule = { text: 'non-empty text', holds: (value) => typeof value === 'string' && value !== '' }
const milliseconds: Rule = {
  text: 'a positive number of milliseconds',
  holds: (value) => typeof value === 'number' && value > 0,
}

const rules: Readonly<Record<string, Rule>> = {
  ...engineRules,
  log: { text: 'a function', holds: (value) => typeof value === 'function' },
  role: oneOf('RESELLER', 'ACCOUNT_MANAGER'),
  productsPath: oneOf('products', 'product'),
  clientAuthentication: oneOf('post', 'basic'),
  credentialVersion: someText,
  directory: someText,
  timeoutMs: milliseconds,
  deadlineMs: milliseconds,
  tokenSource: withMethods('a token source', 'get', 'refuse'),
}

function oneOf(one: string, other: string): Rule {
  return { text: `'${one}' or '${other}'`, holds: (value) => value === one || value === other }
}
