/**
 * Answers on their way into the record: late, overtaken, repeated, repaired.
 *
 * @see engine.md sections 6.7 to 6.9 and 6.12
 * @module
 */
import { describe, expect, it } from 'vitest'
import type { Grant } from '../../src/index.ts'
import { gate, hush, stage } from './support.ts'
import type { Stage } from './support.ts'

const rotating = { renewal: 'rotating', replay: 'fatal' } as const

function replays({ provider }: Stage): number {
  return provider.report().violations.filter(({ kind }) => kind === 'replay').length
}

describe('answers that could not be committed (6.9)', () => {
  it('6.9: are served from memory, committed when the store is back, and their refresh token is not spent before', async () => {
    const scene = stage(rotating)
    const { engine, clock, provider, chaos, store } = scene
    const one = engine()
    await one.get()
    await clock.advance(300_000)
    const base = chaos.history().length
    store.onSwap = (go) => {
      if (chaos.history().length > base + 1) chaos.setDown(true) // From the commit on.
      return go()
    }
    const token = await one.get()
    store.onSwap = undefined
    expect(one.events.count('commit.deferred')).toBe(1)
    expect(one.source.describe().uncommitted).toBe(true)
    expect(one.source.peek()?.generation).toBe(token.generation)
    await clock.advance(295_000)
    await one.get() // The store is still silent: the primary grant, not the uncommitted refresh token.
    expect(provider.report()).toMatchObject({ obtains: 2, renewals: 1 })
    chaos.setDown(false)
    await clock.advance(60_000)
    expect(one.events.count('commit.recovered')).toBe(1)
    expect(one.source.describe().uncommitted).toBe(false)
    expect((await store.record()).gen).toBe(one.source.peek()?.generation)
    expect(replays(scene)).toBe(0)
  })

  it('6.9: the commit is repeated even where a flight tried it in between and failed', async () => {
    const { engine, clock, chaos, store } = stage({ lifetimeMs: 3_600_000 })
    const one = engine()
    let swaps = 0
    store.onSwap = (go) => {
      if ((swaps += 1) === 2) chaos.setDown(true)
      return go()
    }
    const token = await one.get()
    expect(one.events.count('commit.deferred')).toBe(1)
    chaos.setDown(false)
    // A flight takes the pending result up while the store is slow, and the store fails again.
    store.onSwap = async (go) => {
      await clock.sleep(1_900)
      chaos.setDown(true)
      return go()
    }
    const demand = hush(one.source.get({ after: token.generation, patience: 0 }))
    await clock.advance(5_000)
    await Promise.allSettled([demand])
    store.onSwap = undefined
    chaos.setDown(false)
    await clock.advance(120_000)
    expect(one.source.describe().uncommitted).toBe(false)
    expect((await store.record()).gen).toBe(one.source.peek()?.generation)
  })

  it('6.8: a late answer that nobody overtook is kept although its lease was lost', async () => {
    const { engine, provider, store } = stage()
    const base = provider.grant()
    const one = engine({
      grant: {
        ...base,
        obtain: async (run) => {
          const answer = await base.obtain(run)
          await store.rewrite((record) => ({ ...record, lease: undefined }))
          return answer
        },
      },
    })
    const token = await one.get()
    expect((await store.record()).gen).toBe(token.generation)
  })

  it("6.8: somebody else's lease stays untouched by a commit", async () => {
    const { engine, provider, store, server } = stage()
    const base = provider.grant()
    const foreign = { fence: 1, holder: 'other', until: 0, base: 0 }
    const one = engine({
      grant: {
        ...base,
        obtain: async (run) => {
          const answer = await base.obtain(run)
          await store.rewrite((record) => {
            Object.assign(foreign, { fence: record.fence + 5, until: server.wall() + 17_000 })
            return { ...record, fence: foreign.fence, lease: foreign }
          })
          return answer
        },
      },
    })
    await one.get()
    expect((await store.record()).lease).toEqual(foreign)
  })

  it('6.8: an answer that was overtaken is refused, its own token revoked and the record adopted', async () => {
    const scene = stage({ renewal: 'rotating' })
    const { engine, provider, store, clock } = scene
    const hold = gate()
    const slow = provider.grant()
    const one = engine({
      grant: { ...slow, obtain: (run) => wait(slow.obtain(run), hold) },
    })
    const two = engine()
    const call = one.source.get()
    await clock.settle()
    // The first holder is stopped after its answer; its lease runs out by the store's clock.
    await store.rewrite((record) => ({
      ...record,
      lease: record.lease && { ...record.lease, until: record.lease.until - 60_000 },
    }))
    const winner = await two.get()
    hold.open()
    const token = await clock.drive(call)
    await clock.settle()
    expect(token.generation).toBe(winner.generation)
    expect(one.events.last('commit.refused')).toMatchObject({ reason: 'overtaken' })
    expect(one.events.count('orphan.revoked')).toBe(1)
    expect(provider.accepts(winner.reveal())).toBe(true)
    expect(provider.report().liveTokens).toBe(1)
  })

  it('6.8: an overtaken renewal of a reusable login does not revoke the refresh token that the record holds', async () => {
    const { engine, provider, store, clock } = stage({ renewal: 'reusable' })
    const hold = gate()
    const base = provider.grant()
    const two = engine()
    await two.get()
    const one = engine({
      grant: { ...base, renew: async (from, run) => wait(base.renew?.(from, run) ?? base.obtain(run), hold) },
    })
    await one.get()
    await clock.advance(300_000)
    const call = one.source.get()
    await clock.settle()
    await store.rewrite((record) => ({
      ...record,
      lease: record.lease && { ...record.lease, until: record.lease.until - 60_000 },
    }))
    const winner = await two.get()
    hold.open()
    await clock.drive(call)
    await clock.settle()
    expect(one.events.count('commit.refused')).toBe(1)
    expect(provider.accepts(winner.reveal())).toBe(true)
  })

  it('6.8: exclusive answers are ordered by their issue times where both are known', async () => {
    const { engine, provider, store, clock } = stage({ exclusive: true, statesIssueTime: true })
    const hold = gate()
    const base = provider.grant()
    const one = engine({ grant: { ...base, obtain: async (run) => (await hold.opened, base.obtain(run)) } })
    const call = one.source.get()
    await clock.settle()
    // Overtaken in fences by a holder whose token was issued earlier.
    await store.rewrite((record) => ({
      ...record,
      gen: record.fence + 7,
      fence: record.fence + 7,
      issued: 1,
      until: 0,
      life: 300_000,
      token: '{"access":"older-token","scheme":"Bearer"}',
    }))
    hold.open()
    const token = await clock.drive(call)
    expect(provider.accepts(token.reveal())).toBe(true)
    expect(token.generation).toBeGreaterThan(one.events.of('lease.acquired')[0]?.fence ?? 0)
    expect((await store.record()).gen).toBe(token.generation)
  })

  it('6.8: an answer that meets no record receives a fresh generation', async () => {
    const { engine, provider, store, chaos } = stage()
    const base = provider.grant()
    const one = engine({
      grant: {
        ...base,
        obtain: async (run) => {
          const answer = await base.obtain(run)
          await chaos.drop(store.key())
          return answer
        },
      },
    })
    const token = await one.get()
    expect(token.generation).toBeGreaterThan(one.events.last('lease.acquired')?.fence ?? Infinity)
    expect((await store.record()).gen).toBe(token.generation)
  })
})

describe('steps and extensions (6.7)', () => {
  const steps = (base: Grant, clock: Stage['clock'], count: number): Grant => ({
    ...base,
    obtain: async (run) => {
      for (let step = 0; step < count; step += 1) {
        await base.obtain(run)
        await clock.sleep(14_000)
        await run.extend()
      }
      return base.obtain(run)
    },
  })

  it('6.7: a grant of several steps extends its lease, and another process waits for it', async () => {
    const { engine, provider, clock } = stage()
    const [one, two] = [engine({ grant: steps(provider.grant(), clock, 3) }), engine()]
    const first = one.source.get()
    await clock.settle()
    const [a, b] = await clock.drive(Promise.all([first, two.source.get()]))
    expect(b.generation).toBe(a.generation)
    expect(one.events.count('lease.extended')).toBe(3)
    expect(provider.report().violations).toEqual([])
  })

  it('6.5: another process waits for as long as the holder goes on extending its lease', async () => {
    const { engine, provider, clock } = stage()
    const [one, two] = [engine({ grant: steps(provider.grant(), clock, 5) }), engine()]
    const first = one.source.get()
    await clock.settle()
    const [a, b] = await clock.drive(Promise.all([first, two.source.get()]))
    expect(b.generation).toBe(a.generation)
  })

  it.each([
    ['goes on waiting for others who bring tokens that are over when it sees them', true],
    ['does not wait for others without end who bring none', false],
  ])('6.5: another process %s', async (_, isBrought) => {
    const { engine, clock, store, server } = stage()
    const [one, two] = [engine(), engine()]
    await one.get()
    const work = (): Promise<void> =>
      store.rewrite(({ gen, fence, ...record }) => ({
        ...record,
        fence: fence + 2,
        gen: isBrought ? fence + 1 : gen,
        until: server.wall(),
        lease: { fence: fence + 2, holder: 'other', until: server.wall() + 12_000, base: 0 },
      }))
    await work()
    const waiting = two.get({ patience: 0 }).then(
      () => 'a token',
      (error: unknown) => error,
    )
    for (let round = 0; round < 10; round += 1) {
      await clock.advance(10_000)
      await work()
    }
    expect(await clock.drive(waiting)).toEqual(
      isBrought ? 'a token' : expect.objectContaining({ code: 'LATCHKEY_LEASE_CONTENDED' }),
    )
  })

  it('6.7: an extension that loses its swap ends the attempt', async () => {
    const { engine, provider, store, server } = stage()
    const base = provider.grant()
    let ended = false
    let first = true
    const one = engine({
      grant: {
        ...base,
        obtain: async (run) => {
          if (!first) return base.obtain(run)
          first = false
          await base.obtain(run)
          await store.rewrite((record) => ({
            ...record,
            fence: record.fence + 1,
            lease: { fence: record.fence + 1, holder: 'other', until: server.wall() - 1_000, base: 0 },
          }))
          await run.extend().catch((error: unknown) => {
            ended = true
            throw error
          })
          return base.obtain(run)
        },
      },
    })
    await one.get({ patience: 10_000 }).catch(() => undefined)
    await one.get({ patience: 10_000 })
    expect(ended).toBe(true)
    expect(one.events.count('lease.lost')).toBeGreaterThanOrEqual(1)
  })
})

describe('repair (6.12)', () => {
  it('6.12: a record that went back is written again before anything else, and said so', async () => {
    const { engine, chaos, store, provider } = stage()
    const one = engine()
    const first = await one.get()
    const second = await one.get({ after: first.generation })
    await chaos.rollBack(store.key(), 2)
    expect((await store.record()).gen).toBe(first.generation)
    const third = await one.get({ after: first.generation, minRemaining: 299_000 })
    expect(third.generation).toBe(second.generation)
    provider.endAccessTokens()
    one.source.refuse(second.generation)
    await one.get({ after: second.generation })
    expect(one.events.last('store.rollback')).toMatchObject({ generation: second.generation })
  })

  it('6.12: after a roll-back another process adopts what the first one repaired', async () => {
    const { engine, chaos, store, requests, clock } = stage({ renewal: 'rotating' })
    const one = engine()
    const first = await one.get()
    await one.get({ after: first.generation })
    await chaos.rollBack(store.key(), 2)
    await clock.advance(255_000)
    await one.get() // Due.
    await clock.settle()
    const two = engine()
    const token = await two.get()
    expect(token.generation).toBe(one.source.peek()?.generation)
    expect(requests()).toBe(3)
  })
})

describe('a commit whose fate the store does not tell', () => {
  it('6.9: one that had landed is recognised when the store is back, and nothing is revoked', async () => {
    const scene = stage(rotating)
    const { engine, clock, provider, chaos, store } = scene
    const one = engine()
    await one.get()
    await clock.advance(300_000)
    let swaps = 0
    store.onSwap = async (go) => {
      const swap = await go()
      if ((swaps += 1) !== 2) return swap
      chaos.setDown(true) // Applied; neither the answer nor the read after it comes through.
      throw new Error('connection lost')
    }
    const token = await one.get()
    store.onSwap = undefined
    expect(one.source.describe().uncommitted).toBe(true)
    chaos.setDown(false)
    await clock.advance(60_000)
    expect(one.events.count('commit.recovered')).toBe(1)
    expect(one.events.count('commit.refused')).toBe(0)
    expect(one.source.peek()?.generation).toBe(token.generation)
    expect(provider.report().revocations).toBe(0)
    expect(provider.accepts(token.reveal())).toBe(true)
  })

  it('6.8: one that others have renewed since does not end their login', async () => {
    const { engine, clock, provider, chaos, store } = stage(rotating)
    const one = engine()
    let swaps = 0
    store.onSwap = async (go) => {
      const swap = await go()
      if ((swaps += 1) !== 2) return swap
      chaos.setDown(true)
      throw new Error('connection lost')
    }
    await one.get() // A login of its own.
    store.onSwap = undefined
    store.onRead = () => Promise.reject(new Error('unreachable from here'))
    chaos.setDown(false)
    await clock.advance(300)
    store.onRead = undefined
    const two = engine()
    const token = await two.get()
    const newer = await two.get({ after: token.generation })
    await clock.advance(60_000)
    expect(provider.report()).toMatchObject({ revocations: 0, obtains: 1, renewals: 1 })
    expect(provider.accepts(newer.reveal())).toBe(true)
    expect(one.events.count('orphan.revoked')).toBe(0)
  })
})

describe('an attempt that failed while somebody else succeeded', () => {
  it('G15: a stalled holder adopts the newer token instead of failing its callers, and announces no cool-down', async () => {
    const { engine, clock, provider } = stage({ longestMs: 5_000 })
    const base = provider.grant()
    const stalled = gate()
    const one = engine({
      clock: { mono: clock.mono, wall: clock.wall, sleep: (ms, signal) => clock.sleep(ms + 60_000, signal) }, // No timer fires.
      grant: {
        ...base,
        obtain: async () => {
          await stalled.opened
          throw new Error('The request timed out while the process stood still.')
        },
      },
    })
    const call = hush(one.source.get())
    await clock.advance(9_500) // The lease and its grace.
    const token = await engine().get()
    stalled.open()
    expect((await call).generation).toBe(token.generation)
    expect(one.events.count('cooldown.start')).toBe(0)
    expect(one.source.describe()).not.toHaveProperty('coolDown')
  })
})

describe('a process that stood still while its answer was committed', () => {
  it('4.4: gets its callers another token, since their need was not above the first one’s whole life', async () => {
    const { engine, clock, store, requests } = stage({ longestMs: 5_000, lifetimeMs: 10_000 })
    const one = engine({
      clock: { mono: clock.mono, wall: clock.wall, sleep: (ms, signal) => clock.sleep(ms + 60_000, signal) }, // No timer fires.
    })
    let swaps = 0
    store.onSwap = async (go) => {
      const swap = await go()
      if ((swaps += 1) === 2) await clock.sleep(20_000)
      return swap
    }
    const call = hush(one.source.get())
    await clock.advance(21_000)
    expect((await call).remaining()).toBeGreaterThan(8_000)
    expect(requests()).toBe(2)
  })
})

/** Waits with an answer that has arrived until the test lets it go on. */
async function wait<T>(answer: Promise<T>, hold: { readonly opened: Promise<void> }): Promise<T> {
  const got = await answer
  await hold.opened
  return got
}
