/**
 * Refresh tokens that must not be sent twice, and answers that nobody saw.
 *
 * @see engine.md sections 6.6, 6.10, 6.10a and 6.11, G7 and G8
 * @module
 */
import { describe, expect, it } from 'vitest'
import { TokenError } from '../../src/index.ts'
import type { Grant, Traits } from '../../src/index.ts'
import { stage } from './support.ts'
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
    lease: {
      fence: record.fence + 1,
      holder: 'gone',
      until: server.wall() - 2_000,
      base: record.gen,
      spends: record.spendable,
    },
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
    provider.fail({
      kind: 'fields',
      fields: { refresh_token: undefined, refresh_expires_in: undefined },
      on: 'renew',
      count: 2,
    })
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
