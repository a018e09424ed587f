/**
 * When a token is served, when it is renewed behind a caller's back, and when callers wait.
 *
 * @see engine.md section 4
 * @module
 */
import { describe, expect, it } from 'vitest'
import { gate, stage } from './support.ts'

describe('states (4)', () => {
  it.each([
    { name: 'shareable, 300 s', exclusive: false, lifetimeMs: 300_000, window: 60_000 },
    { name: 'shareable, 60 s: at least 30 s, at most half', exclusive: false, lifetimeMs: 60_000, window: 30_000 },
    { name: 'shareable, 40 s: never above half', exclusive: false, lifetimeMs: 40_000, window: 20_000 },
    { name: 'shareable, 1 h: at most 300 s', exclusive: false, lifetimeMs: 3_600_000, window: 300_000 },
    { name: 'exclusive, 1 h: at most 60 s', exclusive: true, lifetimeMs: 3_600_000, window: 60_000 },
    { name: 'exclusive, 300 s: a tenth', exclusive: true, lifetimeMs: 300_000, window: 30_000 },
  ])('4: renewal begins at its window and not before: $name', async ({ exclusive, lifetimeMs, window }) => {
    const { engine, clock, requests } = stage({ exclusive, lifetimeMs })
    const one = engine({ random: () => 0 })
    await one.get()
    await clock.advance(lifetimeMs - window - 1)
    await one.get()
    await clock.settle()
    expect(requests()).toBe(1)
    await clock.advance(1)
    await one.get()
    await clock.settle()
    expect(requests()).toBe(2)
    expect(one.events.last('refresh.start')).toMatchObject({ trigger: 'due', waiters: 0 })
  })

  it('4: the jitter shortens the window by up to 30 percent, drawn once per generation', async () => {
    for (const [drawn, window] of [
      [0.5, 51_000],
      [1 - 2 ** -53, 42_000],
    ] as const) {
      const { engine, clock, requests } = stage()
      let draws = 0
      const one = engine({ random: () => ((draws += 1), drawn) })
      await one.get()
      const before = draws
      await clock.advance(300_000 - window - 1)
      for (let call = 0; call < 10; call += 1) await one.get()
      await clock.settle()
      expect([requests(), draws]).toEqual([1, before])
      await clock.advance(2)
      await one.get()
      await clock.settle()
      expect(requests()).toBe(2)
    }
  })

  it('4: a caller waits once only the leeway is left', async () => {
    const { engine, clock, requests } = stage()
    const one = engine({ random: () => 0 })
    const first = await one.get()
    await clock.advance(289_999)
    expect(one.source.peek()?.generation).toBe(first.generation)
    await clock.advance(1)
    expect(one.source.peek()).toBeUndefined()
    expect((await one.get()).generation).toBeGreaterThan(first.generation)
    expect(one.events.last('refresh.start')).toMatchObject({ trigger: 'spent' })
    expect(requests()).toBe(2)
  })

  it('G9: what get returns lives at least as long as the leeway and the need', async () => {
    const { engine, clock } = stage({ lifetimeMs: 100_000 })
    const one = engine()
    for (let step = 0; step < 40; step += 1) {
      const minRemaining = (step * 7_919) % 90_000
      const token = await one.get({ minRemaining })
      expect(token.remaining()).toBeGreaterThanOrEqual(Math.max(5_000, minRemaining))
      await clock.advance((step * 3_331) % 20_000)
    }
  })

  it('4: a need for more remaining life than is left waits for a renewal', async () => {
    const { engine, clock, requests } = stage()
    const one = engine()
    await one.get()
    await clock.advance(100_000)
    expect((await one.get({ minRemaining: 199_999 })).remaining()).toBe(200_000)
    expect(requests()).toBe(1)
    expect((await one.get({ minRemaining: 200_000 })).remaining()).toBe(300_000)
    expect(requests()).toBe(2)
  })

  it('1: `after` names the generation that is no longer wanted; whoever is late finds the next one', async () => {
    const { engine, clock, requests } = stage({ latencyMs: 50 })
    const { source } = engine()
    const first = await clock.drive(source.get())
    const all = Array.from({ length: 100 }, () => source.get({ after: first.generation }))
    const tokens = await clock.drive(Promise.all(all))
    expect(new Set(tokens).size).toBe(1)
    await clock.advance(60_000)
    expect(await clock.drive(source.get({ after: first.generation }))).toBe(tokens[0])
    expect(requests()).toBe(2)
  })
})

describe('renewal ahead of time (4.1 to 4.3)', () => {
  it('4.1: callers are served at once while it is under way', async () => {
    const { engine, clock, requests } = stage({ latencyMs: 5_000 })
    const one = engine()
    const token = await one.get()
    await clock.advance(255_000)
    for (let call = 0; call < 5; call += 1) expect((await one.source.get()).generation).toBe(token.generation)
    await clock.advance(5_000)
    expect((await one.source.get()).generation).toBeGreaterThan(token.generation)
    expect(requests()).toBe(2)
  })

  it('4.3: a key that nobody uses is not renewed', async () => {
    const { engine, clock, requests } = stage()
    const one = engine()
    await one.get()
    await clock.advance(86_400_000)
    expect(requests()).toBe(1)
  })

  it('4.3: keep-warm renews an idle key within the idle span, and stops after it', async () => {
    const { engine, clock, requests } = stage()
    const one = engine({ keepWarm: true, idleMs: 600_000 })
    await one.get()
    await clock.advance(599_000)
    expect(one.source.peek()).toBeDefined()
    expect(one.events.last('refresh.start')).toMatchObject({ trigger: 'warm' })
    const before = requests()
    expect(before).toBeGreaterThanOrEqual(2)
    await clock.advance(3_600_000)
    expect(requests()).toBeLessThanOrEqual(before + 1)
    expect(one.source.peek()).toBeUndefined()
    await one.source.close()
  })

  it('3.8: keep-warm sleeps at most 60 s at a time, on one timer', async () => {
    const { engine, clock } = stage()
    const one = engine({ keepWarm: true })
    await one.get()
    expect(clock.sleepers()).toBe(1)
    expect(clock.nextDue()).toBeLessThanOrEqual(60_000)
    await one.source.close()
    await clock.settle()
    expect(clock.sleepers()).toBe(0)
  })

  it('4.3: a failing renewal ahead of time is not repeated at every call', async () => {
    const { engine, clock, provider, requests } = stage()
    const one = engine()
    await one.get()
    provider.fail({ kind: 'status', status: 429, retryAfter: 20, count: 9 })
    await clock.advance(255_000)
    for (let call = 0; call < 500; call += 1) await one.source.get()
    await clock.settle()
    for (let call = 0; call < 500; call += 1) await one.source.get()
    expect(requests()).toBe(2)
  })
})

describe('needs that no token meets (4.4)', () => {
  it('4.4: a need above the whole life is answered after one renewal, and never causes a second', async () => {
    const { engine, clock, requests } = stage()
    const one = engine()
    await one.get()
    for (let call = 0; call < 5; call += 1) {
      const error = await one.fails({ minRemaining: 300_001 })
      expect(error).toMatchObject({ code: 'LATCHKEY_NEED_UNMET', retryable: false })
      await clock.advance(1_000)
    }
    expect(requests()).toBe(2)
    expect((await one.get()).remaining()).toBeGreaterThan(290_000)
  })

  it('4.4: a need that is unmet only by the time the answer took does not cause a second renewal', async () => {
    const { engine, requests } = stage({ latencyMs: 1_000 })
    const one = engine()
    expect((await one.fails({ minRemaining: 299_500 })).code).toBe('LATCHKEY_NEED_UNMET')
    expect(requests()).toBe(1)
  })

  it('4.4: other callers of the same flight get the token', async () => {
    const { engine, clock, requests } = stage({ latencyMs: 100 })
    const { source } = engine()
    const greedy = source.get({ minRemaining: 600_000 })
    const modest = source.get()
    const [a, b] = await clock.drive(Promise.allSettled([greedy, modest]))
    expect(a).toMatchObject({ status: 'rejected', reason: { code: 'LATCHKEY_NEED_UNMET' } })
    expect(b.status).toBe('fulfilled')
    expect(requests()).toBe(1)
  })

  it('1: refuses needs that make no sense with a TypeError, before anything is sent', async () => {
    const { engine, requests } = stage()
    const { source } = engine()
    for (const need of [{ minRemaining: -1 }, { minRemaining: NaN }, { patience: -1 }, { after: NaN }]) {
      await expect(source.get(need)).rejects.toMatchObject({ name: 'TypeError', code: 'ERR_INVALID_ARG' })
    }
    expect(requests()).toBe(0)
  })
})

describe('the token itself (1)', () => {
  it('4.2: a caller of an exclusive key who comes before the request was sent is served at once', async () => {
    const { engine, clock, store } = stage({ exclusive: true })
    const one = engine()
    const token = await one.get()
    await clock.advance(280_000)
    const hold = gate()
    store.onRead = async (go) => (await hold.opened, go())
    await one.source.get()
    expect((await one.source.get()).generation).toBe(token.generation)
    hold.open()
    await clock.settle()
  })

  it('1: is immutable', async () => {
    const token = await stage().engine().get()
    expect(Object.isFrozen(token)).toBe(true)
  })

  it('1: peek neither waits nor asks', () => {
    const { engine, requests, chaos } = stage()
    expect(engine().source.peek()).toBeUndefined()
    expect(requests()).toBe(0)
    expect(chaos.history()).toEqual([])
  })
})
