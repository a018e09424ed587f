/**
 * Challenges: for one authentication each, and for ten minutes.
 *
 * @see spec/ksef.md sections 2.2, B.2
 * @module
 */
import { z } from 'zod'
import { answer, type PublicOperation } from '../operation.ts'
import { refused } from '../refusal.ts'
import { formatInstant } from '../times.ts'
import type { World } from '../world.ts'

/** A challenge. */
export const challengeRow = z.strictObject({ challenge: z.string(), issuedAt: z.number(), isUsed: z.boolean() })

/** A row. */
export type Challenge = z.infer<typeof challengeRow>

/** `POST /auth/challenge` */
export const challengeOperation: PublicOperation = {
  name: 'challenge',
  method: 'POST',
  path: '/v2/auth/challenge',
  who: 'public',
  run({ world, now, clientIp }) {
    const challenge = world.ids.reference('CR', now)
    world.tables.challenges.set({ challenge, issuedAt: now, isUsed: false })
    return answer(200, { challenge, timestamp: formatInstant(now), timestampMs: now, clientIp })
  },
}

/** When a challenge ends. */
export function challengeEndsAt(world: World, { issuedAt }: Challenge): number {
  return issuedAt + world.switches.challengeSeconds * 1000
}

/** Uses a challenge up. @throws {Refusal} 21111: unknown, expired or used. */
export function useChallenge(world: World, name: string): Challenge {
  const challenge = world.tables.challenges.get(name)
  if (challenge === undefined || challenge.isUsed || world.now() >= challengeEndsAt(world, challenge)) {
    throw refused(21111)
  }
  challenge.isUsed = true
  return challenge
}
