/**
 * A client's own budget of requests: what KSeF would answer with 429, and remember, is not sent in the first place.
 *
 * It knows of this process alone. Others that use the same context from the same address share its quota at KSeF, so a
 * 429 can come all the same; from then on the budget stays closed for as long as KSeF said.
 *
 * @see spec/ksef.md section 1.10
 * @module
 */
import type { Clock } from '@latchkey/core'
import type { Operation, Pace, RequestEvent } from '@latchkey/http'
import { ksefError } from '../errors.ts'
import type { RateGroup } from '../operations/table-row.ts'
import { defaultRateLimits, effectiveRateLimits } from './limits.ts'
import type { ClientRateLimits } from './limits.ts'
import { createTurns } from './turns.ts'
import type { Turns } from './turns.ts'

/** The budget of one context, or of the operations that need none. */
export interface RateBudget {
  /**
   * Waits for the operation's turn. Goes with a pipeline.
   *
   * @throws {ProviderError} `KSEF_RATE_LIMITED`: no turn in time; nothing was sent, and `retryAt` is when there is one.
   */
  readonly pace: Pace
  /** Hears how each try ended: an answer of 429 with `Retry-After` closes its group until then. */
  heard(event: Pick<RequestEvent, 'operation' | 'rateGroup' | 'status' | 'retryAfterMs'>): void
  /** Takes over the effective values, as `GET /rate-limits` answers. */
  use(effective: unknown): void
}

export interface RateBudgetOptions {
  readonly clock: Clock
  /** @default the values of production */
  readonly limits?: ClientRateLimits
}

export function createRateBudget({ clock, limits: first = defaultRateLimits }: RateBudgetOptions): RateBudget {
  let limits = first
  const counters = new Map<string, { readonly group: RateGroup; readonly turns: Turns }>() // One per group or operation of the table.

  const turnsOf = (operation: string, group: string | undefined): Turns | undefined => {
    if (group === undefined || !isGroup(group, limits)) return undefined // Nothing counts it.
    const name = group === 'other' ? `other: ${operation}` : group
    const counter = counters.get(name) ?? { group, turns: createTurns(limits[group], clock) }
    counters.set(name, counter)
    return counter.turns
  }

  return {
    async pace(operation, run) {
      await turnsOf(operation.name, operation.rateGroup)?.take(run, (at) => noTurn(operation, at, clock))
    },
    heard({ operation, rateGroup, status, retryAfterMs }) {
      if (status !== 429 || retryAfterMs === undefined) return
      turnsOf(operation, rateGroup)?.close(clock.mono() + retryAfterMs)
    },
    use(effective) {
      limits = effectiveRateLimits(limits, effective)
      for (const { group, turns } of counters.values()) turns.use(limits[group])
    },
  }
}

function isGroup(name: string, limits: ClientRateLimits): name is RateGroup {
  return Object.hasOwn(limits, name)
}

function noTurn({ name, rateGroup = '' }: Operation, at: number, clock: Clock): Error {
  const retryAt = Math.ceil(clock.wall() + at - clock.mono())
  return ksefError(
    'KSEF_RATE_LIMITED',
    `${name}: KSeF takes no more of these requests now, so nothing was sent. There is a turn at ${new Date(retryAt).toISOString()}: ` +
      'try again then, or give the call a longer deadlineMs.',
    { operation: name, retryAt, reason: 'budget', more: { rateGroup } },
  )
}
