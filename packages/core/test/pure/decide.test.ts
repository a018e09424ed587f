/** What a process does about a record: one test per rule of engine.md 6.3 to 6.5, 6.12 and 7.2. @module */
import { describe, expect, it } from 'vitest'
import { decide, graceMs } from '../../src/protocol.ts'
import { aCool, aLease, aMemory, aRecord, aSelf, aSpentRecord, now, theAsks } from './records.ts'

const self = aSelf()
const memory = aMemory()

describe('reading (6.3)', () => {
  it('adopts a record that meets the need, even under a lease, a cool-down and a taint', () => {
    const record = aRecord({ lease: aLease(), cool: aCool({ class: 'denied' }), tainted: 'maybe' })
    expect(decide(record, now, theAsks(), self, memory)).toEqual({ do: 'adopt' })
  })

  it('adopts a generation that this process has not seen (7.2.3)', () => {
    expect(decide(aRecord({ gen: 42 }), now, theAsks({ refused: 41, after: 41 }), self, memory)).toEqual({
      do: 'adopt',
    })
  })

  it('does not adopt a token that is due where the flight renews ahead of time (4)', () => {
    const due = aRecord({ until: now + 60_000 })
    expect(decide(due, now, theAsks(), self, memory).do).toBe('adopt')
    expect(decide(due, now, theAsks({ ahead: 60_000 }), self, memory).do).toBe('acquire')
  })
})

describe('repair (6.12)', () => {
  it('writes a known higher generation back before anything else, whatever the record says', () => {
    const older = aRecord({ gen: 40, cool: aCool(), lease: aLease() })
    expect(decide(older, now, theAsks(), self, memory)).toEqual({ do: 'repair' })
    expect(decide(older, now, theAsks({ refused: 41, after: 41 }), self, memory)).toEqual({ do: 'repair' })
  })

  it('leaves a record of another epoch alone: it was forgotten', () => {
    expect(decide(aRecord({ gen: 40, epoch: 8 }), now, theAsks(), self, memory).do).toBe('adopt')
    expect(decide(aRecord({ gen: 0, epoch: 8, until: 0, life: 0 }), now, theAsks(), self, memory).do).toBe('acquire')
  })

  it('leaves a record of the same or a higher generation alone', () => {
    expect(decide(aRecord(), now, theAsks(), self, memory).do).toBe('adopt')
    expect(decide(aRecord({ gen: 42 }), now, theAsks(), self, memory).do).toBe('adopt')
  })
})

describe('the cool-down (6.4)', () => {
  it.each(['transient', 'throttled', 'denied'] as const)('of class %s keeps everybody from asking', (kind) => {
    const cool = aCool({ class: kind })
    expect(decide(aSpentRecord({ cool }), now, theAsks(), self, memory)).toEqual({ do: 'cool', cool })
  })

  it('is over at its instant', () => {
    expect(decide(aSpentRecord({ cool: aCool({ until: now }) }), now, theAsks(), self, memory).do).toBe('acquire')
    expect(decide(aSpentRecord({ cool: aCool({ until: now + 1 }) }), now, theAsks(), self, memory).do).toBe('cool')
  })

  it('goes before the wait for another holder', () => {
    expect(decide(aSpentRecord({ cool: aCool(), lease: aLease() }), now, theAsks(), self, memory).do).toBe('cool')
  })

  it.each(['transient', 'throttled'] as const)('of class %s is not passed by a demand', (kind) => {
    const asks = theAsks({ after: 41, demanded: true })
    expect(decide(aRecord({ cool: aCool({ class: kind }) }), now, asks, self, memory).do).toBe('cool')
  })

  it('of class denied is passed by a demand, which the acquiring swap notes', () => {
    const asks = theAsks({ after: 41, demanded: true })
    const record = aRecord({ cool: aCool({ class: 'denied', until: now + 60_000 }) })
    expect(decide(record, now, asks, self, memory)).toMatchObject({
      do: 'acquire',
      record: { cool: { class: 'denied', passedAt: now } },
    })
  })

  it('of class denied is passed by demands at most once per 5 s', () => {
    const asks = theAsks({ after: 41, demanded: true })
    const passed = (passedAt: number) => aRecord({ cool: aCool({ class: 'denied', until: now + 60_000, passedAt }) })
    expect(decide(passed(now - 4_999), now, asks, self, memory).do).toBe('cool')
    expect(decide(passed(now - 5_000), now, asks, self, memory).do).toBe('acquire')
  })

  it('of class denied is not passed by a refusal', () => {
    const asks = theAsks({ after: 41, refused: 41 })
    expect(decide(aRecord({ cool: aCool({ class: 'denied' }) }), now, asks, self, memory).do).toBe('cool')
  })

  it('of class denied is passed by a source whose credential is another one', () => {
    const record = aSpentRecord({ cool: aCool({ class: 'denied', denied: 'print-old' }) })
    const decideFor = (credential?: string) => decide(record, now, theAsks(), self, aMemory({ credential })).do
    expect(decideFor('print-new')).toBe('acquire')
    expect(decideFor('print-old')).toBe('cool')
    expect(decideFor(undefined)).toBe('cool')
  })

  it('of another class is not passed by another credential', () => {
    const record = aSpentRecord({ cool: aCool({ class: 'transient', denied: 'print-old' }) })
    expect(decide(record, now, theAsks(), self, aMemory({ credential: 'print-new' })).do).toBe('cool')
  })

  it('stays in the record through an acquisition, so that its step goes on counting', () => {
    const cool = aCool({ until: now, step: 3 })
    expect(decide(aSpentRecord({ cool }), now, theAsks(), self, memory)).toMatchObject({ record: { cool } })
  })
})

describe('another holder (6.5)', () => {
  it.each([
    ['while its lease runs', now + 10_000, 'wait'],
    ['through the grace of 2 s', now - graceMs + 1, 'wait'],
    ['no longer at the end of the grace', now - graceMs, 'acquire'],
  ])('is waited for %s', (_, until, expected) => {
    expect(decide(aSpentRecord({ lease: aLease({ until }) }), now, theAsks(), self, memory).do).toBe(expected)
  })

  it('is waited for until the end of its lease and the grace', () => {
    const lease = aLease()
    expect(decide(aSpentRecord({ lease }), now, theAsks(), self, memory)).toEqual({
      do: 'wait',
      lease,
      until: lease.until + graceMs,
    })
  })

  it('is waited for on a demand and on a refusal too (G2)', () => {
    const record = aRecord({ lease: aLease() })
    expect(decide(record, now, theAsks({ after: 41, demanded: true }), self, memory).do).toBe('wait')
    expect(decide(record, now, theAsks({ after: 41, refused: 41 }), self, memory).do).toBe('wait')
  })

  it('is waited for by a refusal whose budget is spent, since that holder may bring a newer token', () => {
    const record = aRecord({ lease: aLease(), refused: { gen: 40, renewals: 2, since: now - 1_000 } })
    expect(decide(record, now, theAsks({ after: 41, refused: 41 }), self, memory).do).toBe('wait')
  })

  it('is not this process: its own lease is what a flight that ended left behind', () => {
    const record = aSpentRecord({ lease: aLease({ holder: 'self' }) })
    expect(decide(record, now, theAsks(), self, memory)).toMatchObject({ do: 'acquire', takesOver: true })
  })
})

describe('a refusal (7.2)', () => {
  const asks = theAsks({ after: 41, refused: 41 })

  it('of a generation below the record’s adopts the record’s (7.2.3, G5)', () => {
    expect(decide(aRecord(), now, theAsks({ after: 40, refused: 40 }), self, memory).do).toBe('adopt')
  })

  it('of a token younger than the settle time waits it out (7.2.4)', () => {
    const settling = aSelf({ settle: 5_000 })
    expect(decide(aRecord({ until: now + 300_000 - 1_200 }), now, asks, settling, memory)).toEqual({
      do: 'settle',
      until: now + 3_800,
    })
  })

  it('of a token as old as the settle time does not wait (7.2.4)', () => {
    const settling = aSelf({ settle: 5_000 })
    const aged = (age: number) => aRecord({ until: now + 300_000 - age })
    expect(decide(aged(4_999), now, asks, settling, memory).do).toBe('settle')
    expect(decide(aged(5_000), now, asks, settling, memory).do).toBe('acquire')
  })

  it('marks the generation and acquires in the same swap (7.2.6)', () => {
    expect(decide(aRecord(), now, asks, self, memory)).toMatchObject({
      do: 'acquire',
      record: { refused: { gen: 41, renewals: 1, since: now }, lease: { base: 41 } },
    })
  })

  it('counts within the running budget window (7.2.5)', () => {
    const record = aRecord({ refused: { gen: 40, renewals: 1, since: now - 59_999 } })
    expect(decide(record, now, asks, self, memory)).toMatchObject({
      record: { refused: { gen: 41, renewals: 2, since: now - 59_999 } },
    })
  })

  it('begins a new budget window when the last one is over (7.2.5)', () => {
    const record = aRecord({ refused: { gen: 40, renewals: 2, since: now - 60_000 } })
    expect(decide(record, now, asks, self, memory)).toMatchObject({
      record: { refused: { gen: 41, renewals: 1, since: now } },
    })
  })

  it('beyond the budget starts a cool-down to the end of the window, and the caller gets the answer (7.2.5)', () => {
    const since = now - 20_000
    const record = aRecord({ refused: { gen: 40, renewals: 2, since } })
    const cool = { until: since + 60_000, step: 0, class: 'refused', code: 'LATCHKEY_TOKEN_REJECTED' }
    expect(decide(record, now, asks, self, memory)).toEqual({ do: 'dismiss', cool, record: { ...record, cool } })
  })

  it('during that cool-down changes nothing any more (7.2.5)', () => {
    const cool = aCool({ class: 'refused', code: 'LATCHKEY_TOKEN_REJECTED' })
    const record = aRecord({ cool, refused: { gen: 40, renewals: 2, since: now } })
    expect(decide(record, now, asks, self, memory)).toEqual({ do: 'dismiss', cool })
  })

  it('beyond the budget never shortens a longer cool-down that the provider asked for (6.4, 11)', () => {
    const cool = aCool({ class: 'throttled', until: now + 3_600_000 })
    const record = aRecord({ cool, refused: { gen: 40, renewals: 2, since: now - 20_000 } })
    const decision = decide(record, now, asks, self, memory)
    const after = 'record' in decision ? decision.record?.cool : cool
    expect(after?.until).toBeGreaterThanOrEqual(now + 3_600_000)
    expect(decision.do).not.toBe('acquire')
  })

  it('that another process has marked already is not counted twice', () => {
    const refused = { gen: 41, renewals: 1, since: now - 5_000 }
    expect(decide(aRecord({ refused }), now, asks, self, memory)).toMatchObject({ do: 'acquire', record: { refused } })
  })

  it('of an earlier generation neither marks nor counts nor settles the present one, spent by age (G5)', () => {
    const late = theAsks({ after: 40, refused: 40 })
    const decision = decide(aSpentRecord({ until: now + 9_000 }), now, late, aSelf({ settle: 600_000 }), memory)
    expect(decision).toMatchObject({ do: 'acquire', lease: { base: 41 } })
    expect('record' in decision && decision.record?.refused).toBeUndefined()
    const none = { ...self, budget: { renewals: 0, per: 60_000 } }
    expect(decide(aSpentRecord(), now, late, none, memory).do).toBe('acquire')
  })

  it('of a budget of nothing never asks the provider', () => {
    const none = { ...self, budget: { renewals: 0, per: 60_000 } }
    expect(decide(aRecord(), now, asks, none, memory)).toMatchObject({
      do: 'dismiss',
      cool: { until: now + 60_000 },
    })
  })
})

describe('a demand (G2)', () => {
  it('past the record’s own generation acquires for it', () => {
    expect(decide(aRecord(), now, theAsks({ after: 41, demanded: true }), self, memory)).toMatchObject({
      do: 'acquire',
      lease: { base: 41 },
    })
  })

  it('past an older generation adopts', () => {
    expect(decide(aRecord(), now, theAsks({ after: 40, demanded: true }), self, memory).do).toBe('adopt')
  })

  it('leaves the refusal budget untouched', () => {
    const refused = { gen: 40, renewals: 1, since: now - 5_000 }
    const decision = decide(aRecord({ refused }), now, theAsks({ after: 41, demanded: true }), self, memory)
    expect(decision).toMatchObject({ do: 'acquire', record: { refused } })
  })
})

describe('another’s lease, read over a slow connection (6.5, G3)', () => {
  const lease = aLease({ until: now })

  it('is respected until its end and grace have surely passed, while the token is judged by the later instant', () => {
    const record = aSpentRecord({ lease })
    const asks = theAsks()
    expect(decide(record, now + 2_000, asks, aSelf(), aMemory(), now + 1_999).do).toBe('wait')
    expect(decide(record, now + 2_000, asks, aSelf(), aMemory(), now + 2_000).do).toBe('acquire')
    expect(decide(aRecord({ until: now + 1_000, lease }), now + 1_000, asks, aSelf(), aMemory(), now).do).toBe('wait')
  })
})
