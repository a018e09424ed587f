/**
 * KSeF's way to a token for the engine: coming in takes many steps under one lease, staying in takes one request.
 *
 * @see spec/ksef.md sections 2.1 and 2.10, engine.md sections 1 and 18
 * @module
 */
import type { Grant, GrantRun, Issued, Secret, Traits } from '@latchkey/core'
import { doorTo } from './door.ts'
import type { Door, Entry } from './door.ts'
import { endSession, refresh } from './stay.ts'

/** What the engine must know of KSeF's tokens. Durations are milliseconds. */
export const ksefTraits: Traits = Object.freeze({
  exclusive: false, // Older access tokens stay valid.
  renewal: 'reusable',
  replay: 'safe',
  longest: 30_000, // Of one step; between steps the lease is extended.
  settle: 0,
  assumedLifetime: 900_000,
})

/** How one comes in. */
export interface Entrance {
  /** The grant's id, a part of the key. */
  readonly id: string
  /** Identifies the credential in full, so that a corrected one is not held up by the cool-down of the wrong one. */
  readonly credential?: Secret
  obtain(door: Door): Promise<Issued>
}

/**
 * The grant of one credential in one context. A refresh token that KSeF does not take any more leads to one new sign-in,
 * which is the engine's doing.
 */
export function ksefGrant(entry: Entry, entrance: Entrance): Grant {
  const { id, credential } = entrance
  let accessUntil: number | undefined // By the engine's wall clock, as known here.
  const noted = (issued: Issued, { clock }: GrantRun): Issued => {
    const { lifetime } = issued
    const left = lifetime !== undefined && 'at' in lifetime ? Number(lifetime.at) - (lifetime.now ?? clock.wall()) : 0
    accessUntil = left > 0 ? clock.wall() + left : undefined
    return issued
  }
  return {
    id,
    traits: ksefTraits,
    ...(credential !== undefined && { credential }),
    obtain: async (run) => noted(await entrance.obtain(doorTo(entry, run)), run),
    renew: async (from, run) => noted(await refresh(doorTo(entry, run), from), run),
    async revoke(what, run) {
      await endSession(doorTo(entry, run), what)
      if (what.access === undefined) return undefined
      return { remainsUntil: accessUntil ?? run.clock.wall() + (ksefTraits.assumedLifetime ?? 0) }
    },
  }
}
