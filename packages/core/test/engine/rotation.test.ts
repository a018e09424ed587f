/**
 * Refresh tokens that must not be sent twice, and answers that nobody saw.
 *
 * @see engine.md sections 6.6 to 6.12, G6 to G8
 * @module
 */
import { describe, expect, it } from 'vitest'
import { TokenError } from '../../src/index.ts'
import type { Grant, Traits } from '../../src/index.ts'
import { gate, hush, stage } from './support.ts'
import type { Stage } from './support.ts'

const rotating = { renewal: 'rotating', replay: 'fatal' } as const

/** The double's grant, with one trait told differently. */
function told(grant: Grant, traits: Partial<Traits>): Grant {
  return { ...grant, traits: { ...grant.traits, ...traits } }
}

function replays({ provider }: Stage): number {
  return provider.report().violations.filter(({ kind }) => kind === 'replay').length
}

/** The lease of a holder that died while it was spending the refresh token in the record. */
async function dieSpending({ store, server }: Stage): Promise<void> {
  await store.rewrite((record) => ({
    ...record,
    fence: record.fence + 1,
    lease: { fence: record.fence + 1, holder: 'gone', until: server.wall() - 2_000, base: record.gen, spends: record.spendable },
  }))
}

describe('renewal with a refresh token (6.6)', () => {
  it('6.6: renews with the refresh token and keeps the new one', async () => {
    const scene = stage(rotating)
    const one = scene.engine()
    await one.get()
    for (let turn = 0; turn < 5; turn += 1) {
      await scene.clock.advance(295_000)
      await one.get()
    }
    expect(scene.provider.report()).toMatchObject({ obtains: 1, renewals: 5 })
    expect(replays(scene)).toBe(0)
  })

  it('1: keeps the refresh token in hand where the answer brings none', async () => {
    const { engine, clock, provider } = stage({ renewal: 'reusable' })
    const one = engine()
    await one.get()
    provider.fail({ kind: 'fields', fields: { refresh_token: undefined, refresh_expires_in: undefined }, on: 'renew', count: 2 })
    for (let turn = 0; turn < 3; turn += 1) {
      await clock.advance(295_000)
      await one.get()
    }
    expect(provider.report()).toMatchObject({ obtains: 1, renewals: 3 })
  })

  it('15: keeps a refresh token that equals the old one', async () => {
    const { engine, clock, provider } = stage({ renewal: 'reusable' })
    const one = engine()
    await one.get()
    for (let turn = 0; turn < 3; turn += 1) {
      await clock.advance(295_000)
      await one.get()
    }
    expect(provider.report()).toMatchObject({ obtains: 1, renewals: 3 })
  })

  it('15: a refresh lifetime of zero means that none is stated', async () => {
    const { engine, clock, provider } = stage(rotating)
    const one = engine()
    provider.fail({ kind: 'fields', fields: { refresh_expires_in: 0 } })
    await one.get()
    await clock.advance(295_000)
    await one.get()
    expect(provider.report()).toMatchObject({ obtains: 1, renewals: 1 })
  })

  it('6.6: a refresh token known to be over is not sent', async () => {
    const { engine, clock, provider } = stage({ ...rotating, refreshLifetimeMs: 600_000 })
    const one = engine()
    await one.get()
    await clock.advance(600_000)
    await one.get()
    expect(provider.report()).toMatchObject({ obtains: 2, renewals: 0 })
  })

  it('6.6: a store that cannot confirm the intent sends the attempt to the primary grant', async () => {
    const { engine, clock, provider, chaos } = stage(rotating)
    const one = engine()
    await one.get()
    await clock.advance(300_000)
    chaos.next('notDurable')
    await one.get()
    expect(provider.report()).toMatchObject({ obtains: 2, renewals: 0 })
  })

  it('6.6: a grant that does not rotate needs no confirmed intent', async () => {
    const { engine, clock, provider, chaos } = stage({ renewal: 'reusable' })
    const one = engine()
    await one.get()
    await clock.advance(300_000)
    chaos.next('notDurable')
    await one.get()
    expect(provider.report()).toMatchObject({ obtains: 1, renewals: 1 })
  })

  it('6.10a: after `next: primary` the next renewal uses the primary grant, once', async () => {
    const scene = stage(rotating)
    const { provider, engine, clock } = scene
    const base = provider.grant()
    let renewals = 0
    const one = engine({
      grant: {
        ...base,
        renew: async (from, run) => {
          const answer = await base.renew?.(from, run)
          if (!answer) throw new Error('The double renews.')
          return { ...answer, ...((renewals += 1) === 1 && { next: 'primary' as const }) }
        },
      },
    })
    await one.get()
    const paths: string[] = []
    for (let turn = 0; turn < 3; turn += 1) {
      await clock.advance(255_000)
      one.events.clear()
      await one.get() // Due: on time, behind the caller's back.
      await clock.settle()
      paths.push(one.events.last('refresh.start')?.path ?? 'none')
    }
    expect(paths).toEqual(['renewal', 'primary', 'renewal'])
  })
})

describe('the provider calls the refresh token invalid (6.10)', () => {
  it('6.10: falls back to the primary grant once, in the same flight and without a cool-down', async () => {
    const { engine, clock, provider } = stage(rotating)
    const one = engine()
    await one.get()
    provider.endLogins()
    await clock.advance(300_000)
    const token = await one.get({ patience: 0 })
    expect(provider.accepts(token.reveal())).toBe(true)
    expect(provider.report()).toMatchObject({ obtains: 2, renewals: 1 })
    expect(one.events.count('cooldown.start')).toBe(0)
  })

  it('6.10: where the primary grant fails too, the dropped refresh token is not sent again', async () => {
    const { engine, clock, provider } = stage(rotating)
    const one = engine()
    await one.get()
    provider.endLogins()
    provider.fail({ kind: 'status', status: 503, on: 'obtain', count: 2 })
    await clock.advance(300_000)
    await one.fails({ patience: 0 })
    await clock.advance(5_000)
    await one.fails({ patience: 0 })
    await clock.advance(5_000)
    await one.get()
    expect(provider.report()).toMatchObject({ obtains: 4, renewals: 1 })
  })

  it('6.10: without a primary grant the key ends in reauthorization_required, without a cool-down', async () => {
    const { engine, clock, provider } = stage(rotating)
    const base = provider.grant()
    let primary = true
    const one = engine({
      grant: {
        ...base,
        obtain: (run) => {
          if (primary) return base.obtain(run)
          throw new TokenError('LATCHKEY_REAUTHORIZATION_REQUIRED', 'Log in again.', { failure: 'expired' })
        },
      },
    })
    await one.get()
    primary = false
    provider.endLogins()
    await clock.advance(300_000)
    for (let turn = 0; turn < 3; turn += 1) {
      const error = await one.fails({ patience: 0 })
      expect(error.code).toBe('LATCHKEY_REAUTHORIZATION_REQUIRED')
      expect(error.retryable).toBe(false)
    }
    expect(one.events.count('cooldown.start')).toBe(0)
    expect(provider.report().renewals).toBe(1)
    primary = true
    await one.get()
  })
})

describe('a refresh token that may have been spent (6.11, G7)', () => {
  const lost = [
    { kind: 'dropAfter' },
    { kind: 'dropBefore' },
    { kind: 'hang' },
    { kind: 'status', status: 502 },
    { kind: 'html' },
    { kind: 'drip', ms: 1_000 },
  ] as const

  it.each(lost)('G7: is not sent again after $kind where replay is fatal', async (fault) => {
    const scene = stage(rotating)
    const { engine, clock, provider, store } = scene
    const one = engine()
    await one.get()
    await clock.advance(300_000)
    provider.fail({ ...fault, on: 'renew' })
    await one.fails({ patience: 0 })
    expect((await store.record()).tainted).toBe('maybe')
    expect(one.events.last('renewal.tainted')).toMatchObject({ reason: 'unknown_outcome' })
    expect(one.events.last('cooldown.start')).toMatchObject({ class: 'transient' })
    await one.get({ patience: 10_000 })
    expect(provider.report()).toMatchObject({ obtains: 2, renewals: 1 })
    expect(replays(scene)).toBe(0)
    expect((await store.record()).tainted).toBeUndefined()
  })

  it('G7: is not sent again where replay is unknown', async () => {
    const scene = stage(rotating)
    const one = scene.engine({ grant: told(scene.provider.grant(), { replay: 'unknown' }) })
    await one.get()
    await scene.clock.advance(300_000)
    scene.provider.fail({ kind: 'dropAfter', on: 'renew' })
    await one.get({ patience: 10_000 }).catch(() => undefined)
    await one.get({ patience: 10_000 })
    expect(scene.provider.report()).toMatchObject({ obtains: 2, renewals: 1 })
  })

  it('6.6: is sent once more within a grace, and then falls back', async () => {
    const scene = stage({ renewal: 'rotating', replay: 'grace', graceMs: 60_000 })
    const { engine, clock, provider } = scene
    const one = engine()
    await one.get()
    await clock.advance(300_000)
    provider.fail({ kind: 'dropAfter', on: 'renew', count: 2 })
    await one.fails({ patience: 0 })
    await clock.advance(5_000)
    await one.fails({ patience: 0 })
    await clock.advance(5_000)
    await one.get()
    expect(provider.report()).toMatchObject({ obtains: 2, renewals: 2 })
    expect(replays(scene)).toBe(0)
  })

  it('6.6: goes on being used where replay is safe', async () => {
    const scene = stage({ renewal: 'rotating', replay: 'safe' })
    const { engine, clock, provider } = scene
    const one = engine()
    await one.get()
    await clock.advance(300_000)
    provider.fail({ kind: 'dropAfter', on: 'renew', count: 3 })
    for (let turn = 0; turn < 3; turn += 1) {
      await one.fails({ patience: 0 })
      await clock.advance(10_000)
    }
    await one.get()
    expect(provider.report()).toMatchObject({ obtains: 1, renewals: 4 })
  })

  it('6.11: a request that is known not to have left leaves no taint', async () => {
    const { engine, clock, provider, store } = stage(rotating)
    const one = engine()
    await one.get()
    await clock.advance(300_000)
    provider.fail({ kind: 'unreachable', count: 2 })
    await one.fails({ patience: 0 })
    expect((await store.record()).tainted).toBeUndefined()
    await one.get({ patience: 10_000 })
    expect(provider.report().obtains).toBe(1)
  })

  it('6.11: a clear refusal (429) leaves no taint', async () => {
    const { engine, clock, provider, store } = stage(rotating)
    const one = engine()
    await one.get()
    await clock.advance(300_000)
    provider.fail({ kind: 'status', status: 429, retryAfter: 1 })
    await one.fails({ patience: 0 })
    expect((await store.record()).tainted).toBeUndefined()
    await one.get()
    expect(provider.report()).toMatchObject({ obtains: 1, renewals: 2 })
  })

  it('6.6: taking over a lease that was spending the refresh token taints it', async () => {
    const scene = stage(rotating)
    const one = scene.engine()
    await one.get()
    await scene.clock.advance(300_000)
    await dieSpending(scene)
    await one.get()
    expect(one.events.count('lease.takenOver')).toBe(1)
    expect(one.events.last('renewal.tainted')).toMatchObject({ reason: 'takeover' })
    expect(scene.provider.report()).toMatchObject({ obtains: 2, renewals: 0 })
  })

  it('6.6: taking over a lease that spent nothing leaves no taint', async () => {
    const { engine, clock, provider, store, server } = stage(rotating)
    const one = engine()
    await one.get()
    await clock.advance(300_000)
    await store.rewrite((record) => ({
      ...record,
      fence: record.fence + 1,
      lease: { fence: record.fence + 1, holder: 'gone', until: server.wall() - 2_000, base: record.gen },
    }))
    await one.get()
    expect(one.events.count('renewal.tainted')).toBe(0)
    expect(provider.report()).toMatchObject({ obtains: 1, renewals: 1 })
  })

  it('6.6: a second holder after a take-over that died as well still does not send it', async () => {
    const scene = stage(rotating)
    const one = scene.engine()
    await one.get()
    await scene.clock.advance(300_000)
    await dieSpending(scene)
    await scene.store.rewrite((record) => ({
      ...record,
      tainted: 'maybe',
      lease: { ...record.lease, spends: undefined, holder: 'second' },
    }))
    await one.get()
    expect(scene.provider.report()).toMatchObject({ obtains: 2, renewals: 0 })
  })

  it('G8: without a primary grant the error of a spent login says that the outcome is unknown', async () => {
    const { engine, clock, provider } = stage(rotating)
    const base = provider.grant()
    let primary = true
    const one = engine({
      grant: {
        ...base,
        obtain: (run) => {
          if (primary) return base.obtain(run)
          throw new TokenError('LATCHKEY_REAUTHORIZATION_REQUIRED', 'Log in again.', { failure: 'expired' })
        },
      },
    })
    await one.get()
    primary = false
    await clock.advance(300_000)
    provider.fail({ kind: 'dropAfter', on: 'renew' })
    await one.fails({ patience: 0 })
    await clock.advance(5_000)
    expect((await one.fails({ patience: 0 })).code).toBe('LATCHKEY_OUTCOME_UNKNOWN')
  })
})

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
    await store.rewrite((record) => ({ ...record, lease: record.lease && { ...record.lease, until: record.lease.until - 60_000 } }))
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
    await store.rewrite((record) => ({ ...record, lease: record.lease && { ...record.lease, until: record.lease.until - 60_000 } }))
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
    const [one, two] = [engine({ grant: steps(provider.grant(), clock, 10) }), engine()]
    const first = one.source.get()
    await clock.settle()
    const [a, b] = await clock.drive(Promise.all([first, two.source.get()]))
    expect(b.generation).toBe(a.generation)
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

describe('a fleet under chaos (G1, G7)', () => {
  it.each([1, 2, 3, 4])('G7: never replays a refresh token and never goes back in generations, seed %i', async (seed) => {
    const scene = stage({ ...rotating, lifetimeMs: 60_000, latencyMs: 200 })
    const { engine, clock, provider, chaos } = scene
    const random = generator(seed)
    const faults = ['dropAfter', 'dropBefore', 'hang', 'html', 'unreachable', 'empty'] as const
    const mishaps = ['unknownApplied', 'unknownLost', 'conflict', 'slow', 'notDurable', 'outage', 'noticeLost'] as const
    const fleet = [engine({ random }), engine({ random }), engine({ random })]
    const generations: number[] = []
    scene.store.onSwap = async (go, record) => {
      const swap = await go()
      if (swap.kind === 'done') generations.push(record.gen) // What the shared record held, in the order of its swaps.
      return swap
    }
    for (let turn = 0; turn < 120; turn += 1) {
      if (random() < 0.4) provider.fail({ kind: faults[Math.floor(random() * faults.length)] ?? 'hang' })
      if (random() < 0.4) chaos.next(mishaps[Math.floor(random() * mishaps.length)] ?? 'outage')
      const { source } = fleet[Math.floor(random() * 3)] ?? fleet[0] ?? scene.engine()
      const token = source.peek()
      if (token && random() < 0.1) source.refuse(token.generation)
      hush(source.get({ patience: 0 }))
      await clock.advance(Math.floor(random() * 20_000))
    }
    await clock.advance(60_000)
    expect(replays(scene)).toBe(0)
    expect(generations.length).toBeGreaterThan(10)
    expect(generations).toEqual([...generations].sort((a, b) => a - b))
    provider.heal()
    for (const one of fleet) expect((await one.get({ patience: 120_000 })).remaining()).toBeGreaterThan(0)
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

/** Waits with an answer that has arrived until the test lets it go on. */
async function wait<T>(answer: Promise<T>, hold: { readonly opened: Promise<void> }): Promise<T> {
  const got = await answer
  await hold.opened
  return got
}

function generator(seed: number): () => number {
  let state = seed * 2_654_435_761
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 0x9e3779b9) >>> 0
    return state / 2 ** 32
  }
}

