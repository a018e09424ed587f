/**
 * A sign-in that was made elsewhere: its tokens are used until they end, and nothing replaces them.
 *
 * @see spec/ksef.md sections 2.10 and 7.1
 * @module
 */
import type { Issued, Secret } from '@latchkey/core'
import type { Door } from './door.ts'
import { signAgain } from './failures.ts'
import type { Entrance } from './grant.ts'
import { refresh } from './stay.ts'

/** A token and its end, epoch milliseconds. */
export interface GivenToken {
  readonly token: Secret
  readonly until: number
}

export interface GivenTokens {
  readonly access: GivenToken
  readonly refresh: GivenToken
}

const tooShortMs = 10_000

/** The way in with such tokens; for a source of its own. */
export function givenTokens({ access, refresh: long }: GivenTokens): Entrance {
  let used = false
  return {
    id: 'ksef.tokens',
    async obtain(door: Door): Promise<Issued> {
      if (used) throw signAgain()
      const now = door.run.clock.wall()
      const login = { refresh: { token: long.token, lifetime: { at: long.until, now } } }
      const issued: Issued =
        access.until - now > tooShortMs
          ? { access: access.token, lifetime: { at: access.until, now } }
          : await refresh(door, { refresh: long.token, access: access.token })
      used = true
      return { ...issued, ...login }
    },
  }
}
