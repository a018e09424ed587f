/**
 * Checks the options that `TokenManager` and `MpesaClient` share. Messages name an option and never show its value.
 *
 * @see STYLE section 7
 * @module
 */
import { assertTypes, engineRules, invalidArgument, Secret, withMethods } from '@latchkey/core'
import type { Rule } from '@latchkey/core'

/** A consumer key and secret, trimmed: a pasted newline is a common cause of failures (spec/daraja.md 2.1). */
export function parseCredential(options: { readonly consumerKey: unknown; readonly consumerSecret: unknown }): {
  readonly consumerKey: string
  readonly consumerSecret: Secret
} {
  const { consumerKey, consumerSecret } = options
  if (typeof consumerKey !== 'string' || consumerKey.trim() === '') {
    throw invalidArgument('consumerKey: must be non-empty text')
  }
  // RFC 7617: the first colon ends the user name, so the rest would become part of the secret.
  if (consumerKey.includes(':')) throw invalidArgument('consumerKey: must not contain a colon')
  const secret = consumerSecret instanceof Secret ? consumerSecret.reveal() : consumerSecret
  if (typeof secret !== 'string' || secret.trim() === '') {
    throw invalidArgument('consumerSecret: must be non-empty text or a Secret')
  }
  return { consumerKey: consumerKey.trim(), consumerSecret: new Secret(secret.trim()) }
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
  credentialVersion: someText,
  directory: someText,
  timeoutMs: milliseconds,
  deadlineMs: milliseconds,
  tokenSource: withMethods('a token source', 'get', 'refuse'),
}
