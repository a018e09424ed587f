/**
 * Makes token sources: one for one key, or a bounded collection for many tenants.
 *
 * @see engine.md sections 1, 2.4, 3.8 and 12
 * @module
 */
import type { Clock } from './clock.ts'
import { systemClock } from './clock.ts'
import { invalidArgument } from './errors.ts'
import type { Grant } from './grant.ts'
import type { KeyParts } from './key.ts'
import { canonicalKey } from './key.ts'
import type { ManagedTokenSource } from './managed-source.ts'
import { ManagedSource } from './managed-source.ts'
import { createMemoryStore } from './memory-store.ts'
import type { Observer } from './observer.ts'
import { assertKnown, assertTypes, engineRules } from './options.ts'
import type { Services } from './services.ts'
import type { Store } from './store.ts'
import type { KeyRing } from './vault.ts'

/** One credential at one authorization server. */
export interface KeyOptions {
  readonly grant: Grant
  readonly key: KeyParts
  /** Your name for the key in events and errors. Not part of the key; never derive it from a secret. */
  readonly keyLabel: string
  /** Renew ahead of time even while nobody asks, as long as the key was used within the idle span. @default false */
  readonly keepWarm?: boolean | undefined
}

export interface EngineOptions {
  /** Where the record is shared. @default a memory store of its own */
  readonly store?: Store | undefined
  /** Seals tokens at rest. Required on a store of scope host or fleet, unless `plaintext: true`. */
  readonly ring?: KeyRing | undefined
  /** Keep tokens readable in a store that others can read. @default false */
  readonly plaintext?: boolean | undefined
  readonly clock?: Clock | undefined
  /** In [0, 1). @default Math.random */
  readonly random?: (() => number) | undefined
  readonly observer?: Observer | undefined
  /** What `GrantRun.send` uses. @default the global fetch at the time of the call */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** Renewals that refusals may cause per `per` milliseconds, across the fleet. @default 2 per 60 000 */
  readonly refusalBudget?: { readonly renewals: number; readonly per: number } | undefined
  /** With a silent store: go on alone, or fail. @default 'degrade' */
  readonly storeTrouble?: 'degrade' | 'fail' | undefined
  /** Prefix of stored keys. @default 'latchkey:' */
  readonly prefix?: string | undefined
  /** Milliseconds without use after which nothing is renewed ahead of time. @default 600 000 */
  readonly idleMs?: number | undefined
}

export interface TokenSources extends AsyncDisposable {
  /** The source of that key: the same one for the same key, as long as it is in memory. */
  get(options: KeyOptions): ManagedTokenSource
  readonly size: number
  close(): Promise<void>
}

const keyPartNames = [
  'provider',
  'environment',
  'tokenEndpoint',
  'clientId',
  'grantId',
  'credentialVersion',
  'subject',
  'audience',
  'scopes',
]
const tickMs = 30_000
const keyNames = ['grant', 'key', 'keyLabel', 'keepWarm']
const engineNames = [
  'store',
  'ring',
  'plaintext',
  'clock',
  'random',
  'observer',
  'fetch',
  'refusalBudget',
  'storeTrouble',
  'prefix',
  'idleMs',
]

/**
 * Makes the source of one key.
 *
 * @throws {TypeError} `ERR_INVALID_ARG`: an option is missing, of the wrong type or unknown.
 */
export function createTokenSource(options: KeyOptions & EngineOptions): ManagedTokenSource {
  assertKnown(options, [...keyNames, ...engineNames], 'createTokenSource')
  const closing = new AbortController()
  const services = servicesFrom(options, closing.signal)
  const source = sourceFrom(options, services, canonicalOf(options), () => closing.abort())
  if (options.keepWarm) void keepHouse(services, () => source.tick(services.clock.mono()))
  return source
}

/**
 * Makes sources on demand for many tenants and bounds their memory: beyond `maxKeys` the least recently used key
 * goes first, but never one with a flight, a waiting caller or an uncommitted result.
 *
 * @param options.maxKeys - @default 10 000
 */
export function createTokenSources(
  options: EngineOptions & { readonly maxKeys?: number | undefined } = {},
): TokenSources {
  assertKnown(options, [...engineNames, 'maxKeys'], 'createTokenSources')
  const { maxKeys = 10_000 } = options
  const closing = new AbortController()
  const services = servicesFrom(options, closing.signal, maxKeys)
  const sources = new Map<string, ManagedSource>()
  let housekeeping = false
  const closed = (canonical: string): void => void sources.delete(canonical)

  // The map's order is the order of use through this collection; sources used directly tell when by themselves.
  function makeRoom(): void {
    while (sources.size >= maxKeys) {
      const oldest = leastUsed()
      if (oldest === undefined) return
      sources.get(oldest)?.evict()
      sources.delete(oldest)
    }
  }

  function leastUsed(): string | undefined {
    let oldest: string | undefined
    let since = Infinity
    for (const [name, source] of sources) {
      const idle = source.idleSince()
      if (idle === undefined || idle >= since) continue
      oldest = name
      since = idle
      if (idle === -Infinity) break
    }
    return oldest
  }

  return {
    get size() {
      return sources.size
    },
    get(key) {
      assertKnown(key, keyNames, 'TokenSources.get')
      if (closing.signal.aborted) throw invalidArgument('These token sources are closed.')
      const canonical = canonicalOf(key)
      const known = sources.get(canonical)
      sources.delete(canonical)
      if (!known) makeRoom()
      const source = known ?? sourceFrom(key, services, canonical, closed)
      sources.set(canonical, source)
      if (key.keepWarm && !housekeeping) {
        housekeeping = true
        void keepHouse(services, () => sources.forEach((each) => each.tick(services.clock.mono())))
      }
      return source
    },
    async close() {
      closing.abort()
      await Promise.all([...sources.values()].map((source) => source.close()))
    },
    [Symbol.asyncDispose]() {
      return this.close()
    },
  }
}

function canonicalOf({ grant, key }: KeyOptions): string {
  assertTypes({ grant: grant ?? null }, engineRules)
  assertKnown(key, keyPartNames, 'key')
  return canonicalKey({ ...key, grantId: key.grantId ?? grant.id })
}

function sourceFrom(
  options: KeyOptions,
  services: Services,
  canonical: string,
  onClose: (canonical: string) => void,
): ManagedSource {
  const { grant, key, keyLabel, keepWarm = false } = options
  assertTypes({ keyLabel: keyLabel ?? null, keepWarm }, engineRules)
  const { longest } = grant.traits ?? {}
  if (!(longest > 0 && longest <= 600_000)) throw invalidArgument('grant.traits.longest must be 1 to 600 000 ms')
  const { provider, environment } = key
  return new ManagedSource({ grant, canonical, provider, environment, keyLabel, keepWarm }, services, onClose)
}

function servicesFrom(options: EngineOptions, closing: AbortSignal, maxKeys = 1): Services {
  assertTypes(options, engineRules)
  const {
    clock = systemClock,
    refusalBudget: budget = { renewals: 2, per: 60_000 },
    store,
    ring,
    plaintext = false,
  } = options
  if (store && store.scope !== 'process' && !ring && !plaintext) {
    throw invalidArgument('A store that others can read needs a key ring: pass `ring`, or state `plaintext: true`')
  }
  // A store of one's own needs no names that are unique in the world, and loading the platform's cryptography for them
  // would delay the first token by some milliseconds.
  let names = 0
  const nonce = store ? () => crypto.randomUUID() : () => String((names += 1))
  return {
    ...(store ? { store, retire: undefined } : createMemoryStore(clock, maxKeys, 2 * maxKeys + 1_000)),
    alone: store === undefined,
    ring,
    clock,
    random: options.random ?? Math.random,
    observer: options.observer,
    fetch: options.fetch,
    holder: nonce(),
    nonce,
    prefix: options.prefix ?? 'latchkey:',
    budget: { ...budget },
    storeTrouble: options.storeTrouble ?? 'degrade',
    idleMs: options.idleMs ?? 600_000,
    closing,
    slots: 0,
    degraded: false,
  }
}

// The engine's one timer: never holds the process open, ends with the engine.
async function keepHouse({ clock, closing }: Services, tick: () => void): Promise<void> {
  while (!closing.aborted) {
    await clock.sleep(tickMs, closing, true).catch(() => undefined) // Ended by close.
    if (!closing.aborted) tick()
  }
}
