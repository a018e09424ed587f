/** What holds of every decision, whatever the record says: engine.md 16.2, G2, G5, G7. @module */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decide, drawFence, graceMs, keepMs, meets, parseRecord, reduce, view } from '../../src/protocol.ts'
import { now, someAsks, someMemory, someRecord, someSelf } from './arbitraries.ts'
import { bounded } from './settings.ts'

const runs = bounded(1_500)
/** Short of `repair`, which comes before every need. */
const adopts = (decision: { readonly do: string }): boolean => decision.do === 'adopt' || decision.do === 'repair'

describe('decide (16.2)', () => {
  it('adopts with every longer remaining life where it adopts with a shorter one', () => {
    fc.assert(
      fc.property(someRecord, fc.nat(400_000), someAsks, someSelf, someMemory, (record, more, asks, self, memory) => {
        fc.pre(adopts(decide(record, now, asks, self, memory)))
        const longer = { ...record, until: record.until + more }
        expect(adopts(decide(longer, now, asks, self, memory))).toBe(true)
      }),
      runs,
    )
  })

  it('adopts at every earlier instant where it adopts at a later one', () => {
    fc.assert(
      fc.property(someRecord, fc.nat(400_000), someAsks, someSelf, someMemory, (record, ms, asks, self, memory) => {
        fc.pre(adopts(decide(record, now, asks, self, memory)))
        expect(adopts(decide(record, now - ms, asks, self, memory))).toBe(true)
      }),
      runs,
    )
  })

  it('does not adopt for a higher `after` where it does not for a lower one', () => {
    fc.assert(
      fc.property(someRecord, fc.nat(5), someAsks, someSelf, someMemory, (record, more, asks, self, memory) => {
        fc.pre(!adopts(decide(record, now, asks, self, memory)))
        expect(adopts(decide(record, now, { ...asks, after: asks.after + more }, self, memory))).toBe(false)
      }),
      runs,
    )
  })

  it('does not adopt for a greater need where it does not for a smaller one', () => {
    fc.assert(
      fc.property(someRecord, fc.nat(400_000), someAsks, someSelf, someMemory, (record, more, asks, self, memory) => {
        fc.pre(!adopts(decide(record, now, asks, self, memory)))
        const greater = { ...asks, minRemaining: asks.minRemaining + more }
        expect(adopts(decide(record, now, greater, self, memory))).toBe(false)
      }),
      runs,
    )
  })

  it('adopts exactly what meets the need, unless there is something to repair (6.3, 6.12)', () => {
    fc.assert(
      fc.property(someRecord, someAsks, someSelf, someMemory, (record, asks, self, memory) => {
        const { do: does } = decide(record, now, asks, self, memory)
        fc.pre(does !== 'repair')
        expect(does === 'adopt').toBe(meets(record, now, asks))
      }),
      runs,
    )
  })

  it('hands out no token at or below the leeway, the need, `after` or the refused generation (G9, G5)', () => {
    fc.assert(
      fc.property(someRecord, someAsks, someSelf, someMemory, (record, asks, self, memory) => {
        fc.pre(decide(record, now, asks, self, memory).do === 'adopt')
        expect(view(record, now).remaining).toBeGreaterThan(
          Math.max(Math.min(10_000, record.life / 20), asks.minRemaining),
        )
        expect(record.gen).toBeGreaterThan(Math.max(asks.after, asks.refused))
        expect(record.gen).not.toBe(record.refused?.gen)
      }),
      runs,
    )
  })

  it('acquires only what is spent, due, refused or demanded past, and no running lease of another (G2)', () => {
    fc.assert(
      fc.property(someRecord, someAsks, someSelf, someMemory, (record, asks, self, memory) => {
        const decision = decide(record, now, asks, self, memory)
        fc.pre(decision.do === 'acquire')
        expect(meets(record, now, asks)).toBe(false)
        if (record.lease && record.lease.holder !== self.holder) {
          expect(record.lease.until + graceMs).toBeLessThanOrEqual(now)
        }
        if (view(record, now).cooling) expect(record.cool?.class).toBe('denied')
      }),
      runs,
    )
  })

  it('acquires with a fence above everything seen, for the present generation (5.1, G1)', () => {
    fc.assert(
      fc.property(someRecord, someAsks, someSelf, someMemory, (record, asks, self, memory) => {
        const decision = decide(record, now, asks, self, memory)
        if (decision.do !== 'acquire') return fc.pre(false)
        const { lease } = decision
        expect(lease.fence).toBeGreaterThan(Math.max(record.fence, memory.fence))
        expect(lease.fence).toBeGreaterThanOrEqual(now)
        expect(decision.record.fence).toBe(lease.fence)
        expect(lease.base).toBe(record.gen)
        expect(lease.until).toBe(now + self.traits.longest + graceMs)
      }),
      runs,
    )
  })

  it('spends no refresh token that may have been spent, where a replay is fatal or unknown (G7)', () => {
    fc.assert(
      fc.property(someRecord, someAsks, someSelf, someMemory, (record, asks, self, memory) => {
        const decision = decide(record, now, asks, self, memory)
        if (decision.do !== 'acquire' || decision.path !== 'renewal') return fc.pre(false)
        expect(decision.lease.spends).toBe(record.spendable)
        expect(record.renewUntil ?? Infinity).toBeGreaterThan(now)
        if (self.traits.replay === 'fatal' || self.traits.replay === 'unknown') {
          expect(record.tainted).toBeUndefined()
          expect(record.lease?.spends).not.toBe(record.spendable)
        }
      }),
      runs,
    )
  })

  it('never counts more refusals within a window than the budget allows (7.2.5)', () => {
    fc.assert(
      fc.property(someRecord, someAsks, someSelf, someMemory, (record, asks, self, some) => {
        const memory = { ...some, epoch: record.epoch, gen: Math.min(some.gen, record.gen) } // Nothing to repair.
        const decision = decide(record, now, asks, self, memory)
        if (decision.do !== 'acquire' || decision.record.refused === record.refused) return fc.pre(false)
        expect(decision.record.refused?.renewals).toBeLessThanOrEqual(self.budget.renewals)
      }),
      runs,
    )
  })

  it('never shortens a cool-down (6.4)', () => {
    fc.assert(
      fc.property(someRecord, someAsks, someSelf, someMemory, (record, asks, self, memory) => {
        const decision = decide(record, now, asks, self, memory)
        if (!('record' in decision) || !decision.record) return fc.pre(false)
        expect(decision.record.cool?.until ?? 0).toBeGreaterThanOrEqual(record.cool?.until ?? 0)
      }),
      runs,
    )
  })

  it('changes nothing of what it is given', () => {
    fc.assert(
      fc.property(someRecord, someAsks, someSelf, someMemory, (record, asks, self, memory) => {
        const before = structuredClone(record)
        decide(record, now, asks, self, memory)
        expect(record).toEqual(before)
      }),
      bounded(1_000),
    )
  })

  it('is total: whatever parseRecord takes for a record can be judged and stepped (9.8)', () => {
    const junk = fc.oneof(fc.constant(null), fc.jsonValue({ maxDepth: 1 }))
    const names = ['lease', 'cool', 'refused', 'token', 'spendable', 'renewUntil', 'tainted', 'until', 'gen'] as const
    fc.assert(
      fc.property(
        someRecord,
        fc.constantFrom(...names),
        junk,
        someAsks,
        someSelf,
        someMemory,
        (record, name, value, asks, self, memory) => {
          const parsed = parseRecord(JSON.stringify({ ...record, [name]: value }))
          if (parsed === null || parsed === 'foreign') return
          expect(() => decide(parsed, now, asks, self, memory)).not.toThrow()
          expect(keepMs(parsed, now)).toBeGreaterThanOrEqual(86_400_000)
          expect(Number.isFinite(drawFence(parsed, memory, now))).toBe(true)
          expect(() => reduce(parsed, { step: 'release', fence: 1 })).not.toThrow()
        },
      ),
      bounded(3_000),
    )
  })

  it('takes any text for a record, a foreign one or none, and never throws (9.8)', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          someRecord.map((r) => JSON.stringify(r).slice(0, -3)),
        ),
        (text) => {
          expect(() => parseRecord(text)).not.toThrow()
        },
      ),
      bounded(2_000),
    )
  })
})
