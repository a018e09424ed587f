/**
 * Truphone Connect and its Keycloak: puts the parts together and finds what a request is for.
 *
 * @see spec/truphone.md section 14
 * @module
 */
import { type Answer, jsonAnswer } from '../../answers.ts'
import { hexDigits } from '../../random.ts'
import type { System, SystemContext, SystemDefinition, SystemRequest } from '../../system.ts'
import { perform } from './actions.ts'
import { answerRefusal, ruled } from './api/refusal.ts'
import { credentials, type TruphoneCredentials } from './credentials.ts'
import { answerCall } from './gateway.ts'
import { createIds } from './ids.ts'
import { realmError } from './keycloak/answers.ts'
import { certs, discovery, introspect, logout, revoke } from './keycloak/endpoints.ts'
import { createForeignTokens } from './keycloak/foreign-tokens.ts'
import { createKeys } from './keycloak/keys.ts'
import { clearRealm, createRealm, isAlive } from './keycloak/realm.ts'
import { tokenEndpoint } from './keycloak/token-endpoint.ts'
import { catchUp } from './life/timeline.ts'
import { createMask } from './masking.ts'
import { operations, type RealmEndpoint, realmPaths, routeOf } from './routes.ts'
import { createStore, seedRows } from './rows.ts'
import { readSaved, type Saved, save } from './saved.ts'
import { describe, type TruphoneState } from './state.ts'
import { readSwitches, type TruphoneSwitches } from './switches.ts'
import { noCounts, type World } from './world.ts'

export type { TruphoneCredentials } from './credentials.ts'
export type { TruphoneState } from './state.ts'
export type { TruphoneSwitches } from './switches.ts'

/** Truphone Connect, before it runs. */
export const truphone: SystemDefinition<TruphoneCredentials, TruphoneSwitches, TruphoneState> = {
  title: 'Truphone Connect (eSIM)',
  operations: [...Object.keys(realmPaths), ...Object.keys(operations)],
  readSwitches,
  async start(context, switches) {
    const secret = context.random('signing').text(hexDigits, 64)
    const world = createWorld(context, switches, secret)
    const now = context.clock.now()
    perform(world, switches.actions, now)
    catchUp(world, now)
    return createSystem(world, switches, secret)
  },
  async restore(context, switches, input) {
    const saved = readSaved(input)
    const world = createWorld(context, saved.switches, saved.secret, saved)
    catchUp(world, context.clock.now())
    return createSystem(world, switches, saved.secret)
  },
}

function createWorld(context: SystemContext, switches: TruphoneSwitches, secret: string, saved?: Saved): World {
  const { clock, callbacks } = context
  const now = clock.now()
  const world: World = {
    clock,
    callbacks,
    ids: createIds(context.random('ids', saved?.drawn)),
    keys: createKeys(secret, saved?.privateKey),
    foreignTokens: createForeignTokens(),
    realm: createRealm(saved?.realm),
    stores: {
      production: createStore(saved?.stores.production ?? seedRows(now)),
      preproduction: createStore(saved?.stores.preproduction ?? seedRows(now)),
    },
    counters: saved?.counters ?? noCounts(),
    switches: { ...switches, actions: [] },
    wakesAt: null,
    wakeUp: () => catchUp(world, clock.now()),
    recycledAt: saved?.recycledAt ?? now,
    underWay: new Map(),
    rates: new Map(),
  }
  return world
}

function createSystem(
  world: World,
  initial: TruphoneSwitches,
  secret: string,
): System<TruphoneCredentials, TruphoneState> {
  return {
    credentials,
    operationAt: nameAt,
    arrived(operation) {
      if (operation === 'token') world.counters.tokenRequests += 1
    },
    async answer(request) {
      if (world.wakesAt === null || world.wakesAt <= world.clock.now()) world.wakeUp()
      const answer = await dispatch(world, request)
      if (request.method !== 'GET') world.wakeUp()
      return answer
    },
    throttled: () => jsonAnswer(429, { type: 'TOO_MANY_REQUESTS', messages: ['Too many requests'] }),
    invalidateTokens() {
      const now = world.clock.now()
      const live = [...world.realm.access.values()].filter((record) => isAlive(record, now))
      for (const record of live) record.state = 'killed'
      return live.length
    },
    set(input) {
      const before = world.switches
      const { actions, ...next } = readSwitches(input, before)
      world.wakeUp()
      world.switches = { ...next, actions: [] }
      try {
        perform(world, actions, world.clock.now())
      } catch (error) {
        world.switches = before
        throw error
      }
      world.wakeUp()
      return world.switches
    },
    state: () => describe(world),
    snapshot: () => save(world, secret),
    reset() {
      const now = world.clock.now()
      world.switches = { ...initial, actions: [] }
      clearRealm(world.realm)
      world.stores = { production: createStore(seedRows(now)), preproduction: createStore(seedRows(now)) }
      Object.assign(world.counters, noCounts())
      world.underWay.clear()
      world.rates.clear()
      world.recycledAt = now
      world.wakesAt = null // The clock has forgotten what it was asked for.
      perform(world, initial.actions, now)
      catchUp(world, now)
    },
    maskText: createMask(world),
    documents: {},
    magic: {
      'device.id sim-fail…': 'the order fails',
      'device.id sim-slow…': 'the order stays FULFILLING until it is released: {"actions":[{"do":"releaseOrder",…}]}',
    },
  }
}

function nameAt(path: string, method: string): string | null {
  const route = routeOf(path)
  if (route.is === 'realm') return route.endpoint
  return route.is === 'api' ? (route.resource?.methods[method] ?? null) : null
}

const endpoints: Readonly<Record<RealmEndpoint, (world: World, request: SystemRequest) => Answer | Promise<Answer>>> = {
  token: tokenEndpoint,
  introspect,
  revoke,
  logout,
  certs,
  discovery,
}

function dispatch(world: World, request: SystemRequest): Answer | Promise<Answer> {
  const route = routeOf(request.path)
  switch (route.is) {
    case 'realm':
      return endpoints[route.endpoint](world, request)
    case 'otherRealm':
      return realmError(world, 404, 'Realm does not exist')
    case 'api':
      return answerCall(world, route, request)
    case 'unknown': {
      const text = `${request.method} ${request.path} is not imitated; GET /_simulator/ lists what is.`
      return answerRefusal(world, ruled(world, 'unknownPath', text))
    }
    default:
      return route satisfies never
  }
}
