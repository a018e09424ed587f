/** What each step makes of a record: engine.md 6.8 to 6.12 and 8.1. @module */
import { describe, expect, it } from 'vitest'
import { reduce } from '../../src/protocol.ts'
import type { Committed, Step } from '../../src/protocol.ts'
import { aCool, aLease, aRecord, now } from './records.ts'

const lease = aLease({ fence: 42, holder: 'self', spends: 'print-41' })
const foreign = aLease({ fence: 43, holder: 'other' })
const leased = aRecord({ fence: 42, lease })
const overtaken = aRecord({ fence: 43, lease: foreign })
const answer: Committed = { token: 'sealed-42', until: now + 600_000, life: 600_000, spendable: 'print-42' }

describe('extend (6.7)', () => {
  it('moves the end of the own lease and nothing else', () => {
    expect(reduce(leased, { step: 'extend', fence: 42, until: now + 99_000 })).toEqual({
      ...leased,
      lease: { ...lease, until: now + 99_000 },
    })
  })

  it('no longer applies where the lease is another’s or gone', () => {
    expect(reduce(overtaken, { step: 'extend', fence: 42, until: now })).toBeNull()
    expect(reduce(aRecord(), { step: 'extend', fence: 42, until: now })).toBeNull()
  })
})

describe('release (6.2)', () => {
  it('frees the own lease, and only that', () => {
    expect(reduce(leased, { step: 'release', fence: 42 })).toEqual({ ...leased, lease: undefined })
    expect(reduce(overtaken, { step: 'release', fence: 42 })).toBeNull()
  })
})

describe('commit (6.8)', () => {
  const step: Step = { step: 'commit', fence: 42, generation: 42, answer }

  it('takes in the answer and clears taint, cool-down and the own lease', () => {
    const record = { ...leased, tainted: 'maybe', cool: aCool({ step: 4 }) } as const
    expect(reduce(record, step)).toEqual({
      ...leased,
      ...answer,
      born: leased.born ?? 42,
      gen: 42,
      tainted: undefined,
      cool: undefined,
      lease: undefined,
    })
  })

  it('leaves a lease that someone else holds', () => {
    expect(reduce(overtaken, step)).toMatchObject({ gen: 42, fence: 43, lease: foreign })
  })

  it('keeps the generation refused last, so that the budget goes on counting (7.2.5)', () => {
    const refused = { gen: 41, renewals: 2, since: now }
    expect(reduce({ ...leased, refused }, step)).toMatchObject({ refused })
  })

  it('raises the fence to a freshly drawn generation (G1)', () => {
    expect(reduce(overtaken, { ...step, generation: 77 })).toMatchObject({ gen: 77, fence: 77 })
  })

  it('forgets the choice of the primary grant that it has followed (6.10a)', () => {
    const next = reduce({ ...leased, primaryNext: true }, { ...step, answer: { ...answer, primaryNext: undefined } })
    expect(next?.primaryNext).toBeUndefined()
  })
})

describe('fail (6.10, 6.11)', () => {
  const cool = aCool()

  it('releases the lease and sets the cool-down (6.10)', () => {
    expect(reduce(leased, { step: 'fail', lease, cool, taint: false })).toEqual({ ...leased, lease: undefined, cool })
  })

  it('keeps the token that is still good (4.1)', () => {
    expect(reduce(leased, { step: 'fail', lease, cool, taint: true })).toMatchObject({
      gen: 41,
      token: 'sealed-41',
      until: leased.until,
    })
  })

  it('taints the refresh token that may have been spent (6.11)', () => {
    expect(reduce(leased, { step: 'fail', lease, cool, taint: true })).toMatchObject({ tainted: 'maybe', cool })
  })

  it('never weakens a taint', () => {
    const tried = { ...leased, tainted: 'tried' } as const
    expect(reduce(tried, { step: 'fail', lease, cool, taint: true })).toMatchObject({ tainted: 'tried' })
    expect(reduce(tried, { step: 'fail', lease, cool, taint: false })).toMatchObject({ tainted: 'tried' })
  })

  it('taints after the lease was lost too, and leaves the other’s lease and cool-down', () => {
    const next = reduce(overtaken, { step: 'fail', lease, cool, taint: true })
    expect(next).toEqual({ ...overtaken, tainted: 'maybe', cool: undefined, lease: foreign })
  })

  it('taints nothing where the refresh token is a newer one by now', () => {
    const moved = { ...overtaken, spendable: 'print-43' }
    expect(reduce(moved, { step: 'fail', lease, cool, taint: true })).toBeNull()
  })

  it.each([
    ['forgotten meanwhile', aRecord({ epoch: 9, gen: 0, fence: 43, spendable: undefined })],
    ['taken over meanwhile', overtaken],
  ])('keeps the pause that the provider asked for, though the lease is gone: %s (11.1)', (_, record) => {
    const throttled = aCool({ class: 'throttled', until: now + 40_000 })
    expect(reduce(record, { step: 'fail', lease, cool: throttled, taint: false })).toMatchObject({ cool: throttled })
  })

  it('no longer applies where the lease is another’s and nothing was spent', () => {
    expect(reduce(overtaken, { step: 'fail', lease, cool, taint: false })).toBeNull()
  })
})

describe('spent (6.10)', () => {
  it('drops the refresh token with its taint and end, and releases the lease', () => {
    expect(reduce({ ...leased, tainted: 'maybe' }, { step: 'spent', lease })).toEqual({
      ...leased,
      spendable: undefined,
      renewUntil: undefined,
      tainted: undefined,
      lease: undefined,
    })
  })

  it('keeps the access token, which may be good still (4.1)', () => {
    expect(reduce(leased, { step: 'spent', lease })).toMatchObject({ gen: 41, token: 'sealed-41', until: leased.until })
  })

  it('keeps a newer refresh token than the one that was refused', () => {
    expect(reduce({ ...leased, spendable: 'print-43' }, { step: 'spent', lease })).toMatchObject({
      spendable: 'print-43',
      lease: undefined,
    })
    expect(reduce({ ...overtaken, spendable: 'print-43' }, { step: 'spent', lease })).toBeNull()
  })

  it('drops it under another’s lease too, and leaves that lease', () => {
    expect(reduce(overtaken, { step: 'spent', lease })).toMatchObject({ spendable: undefined, lease: foreign })
  })
})

describe('forget (8.1)', () => {
  const full = aRecord({
    lease,
    tainted: 'maybe',
    refused: { gen: 41, renewals: 1, since: now },
    issued: now,
    primaryNext: true,
  })
  const next = reduce(full, { step: 'forget', now, fence: 99 })

  it('swaps in a new epoch without token, refresh token, taint or lease', () => {
    expect(next).toMatchObject({ epoch: 99, gen: 0, until: 0, life: 0 })
    for (const name of ['token', 'spendable', 'renewUntil', 'tainted', 'lease', 'issued', 'primaryNext'] as const) {
      expect(next?.[name], name).toBeUndefined()
    }
  })

  it('keeps fences rising (5.1)', () => {
    expect(next?.fence).toBe(99)
  })

  it('keeps the pause that the provider asked for (6.4)', () => {
    const cool = aCool({ class: 'throttled' })
    expect(reduce({ ...full, cool }, { step: 'forget', now, fence: 99 })).toMatchObject({ cool })
  })
})

describe('repair (6.12)', () => {
  const known = aRecord({ gen: 45, fence: 45, token: 'sealed-45', spendable: 'print-45' })

  it('writes the known token back and keeps the higher of both fences', () => {
    expect(reduce(aRecord(), { step: 'repair', known })).toMatchObject({ gen: 45, token: 'sealed-45', fence: 45 })
    expect(reduce(aRecord({ fence: 60 }), { step: 'repair', known })).toMatchObject({ gen: 45, fence: 60 })
  })

  it('leaves the lease and the cool-down that the record has now', () => {
    const cool = aCool()
    expect(reduce(aRecord({ lease: foreign, cool }), { step: 'repair', known })).toMatchObject({ lease: foreign, cool })
    expect(reduce(aRecord(), { step: 'repair', known: { ...known, lease, cool } })?.lease).toBeUndefined()
  })

  it('keeps the refusal of the known generation: a token that was refused does not come back as good (G5)', () => {
    const refused = { gen: 45, renewals: 1, since: now - 1_000 }
    const older = aRecord({ refused: { gen: 40, renewals: 1, since: now - 50_000 } })
    expect(reduce(older, { step: 'repair', known: { ...known, refused } })?.refused?.gen).toBe(45)
  })
})

describe('repair of a record that moved on (6.12)', () => {
  const known = aRecord({ gen: 45, fence: 45, token: 'sealed-45', spendable: 'print-45' })

  it.each([
    ['was forgotten (G6)', aRecord({ epoch: 8, gen: 0, token: undefined })],
    ['has a newer token (G1)', aRecord({ gen: 46, fence: 46 })],
    ['has this very token already', aRecord({ gen: 45, fence: 45 })],
  ])('writes nothing over one that %s', (_, record) => {
    expect(reduce(record, { step: 'repair', known })).toBeNull()
  })

  it('repeats a forget over an epoch that came back, above everything that was committed there (G1, G6)', () => {
    const forgotten = aRecord({ epoch: 8, gen: 0, token: undefined, spendable: undefined, fence: 50 })
    const back = aRecord({ epoch: 7, gen: 66, fence: 66, lease: aLease({ fence: 66 }) })
    const repaired = reduce(back, { step: 'repair', known: forgotten })
    expect(repaired).toMatchObject({ epoch: 8, gen: 0, fence: 66, born: 67 })
    expect(repaired?.lease).toBeUndefined()
    expect(repaired?.token).toBeUndefined()
  })

  it('taints the refresh token where the record was born again: an intent to spend it may be lost (G7)', () => {
    const anew = aRecord({ gen: 0, born: 44, spendable: undefined, token: undefined })
    expect(reduce(anew, { step: 'repair', known: { ...known, born: 3 } })).toMatchObject({ gen: 45, tainted: 'maybe' })
    expect(reduce(anew, { step: 'repair', known: { ...known, born: 44 } })?.tainted).toBeUndefined()
    expect(reduce(anew, { step: 'repair', known: { ...known, born: 3, tainted: 'tried' } })?.tainted).toBe('tried')
    expect(
      reduce(anew, { step: 'repair', known: { ...known, born: 3, spendable: undefined } })?.tainted,
    ).toBeUndefined()
  })
})

describe('a commit whose earlier try may have landed in a record that is gone (G7)', () => {
  it('taints the refresh token that it brings, and nothing where it brings none', () => {
    const step = { step: 'commit', fence: 42, generation: 42, answer, taint: true } as const
    expect(reduce(aRecord(), step)?.tainted).toBe('maybe')
    expect(reduce(aRecord({ tainted: 'maybe' }), { ...step, taint: false })?.tainted).toBeUndefined()
    expect(reduce(aRecord(), { ...step, answer: { ...answer, spendable: undefined } })?.tainted).toBeUndefined()
  })
})

describe('no step', () => {
  const steps: readonly Step[] = [
    { step: 'extend', fence: 42, until: now + 1 },
    { step: 'release', fence: 42 },
    { step: 'commit', fence: 42, generation: 42, answer },
    { step: 'fail', lease, cool: aCool(), taint: true },
    { step: 'spent', lease },
    { step: 'forget', now, fence: 99 },
    { step: 'repair', known: aRecord({ gen: 45, fence: 45 }) },
  ]

  it.each(steps)('changes the record that it is given: $step', (step) => {
    const before = structuredClone(leased)
    reduce(leased, step)
    expect(leased).toEqual(before)
  })

  it.each(steps)('lowers the fence or changes format or salt: $step (5.1)', (step) => {
    const next = reduce(leased, step)
    expect(next).toMatchObject({ format: 1, salt: leased.salt })
    expect(next?.fence).toBeGreaterThanOrEqual(leased.fence)
  })
})
