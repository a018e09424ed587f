import { inspect } from 'node:util'
import { ProviderError } from '@latchkey/http'
import type { Operation, RequestEvent } from '@latchkey/http'
import { virtualClock } from '@latchkey/testkit'
import { describe, expect, test } from 'vitest'
import { createRateBudget } from '../../src/rates/budget.ts'
import { rateBudgets } from '../../src/rates/budgets.ts'
import { defaultRateLimits } from '../../src/rates/limits.ts'

const operation = (name: string, rateGroup?: string): Operation => ({
  name,
  method: 'GET',
  path: '/x',
  effect: 'read',
  ...(rateGroup !== undefined && { rateGroup }),
})

function setUp(limits = defaultRateLimits) {
  const clock = virtualClock()
  const budget = createRateBudget({ clock, limits })
  const ask = (asked: Operation, remainingMs = 0): Promise<unknown> =>
    budget.pace(asked, { signal: new AbortController().signal, remainingMs }).catch((error: unknown) => error)
  /** How many of them are let through at once. */
  const room = async (asked: Operation): Promise<number> => {
    for (let count = 0; ; count += 1) if ((await ask(asked)) !== undefined) return count
  }
  const heard = (name: string, more: Partial<RequestEvent>): void =>
    budget.heard({
      type: 'request.end',
      provider: 'ksef',
      operation: name,
      attempt: 1,
      generation: 1,
      durationMs: 5,
      outcome: 'failed',
      ...more,
    })
  return { clock, budget, ask, room, heard }
}

describe('a budget (1.10)', () => {
  test('counts the operations of a group together', async () => {
    const { room } = setUp()
    expect(await room(operation('sessions.list', 'sessionList'))).toBe(5)
    expect(await room(operation('sessions.list.more', 'sessionList'))).toBe(0)
  })

  test('counts each operation of `other` by itself', async () => {
    const { room } = setUp()
    expect(await room(operation('tokens.query', 'other'))).toBe(10)
    expect(await room(operation('tokens.query', 'other'))).toBe(0)
    expect(await room(operation('tokens.generate', 'other'))).toBe(10)
  })

  test('counts all public operations together', async () => {
    const { room } = setUp()
    expect(await room(operation('auth.challenge', 'public'))).toBe(60)
    expect(await room(operation('peppol.query', 'public'))).toBe(0)
  })

  test('holds nothing back that no group counts', async () => {
    const { ask } = setUp({ ...defaultRateLimits, other: { perSecond: 1, perMinute: 1, perHour: 1 } })
    for (let count = 0; count < 100; count += 1) {
      expect(await ask(operation('upload'))).toBeUndefined()
      expect(await ask(operation('upload', 'toString'))).toBeUndefined()
    }
  })

  test('waits where the turn comes in time', async () => {
    const { clock, ask, room } = setUp()
    await room(operation('tokens.query', 'other'))
    const since = clock.mono()
    expect(await clock.drive(ask(operation('tokens.query', 'other'), 90_000))).toBeUndefined()
    expect(clock.mono() - since).toBe(1_200)
  })

  test('refuses with an error that says when, and that nothing was sent', async () => {
    const { clock, ask, room } = setUp()
    await room(operation('export', 'invoiceExport'))
    const error = await ask(operation('export', 'invoiceExport'), 1_000)
    expect(error).toBeInstanceOf(ProviderError)
    expect(error).toMatchObject({
      code: 'KSEF_RATE_LIMITED',
      retryable: true,
      reason: 'budget',
      operation: 'export',
      retryAt: clock.wall() + 1_200,
      details: { rateGroup: 'invoiceExport' },
    })
    expect(inspect(error)).toContain('nothing was sent. There is a turn at 2026-01-15T12:00:01.200Z')
  })
})

describe('an answer of 429', () => {
  test('closes the group until Retry-After has passed, to the millisecond', async () => {
    const { clock, ask, heard } = setUp()
    const list = operation('sessions.list', 'sessionList')
    heard('sessions.invoices', { rateGroup: 'sessionList', status: 429, retryAfterMs: 30_000 })
    await clock.advance(29_999)
    expect(await ask(list)).toMatchObject({ retryAt: clock.wall() + 1 })
    await clock.advance(1)
    expect(await ask(list)).toBeUndefined()
  })

  test('closes of `other` the one operation that it answered', async () => {
    const { ask, heard } = setUp()
    heard('tokens.query', { rateGroup: 'other', status: 429, retryAfterMs: 30_000 })
    expect(await ask(operation('tokens.query', 'other'))).toMatchObject({ code: 'KSEF_RATE_LIMITED' })
    expect(await ask(operation('tokens.generate', 'other'))).toBeUndefined()
  })

  test('a shorter time does not open a group again', async () => {
    const { clock, ask, heard } = setUp()
    heard('tokens.query', { rateGroup: 'other', status: 429, retryAfterMs: 30_000 })
    heard('tokens.query', { rateGroup: 'other', status: 429, retryAfterMs: 1_000 })
    expect(await ask(operation('tokens.query', 'other'))).toMatchObject({ retryAt: clock.wall() + 30_000 })
  })

  test.each([
    ['without Retry-After', { rateGroup: 'other', status: 429 }],
    ['of another status', { rateGroup: 'other', status: 503, retryAfterMs: 30_000 }],
    ['of no group', { status: 429, retryAfterMs: 30_000 }],
  ])('%s closes nothing', async (_, event) => {
    const { ask, heard } = setUp()
    heard('tokens.query', event)
    expect(await ask(operation('tokens.query', 'other'))).toBeUndefined()
  })
})

test('effective values replace the figures of counters old and new', async () => {
  const { budget, room, clock } = setUp()
  await room(operation('tokens.query', 'other'))
  budget.use({ other: { perSecond: 12, perMinute: 300, perHour: 1200 }, sessionList: { perSecond: 2 } })
  expect(await room(operation('tokens.query', 'other'))).toBe(2)
  expect(await room(operation('tokens.generate', 'other'))).toBe(12)
  expect(await room(operation('sessions.list', 'sessionList'))).toBe(2)
  expect(clock.sleepers()).toBe(0)
})

describe('the budgets of a client', () => {
  test('are one for each context, whoever signed in, and one for everybody else', () => {
    const budgets = rateBudgets({ clock: virtualClock() })
    const first = budgets.of({ type: 'Nip', value: '5265877635' })
    expect(budgets.of({ type: 'Nip', value: '5265877635' })).toBe(first)
    expect(budgets.of({ type: 'Nip', value: '6824515772' })).not.toBe(first)
    expect(budgets.of({ type: 'InternalId', value: '5265877635' })).not.toBe(first)
    expect(budgets.open).toBe(budgets.open)
    expect(budgets.open).not.toBe(first)
  })

  test('are a thousand at most: the context that was longest unused begins anew', () => {
    const budgets = rateBudgets({ clock: virtualClock() })
    const context = (count: number) => ({ type: 'Nip', value: String(count) }) as const
    const [first, second] = [budgets.of(context(1)), budgets.of(context(2))]
    for (let count = 3; count <= 1_000; count += 1) budgets.of(context(count))
    expect(budgets.of(context(1))).toBe(first)
    budgets.of(context(1_001))
    expect(budgets.of(context(1))).toBe(first)
    expect(budgets.of(context(2))).not.toBe(second)
  })
})
