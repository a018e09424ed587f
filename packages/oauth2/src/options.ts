/**
 * What a grant is made from, checked once. Messages name an option and never show its value.
 *
 * @see STYLE section 7
 * @module
 */
import { assertKnown, assertTypes, invalidArgument, Secret } from '@latchkey/core'
import type { Rule, Traits } from '@latchkey/core'
import { isObject, parseAddress } from '@latchkey/http'

/**
 * How the client proves who it is. `post`: id and secret in the form. `basic`: form-encoded in an `Authorization`
 * header (RFC 6749 section 2.3.1). Never both.
 */
export type ClientAuthentication = 'post' | 'basic'

/**
 * How a login is ended. `revocationUrl`: RFC 7009, for each token. Some servers then end every login of the client,
 * Keycloak for one. `logoutUrl`: OpenID logout by refresh token, which ends this login alone; the access token lives on
 * until it runs out.
 */
export type LoginEnding =
  | { readonly revocationUrl: string | URL; readonly logoutUrl?: never }
  | { readonly logoutUrl: string | URL; readonly revocationUrl?: never }

/** One client at one authorization server. */
export interface OAuth2GrantOptions {
  /** `https`, or `http` on loopback. */
  readonly tokenUrl: string | URL
  readonly clientId: string
  readonly clientSecret: string | Secret
  /** @default 'post' */
  readonly clientAuthentication?: ClientAuthentication | undefined
  /** Asked for as one space-separated list. @default none: the server decides */
  readonly scopes?: readonly string[] | undefined
  /** Sent as `audience`, once for each. */
  readonly audience?: readonly string[] | undefined
  /** Further fields of the form when a token is obtained, such as `resource`. */
  readonly parameters?: Readonly<Record<string, string>> | undefined
  /** @default none: tokens are forgotten, and live on at the server */
  readonly ending?: LoginEnding | undefined
  /** Your name for the server in errors, and the beginning of the grant's id. @default 'oauth2' */
  readonly provider?: string | undefined
  /**
   * The server's habits. The defaults are the cautious ones, and right for servers without refresh tokens, too.
   *
   * @default { exclusive: false, renewal: 'rotating', replay: 'unknown', longest: 15_000, assumedLifetime: 300_000 }
   */
  readonly traits?: Partial<Traits> | undefined
  /**
   * The server cuts lifetimes short where its login is about to end (Keycloak). The next renewal then logs in anew,
   * instead of asking for ever shorter tokens. @default false
   */
  readonly shrinkingLifetimes?: boolean | undefined
}

/** The same, complete and checked. */
export interface GrantSettings {
  readonly provider: string
  readonly tokenUrl: URL
  readonly clientId: string
  readonly clientSecret: Secret
  readonly clientAuthentication: ClientAuthentication
  readonly parameters: readonly (readonly [name: string, value: string])[]
  readonly revocationUrl: URL | undefined
  readonly logoutUrl: URL | undefined
  readonly traits: Traits & { readonly assumedLifetime: number }
  readonly shrinkingLifetimes: boolean
}

// One row each: the value, and why it is this one.
const defaultTraits = {
  exclusive: false, // RFC 6749 lets tokens live beside each other.
  renewal: 'rotating', // Assuming rotation is safe where there is none; the reverse loses the login.
  replay: 'unknown', // A spent refresh token may end the whole login.
  longest: 15_000,
  assumedLifetime: 300_000,
} as const

const names = [
  ...['tokenUrl', 'clientId', 'clientSecret', 'clientAuthentication', 'scopes', 'audience', 'parameters', 'ending'],
  ...['provider', 'traits', 'shrinkingLifetimes'],
]
const traitNames = ['exclusive', 'renewal', 'replay', 'longest', 'settle', 'assumedLifetime']
const ownFields = new Set(['grant_type', 'client_id', 'client_secret', 'refresh_token', 'scope', 'audience'])

/** @throws {TypeError} `ERR_INVALID_ARG`: an option is missing, of the wrong type or unknown. */
export function parseOptions(options: OAuth2GrantOptions): GrantSettings {
  assertKnown(options, names, 'oauth2Grant')
  assertTypes(options, rules)
  const { clientId, clientSecret, clientAuthentication = 'post', provider = 'oauth2', traits = {}, ending } = options
  assertKnown(traits, traitNames, 'traits')
  assertTypes(traits, traitRules)
  if (typeof clientId !== 'string' || clientId === '') throw invalidArgument('clientId: must be non-empty text')
  const secret = clientSecret instanceof Secret ? clientSecret.reveal() : clientSecret
  if (typeof secret !== 'string' || secret === '') {
    throw invalidArgument('clientSecret: must be non-empty text or a Secret')
  }
  return Object.freeze({
    provider,
    tokenUrl: parseAddress('tokenUrl', options.tokenUrl, true),
    clientId,
    clientSecret: new Secret(secret),
    clientAuthentication,
    parameters: parametersOf(options),
    ...parseEnding(ending),
    traits: Object.freeze({ ...defaultTraits, ...definedOnly(traits) }),
    shrinkingLifetimes: options.shrinkingLifetimes ?? false,
  })
}

function parametersOf({ scopes, audience = [], parameters = {} }: OAuth2GrantOptions): GrantSettings['parameters'] {
  const more = Object.entries(parameters)
  for (const [name, value] of more) {
    if (ownFields.has(name)) throw invalidArgument(`parameters: ${name} has an option of its own`)
    if (typeof value !== 'string') throw invalidArgument('parameters: every value must be text')
  }
  const scope = scopes === undefined || scopes.length === 0 ? [] : [['scope', scopes.join(' ')] as const]
  return [...scope, ...audience.map((each) => ['audience', each] as const), ...more]
}

function parseEnding(ending: LoginEnding | undefined): Pick<GrantSettings, 'revocationUrl' | 'logoutUrl'> {
  if (ending === undefined) return { revocationUrl: undefined, logoutUrl: undefined }
  assertKnown(ending, ['revocationUrl', 'logoutUrl'], 'ending')
  const { revocationUrl, logoutUrl } = ending
  if ((revocationUrl === undefined) === (logoutUrl === undefined)) {
    throw invalidArgument('ending: takes either a revocationUrl or a logoutUrl')
  }
  return {
    revocationUrl: revocationUrl === undefined ? undefined : parseAddress('revocationUrl', revocationUrl, true),
    logoutUrl: logoutUrl === undefined ? undefined : parseAddress('logoutUrl', logoutUrl, true),
  }
}

// `undefined` always means the default.
function definedOnly(traits: Partial<Traits>): Partial<Traits> {
  return Object.fromEntries(Object.entries(traits).filter(([, value]) => value !== undefined))
}

const someText: Rule = { text: 'non-empty text', holds: (value) => typeof value === 'string' && value !== '' }
const words: Rule = {
  text: 'a list of non-empty texts without spaces',
  holds: (value) => Array.isArray(value) && value.every((each) => typeof each === 'string' && /^\S+$/.test(each)),
}
const yesOrNo: Rule = { text: 'true or false', holds: (value) => typeof value === 'boolean' }
const positiveMs: Rule = { text: 'a positive number of milliseconds', holds: (value) => Number(value) > 0 }

const rules: Readonly<Record<string, Rule>> = {
  provider: someText,
  scopes: words,
  audience: words,
  clientAuthentication: { text: "'post' or 'basic'", holds: (value) => value === 'post' || value === 'basic' },
  parameters: { text: 'an object of texts', holds: isObject },
  shrinkingLifetimes: yesOrNo,
}

const traitRules: Readonly<Record<string, Rule>> = {
  exclusive: yesOrNo,
  renewal: { text: "'none', 'reusable' or 'rotating'", holds: oneOf('none', 'reusable', 'rotating') },
  replay: { text: "'safe', 'grace', 'fatal' or 'unknown'", holds: oneOf('safe', 'grace', 'fatal', 'unknown') },
  longest: positiveMs,
  settle: { text: 'milliseconds', holds: (value) => typeof value === 'number' && value >= 0 },
  assumedLifetime: positiveMs,
}

function oneOf(...known: readonly string[]): (value: unknown) => boolean {
  return (value) => typeof value === 'string' && known.includes(value)
}
