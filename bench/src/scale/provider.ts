/**
 * The two kinds of authorization server that a fleet meets, and the network before them. The server itself is the test
 * kit's double; this file gives it virtual time, a way there and back, and an outage.
 *
 * @module
 */
import { providerDouble } from '@latchkey/testkit'
import type { ProviderDouble } from '@latchkey/testkit'
import type { Lifespan } from './lifespan.ts'
import type { Random } from './random.ts'
import type { World } from './world.ts'

/** `exclusive`: a new token ends the previous one, as Daraja's do. `shareable`: rotating refresh tokens, as Truphone's. */
export type ProviderKind = 'exclusive' | 'shareable'

export interface ProviderHabits {
  readonly lifetimeMs: number
  /** The renewal window α of engine.md section 4, before jitter. */
  readonly windowMs: number
  readonly options: Parameters<typeof providerDouble>[0]
}

/** The habits of engine.md section 18. */
export const providers: Readonly<Record<ProviderKind, ProviderHabits>> = {
  exclusive: {
    lifetimeMs: 3_599_000,
    windowMs: 60_000,
    options: { exclusive: true, renewal: 'none', lifetimeMs: 3_599_000 },
  },
  shareable: {
    lifetimeMs: 300_000,
    windowMs: 60_000,
    options: { renewal: 'rotating', replay: 'fatal', lifetimeMs: 300_000, refreshLifetimeMs: 1_800_000 },
  },
}

/** Milliseconds of one way to the provider; half of the 200 that a token request takes. */
export const wayMs = 100
const refusedMs = 1

export interface Provider {
  readonly double: ProviderDouble
  /** What one process sends its token requests with. */
  fetchOf(life: Lifespan): typeof globalThis.fetch
}

/**
 * @param down - Whether the provider is down now: half of the connections are refused, and the others meet a 503.
 * @param tried - Told of every try to reach the token endpoint, and whether the provider was down.
 */
export function createProvider(
  world: World,
  random: Random,
  kind: ProviderKind,
  down: () => boolean,
  tried: (inVain: boolean) => void,
): Provider {
  const calendar = Date.UTC(2026, 0, 15, 12)
  const sleep = (ms: number): Promise<void> => new Promise((resolve) => void world.after(ms, resolve))
  const clock = { mono: world.now, wall: () => calendar + world.now(), elapsed: world.now, sleep }
  const double = providerDouble({ ...providers[kind].options, clock, latencyMs: wayMs })

  return {
    double,
    fetchOf: (life) => async (input, init) => {
      const inVain = down()
      tried(inVain)
      if (!inVain) {
        const answer = await double.fetch(input, init)
        await life.clock.sleep(wayMs)
        return answer
      }
      if (random.next() < 0.5) {
        await life.clock.sleep(refusedMs)
        throw new TypeError('fetch failed', { cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }) })
      }
      await life.clock.sleep(2 * wayMs)
      return new Response('{}', { status: 503 })
    },
  }
}
