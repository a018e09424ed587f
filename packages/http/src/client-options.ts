/**
 * Checks that the options of every client need: credentials, and the services that come in under the same names. Messages
 * name an option and never show its value.
 *
 * @see STYLE section 7
 * @module
 */
import { engineRules, invalidArgument, Secret, withMethods } from '@latchkey/core'
import type { EngineOptions, Rule, Store } from '@latchkey/core'

const someText: Rule = { text: 'non-empty text', holds: (value) => typeof value === 'string' && value !== '' }
const milliseconds: Rule = {
  text: 'a positive number of milliseconds',
  holds: (value) => typeof value === 'number' && value > 0,
}

/** The services and limits that a client takes beside the engine's own. `undefined` always means the default. */
export const clientRules: Readonly<Record<string, Rule>> = {
  ...engineRules,
  log: { text: 'a function', holds: (value) => typeof value === 'function' },
  credentialVersion: someText,
  directory: someText,
  timeoutMs: milliseconds,
  deadlineMs: milliseconds,
  tokenSource: withMethods('a token source', 'get', 'refuse'),
}

/** What a client's engine runs on. */
export type EngineServices = Pick<
  EngineOptions,
  'store' | 'ring' | 'plaintext' | 'clock' | 'random' | 'observer' | 'fetch' | 'refusalBudget' | 'storeTrouble'
>

/** The same as options of a client. */
export interface ClientServices extends EngineServices {
  /** Shares tokens with the other processes of this host through a file store here. Instead of `store`. */
  readonly directory?: string | undefined
}

const engineServiceNames = [
  ...['store', 'ring', 'plaintext', 'clock', 'random', 'observer', 'fetch', 'refusalBudget', 'storeTrouble'],
] as readonly (keyof EngineServices)[]

/** The names of {@link ClientServices}. */
export const clientServiceNames: readonly string[] = [...engineServiceNames, 'directory']

/**
 * The engine's part of a client's options.
 *
 * @param open - Makes the store of a directory.
 * @throws {TypeError} `ERR_INVALID_ARG`: `directory` and `store` are both given.
 */
export function engineServices(options: ClientServices, open: (directory: string) => Store): EngineServices {
  const { directory } = options
  const services: EngineServices = Object.fromEntries(engineServiceNames.map((name) => [name, options[name]]))
  if (directory === undefined) return services
  if (options.store === undefined) return { ...services, store: open(directory) }
  throw invalidArgument('directory: tokens are kept in one place, so give either directory or store')
}

/** One of these texts. */
export function oneOf(...values: readonly string[]): Rule {
  const text = values.map((value) => `'${value}'`).join(' or ')
  return { text, holds: (value) => values.some((each) => each === value) }
}

/**
 * Half of a credential, trimmed: a pasted newline is a common cause of failures.
 *
 * @throws {TypeError} `ERR_INVALID_ARG`
 */
export function credentialText(name: string, value: unknown): string {
  if (typeof value === 'string' && value.trim() !== '') return value.trim()
  throw invalidArgument(`${name}: must be non-empty text`)
}

/** The other half. @throws {TypeError} `ERR_INVALID_ARG` */
export function credentialSecret(name: string, value: unknown): Secret {
  const secret = value instanceof Secret ? value.reveal() : value
  if (typeof secret === 'string' && secret.trim() !== '') return new Secret(secret.trim())
  throw invalidArgument(`${name}: must be non-empty text or a Secret`)
}

/** RFC 7617: the first colon ends the user name, so the rest would become part of the secret. */
export function refuseColon(name: string, value: string): void {
  if (value.includes(':')) throw invalidArgument(`${name}: must not contain a colon`)
}

/** `Basic` and the base64 of `user:secret` in UTF-8. The result is a secret: it belongs into a header and nowhere else. */
export function basicAuthorization(user: string, secret: Secret): string {
  return `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(`${user}:${secret.reveal()}`)))}`
}
