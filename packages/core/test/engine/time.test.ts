/**
 * Lifetimes against clocks that are slow, stepped, suspended or wrong.
 *
 * @see engine.md section 3, section 15 "Time"
 * @module
 */
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../src/index.ts'
import { ask, grantOf, issued, serverClock, stage } from './support.ts'

const hour = 3_600_000

describe('the life of a token (3.1, 3.2, 3.5)', () => {
  it('3.1: counts the time that a slow provider takes as time the token has lived', async () => {
    const { engine } = stage({ latencyMs: 4_000 })
    const token = await engine().get()
    expect(token.lifetime).toBe(300_000)
    expect(token.remaining()).toBe(296_000)
  })

  it.each([600_000, -600_000])(
    '3.2: reads an absolute expiry with a provider clock that is %d ms off',
    async (aheadMs) => {
      const { engine } = stage({ statedAs: 'instant', aheadMs })
      const one = engine()
      const token = await one.get()
      expect(Math.abs(token.lifetime - 300_000)).toBeLessThanOrEqual(1_000) // `Date` has whole seconds.
      expect(one.events.count('lifetime.assumed')).toBe(0)
    },
  )

  it('3.2: reads an absolute expiry with the local clock only as a last resort, and says so', async () => {
    const { engine, clock } = stage()
    const one = engine({
      fetch: () => Promise.resolve(new Response('{}')),
      grant: grantOf(async (run) => {
        await ask(run)
        return { ...issued(), lifetime: { at: clock.wall() + 100_000 } }
      }),
    })
    expect((await one.get()).lifetime).toBe(100_000)
    expect(one.events.count('lifetime.assumed')).toBe(1)
  })

  it('3.5: never shows more than the full lifetime, however far the wall clock goes back', async () => {
    const { engine, clock } = stage()
    const token = await engine().get()
    clock.stepWall(-hour)
    expect(token.remaining()).toBe(300_000)
  })

  it('3.4: takes a deadline for passed when either clock says so', async () => {
    const { engine, clock } = stage()
    const token = await engine().get()
    clock.stepWall(301_000)
    expect(token.remaining()).toBe(0)
  })
})

describe('clocks that disagree (3.4, G12)', () => {
  it.each([hour, -hour])('3.4: a wall clock stepped by %d ms costs a read and no token request', async (step) => {
    const { engine, clock, requests, chaos } = stage()
    const one = engine()
    const first = await one.get()
    clock.stepWall(step)
    await clock.advance(1_001)
    const reads = chaos.history().length
    const again = await one.get()
    expect(again.generation).toBe(first.generation)
    expect(again.remaining()).toBeGreaterThan(290_000)
    expect(one.events.last('clock.jump')).toMatchObject({ difference: step })
    expect(chaos.history().length).toBeGreaterThan(reads)
    expect(requests()).toBe(1)
  })

  it('3.4: a suspend of 8 h with a token of 5 min ends in one renewal', async () => {
    const { engine, clock, requests } = stage()
    const one = engine()
    const first = await one.get()
    await clock.suspend(8 * hour)
    await clock.advance(1_001)
    expect(one.source.peek()).toBeUndefined()
    const next = await one.get()
    expect(next.generation).toBeGreaterThan(first.generation)
    expect(requests()).toBe(2)
  })

  it('3.4: a suspend of 8 h is noticed with a store of its own, too', async () => {
    const { engine, clock, requests } = stage()
    const one = engine({ store: undefined })
    await one.get()
    await clock.suspend(8 * hour)
    await clock.advance(1_001)
    expect((await one.get()).remaining()).toBeGreaterThan(290_000)
    expect(requests()).toBe(2)
  })

  it('3.4: a monotonic clock that stands still while the wall clock runs does not keep a token alive', async () => {
    const { engine, clock, requests } = stage()
    const one = engine()
    await one.get()
    for (let minute = 0; minute < 6; minute += 1) await clock.suspend(60_000)
    await clock.advance(1_001)
    await one.get()
    expect(requests()).toBe(2)
  })

  it('3.4: the wall clock leaps back between request and commit, and the token keeps its life', async () => {
    const { engine, clock, requests, provider } = stage()
    const one = engine({
      fetch: async (input, init) => {
        const answer = await provider.fetch(input, init)
        clock.stepWall(-hour)
        return answer
      },
    })
    expect((await one.get()).remaining()).toBe(300_000)
    await one.get()
    expect(requests()).toBe(1)
  })

  it('3.4: the wall clock leaps forward between request and commit, and callers still get a token', async () => {
    const { engine, clock, requests, provider } = stage()
    let leap = hour
    const one = engine({
      fetch: async (input, init) => {
        const answer = await provider.fetch(input, init)
        clock.stepWall(leap)
        leap = 0
        return answer
      },
    })
    expect((await one.get()).remaining()).toBeGreaterThan(290_000)
    await one.get()
    expect(requests()).toBeLessThanOrEqual(2)
  })

  it('3.4: a machine suspended between request and answer hands out no dead token and does not get stuck', async () => {
    const { engine, clock, requests, provider } = stage()
    let nap = 8 * hour
    const one = engine({
      fetch: async (input, init) => {
        const answer = await provider.fetch(input, init)
        if (nap > 0) await clock.suspend(nap)
        nap = 0
        return answer
      },
    })
    const token = await one.get()
    expect(provider.accepts(token.reveal())).toBe(true)
    expect(requests()).toBe(2)
  })

  it('3.4: a wall clock one second ahead at the end of a token ends in a renewal, not in an error', async () => {
    const { engine, clock, requests } = stage()
    const one = engine()
    await one.get()
    clock.stepWall(1_500)
    await clock.advance(300_000 - 10_000 - 1_000) // Over by the wall clock, not yet by the other and the store's.
    expect((await one.get()).remaining()).toBeGreaterThan(10_000)
    await clock.advance(20_000)
    await one.get()
    expect(requests()).toBe(2)
  })

  it('G12: a store clock that lags half a second behind ends in a renewal, not in an error', async () => {
    const { engine, clock, requests, server } = stage()
    const one = engine()
    await one.get()
    server.shift(-500)
    await clock.advance(290_100)
    expect((await one.get()).remaining()).toBeGreaterThan(10_000)
    expect(requests()).toBe(2)
  })

  it('G12: two hosts whose calendars are a day apart share one token on one store', async () => {
    const { engine, clock, requests } = stage()
    const ahead = { ...serverClock(clock, 86_400_000), mono: () => clock.mono() }
    const [one, two] = [engine(), engine({ clock: ahead })]
    const [a, b] = [await one.get(), await two.get()]
    expect(b.generation).toBe(a.generation)
    expect(b.remaining()).toBe(300_000)
    await clock.advance(291_000)
    const [c, d] = [await two.get(), await one.get()]
    expect(d.generation).toBe(c.generation)
    expect(requests()).toBe(2)
  })

  it('6.7: does not send when the machine slept between lease and request, but reads again', async () => {
    const { engine, clock, requests, provider } = stage()
    const base = provider.grant()
    let naps = 1
    const one = engine({
      grant: {
        ...base,
        async obtain(run) {
          if (naps > 0) await clock.suspend(hour)
          naps -= 1
          return base.obtain(run)
        },
      },
    })
    await one.get()
    expect(one.events.count('lease.lost')).toBe(1)
    expect(one.events.count('lease.acquired') + one.events.count('lease.takenOver')).toBe(2)
    expect(requests()).toBe(1)
  })
})

describe('short and long lives (4, 3.8)', () => {
  it('4: a token of 2 s is served until only a twentieth of it is left', async () => {
    const { engine, clock, requests } = stage({ lifetimeMs: 2_000 })
    const one = engine()
    await one.get()
    expect(one.events.last('lifetime.short')).toMatchObject({ value: 2_000 })
    await clock.advance(1_899)
    expect(one.source.peek()).toBeDefined()
    await clock.advance(1)
    expect(one.source.peek()).toBeUndefined()
    await one.get()
    expect(requests()).toBe(2)
  })

  it('4: the renewal window of a token of 20 s is at most half its life', async () => {
    const { engine, clock, requests } = stage({ lifetimeMs: 20_000 })
    const one = engine({ random: () => 0 })
    await one.get()
    await clock.advance(9_999)
    await one.get()
    await clock.settle()
    expect(requests()).toBe(1)
    await clock.advance(1)
    await one.get()
    await clock.settle()
    expect(requests()).toBe(2)
  })

  it('3.8: a token of 40 days is served on day 30 without another request', async () => {
    const { engine, clock, requests } = stage({ lifetimeMs: 40 * 24 * hour })
    const one = engine()
    await one.get()
    await clock.advance(30 * 24 * hour)
    await one.get()
    expect(requests()).toBe(1)
  })

  it('3.6: the hot path reads the monotonic clock once and the wall clock not at all', async () => {
    const { engine, clock } = stage()
    const reads = { mono: 0, wall: 0 }
    const counting = {
      mono: () => ((reads.mono += 1), clock.mono()),
      wall: () => ((reads.wall += 1), clock.wall()),
      sleep: systemClock.sleep,
    }
    const { source } = engine({ clock: { ...counting, sleep: (ms, signal) => clock.sleep(ms, signal) } })
    await clock.drive(source.get())
    reads.mono = reads.wall = 0
    for (let call = 0; call < 1_000; call += 1) await source.get()
    expect(reads).toEqual({ mono: 1_000, wall: 0 })
  })
})
