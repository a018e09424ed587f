/**
 * The parent's side of the provider process: what it can be told, and what it counted.
 *
 * @module
 */
import type { Setting } from '../adapter.ts'
import { start } from './processes.ts'

export interface Habits {
  readonly tokenDelayMs: number
  readonly resourceDelayMs: number
  readonly lifetimeSeconds: number
  /** The token endpoint answers 500. */
  readonly failing: boolean
}

export interface Counts {
  readonly tokenRequests: number
  /** Requests that the resource refused. */
  readonly refusals: number
  /** The only token that is valid now. */
  readonly current: string
}

/** An hour of life, no latency, no fault. */
export const calm: Habits = { tokenDelayMs: 0, resourceDelayMs: 0, lifetimeSeconds: 3_600, failing: false }

export interface Provider {
  /** Forgets everything about the namespace. */
  reset(namespace: string, habits: Habits): Promise<void>
  /** Changes the habits and sets the counters to zero; the present token stays. */
  behave(namespace: string, habits: Habits): Promise<void>
  counts(namespace: string): Promise<Counts>
  /** Issues a token to somebody else, which ends the present one. */
  displace(namespace: string): Promise<void>
  setting(namespace: string): Setting
  end(): Promise<void>
}

export async function startProvider(core: number | undefined, privateKey: string): Promise<Provider> {
  const child = start('provider', core)
  const port = (await child.ask('listen')) as number // The process answers with its port.
  return {
    reset: async (namespace, habits) => void (await child.ask('reset', { namespace, habits })),
    behave: async (namespace, habits) => void (await child.ask('behave', { namespace, habits })),
    counts: async (namespace) => (await child.ask('counts', { namespace })) as Counts, // Same type on both sides.
    displace: async (namespace) => void (await child.ask('displace', { namespace })),
    setting: (namespace) => {
      const baseUrl = `http://127.0.0.1:${port}/${namespace}`
      return {
        baseUrl,
        tokenUrl: `${baseUrl}/token`,
        resourceUrl: `${baseUrl}/resource`,
        clientId: 'client',
        clientSecret: 'secret',
        privateKey,
      }
    },
    end: () => child.end(),
  }
}
