/**
 * A store that is silent, contended, corrupt, behind or ahead of this program.
 *
 * @see engine.md sections 9.5, 9.7, 9.8 and 5.3, section 15 "Store"
 * @module
 */
import { describe, expect, it } from 'vitest'
import { StoreError } from '../../src/index.ts'
import type { Clock, KeyRing, Store } from '../../src/index.ts'
import { hush, stage } from './support.ts'
import type { Stage, Stored, Tap } from './support.ts'

describe('a silent store under `degrade` (9.7)', () => {
  it('9.7: a usable local token is served, and the trouble is told once per episode', async () => {
    const { engine, chaos, clock, requests } = stage()
    const one = engine()
    const token = await one.get()
    chaos.setDown(true)
    await clock.advance(250_000) // Due.
    for (let second = 0; second < 20; second += 1) {
      expect((await one.get()).generation).toBe(token.generation)
      await clock.advance(1_000)
    }
    expect(one.events.count('store.degraded')).toBe(1)
    chaos.setDown(false)
    await one.get()
    await clock.advance(2_000)
    expect(one.events.count('store.recovered')).toBe(1)
    chaos.setDown(true)
    await one.get({ after: one.source.peek()?.generation, patience: 0 }).catch(() => undefined)
    expect(one.events.count('store.degraded')).toBe(2)
    expect(requests()).toBeGreaterThanOrEqual(2)
  })

  it('9.7: a shareable token is obtained for this process alone and written when the store returns', async () => {
    const { engine, chaos, clock, store, requests } = stage()
    chaos.setDown(true)
    const one = engine()
    const token = await one.get()
    expect(token.remaining()).toBe(300_000)
    chaos.setDown(false)
    await clock.advance(60_000)
    expect((await store.record()).gen).toBe(one.source.peek()?.generation)
    expect((await engine().get()).reveal()).toBe(token.reveal())
    expect(requests()).toBe(1)
  })

  it('9.7: an exclusive token is obtained alone at most once per 60 s, with jitter', async () => {
    for (const [random, earliest] of [
      [0, 60_000],
      [0.999, 77_982],
    ] as const) {
      const { engine, chaos, clock, requests } = stage({ exclusive: true, lifetimeMs: 20_000 })
      chaos.setDown(true)
      const one = engine({ random: () => random })
      const start = clock.mono()
      await one.get()
      await clock.advance(20_000)
      const error = await one.fails()
      expect(error.code).toBe('LATCHKEY_STORE_UNAVAILABLE')
      expect(error.retryAt).toBe(clock.wall() + earliest - (clock.mono() - start))
      expect(requests()).toBe(1)
      await clock.advance(start + earliest - clock.mono() - 1)
      await one.fails()
      expect(requests()).toBe(1)
      await clock.advance(2)
      await one.get()
      expect(requests()).toBe(2)
    }
  })

  it('9.7: a refresh token from the record is never spent', async () => {
    const { engine, chaos, clock, provider } = stage({ renewal: 'rotating' })
    const one = engine()
    await one.get()
    await clock.advance(300_000)
    chaos.setDown(true)
    await one.get()
    expect(provider.report()).toMatchObject({ obtains: 2, renewals: 0 })
  })

  it('9.7: failures of the provider are backed off from in this process, too', async () => {
    const { engine, chaos, provider, requests } = stage()
    chaos.setDown(true)
    provider.fail({ kind: 'status', status: 429, retryAfter: 30, count: 9 })
    const one = engine()
    for (let turn = 0; turn < 5; turn += 1) await one.fails({ patience: 0 })
    expect(requests()).toBe(1)
  })
})

describe('a store that answers too late (9.5, 9.7)', () => {
  it('9.7: a fleet that knows the record does not go alone for an exclusive token before a lease has run out', async () => {
    const { engine, store, clock, requests } = stage({ exclusive: true, lifetimeMs: 60_000 })
    const fleet: Store = {
      scope: 'fleet',
      read: store.read.bind(store),
      compareAndSet: store.compareAndSet.bind(store),
    }
    const members = Array.from({ length: 20 }, (_, id) =>
      engine({ store: fleet, plaintext: true, random: () => id / 20 }),
    )
    for (const member of members) await member.get()
    expect(requests()).toBe(1)
    await clock.advance(60_000)
    store.onRead = () => new Promise(() => undefined)
    const start = clock.wall()
    const errors = await Promise.all(members.map((member) => member.fails({ patience: 0 })))
    expect(requests()).toBe(1)
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['LATCHKEY_STORE_UNAVAILABLE']))
    expect(errors.every(({ retryAt = 0 }) => retryAt >= start + 20_000)).toBe(true)
    expect(new Set(errors.map(({ retryAt }) => retryAt)).size).toBe(20)
    store.onRead = undefined
    const again = await Promise.all(members.map((member) => member.get()))
    expect(new Set(again.map(({ generation }) => generation)).size).toBe(1)
    expect(requests()).toBe(2)
  })

  it('9.7: a process that never saw the record gets its exclusive token alone at once', async () => {
    const { engine, store, requests } = stage({ exclusive: true })
    store.onRead = () => new Promise(() => undefined)
    const fleet: Store = {
      scope: 'fleet',
      read: store.read.bind(store),
      compareAndSet: store.compareAndSet.bind(store),
    }
    await engine({ store: fleet, plaintext: true }).get()
    expect(requests()).toBe(1)
  })
})

describe('tokens that were obtained alone, on hosts whose clocks are apart (3.3, G12)', () => {
  const dayMs = 86_400_000

  it.each([-dayMs, 0, dayMs])('keep generations in the store’s time, on a host that is %i ms off', async (offMs) => {
    const { engine, chaos, store, clock, server, provider } = stage({ exclusive: true, lifetimeMs: 60_000 })
    const skewed: Clock = { mono: clock.mono, wall: () => clock.wall() + offMs, sleep: clock.sleep.bind(clock) }
    const [one, two] = [engine({ clock: skewed }), engine()]
    await one.get()
    await clock.advance(60_000)
    chaos.setDown(true)
    const token = await one.get()
    await clock.advance(1_000)
    chaos.setDown(false)
    await clock.advance(30_000)
    const { gen } = await store.record()
    expect(Math.abs(gen - server.wall())).toBeLessThan(60_000)
    expect((await two.get()).reveal()).toBe(token.reveal())
    expect(provider.report().tokenRequests).toBe(2)
  })

  it.each([-dayMs, dayMs])(
    'of a process that never saw the record count from when they were sent for, %i ms off',
    async (offMs) => {
      const { engine, chaos, store, clock, provider } = stage({ exclusive: true, lifetimeMs: 600_000 })
      const skewed: Clock = { mono: clock.mono, wall: () => clock.wall() + offMs, sleep: clock.sleep.bind(clock) }
      const [cold, other] = [engine({ clock: skewed }), engine()]
      const old = await other.get()
      await clock.advance(10_000)
      chaos.setDown(true)
      const alone = await cold.get() // Ends the other's.
      chaos.setDown(false)
      await clock.advance(60_000)
      expect((await store.record()).gen).toBeGreaterThan(old.generation)
      expect((await other.get({ after: old.generation })).reveal()).toBe(alone.reveal())
      expect(provider.report().tokenRequests).toBe(2)
    },
  )

  it.each([-dayMs, dayMs])('do not overtake what others got later, on a host that is %i ms off', async (offMs) => {
    const { engine, chaos, store, clock } = stage({ exclusive: true, lifetimeMs: 600_000 })
    const skewed: Clock = { mono: clock.mono, wall: () => clock.wall() + offMs, sleep: clock.sleep.bind(clock) }
    const cold = engine({ clock: skewed })
    chaos.setDown(true)
    const alone = await cold.get()
    await clock.advance(100)
    chaos.setDown(false)
    const other = engine()
    const token = await other.get() // Ends the one before.
    await clock.advance(60_000)
    expect(token.reveal()).not.toBe(alone.reveal())
    expect((await store.record()).gen).toBe(token.generation)
    expect((await cold.get()).reveal()).toBe(token.reveal())
  })
})

describe('a lease whose swap was not applied', () => {
  it('G3: another’s lease with the same fence is not taken for one’s own', async () => {
    const { engine, store, clock, requests } = stage({ exclusive: true })
    const one = engine()
    let swaps = 0
    store.onSwap = async (go, record) => {
      if ((swaps += 1) > 1) return go()
      store.onSwap = undefined
      const { lease } = record
      if (!lease) throw new Error('The first swap acquires.')
      await write(store, { ...record, lease: { ...lease, holder: 'another process' } }) // In the same millisecond.
      throw new Error('connection lost')
    }
    const call = hush(one.source.get({ patience: 60_000 }))
    await clock.advance(15_000)
    expect(requests()).toBe(0)
    await clock.advance(10_000)
    expect((await call).generation).toBeGreaterThan(0)
  })
})

describe('a silent store under `fail` (9.7)', () => {
  it('9.7: callers get LATCHKEY_STORE_UNAVAILABLE and nobody asks the provider', async () => {
    const { engine, chaos, requests } = stage()
    chaos.setDown(true)
    const one = engine({ storeTrouble: 'fail' })
    const error = await one.fails()
    expect(error).toBeInstanceOf(StoreError)
    expect(error).toMatchObject({ code: 'LATCHKEY_STORE_UNAVAILABLE', keyLabel: 'double', retryable: true })
    expect(requests()).toBe(0)
  })

  it('4.1: a usable local token is still served', async () => {
    const { engine, chaos, clock } = stage()
    const one = engine({ storeTrouble: 'fail' })
    const token = await one.get()
    chaos.setDown(true)
    await clock.advance(255_000)
    expect((await one.get()).generation).toBe(token.generation)
  })
})

describe('slow and unclear answers (9.5)', () => {
  it('9.5: a read that takes longer than 2 s counts as no answer', async () => {
    const { engine, store, clock, requests } = stage()
    store.onRead = () => new Promise(() => undefined)
    const one = engine({ storeTrouble: 'fail' })
    const before = clock.mono()
    await one.fails()
    expect(clock.mono() - before).toBe(2_000)
    expect(requests()).toBe(0)
  })

  it('9.5: a swap that succeeds after its deadline is unknown: read again, and no second request', async () => {
    const { engine, store, clock, requests } = stage()
    let swaps = 0
    store.onSwap = async (go) => {
      const swap = await go()
      if ((swaps += 1) !== 2) await clock.sleep(2_500) // The lease's first swap, and the commit.
      return swap
    }
    const one = engine()
    const token = await one.get()
    store.onSwap = undefined
    await clock.advance(5_000)
    expect((await store.record()).gen).toBe(token.generation)
    expect(requests()).toBe(1)
  })

  const every = [0, 1, 2, 3].flatMap((position) =>
    (['unknownApplied', 'unknownLost', 'conflict', 'outage'] as const).map((mishap) => [mishap, position] as const),
  )

  it.each(every)(
    '15: %s at swap %i of a rotating renewal: one token, no replay, and the record follows',
    async (mishap, position) => {
      const scene = stage({ renewal: 'rotating', replay: 'fatal' })
      const { engine, clock, store, chaos, provider } = scene
      const one = engine()
      await one.get()
      await clock.advance(300_000)
      let swaps = 0
      store.onSwap = (go) => {
        if (swaps === position) chaos.next(mishap)
        swaps += 1
        return go()
      }
      const token = await one.get()
      await clock.advance(60_000)
      expect(provider.accepts(token.reveal())).toBe(true)
      expect((await store.record()).gen).toBe(one.source.peek()?.generation)
      expect((await store.record()).lease).toBeUndefined()
      expect(provider.report().tokenRequests).toBeLessThanOrEqual(3)
      expect(provider.report().violations).toEqual([])
    },
  )

  it.each(['unknownApplied', 'unknownLost', 'conflict'] as const)(
    '15: %s at any swap of an exclusive key costs no second request',
    async (mishap) => {
      for (let position = 0; position < 3; position += 1) {
        const { engine, store, chaos, requests } = stage({ exclusive: true })
        let swaps = 0
        store.onSwap = (go) => {
          if (swaps === position) chaos.next(mishap)
          swaps += 1
          return go()
        }
        const token = await engine().get()
        expect((await store.record()).gen).toBe(token.generation)
        expect(requests()).toBe(1)
      }
    },
  )

  it.each(['unknownApplied', 'unknownLost', 'conflict', 'slow'] as const)(
    '15: %s while a failure is written keeps the cool-down',
    async (mishap) => {
      const { engine, store, chaos, provider, requests } = stage()
      provider.fail({ kind: 'status', status: 429, retryAfter: 60, count: 5 })
      let swaps = 0
      store.onSwap = (go) => {
        if ((swaps += 1) === 2) chaos.next(mishap)
        return go()
      }
      const one = engine()
      await one.fails({ patience: 0 })
      await one.fails({ patience: 0 })
      expect((await store.record()).cool?.class).toBe('throttled')
      expect((await store.record()).lease).toBeUndefined()
      expect(requests()).toBe(1)
    },
  )

  it('15: a storm of fifty conflicts is sat out', async () => {
    const { engine, chaos, requests, store } = stage()
    const one = engine()
    const first = await one.get()
    chaos.next(...Array.from({ length: 50 }, () => 'conflict' as const))
    const token = await one.get({ after: first.generation })
    expect((await store.record()).gen).toBe(token.generation)
    expect(requests()).toBe(2)
  })

  it('15: conflicts without end do not block the process, and the caller hears of it', async () => {
    const { engine, store, clock, requests } = stage()
    const one = engine()
    const first = await one.get()
    let swaps = 0
    store.onSwap = async (go) => {
      if ((swaps += 1) < 1_000) await store.rewrite((record) => record) // After that it gives in, so that the test ends.
      return go()
    }
    await hush(clock.drive(one.source.get({ after: first.generation, patience: 0 }))).catch(() => undefined)
    expect(swaps).toBeLessThan(1_000)
    expect(requests()).toBe(1)
  })

  it('15: notices that are lost, doubled or early change nothing', async () => {
    const { engine, chaos, clock, requests } = stage()
    const [one, two] = [engine(), engine()]
    await one.get()
    await two.get()
    for (const notice of ['noticeLost', 'noticeTwice', 'noticeEarly'] as const) {
      await clock.advance(291_000)
      chaos.next(notice, notice)
      const [a, b] = await clock.drive(Promise.all([one.source.get(), two.source.get()]))
      expect(b.generation).toBe(a.generation)
    }
    expect(requests()).toBe(4)
  })
})

describe('records that cannot be used (9.8)', () => {
  it.each(['not json', '', '[]', 'null', '{"format":1}', '{"format":1,"epoch":0'])(
    '9.8: %j is absent for serving, reported, and overwritten only by a commit',
    async (value) => {
      const { engine, store, clock, provider, requests } = stage()
      const one = engine()
      await one.get()
      await store.rewrite(() => value)
      provider.fail({ kind: 'status', status: 503 })
      const two = engine()
      await two.fails({ patience: 0 })
      expect(await store.text()).toBe(value) // A failure does not overwrite it.
      expect(two.events.last('store.corrupt')).toMatchObject({ operation: 'read' })
      const token = await two.get()
      await clock.advance(60_000)
      expect((await store.record()).gen).toBe(two.source.peek()?.generation)
      expect((await engine().get()).reveal()).toBe(token.reveal())
      expect(requests()).toBe(3)
    },
  )

  it('5: a record of an unknown format is neither served nor overwritten', async () => {
    const { engine, store, requests } = stage()
    const one = engine()
    await one.get()
    await store.rewrite((record) => ({ ...record, format: 2 }))
    const before = await store.text()
    const two = engine()
    expect(await two.fails()).toMatchObject({ code: 'LATCHKEY_STORE_UNSUPPORTED', retryable: false })
    expect(await store.text()).toBe(before)
    expect(requests()).toBe(1)
  })

  it('5: with a record of an unknown format a usable local token goes on being served', async () => {
    const { engine, store, clock } = stage()
    const one = engine()
    const token = await one.get()
    await store.rewrite((record) => ({ ...record, format: 2 }))
    await clock.advance(255_000)
    expect((await one.get()).generation).toBe(token.generation)
    await clock.settle()
    expect((await one.get()).generation).toBe(token.generation)
  })

  it('9.8: a record that no key of the ring opens is absent for serving, reported, and replaced by a commit', async () => {
    const { engine, store, clock } = stage()
    const one = engine({ ring: ringOf('first-key') })
    const first = await one.get()
    const two = engine({ ring: ringOf('second-key') })
    const token = await two.get()
    expect(token.reveal()).not.toBe(first.reveal())
    expect(two.events.count('store.corrupt')).toBeGreaterThanOrEqual(1)
    await clock.advance(60_000)
    expect((await store.record()).gen).toBe(token.generation)
  })

  it('9.7: processes with different keys do not end each other’s exclusive tokens more than once per 60 s each', async () => {
    const { engine, clock, provider, requests } = stage({ exclusive: true, lifetimeMs: 3_600_000 })
    const hosts = ['first-key', 'second-key'].map((label) => engine({ ring: ringOf(label) }))
    const codes = new Set<string>()
    for (let second = 0; second < 600; second += 1) {
      for (const host of hosts) {
        const token = await host.source
          .get({ patience: 0 })
          .catch((error: unknown) => void codes.add((error as StoreError).code))
        if (token && !provider.accepts(token.reveal())) host.source.refuse(token.generation)
      }
      await clock.advance(1_000)
    }
    expect(requests()).toBeLessThanOrEqual(2 + 2 * 11)
    expect([...codes]).toEqual(['LATCHKEY_SEALED_BY_UNKNOWN_KEY'])
    expect(hosts[0]?.events.count('store.corrupt')).toBeGreaterThan(0)
  })

  it('9.8: a refresh token that cannot be opened leaves no lease behind', async () => {
    const scene = stage({ renewal: 'rotating' })
    const { engine, store, clock } = scene
    await engine({ ring: ringOf('first-key') }).get()
    await clock.advance(300_000)
    const two = engine({ ring: ringOf('second-key') })
    await two.get({ patience: 0 }).catch(() => undefined)
    await clock.settle()
    expect((await store.record()).lease).toBeUndefined()
  })

  it('10.1: a sealed record shows no token, and opens for another engine with the same ring', async () => {
    const { engine, store, provider, requests } = stage({ renewal: 'rotating' })
    const one = engine({ ring: ringOf('one-key') })
    const token = await one.get()
    const text = (await store.text()) ?? ''
    for (const secret of provider.secrets()) expect(text).not.toContain(secret)
    expect((await engine({ ring: ringOf('one-key') }).get()).reveal()).toBe(token.reveal())
    expect(requests()).toBe(1)
  })

  it('10.1: a sealed token moved to another generation is not served', async () => {
    const { engine, store } = stage()
    const first = await engine({ ring: ringOf('one-key') }).get()
    await store.rewrite((record) => ({ ...record, gen: record.gen + 1, fence: record.fence + 1 }))
    const two = engine({ ring: ringOf('one-key') })
    const served = await two.get().catch(() => undefined)
    expect(served?.reveal()).not.toBe(first.reveal())
  })
})

describe('records that come and go (5.1, 5.3, 15)', () => {
  it('15: the record is evicted during a flight; the answer is kept under a higher generation', async () => {
    const { engine, chaos, store, clock, requests } = stage({ latencyMs: 1_000 })
    const one = engine()
    const call = one.source.get()
    await clock.settle()
    await chaos.drop(store.key())
    const token = await clock.drive(call)
    expect((await store.record()).gen).toBe(token.generation)
    expect(requests()).toBe(1)
  })

  it('G1: generations rise although the record was lost and the store clock went back', async () => {
    const { engine, chaos, store, server } = stage()
    const one = engine()
    const first = await one.get()
    await chaos.drop(store.key())
    server.shift(-3_600_000)
    const second = await one.get({ after: first.generation })
    expect(second.generation).toBeGreaterThan(first.generation)
  })

  it('5.3: a record is kept for a day beyond the later end of its tokens', async () => {
    const { engine, store } = stage({ renewal: 'rotating', refreshLifetimeMs: 1_800_000 })
    await engine().get()
    expect(store.keeps.at(-1)).toBeGreaterThanOrEqual(1_800_000 + 86_400_000)
  })

  it('5.3: a forgotten key leaves a record for at least an hour', async () => {
    const { engine, store } = stage()
    const one = engine()
    await one.get()
    await one.source.forget()
    expect(store.keeps.at(-1)).toBeGreaterThanOrEqual(3_600_000)
    expect((await store.record()).token).toBeUndefined()
  })

  it.each([1, 2, 3])('15: an outage that begins at operation %i ends with every caller answered', async (position) => {
    const scene: Stage = stage({ latencyMs: 100 })
    const { engine, chaos, clock, store } = scene
    let operations = 0
    const count = <T>(go: () => Promise<T>): Promise<T> => {
      if ((operations += 1) === position) chaos.setDown(true)
      return go()
    }
    store.onRead = count
    store.onSwap = count
    const one = engine()
    const tokens = await clock.drive(Promise.all([one.source.get(), one.source.get()]))
    expect(new Set(tokens).size).toBe(1)
    store.onRead = store.onSwap = undefined
    chaos.setDown(false)
    await clock.advance(60_000)
    expect((await store.record()).gen).toBe(one.source.peek()?.generation)
  })
})

async function write(store: Tap, record: Stored): Promise<void> {
  const how = { keep: 'forever', durable: true } as const
  await store.compareAndSet(store.key(), null, JSON.stringify(record), how, new AbortController().signal)
}

/** A ring good enough for tests: what one label seals, only the same label opens, and only in the same place. */
function ringOf(label: string): KeyRing {
  const encode = (text: string): string => Buffer.from(text).toString('base64').split('').reverse().join('')
  const decode = (text: string): string => Buffer.from(text.split('').reverse().join(''), 'base64').toString()
  return {
    seal: (text, bound) => Promise.resolve(encode(JSON.stringify([label, bound, text]))),
    open: (sealed, bound) => {
      const [by, at, text] = JSON.parse(decode(sealed)) as string[] // Sealed above.
      return Promise.resolve(by === label && at === bound ? text : undefined)
    },
    fingerprint: (text) => Promise.resolve(encode(`${label}${text}`).slice(0, 12)),
  }
}
