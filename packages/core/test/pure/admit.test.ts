/** Which answers are kept, and under which generation: engine.md 6.8, G1 and G6. @module */
import { describe, expect, it } from 'vitest'
import { admit } from '../../src/protocol.ts'
import { aLease, aRecord, now } from './records.ts'

const memory = { fence: 50 }
const answer = { fence: 42, epoch: 7 }

describe('admit (6.8)', () => {
  it('keeps an answer newer than the record under its own fence', () => {
    expect(admit(aRecord(), answer, true, now, memory)).toBe(42)
  })

  it('keeps a late answer that nobody overtook, though another holds the lease by now', () => {
    const record = aRecord({ fence: 43, lease: aLease({ fence: 43 }) })
    expect(admit(record, answer, true, now, memory)).toBe(42)
  })

  it('keeps a late answer that nobody overtook, though no lease is left', () => {
    expect(admit(aRecord({ lease: undefined }), answer, true, now, memory)).toBe(42)
  })

  it.each([
    ['below', 41],
    ['at', 42],
  ])('refuses an answer whose fence is %s the record’s generation', (_, fence) => {
    expect(admit(aRecord({ gen: 42, fence: 44 }), { ...answer, fence }, false, now, memory)).toBe(0)
  })

  it.each([6, 8])('refuses an answer that was asked for in another epoch (G6): %i', (epoch) => {
    expect(admit(aRecord({ epoch }), answer, false, now, memory)).toBe(0)
  })

  it('refuses an answer of a forgotten epoch though its issue time is later (G6)', () => {
    const record = aRecord({ epoch: 8, issued: now })
    expect(admit(record, { ...answer, issued: now + 9_000 }, true, now, memory)).toBe(0)
  })

  const anew = aRecord({ gen: 0, born: 42, fence: 42, until: 0, life: 0 })

  it.each([
    ['refuses', true, 0],
    ['keeps, under a fresh generation,', false, now],
  ])('%s an answer that outlived the loss of its record (exclusive: %s; G1, G8)', (_, exclusive, expected) => {
    expect(admit(anew, { ...answer, fence: 41 }, exclusive, now, memory)).toBe(expected)
    expect(admit(anew, answer, exclusive, now, memory)).toBe(42) // Asked for with the first lease of the new one.
  })

  it('refuses an answer that outlived its record where the new one has a newer token (G8)', () => {
    expect(admit({ ...anew, gen: 43, fence: 43 }, { ...answer, fence: 41 }, false, now, memory)).toBe(0)
  })

  describe('of an exclusive grant, both issue times known and different', () => {
    it('keeps the later issue, under a freshly drawn generation where its fence is not above the record’s', () => {
      const record = aRecord({ gen: 43, fence: 44, issued: now - 10 })
      expect(admit(record, { ...answer, issued: now - 9 }, true, now, memory)).toBe(now)
      expect(admit({ ...record, fence: now + 4 }, { ...answer, issued: now - 9 }, true, now, memory)).toBe(now + 5)
    })

    it('keeps the later issue under its own fence where that is above', () => {
      expect(admit(aRecord({ issued: now - 10 }), { ...answer, issued: now - 9 }, true, now, memory)).toBe(42)
    })

    it('refuses the earlier issue, however high its fence', () => {
      expect(admit(aRecord({ issued: now }), { ...answer, issued: now - 1 }, true, now, memory)).toBe(0)
    })
  })

  it.each([
    ['equal', now, now],
    ['unknown in the record', undefined, now],
    ['unknown in the answer', now, undefined],
  ])('goes by the fence where the issue times are %s', (_, issued, mine) => {
    expect(admit(aRecord({ issued }), { ...answer, issued: mine }, true, now, memory)).toBe(42)
    expect(admit(aRecord({ issued, gen: 42 }), { ...answer, issued: mine }, true, now, memory)).toBe(0)
  })

  it('goes by the fence for a shareable grant, whatever the issue times', () => {
    expect(admit(aRecord({ issued: now }), { ...answer, issued: now - 9_000 }, false, now, memory)).toBe(42)
    expect(admit(aRecord({ gen: 43, issued: now - 9_000 }), { ...answer, issued: now }, false, now, memory)).toBe(0)
  })

  it('keeps an answer that meets no record, under a freshly drawn generation (evicted meanwhile)', () => {
    expect(admit(null, answer, false, now, memory)).toBe(now)
    expect(admit(null, { ...answer, fence: now + 3 }, false, now, memory)).toBe(now + 4)
    expect(admit(null, answer, false, now, { fence: now + 7 })).toBe(now + 8)
  })
})
