/** The shared record: what it says at one instant, how it is read, stamped and kept. Engine.md section 5. @module */
import { describe, expect, it } from 'vitest'
import { blankRecord, drawFence, graceMs, keepMs, meets, parseRecord, servableMs, view } from '../../src/protocol.ts'
import { aCool, aLease, aRecord, now, theAsks } from './records.ts'

const dayMs = 86_400_000

describe('view', () => {
  it.each([
    ['counts down to its end', { until: now + 1 }, 1],
    ['is nothing at its end', { until: now }, 0],
    ['is never negative', { until: now - 1 }, 0],
    ['is never above the full lifetime, whatever a clock claims (3.5)', { until: now + 900_000 }, 300_000],
    ['is nothing without a token', { gen: 0 }, 0],
  ])('remaining life %s', (_, some, remaining) => {
    expect(view(aRecord(some), now).remaining).toBe(remaining)
  })

  it.each([
    ['until its end', now, true],
    ['through the grace of 2 s', now - graceMs + 1, true],
    ['no longer at the end of the grace', now - graceMs, false],
  ])('respects a lease %s (6.5)', (_, until, leased) => {
    expect(view(aRecord({ lease: aLease({ until }) }), now).leased).toBe(leased)
  })

  it('cools until the stated instant and not at it (6.4)', () => {
    expect(view(aRecord({ cool: aCool({ until: now + 1 }) }), now).cooling).toBe(true)
    expect(view(aRecord({ cool: aCool({ until: now }) }), now).cooling).toBe(false)
  })

  it('sees neither lease nor cool-down where there is none', () => {
    expect(view(aRecord(), now)).toEqual({ remaining: 300_000, leased: false, cooling: false })
  })
})

describe('meets (4, 6.3)', () => {
  it.each([
    ['a token above the leeway', { until: now + 10_001 }, {}, true],
    ['no token at the leeway', { until: now + 10_000 }, {}, false],
    ['a token one above the need', { until: now + 100_001 }, { minRemaining: 100_000 }, true],
    ['no token at the need', { until: now + 100_000 }, { minRemaining: 100_000 }, false],
    ['a generation above `after`', {}, { after: 40 }, true],
    ['no generation at `after`', {}, { after: 41 }, false],
    ['no generation below `after`', {}, { after: 42 }, false],
    ['a generation above the refused one (G5)', {}, { refused: 40 }, true],
    ['no generation that was refused here', {}, { refused: 41 }, false],
    [
      'no generation that another process reports refused',
      { refused: { gen: 41, renewals: 1, since: now } },
      {},
      false,
    ],
    ['a generation after the one reported refused', { refused: { gen: 40, renewals: 1, since: now } }, {}, true],
    ['ahead of time, no token within the window', { until: now + 60_000 }, { ahead: 60_000 }, false],
    ['ahead of time, a token above the window', { until: now + 60_001 }, { ahead: 60_000 }, true],
    ['no record without token', { gen: 0, until: 0, life: 0 }, {}, false],
  ])('with %s', (_, record, asks, expected) => {
    expect(meets(aRecord(record), now, theAsks(asks))).toBe(expected)
  })
})

describe('drawFence (5.1)', () => {
  it.each([
    ['the store clock where that is ahead', 41, 0, now + 0.9, now],
    ['one above the last fence where the clock is not', now + 5, 0, now, now + 6],
    ['one above the last fence where the clock says the same', now, 0, now, now + 1],
    ['one above what this process saw, though the record is older', 41, now + 9, now, now + 10],
  ])('is %s', (_, fence, seen, at, drawn) => {
    expect(drawFence(aRecord({ fence }), { fence: seen }, at)).toBe(drawn)
  })

  it('goes on rising where the record was lost', () => {
    expect(drawFence(null, { fence: now + 9 }, now)).toBe(now + 10)
    expect(drawFence(null, { fence: 0 }, now)).toBe(now)
  })
})

describe('keepMs (5.3)', () => {
  it.each([
    ['the refresh token, where it lives longer', { until: now + 1, renewUntil: now + 500 }, 500 + dayMs],
    ['the access token, where it lives longer', { until: now + 700, renewUntil: now + 500 }, 700 + dayMs],
    ['the access token alone', { until: now + 700, renewUntil: undefined }, 700 + dayMs],
    ['tokens that are over', { until: now - 5_000, renewUntil: now - 3_000 }, dayMs],
  ])('is a day beyond %s', (_, some, ms) => {
    expect(keepMs(aRecord(some), now)).toBe(ms)
  })

  it('keeps a forgotten key for an hour at least, so that late answers meet its epoch', () => {
    expect(keepMs(blankRecord('salt', { epoch: 9, fence: 9 }), now)).toBeGreaterThanOrEqual(3_600_000)
  })
})

describe('servableMs (4, 3.7)', () => {
  it.each([
    ['the leeway', 300_000, 0, 10_000],
    ['the need above it', 300_000, 20_000, 20_000],
    ['nothing for a life of zero, which serves those who wait', 0, 0, 0],
  ])('is %s', (_, life, need, ms) => {
    expect(servableMs(life, need)).toBe(ms)
  })
})

describe('parseRecord (5, 9.8)', () => {
  it('reads back what was written', () => {
    const record = aRecord({ lease: aLease(), cool: aCool(), refused: { gen: 41, renewals: 1, since: now } })
    expect(parseRecord(JSON.stringify(record))).toEqual(record)
  })

  it.each([
    ['a higher format', 2],
    ['a lower format', 0],
  ])('calls %s foreign, so that it is neither served nor overwritten', (_, format) => {
    expect(parseRecord(JSON.stringify({ ...aRecord(), format }))).toBe('foreign')
  })

  it.each([
    ['nothing', ''],
    ['half a record', JSON.stringify(aRecord()).slice(0, 60)],
    ['null', 'null'],
    ['a number', '5'],
    ['a text', '"record"'],
    ['a list', '[]'],
    ['an object without format', '{}'],
    ['a format that is a text', JSON.stringify({ ...aRecord(), format: '1' })],
    ...['epoch', 'fence', 'gen', 'until', 'life', 'salt'].map((name) => [
      `a record without ${name}`,
      JSON.stringify({ ...aRecord(), [name]: undefined }),
    ]),
    ['an end that is a text', JSON.stringify({ ...aRecord(), until: 'soon' })],
    ['an end that is null', JSON.stringify({ ...aRecord(), until: null })],
    ['a salt that is a number', JSON.stringify({ ...aRecord(), salt: 5 })],
    ['a lease that is null', JSON.stringify({ ...aRecord(), lease: null })],
    ['a lease without end', JSON.stringify({ ...aRecord(), lease: { fence: 42, holder: 'other', base: 41 } })],
    ['a cool-down that is null', JSON.stringify({ ...aRecord(), cool: null })],
    ['a cool-down without code', JSON.stringify({ ...aRecord(), cool: { until: now, step: 0, class: 'denied' } })],
    ['a refusal that is null', JSON.stringify({ ...aRecord(), refused: null })],
    ['a token that is a number', JSON.stringify({ ...aRecord(), token: 5 })],
  ])('takes %s for no record', (_, text) => {
    expect(parseRecord(text)).toBeNull()
  })
})
