/**
 * What the engine tells about itself, and that telling harms nobody and shows no secret.
 *
 * @see engine.md section 13, 10.3
 * @module
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { inspect } from 'node:util'
import { assertNoSecrets, collectEvents } from '@latchkey/testkit'
import { describe, expect, it } from 'vitest'
import { createTokenSources } from '../../src/index.ts'
import type { EngineEvent, EventName } from '../../src/index.ts'
import { gate, hush, stage } from './support.ts'

/** Every event of section 13 with the fields that it must have. */
const fields = {
  'refresh.start': ['trigger', 'path', 'fence', 'waiters'],
  'refresh.end': ['trigger', 'path', 'outcome', 'generation', 'fence', 'waiters', 'duration'],
  'refresh.adopted': ['generation', 'age', 'source'],
  'lease.acquired': ['fence', 'holder'],
  'lease.extended': ['fence', 'holder'],
  'lease.lost': ['fence', 'holder'],
  'lease.takenOver': ['fence', 'holder'],
  'lease.waited': ['fence', 'holder', 'duration'],
  'commit.accepted': ['generation', 'fence'],
  'commit.refused': ['generation', 'fence', 'reason'],
  'commit.deferred': ['generation', 'fence', 'reason'],
  'commit.recovered': ['generation', 'fence'],
  'token.refused': ['generation', 'verdict', 'action'],
  'cooldown.start': ['class', 'until', 'step'],
  'cooldown.end': ['class', 'step'],
  'renewal.tainted': ['reason'],
  'token.forgotten': ['generation'],
  'token.revoked': ['generation'],
  'token.revokeFailed': ['generation'],
  'orphan.revoked': ['generation'],
  'store.degraded': ['operation', 'reason'],
  'store.recovered': ['operation'],
  'store.rollback': ['generation'],
  'store.corrupt': ['operation', 'reason'],
  'clock.jump': ['difference'],
  'lifetime.assumed': ['value'],
  'lifetime.short': ['value'],
  'key.evicted': [],
  'engine.closed': [],
} as const satisfies Record<EventName, readonly string[]>

/** A life in which everything happens. */
async function eventful(): Promise<{ events: EngineEvent[]; secrets: string[] }> {
  const scene = stage({ renewal: 'rotating', latencyMs: 100, lifetimeMs: 9_000, clientSecret: 'double-client-secret' })
  const { engine, clock, provider, chaos, store, server } = scene
  const base = provider.grant()
  let extend = true
  const grant = {
    ...base,
    obtain: async (run: Parameters<typeof base.obtain>[0]) => {
      if (extend) await run.extend()
      extend = false
      return base.obtain(run)
    },
  }
  const [one, two] = [engine({ grant }), engine()]
  provider.fail({ kind: 'fields', fields: { expires_in: 'soon' } })
  await clock.drive(Promise.all([one.source.get(), two.source.get()])) // Assumed, extended, waited, adopted.
  await clock.advance(300_000)
  provider.fail({ kind: 'dropAfter' })
  await one.get({ patience: 0 }).catch(() => undefined) // Tainted, cooling down.
  await clock.advance(5_000)
  const token = await one.get() // Short, cool-down over.
  one.source.refuse(token.generation)
  await one.get({ after: token.generation })
  clock.stepWall(5_000)
  await clock.advance(1_001)
  await one.get()
  await chaos.rollBack(store.key(), 3)
  await one.get({ after: one.source.peek()?.generation ?? 0 }) // Rolled back.
  await clock.advance(9_000)
  await store.rewrite((record) => ({
    ...record,
    lease: { fence: record.fence, holder: 'gone', until: server.wall() - 2_000, base: record.gen },
  }))
  await one.get() // Taken over.
  await clock.advance(9_000)
  let swaps = 0
  store.onSwap = (go) => {
    if ((swaps += 1) === 2) chaos.setDown(true)
    return go()
  }
  await one.get() // Deferred.
  store.onSwap = undefined
  await clock.advance(9_000)
  await one.get() // Degraded.
  chaos.setDown(false)
  await clock.advance(60_000) // Recovered.
  await store.rewrite(() => 'not a record')
  await one.get() // Corrupt.
  await clock.advance(60_000)
  const call = hush(one.source.get({ patience: 0 }))
  await clock.settle()
  await two.source.forget() // Refused at commit, and revoked.
  await clock.drive(call).catch(() => undefined)
  await clock.advance(1_000)
  await clock.drive(one.source.revoke())
  await one.get()
  provider.fail({ kind: 'status', status: 500, on: 'revoke' })
  await clock.drive(one.source.revoke())
  const hold = gate()
  const three = engine({ grant: { ...base, obtain: async (run) => (await hold.opened, base.obtain(run)) } })
  const leaving = new AbortController()
  const left = hush(three.source.get({ signal: leaving.signal }))
  await clock.settle()
  leaving.abort()
  hold.open() // Its lease is lost.
  await Promise.allSettled([left])
  await clock.settle()
  const evicted = collectEvents()
  const few = createTokenSources({ store, clock, observer: evicted, fetch: provider.fetch, maxKeys: 1 })
  for (const clientId of ['a', 'b']) few.get({ grant: base, key: { ...provider.key(), clientId }, keyLabel: clientId })
  for (const { source } of [one, two, three]) await clock.drive(source.close())
  const events = [one, two, three].flatMap((each) => [...each.events.events])
  return { events: [...events, ...evicted.events], secrets: provider.secrets() }
}

describe('events (13)', () => {
  it('13: each fires in a life in which everything happens, with its fields and who it is about', async () => {
    const { events } = await eventful()
    const missing = Object.entries(fields).flatMap(([name, wanted]) => {
      const found = events.find(({ type }) => type === `latchkey.${name}`)
      if (!found) return [name]
      const all = ['provider', 'environment', 'keyLabel', ...wanted]
      return all
        .filter((field) => (found as unknown as Record<string, unknown>)[field] === undefined)
        .map((field) => `${name}.${field}`) // Read only.
    })
    expect(missing).toEqual([])
  })

  it('10.3: none shows a secret', async () => {
    const { events, secrets } = await eventful()
    expect(events.length).toBeGreaterThan(50)
    assertNoSecrets(events, secrets)
  })

  it('13: an observer that throws affects nobody', async () => {
    const { engine, clock, requests } = stage()
    const one = engine({
      observer: {
        event: () => {
          throw new Error('observer')
        },
      },
    })
    const token = await one.get()
    one.source.refuse(token.generation)
    await one.get({ after: token.generation })
    await clock.drive(one.source.close())
    expect(requests()).toBe(2)
  })

  it('13: the same events appear on diagnostics channels', async () => {
    const heard: unknown[] = []
    const listen = (message: unknown): void => void heard.push(message)
    subscribe('latchkey.refresh.start', listen)
    subscribe('latchkey.commit.accepted', listen)
    try {
      const one = stage().engine()
      await one.get()
      expect(heard).toEqual([one.events.last('refresh.start'), one.events.last('commit.accepted')])
    } finally {
      unsubscribe('latchkey.refresh.start', listen)
      unsubscribe('latchkey.commit.accepted', listen)
    }
  })

  it('13: channels hear of events although the observer throws', async () => {
    const heard: unknown[] = []
    const listen = (message: unknown): void => void heard.push(message)
    subscribe('latchkey.refresh.end', listen)
    try {
      const one = stage().engine({
        observer: {
          event: () => {
            throw new Error('observer')
          },
        },
      })
      await one.get()
      expect(heard).toHaveLength(1)
    } finally {
      unsubscribe('latchkey.refresh.end', listen)
    }
  })

  it('13: triggers tell a cold start, a spent token, a demand and a refusal apart', async () => {
    const { engine, clock } = stage()
    const one = engine()
    let token = await one.get()
    await clock.advance(300_000)
    token = await one.get()
    token = await one.get({ after: token.generation })
    one.source.refuse(token.generation)
    await one.get({ after: token.generation })
    expect(one.events.of('refresh.start').map(({ trigger }) => trigger)).toEqual([
      'cold',
      'spent',
      'demanded',
      'refused',
    ])
  })
})

describe('describe() and printing (10.3, 13)', () => {
  it('13: pictures each state without a secret', async () => {
    const { engine, clock, provider } = stage({ latencyMs: 100 })
    const one = engine()
    expect(one.source.describe()).toMatchObject({ state: 'none', generation: 0, renewing: false, uncommitted: false })
    const token = await one.get()
    expect(one.source.describe()).toMatchObject({ state: 'fresh', generation: token.generation, keyLabel: 'double' })
    await clock.advance(255_000)
    expect(one.source.describe().state).toBe('due')
    await clock.advance(40_000)
    expect(one.source.describe().state).toBe('spent')
    provider.fail({ kind: 'status', status: 429, retryAfter: 60 })
    await one.fails({ patience: 0 })
    expect(one.source.describe().coolDown).toMatchObject({ class: 'throttled', retryAt: clock.wall() + 60_000 })
    assertNoSecrets([one.source.describe()], provider.secrets())
    await clock.drive(one.source.close())
    expect(one.source.describe().state).toBe('closed')
  })

  it('13: says that a token was refused', async () => {
    const { engine } = stage()
    const one = engine()
    const token = await one.get()
    one.source.refuse(token.generation)
    expect(one.source.describe().state).toBe('spent')
  })

  it('G11: neither a token nor a source nor an error shows a secret when printed', async () => {
    const { engine, provider } = stage({ renewal: 'rotating' })
    const one = engine()
    const token = await one.get()
    provider.fail({ kind: 'dropAfter' })
    const error = await one.fails({ after: token.generation, patience: 0 })
    for (const value of [token, { ...token }, one.source, error]) {
      assertNoSecrets(value, provider.secrets())
      assertNoSecrets(inspect(value, { depth: 9, showHidden: true }), provider.secrets())
    }
  })
})
