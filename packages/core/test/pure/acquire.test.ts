/** The acquiring swap and the choice of the grant: one test per row of engine.md 6.6. @module */
import { describe, expect, it } from 'vitest'
import { blankRecord, decide, graceMs } from '../../src/protocol.ts'
import type { Memory, TokenRecord } from '../../src/protocol.ts'
import type { Traits } from '../../src/grant.ts'
import { aLease, aMemory, asAcquisition, aSelf, aSpentRecord, now, theAsks } from './records.ts'
import type { Acquisition } from './records.ts'

function acquired(
  some: Partial<TokenRecord>,
  traits: Partial<Traits> = {},
  { canRenew = true, memory = aMemory() }: { canRenew?: boolean; memory?: Memory } = {},
): Acquisition {
  return asAcquisition(decide(aSpentRecord(some), now, theAsks(), aSelf(traits, canRenew), memory))
}

const over = now - graceMs // A lease that ended then is free to take.

describe('the lease (6.6)', () => {
  it('lasts `longest` and 2 s by the store clock, from its whole millisecond', () => {
    const decision = asAcquisition(decide(aSpentRecord(), now + 0.7, theAsks(), aSelf(), aMemory()))
    expect(decision.lease.until).toBe(now + 15_000 + 2_000)
  })

  it('has a new fence, the base generation, the holder and the refresh token it is about to spend', () => {
    const { lease, record } = acquired({})
    expect(lease).toEqual({ fence: now, holder: 'self', until: now + 17_000, base: 41, spends: 'print-41' })
    expect(record).toMatchObject({ lease, fence: now, gen: 41, token: 'sealed-41', spendable: 'print-41' })
  })

  it('has a fence above what this process saw, though an old record came back (5.1)', () => {
    expect(acquired({}, {}, { memory: aMemory({ fence: now + 7 }) }).lease.fence).toBe(now + 8)
  })

  it('is taken on a blank record as well', () => {
    const blank = blankRecord('salt', { epoch: 0, fence: 0 })
    const decision = asAcquisition(decide(blank, now, theAsks(), aSelf(), { gen: 0, epoch: 0, fence: 0 }))
    expect(decision).toMatchObject({ path: 'primary', takesOver: false, taints: false, lease: { base: 0 } })
    expect(decision.lease.spends).toBeUndefined()
  })
})

describe('the path (6.6)', () => {
  it.each([
    ['a refresh token in hand', {}, 'renewal'],
    ['none in hand', { spendable: undefined }, 'primary'],
    ['one that lives a millisecond more', { renewUntil: now + 1 }, 'renewal'],
    ['one that has expired', { renewUntil: now }, 'primary'],
    ['one whose end nobody knows', { renewUntil: undefined }, 'renewal'],
    ['one, but the primary grant chosen for this time (6.10a)', { primaryNext: true }, 'primary'],
  ] as const)('with %s', (_, some, path) => {
    const decision = acquired(some)
    expect(decision.path).toBe(path)
    expect(decision.lease.spends).toBe(path === 'renewal' ? 'print-41' : undefined)
  })

  it('is the primary one for a grant that cannot renew', () => {
    expect(acquired({}, {}, { canRenew: false })).toMatchObject({ path: 'primary', lease: { spends: undefined } })
  })

  it.each([
    ['fatal', undefined, 'renewal', undefined],
    ['fatal', 'maybe', 'primary', 'maybe'],
    ['fatal', 'tried', 'primary', 'tried'],
    ['unknown', undefined, 'renewal', undefined],
    ['unknown', 'maybe', 'primary', 'maybe'],
    ['unknown', 'tried', 'primary', 'tried'],
    ['grace', undefined, 'renewal', undefined],
    ['grace', 'maybe', 'renewal', 'tried'],
    ['grace', 'tried', 'primary', 'tried'],
    ['safe', undefined, 'renewal', undefined],
    ['safe', 'maybe', 'renewal', 'maybe'],
    ['safe', 'tried', 'renewal', 'tried'],
  ] as const)('with replay %s and taint %s is %s, and the taint becomes %s (G7)', (replay, tainted, path, after) => {
    const decision = acquired({ tainted }, { replay })
    expect(decision.path).toBe(path)
    expect(decision.record.tainted).toBe(after)
    expect(decision.taints).toBe(false)
  })

  it.each(['safe', 'grace'] as const)(
    'is the primary one with replay %s too, where the refresh token expired',
    (replay) => {
      expect(acquired({ renewUntil: now, tainted: 'maybe' }, { replay }).path).toBe('primary')
    },
  )
})

describe('taking over (6.6)', () => {
  it.each([
    ['fatal', 'primary', 'maybe'],
    ['unknown', 'primary', 'maybe'],
    ['grace', 'renewal', 'tried'],
    ['safe', 'renewal', 'maybe'],
  ] as const)('a lease that names the present refresh token taints it, with replay %s', (replay, path, tainted) => {
    const decision = acquired({ lease: aLease({ until: over, spends: 'print-41' }) }, { replay })
    expect(decision).toMatchObject({ takesOver: true, taints: true, path, record: { tainted } })
  })

  it('a lease that names an earlier refresh token does not', () => {
    const decision = acquired({ lease: aLease({ until: over, spends: 'print-40' }) })
    expect(decision).toMatchObject({ takesOver: true, taints: false, path: 'renewal' })
    expect(decision.record.tainted).toBeUndefined()
  })

  it('a lease for the primary grant does not', () => {
    const decision = acquired({ lease: aLease({ until: over }) })
    expect(decision).toMatchObject({ takesOver: true, taints: false, path: 'renewal' })
  })

  it('where no refresh token is left there is nothing to taint', () => {
    const decision = acquired({ lease: aLease({ until: over }), spendable: undefined })
    expect(decision).toMatchObject({ takesOver: true, taints: false, path: 'primary' })
    expect(decision.record.tainted).toBeUndefined()
  })

  it('one’s own lease that names the present refresh token taints it just the same (G7)', () => {
    const decision = acquired({ lease: aLease({ holder: 'self', spends: 'print-41' }) })
    expect(decision).toMatchObject({ taints: true, path: 'primary', record: { tainted: 'maybe' } })
  })

  it('a renewal under replay grace that crashed again is not tried a third time', () => {
    const lease = aLease({ until: over, spends: 'print-41' })
    expect(acquired({ lease, tainted: 'tried' }, { replay: 'grace' }).path).toBe('primary')
  })
})
