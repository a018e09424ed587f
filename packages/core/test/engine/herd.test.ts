/**
 * What a large fleet does to its own store: looks that are bounded, spread, and left out where nobody waits.
 *
 * @see engine.md sections 6.4, 6.5 and 9.4, docs/scale.md
 * @module
 */
import { describe, expect, it } from 'vitest'
import type { Store } from '../../src/index.ts'
import { hush, stage } from './support.ts'

/** The stage with a store that many hosts share, and a count of reads. */
function fleet(habits: Parameters<typeof stage>[0] = {}) {
  const scene = stage(habits)
  const { store: tap } = scene
  let reads = 0
  const store: Store = {
    scope: 'fleet',
    read: (key, signal) => {
      reads += 1
      return tap.read(key, signal)
    },
    compareAndSet: tap.compareAndSet.bind(tap),
    ...(tap.watch && { watch: tap.watch.bind(tap) }),
  }
  const member = (options: Parameters<typeof scene.engine>[0] = {}) =>
    scene.engine({ store, plaintext: true, ...options })
  return { ...scene, member, reads: () => reads, forgetReads: () => (reads = 0) }
}

describe('looks at a shared record', () => {
  it('6.5: a renewal behind everybody’s back that meets another holder ends at once and polls for nothing', async () => {
    const { member, clock, provider, reads, forgetReads } = fleet()
    const [one, two] = [member(), member({ random: () => 0.9 })]
    await one.get()
    await two.get()
    await clock.advance(255_000) // Due.
    provider.fail({ kind: 'hang' })
    void one.get()
    await clock.advance(1)
    forgetReads()
    const before = await two.get()
    await clock.advance(10_000)
    expect(two.events.count('refresh.start')).toBe(0)
    expect((await two.get()).generation).toBe(before.generation)
    expect(reads()).toBeLessThanOrEqual(3)
  })

  it('6.5: who waits for a holder that says nothing polls ever more rarely where the store gives notices', async () => {
    const { member, clock, provider, reads, forgetReads } = fleet()
    provider.fail({ kind: 'hang' })
    const first = hush(member().get())
    await clock.advance(1)
    const two = member()
    const call = hush(two.get({ patience: 60_000 }))
    await clock.advance(1)
    forgetReads()
    await clock.advance(14_000)
    expect(reads()).toBeLessThanOrEqual(15)
    await clock.advance(20_000)
    expect((await call).generation).toBeGreaterThan(0)
    await first.catch(() => undefined)
  })

  it('9.4: notices that come while a look is under way cause one more look, not one each', async () => {
    const { member, clock, store, reads, forgetReads } = fleet({ exclusive: true })
    const [one, two] = [member(), member()]
    await one.get()
    await two.get()
    forgetReads()
    for (let turn = 0; turn < 20; turn += 1) await store.rewrite((record) => record)
    await clock.settle()
    expect(reads()).toBeLessThanOrEqual(2 * 20)
    forgetReads()
    store.onRead = async (go) => {
      const reading = await go()
      await clock.sleep(1_000)
      return reading
    }
    for (let turn = 0; turn < 20; turn += 1) await store.rewrite((record) => record)
    await clock.advance(5_000)
    expect(reads()).toBe(2 * 2)
  })

  it('6.4: during a cool-down a process looks once a second, however many callers come', async () => {
    const { member, clock, provider, reads, forgetReads } = fleet()
    provider.fail({ kind: 'status', status: 429, retryAfter: 60, count: 9 })
    const one = member()
    await one.fails({ patience: 0 })
    await clock.advance(100)
    forgetReads()
    const retryAt = new Set<number | undefined>()
    for (let call = 0; call < 500; call += 1) {
      const error = await one.fails({ patience: 0 })
      expect(error.code).toBe('LATCHKEY_ENDPOINT_THROTTLED')
      retryAt.add(error.retryAt)
      await clock.advance(10)
    }
    expect(reads()).toBeLessThanOrEqual(7)
    expect(retryAt.size).toBeLessThanOrEqual(2) // The same instant, told again and again.
  })

  it('6.4: a token that comes during a cool-down is heard of by its notice', async () => {
    const { member, clock, provider, engine } = fleet()
    provider.fail({ kind: 'status', status: 429, retryAfter: 60 })
    const one = member()
    await one.fails({ patience: 0 })
    await one.fails({ patience: 0 })
    await engine().source.forget()
    provider.heal()
    await clock.advance(61_000)
    const token = await engine().get()
    expect((await one.get()).generation).toBe(token.generation)
  })
})
