/** Stories that random schedules found, told once more without chance. @module */
import { describe, expect, it } from 'vitest'
import { setStage } from './stage.ts'

describe('a forget while a request is on its way', () => {
  it('asks nobody again before the `Retry-After` of its answer is over (6.4, 11.1)', async () => {
    const { clock, provider, source, get } = setStage({ seed: 1, latencyMs: 900 })
    provider.fail({ kind: 'status', status: 503, retryAfter: 40 })
    const first = get({ patience: 0 })
    await clock.advance(100)
    await source.forget()
    await clock.advance(1_000)
    expect(first.error).toMatchObject({ status: 503 })
    const second = get({ patience: 0 })
    await clock.advance(10_000)
    expect(provider.report()).toMatchObject({ tokenRequests: 1, violations: [] })
    expect(second.error).toMatchObject({ status: 503, reason: 'throttled' })
    await clock.drive(source.close())
  })
})

describe('a store that does not answer', () => {
  it('a token obtained alone is not reported as committed until the store has it (6.9, 13)', async () => {
    const { clock, store, events, source, get } = setStage({ seed: 1 })
    store.setDown(true)
    const call = get()
    await clock.advance(10_000)
    expect(call.token?.generation).toBeGreaterThan(0)
    expect(events.names().filter((name) => name.startsWith('commit.'))).toEqual(['commit.deferred'])
    store.setDown(false)
    await clock.advance(60_000)
    expect(events.names().filter((name) => name.startsWith('commit.'))).toEqual([
      'commit.deferred',
      'commit.accepted',
      'commit.recovered',
    ])
    await clock.drive(source.close())
  })
})

describe('a provider that fails for ten minutes', () => {
  it('is asked by the series 1, 2, 4 … 60 s and no more often, however many callers come (11, 12.3, G18)', async () => {
    const { clock, provider, source, get } = setStage({ seed: 1, random: () => 0.999 })
    provider.fail({ kind: 'status', status: 500, count: 1_000 })
    for (let ms = 0; ms < 600_000; ms += 2_500) {
      for (let callers = 0; callers < 3; callers += 1) get({ patience: 0 })
      await clock.advance(2_500)
    }
    const series = 6 + Math.ceil((600_000 - 63_000) / 60_000) // 1 + 2 + 4 + 8 + 16 + 32 s, then a minute each.
    expect(provider.report().tokenRequests).toBeLessThanOrEqual(1 + series)
    expect(provider.report().tokenRequests).toBeGreaterThan(8)
    provider.heal()
    const last = get({ patience: 60_000 })
    await clock.advance(61_000)
    expect(last.token).toBeDefined()
    await clock.drive(source.close())
  })

  it('is asked at most once per failure for a renewal ahead of time, and no caller hears of it (4.1, G15)', async () => {
    const { clock, provider, source, calls, get } = setStage({ seed: 1 })
    get()
    await clock.advance(250_000) // Due, and good for another 50 s.
    provider.fail({ kind: 'status', status: 500, count: 1_000 })
    for (let ms = 0; ms < 30_000; ms += 500) {
      get()
      await clock.advance(500)
    }
    expect(calls.filter(({ error }) => error !== undefined)).toEqual([])
    expect(provider.report().tokenRequests).toBeLessThanOrEqual(1 + 12)
    await clock.drive(source.close())
  })
})
