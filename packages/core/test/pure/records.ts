/**
 * Records, needs and processes for tables: a whole value of each kind, of which a test states only what it is about.
 *
 * @module
 */
import type { Traits } from '../../src/grant.ts'
import type { Asks, Cool, Decision, Lease, Memory, Self, TokenRecord } from '../../src/protocol.ts'

/** The store's clock in these tests; epoch milliseconds. */
export const now = 1_800_000_000_000

export const traits: Traits = { exclusive: false, renewal: 'rotating', replay: 'fatal', longest: 15_000 }

/** A record with a fresh token of five minutes and a refresh token of half an hour. */
export function aRecord(some: Partial<TokenRecord> = {}): TokenRecord {
  return {
    format: 1,
    epoch: 7,
    fence: 41,
    gen: 41,
    salt: 'salt-1',
    token: 'sealed-41',
    until: now + 300_000,
    life: 300_000,
    spendable: 'print-41',
    renewUntil: now + 1_800_000,
    ...some,
  }
}

/** The same record with a token that nobody may use any more. */
export function aSpentRecord(some: Partial<TokenRecord> = {}): TokenRecord {
  return aRecord({ until: now, ...some })
}

export function aLease(some: Partial<Lease> = {}): Lease {
  return { fence: 42, holder: 'other', until: now + 10_000, base: 41, ...some }
}

export function aCool(some: Partial<Cool> = {}): Cool {
  return { until: now + 1_000, step: 0, class: 'transient', code: 'LATCHKEY_ENDPOINT_FAILED', ...some }
}

export function theAsks(some: Partial<Asks> = {}): Asks {
  return { after: 0, minRemaining: 0, refused: 0, ahead: 0, demanded: false, ...some }
}

export function aSelf(some: Partial<Traits> = {}, canRenew = true): Self {
  return { holder: 'self', traits: { ...traits, ...some }, canRenew, budget: { renewals: 2, per: 60_000 } }
}

export function aMemory(some: Partial<Memory> = {}): Memory {
  return { gen: 41, epoch: 7, fence: 41, ...some }
}

export type Acquisition = Extract<Decision, { do: 'acquire' }>

/** The decision as an acquisition, or the end of the test. */
export function asAcquisition(decision: Decision): Acquisition {
  if (decision.do !== 'acquire') throw new Error(`Expected acquire, got ${decision.do}.`)
  return decision
}
