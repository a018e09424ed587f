import { describe, expect, test } from 'vitest'
import type { Effect } from '../src/index.ts'
import { decideRetry } from '../src/retry.ts'
import type { Finding, RetryFacts } from '../src/retry.ts'

const failed = (status: number, processed: 'no' | 'unknown', retryable: boolean, retryAfterMs?: number): Finding => ({
  kind: 'failed',
  status,
  processed,
  retryable,
  retryAfterMs,
})

const facts = (effect: Effect, finding: Finding, more: Partial<RetryFacts> = {}): RetryFacts => ({
  effect,
  finding,
  mayHaveHappened: false,
  refusalRepeated: false,
  attempt: 1,
  attemptsMax: 3,
  spacingMs: 0,
  remainingMs: 60_000,
  random: 0.5,
  ...more,
})

// DESIGN "Operations are data": one row per evidence; then what follows a first try, and a last one.
const table: readonly [string, Finding, ...(readonly [Effect, string, string])[]][] = [
  [
    'a good answer',
    { kind: 'done' },
    ['read', 'return', 'return'],
    ['keyed', 'return', 'return'],
    ['once', 'return', 'return'],
  ],
  [
    'a refused token',
    { kind: 'refused' },
    ['read', 'again', 'again'],
    ['keyed', 'again', 'again'],
    ['once', 'again', 'again'],
  ],
  [
    'no token or no turn',
    { kind: 'unready' },
    ['read', 'fail', 'fail'],
    ['keyed', 'fail', 'fail'],
    ['once', 'fail', 'fail'],
  ],
  [
    'no connection',
    { kind: 'notSent' },
    ['read', 'again', 'fail'],
    ['keyed', 'again', 'fail'],
    ['once', 'again', 'fail'],
  ],
  [
    'a timeout',
    { kind: 'timeout' },
    ['read', 'again', 'fail'],
    ['keyed', 'again', 'unknown'],
    ['once', 'unknown', 'unknown'],
  ],
  [
    'a reset',
    { kind: 'lost' },
    ['read', 'again', 'fail'],
    ['keyed', 'again', 'unknown'],
    ['once', 'unknown', 'unknown'],
  ],
  [
    'an endless answer',
    { kind: 'tooLarge' },
    ['read', 'fail', 'fail'],
    ['keyed', 'unknown', 'unknown'],
    ['once', 'unknown', 'unknown'],
  ],
  ['429', failed(429, 'no', true), ['read', 'again', 'fail'], ['keyed', 'again', 'fail'], ['once', 'again', 'fail']],
  [
    '429 that the dialect doubts',
    failed(429, 'unknown', false),
    ['read', 'again', 'fail'],
    ['keyed', 'again', 'fail'],
    ['once', 'again', 'fail'],
  ],
  [
    'a 5xx nobody understands',
    failed(503, 'unknown', false),
    ['read', 'again', 'fail'],
    ['keyed', 'again', 'unknown'],
    ['once', 'unknown', 'unknown'],
  ],
  [
    'a 5xx that is a rejection',
    failed(500, 'no', false),
    ['read', 'fail', 'fail'],
    ['keyed', 'fail', 'fail'],
    ['once', 'fail', 'fail'],
  ],
  [
    'a 5xx that will pass',
    failed(500, 'no', true),
    ['read', 'again', 'fail'],
    ['keyed', 'again', 'fail'],
    ['once', 'fail', 'fail'],
  ],
  [
    'a malformed 200',
    failed(200, 'unknown', true),
    ['read', 'again', 'fail'],
    ['keyed', 'again', 'unknown'],
    ['once', 'unknown', 'unknown'],
  ],
  [
    'a redirect',
    failed(302, 'unknown', false),
    ['read', 'fail', 'fail'],
    ['keyed', 'unknown', 'unknown'],
    ['once', 'unknown', 'unknown'],
  ],
  [
    'a rejection',
    failed(400, 'no', false),
    ['read', 'fail', 'fail'],
    ['keyed', 'fail', 'fail'],
    ['once', 'fail', 'fail'],
  ],
]
const rows = table.flatMap(([evidence, finding, ...effects]) =>
  effects.map(([effect, first, last]) => [effect, evidence, finding, first, last] as const),
)

describe('after', () => {
  test.each(rows)('%s, %s', (effect, _, finding, first, last) => {
    expect(decideRetry(facts(effect, finding)).action).toBe(first)
    expect(decideRetry(facts(effect, finding, { attempt: 2 })).action).toBe(first)
    expect(decideRetry(facts(effect, finding, { attempt: 3 })).action).toBe(last)
  })

  test.each(['read', 'keyed', 'once'] as const)('a second refusal nothing is repeated: %s (7.3)', (effect) => {
    expect(decideRetry(facts(effect, { kind: 'refused' }, { refusalRepeated: true })).action).toBe('fail')
  })

  test('an earlier try that may have happened, a keyed operation that fails is unknown, and a read has failed', () => {
    const ends: Finding[] = [
      { kind: 'unready' },
      { kind: 'notSent' },
      { kind: 'refused' },
      failed(400, 'no', false),
      failed(429, 'no', true),
    ]
    for (const finding of ends) {
      const more = { mayHaveHappened: true, attempt: 3, refusalRepeated: true }
      expect(decideRetry(facts('keyed', finding, more)).action).toBe('unknown')
      expect(decideRetry(facts('read', finding, more)).action).toBe('fail')
    }
    expect(decideRetry(facts('keyed', { kind: 'done' }, { mayHaveHappened: true })).action).toBe('return')
  })
})

describe('the wait', () => {
  const waitOf = (more: Partial<RetryFacts>, finding: Finding = { kind: 'timeout' }) => {
    const decision = decideRetry(facts('read', finding, { attemptsMax: 20, ...more }))
    return decision.action === 'again' ? decision.waitMs : decision.action
  }

  test('doubles from 500 ms to 10 s, with full jitter', () => {
    expect(
      [1, 2, 3, 4, 5, 6, 7].map((attempt) => waitOf({ attempt, random: 0.999999 })).map((ms) => Math.ceil(Number(ms))),
    ).toEqual([500, 1000, 2000, 4000, 8000, 10_000, 10_000])
    expect(waitOf({ attempt: 5, random: 0 })).toBe(0)
  })

  test('is never shorter than Retry-After or the spacing of the operation', () => {
    expect(waitOf({}, failed(429, 'no', true, 7_000))).toBe(7_000)
    expect(waitOf({ spacingMs: 12_000 }, failed(429, 'no', true, 7_000))).toBe(12_000)
    expect(waitOf({ spacingMs: 12_000 })).toBe(12_000)
    expect(waitOf({ spacingMs: 12_000 }, { kind: 'refused' })).toBe(0)
  })

  test('is not begun where the total deadline would cut it short', () => {
    expect(waitOf({ remainingMs: 7_001 }, failed(429, 'no', true, 7_000))).toBe(7_000)
    expect(waitOf({ remainingMs: 7_000 }, failed(429, 'no', true, 7_000))).toBe('fail')
    expect(waitOf({ remainingMs: 0 }, { kind: 'refused' })).toBe('fail')
    expect(decideRetry(facts('keyed', { kind: 'lost' }, { remainingMs: 0 })).action).toBe('unknown')
  })
})
