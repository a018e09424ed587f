/**
 * Checks the options that `TokenManager` and `MpesaClient` share. Messages name an option and never show its value.
 *
 * @see STYLE section 7
 * @module
 */
import { invalidArgument, Secret } from '@latchkey/core'

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
  for (const [name, value] of Object.entries(options) as [string, unknown][]) {
    const rule = rules[name]
    if (value !== undefined && rule !== undefined && !rule.holds(value))
      throw invalidArgument(`${name}: must be ${rule.text}`)
  }
}

interface Rule {
  readonly text: string
  holds(value: unknown): boolean
}

const aFunction: Rule = { text: 'a function', holds: (value) => typeof value === 'function' }
const someText: Rule = { text: 'non-empty text', holds: (value) => typeof value === 'string' && value !== '' }
const milliseconds: Rule = {
  text: 'a positive number of milliseconds',
  holds: (value) => typeof value === 'number' && value > 0,
}

const rules: Readonly<Record<string, Rule>> = {
  fetch: aFunction,
  random: aFunction,
  log: aFunction,
  keyLabel: someText,
  credentialVersion: someText,
  timeoutMs: milliseconds,
  deadlineMs: milliseconds,
  plaintext: { text: 'true or false', holds: (value) => typeof value === 'boolean' },
  storeTrouble: { text: "'degrade' or 'fail'", holds: (value) => value === 'degrade' || value === 'fail' },
  store: withMethods('a store', 'read', 'compareAndSet'),
  ring: withMethods('a key ring', 'seal', 'open', 'fingerprint'),
  clock: withMethods('a clock', 'mono', 'wall', 'sleep'),
  observer: withMethods('an observer', 'event'),
  tokenSource: withMethods('a token source', 'get', 'refuse'),
  refusalBudget: {
    text: '{ renewals, per }, both numbers',
    holds: (value) => ['renewals', 'per'].every((name) => typeof valueAt(value, name) === 'number'),
  },
}

function withMethods(noun: string, ...names: readonly string[]): Rule {
  const text = `${noun} with ${names.map((name) => `${name}()`).join(', ')}`
  return { text, holds: (value) => names.every((name) => typeof valueAt(value, name) === 'function') }
}

function valueAt(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (Reflect.get(value, name) as unknown) : undefined // Any type; the caller asks.
}
