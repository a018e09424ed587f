/**
 * The configuration of every generation of the SDK that this client replaces, read into one shape.
 *
 * @see spec/etims.md section 1.4
 * @module
 */
import { assertKnown, assertTypes, invalidArgument, nearest } from '@latchkey/core'
import type { Secret } from '@latchkey/core'
import {
  clientRules,
  clientServiceNames,
  credentialSecret,
  credentialText,
  isObject,
  member,
  oneOf,
  refuseColon,
} from '@latchkey/http'
import type { ClientServices } from '@latchkey/http'
import type { RequestEvent } from '@latchkey/http'
import { resolveAddresses } from './addresses.ts'
import type { Addresses, EnvironmentName, Face } from './addresses.ts'
import type { Strictness } from '../operations/fields.ts'

/** A consumer key and secret of the developer portal. Blanks around them are dropped. */
export interface ConsumerCredentials {
  readonly consumer_key: string
  readonly consumer_secret: string | Secret
  /** @default the environment's */
  readonly token_url?: string | undefined
  /** The portal's App ID; the gateway asks for it. */
  readonly app_id?: string | undefined
}

/** Whose device speaks. */
export interface DeviceConfig {
  /** The taxpayer's PIN, 11 characters. */
  readonly tin: string
  /** The branch as KRA assigned it; there is no default. */
  readonly bhf_id: string
  /** For your own use: it is passed to `selectInitOsdcInfo` as `dvcSrlNo` by you. */
  readonly device_serial?: string | undefined
  /** The device's key. May be set later, and is read at every call; else it comes from the store. */
  cmc_key?: string | undefined
  readonly apigee_app_id?: string | undefined
}

type Alias = 'sandbox' | 'sbx' | 'production' | 'prod'

/** What the engine and the requests run on. */
export interface ServiceOptions extends ClientServices {
  /** Keeps tokens, device credentials and counters in files here, shared by the processes of this host. */
  readonly directory?: string | undefined
  /** Your name for the credentials in events and errors. @default 'etims' */
  readonly keyLabel?: string | undefined
  /** Raise it when the secret changes. */
  readonly credentialVersion?: string | undefined
  /** Replaces the host part of every built-in URL. */
  readonly baseUrl?: string | URL | undefined
  /** @default 'direct' */
  readonly face?: Face | undefined
  /** @default 'js-compat' */
  readonly validation?: Strictness | undefined
  /** Where the device's identity travels. @default 'headers' */
  readonly identity?: 'headers' | 'body' | 'both' | undefined
  /** For a whole call, in milliseconds, waits included. @default 90 000 */
  readonly deadlineMs?: number | undefined
  /** Hears of every try; nothing that it is told is secret. */
  readonly log?: ((event: RequestEvent) => void) | undefined
}

/** The configuration of the SDKs, any generation, and what Latchkey adds. */
export interface OscuConfig extends ServiceOptions {
  readonly env: Alias
  /** Absent: no bearer token is sent, which the direct face allows (section 12, question 1). */
  readonly auth?: { readonly [Name in Alias]?: ConsumerCredentials | undefined } | undefined
  readonly api?: { readonly [Name in Alias]?: { readonly base_url: string } | undefined } | undefined
  readonly oscu: DeviceConfig
  /** Accepted for the sake of existing programs, and neither read nor written: see `directory`. */
  readonly cache_file?: string | undefined
  readonly http?: { readonly timeout?: number | undefined } | undefined
  /** Paths by operation; keys are the SDKs' (section 8.2) or our method names. */
  readonly endpoints?: Readonly<Record<string, string>> | undefined
}

/** The name of {@link OscuConfig} in generations 1 and 2. */
export type KraEtimsConfig = OscuConfig

/** A configuration that was read and checked. */
export interface Settings {
  /** As it was written. */
  readonly env: string
  readonly environment: EnvironmentName
  readonly addresses: Addresses
  /** Absent where the configuration has none for this environment. */
  readonly credentials: { readonly consumerKey: string; readonly consumerSecret: Secret } | undefined
  /** @throws {TypeError} `ERR_INVALID_ARG`: the configuration has none; a token can be had without. */
  device(): { readonly tin: string; readonly bhfId: string }
  /** Read anew at every call, since programs set it after the device was initialized. */
  cmcKey(): string | undefined
  readonly appId: string | undefined
  /** Milliseconds. */
  readonly timeoutMs: number
  readonly endpoints: Readonly<Record<string, string>>
  readonly services: ServiceOptions
}

const environmentNames: Readonly<Record<Alias, EnvironmentName>> = {
  sandbox: 'sandbox',
  sbx: 'sandbox',
  production: 'production',
  prod: 'production',
}
const serviceNames = [
  ...clientServiceNames,
  ...['keyLabel', 'credentialVersion', 'baseUrl', 'face', 'validation', 'identity', 'deadlineMs', 'log'],
]
const names = ['env', 'auth', 'api', 'oscu', 'cache_file', 'cacheFile', 'http', 'endpoints', ...serviceNames]
const secondsDefault = 30

const rules = {
  ...clientRules,
  face: oneOf('direct', 'gateway'),
  validation: oneOf('js-compat', 'spec', 'live', 'off'),
  identity: oneOf('headers', 'body', 'both'),
}

/**
 * Reads a configuration. Messages name a field and never show its value.
 *
 * @throws {TypeError} `ERR_INVALID_ARG`: a field is missing, of the wrong type or unknown.
 */
export function readConfig(config: OscuConfig): Settings {
  if (!isObject(config)) throw invalidArgument('config: must be an object')
  assertKnown(config, names, 'config')
  assertTypes(config, rules)
  const env: unknown = config['env']
  if (typeof env !== 'string' || !Object.hasOwn(environmentNames, env)) {
    throw invalidArgument("env: must be 'sandbox' ('sbx') or 'production' ('prod')")
  }
  const environment = environmentNames[env as Alias] // One of its own names.
  const oscu = config['oscu'] ?? {}
  if (!isObject(oscu)) throw invalidArgument('oscu: must be an object with tin and bhf_id')
  const auth = section(config, 'auth', environment)
  const api = section(config, 'api', environment)
  const services = Object.fromEntries(serviceNames.map((name) => [name, config[name]])) as ServiceOptions // Checked above.
  const { face = 'direct', baseUrl } = services
  const timeout = member(config['http'], 'timeout') ?? secondsDefault
  if (typeof timeout !== 'number' || !(timeout > 0)) throw invalidArgument('http.timeout: must be a number of seconds')
  return {
    env,
    environment,
    addresses: resolveAddresses({
      ...{ environment, face, baseUrl },
      tokenUrl: pick(auth, 'token_url', 'tokenUrl'),
      apiBaseUrl: pick(api, 'base_url', 'baseUrl'),
    }),
    credentials: auth && readCredentials(auth, env),
    device: () => ({ tin: text(oscu, 'oscu', 'tin'), bhfId: text(oscu, 'oscu', 'bhf_id', 'bhfId') }),
    cmcKey: () => optional(pick(oscu, 'cmc_key', 'cmcKey')),
    appId: optional(pick(oscu, 'apigee_app_id', 'apigeeAppId') ?? pick(auth, 'app_id', 'appId')),
    timeoutMs: timeout * 1_000,
    endpoints: readEndpoints(config['endpoints']),
    services,
  }
}

/** `auth` or `api` of the environment, under any of its names. */
function section(config: object, name: 'auth' | 'api', environment: EnvironmentName): object | undefined {
  const all = member(config, name)
  if (all === undefined) return undefined
  if (!isObject(all)) throw invalidArgument(`${name}: must be an object`)
  for (const key of Object.keys(all)) {
    if (Object.hasOwn(environmentNames, key)) continue
    const near = nearest(key, Object.keys(environmentNames))
    throw invalidArgument(`${name}: unknown environment${near === undefined ? '' : `; did you mean "${near}"?`}`)
  }
  const found = Object.entries(all).find(([key]) => environmentNames[key as Alias] === environment)?.[1] // As checked.
  if (found !== undefined && !isObject(found)) throw invalidArgument(`${name}.${environment}: must be an object`)
  return found
}

function readCredentials(auth: object, env: string): { consumerKey: string; consumerSecret: Secret } {
  const consumerKey = credentialText(`auth.${env}.consumer_key`, pick(auth, 'consumer_key', 'consumerKey'))
  refuseColon(`auth.${env}.consumer_key`, consumerKey)
  const secret = pick(auth, 'consumer_secret', 'consumerSecret')
  return { consumerKey, consumerSecret: credentialSecret(`auth.${env}.consumer_secret`, secret) }
}

function readEndpoints(endpoints: unknown): Readonly<Record<string, string>> {
  if (endpoints === undefined) return {}
  if (!isObject(endpoints)) throw invalidArgument('endpoints: must be an object of paths')
  const read: Record<string, string> = {}
  for (const [key, path] of Object.entries(endpoints)) {
    if (key.startsWith('/')) throw invalidArgument('endpoints: keys are names of operations, not paths')
    if (typeof path !== 'string' || !/^\/[\w/-]{1,200}$/.test(path)) {
      throw invalidArgument("endpoints: every path begins with '/' and has letters, digits, '/', '-' and '_' alone")
    }
    read[key] = path
  }
  return Object.freeze(read)
}

function pick(from: unknown, ...names: readonly string[]): unknown {
  return names.map((name) => member(from, name)).find((value) => value !== undefined)
}

function text(from: object, where: string, ...names: readonly string[]): string {
  return credentialText(`${where}.${names[0] ?? ''}`, pick(from, ...names))
}

function optional(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}
