/**
 * KSeF 2.0, environment TEST: puts the parts together.
 *
 * @see spec/ksef.md appendix B
 * @module
 */
import { hexDigits } from '../../random.ts'
import type { System, SystemContext, SystemDefinition } from '../../system.ts'
import { perform } from './actions.ts'
import { createJwts } from './auth/jwt.ts'
import { createCredentials, type KsefCredentials, seedCredentials } from './credentials.ts'
import { seedKeys } from './encryption/keys.ts'
import { createKeyMaterials } from './encryption/materials.ts'
import { answerCall, answerThrottled } from './gateway.ts'
import { createIds } from './ids.ts'
import { maskText } from './masking.ts'
import { createRates } from './rates.ts'
import { operationAt, operations } from './routes.ts'
import { readSaved, type Saved, save } from './saved.ts'
import { describe, type KsefState } from './state.ts'
import { type KsefSwitches, readSwitches } from './switches.ts'
import { createTables } from './tables.ts'
import { catchUp } from './tasks.ts'
import { noCounts, type World } from './world.ts'

export type { KsefCredentials } from './credentials.ts'
export type { KsefState } from './state.ts'
export type { KsefSwitches } from './switches.ts'

/** KSeF, before it runs. */
export const ksef: SystemDefinition<KsefCredentials, KsefSwitches, KsefState> = {
  title: 'KSeF 2.0 (Poland), environment TEST',
  operations: operations.map(({ name }) => name),
  readSwitches,
  async start(context, switches) {
    const secret = context.random('signing').text(hexDigits, 64)
    const credentials = await createCredentials(createIds(context.random('credentials')), context.clock.now())
    const world = createWorld(context, switches, secret)
    begin(world, credentials, switches)
    return createSystem(world, credentials, switches, secret)
  },
  async restore(context, switches, input) {
    const saved = readSaved(input)
    const world = createWorld(context, saved.switches, saved.secret, saved)
    return createSystem(world, saved.credentials, switches, saved.secret)
  },
}

/** The operations whose arrivals are counted as requests for tokens. */
const tokenRequests: ReadonlySet<string | null> = new Set(['xadesSignature', 'ksefToken', 'redeem', 'refresh'])

function createWorld(context: SystemContext, switches: KsefSwitches, secret: string, saved?: Saved): World {
  const world: World = {
    now: () => context.clock.now() + world.switches.clockSkewMs,
    ids: createIds(context.random('ids', saved?.drawn)),
    jwts: createJwts(secret),
    keyMaterials: createKeyMaterials(saved?.materials),
    tables: createTables(saved?.tables),
    counters: saved?.counters ?? noCounts(),
    switches: { ...switches, actions: [] },
    rates: createRates(),
  }
  return world
}

/** What an environment holds at the start. */
function begin(world: World, credentials: KsefCredentials, { actions }: KsefSwitches): void {
  seedKeys(world)
  seedCredentials(world, credentials)
  perform(world, actions)
}

function createSystem(
  world: World,
  credentials: KsefCredentials,
  initial: KsefSwitches,
  secret: string,
): System<KsefCredentials, KsefState> {
  return {
    credentials,
    operationAt,
    arrived(operation) {
      if (tokenRequests.has(operation)) world.counters.tokenRequests += 1
    },
    answer: (request) => answerCall(world, request),
    throttled: (request, retryAfter) => answerThrottled(world, request, retryAfter),
    invalidateTokens() {
      const now = world.now()
      let died = 0
      for (const session of world.tables.sessions.values()) {
        died += session.accessEnds.filter((end) => now < end).length
        session.accessEnds = []
      }
      world.counters.generation += 1
      return died
    },
    set(input) {
      const before = world.switches
      const { actions, ...next } = readSwitches(input, before)
      catchUp(world)
      world.switches = { ...next, actions: [] }
      try {
        perform(world, actions)
      } catch (error) {
        world.switches = before
        throw error
      }
      return world.switches
    },
    state: () => describe(world),
    snapshot: () => save(world, secret, credentials),
    reset() {
      world.switches = { ...initial, actions: [] }
      world.tables = createTables()
      world.counters = { ...noCounts(), generation: world.counters.generation + 1 } // Tokens of before stay void.
      world.rates.clear()
      world.keyMaterials.reset()
      begin(world, credentials, initial)
    },
    maskText,
    documents: {},
    magic: {},
  }
}
