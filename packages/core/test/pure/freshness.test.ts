/** Engine.md section 4, formula by formula, at each edge and one past it. @module */
import { describe, expect, it } from 'vitest'
import { freshness, leewayMs, windowMs } from '../../src/freshness.ts'

describe('leeway (4)', () => {
  it.each([
    [0, 0],
    [1_000, 50],
    [199_980, 9_999],
    [200_000, 10_000],
    [200_020, 10_000],
    [3_599_000, 10_000],
  ])('is min(10 s, L/20): of %i ms it is %i ms', (life, leeway) => {
    expect(leewayMs(life)).toBe(leeway)
  })
})

describe('renewal window without jitter (4)', () => {
  it.each([
    ['L/5 between its bounds', 300_000, 60_000],
    ['at its lower bound of 30 s', 150_000, 30_000],
    ['held at 30 s below it', 149_995, 30_000],
    ['at its upper bound of 300 s', 1_500_000, 300_000],
    ['held at 300 s above it', 1_500_005, 300_000],
    ['still 30 s where that is L/2', 60_000, 30_000],
    ['never above L/2', 59_998, 29_999],
    ['nothing for a life of nothing', 0, 0],
  ])('of a shareable token is %s', (_, life, window) => {
    expect(windowMs(life, false, 0)).toBe(window)
  })

  it.each([
    ['L/10 of a short one', 599_990, 59_999],
    ['60 s where that is L/10', 600_000, 60_000],
    ['never above 60 s', 600_010, 60_000],
    ['nothing for a life of nothing', 0, 0],
  ])('of an exclusive token is %s', (_, life, window) => {
    expect(windowMs(life, true, 0)).toBe(window)
  })

  it('shrinks with the draw u to 1 − 0.3·u of itself', () => {
    expect(windowMs(300_000, false, 0.5)).toBeCloseTo(51_000, 6)
    expect(windowMs(600_000, true, 0.5)).toBeCloseTo(51_000, 6)
    expect(windowMs(300_000, false, 1 - Number.EPSILON)).toBeGreaterThanOrEqual(42_000)
  })
})

describe('freshness (4)', () => {
  const life = 300_000
  const window = 60_000

  it.each([
    ['fresh one above the window', 60_001, 0, 'fresh'],
    ['due at the window', 60_000, 0, 'due'],
    ['due one above the leeway', 10_001, 0, 'due'],
    ['spent at the leeway', 10_000, 0, 'spent'],
    ['spent at nothing', 0, 0, 'spent'],
    ['due one above what the caller needs', 30_001, 30_000, 'due'],
    ['spent at what the caller needs', 30_000, 30_000, 'spent'],
    ['spent below a need inside the fresh part', 100_000, 100_000, 'spent'],
    ['fresh one above a need inside the fresh part', 100_001, 100_000, 'fresh'],
    ['spent at the leeway, whatever less the caller needs', 10_000, 5, 'spent'],
  ])('is %s', (_, remaining, minRemaining, state) => {
    expect(freshness(remaining, life, window, minRemaining)).toBe(state)
  })

  it('has no fresh part where the window is as long as the life', () => {
    expect(freshness(40_000, 40_000, 40_000)).toBe('due')
  })

  it('leaves a life of zero spent for whoever comes later', () => {
    expect(freshness(0, 0, 0)).toBe('spent')
  })
})
