/**
 * What was forgotten stays forgotten: also by the process that forgot, while one of its own answers is on its way.
 *
 * @see engine.md sections 6.8, 6.12 and 8.1, G6
 * @module
 */
import { describe, expect, it } from 'vitest'
import { hush, stage } from './support.ts'

describe('a forget while an answer of the same process is on its way (G6)', () => {
  it('8.1: a commit whose reply comes after the forget brings nothing back', async () => {
    const { engine, clock, store, provider } = stage({ renewal: 'rotating' })
    const one = engine()
    let swaps = 0
    store.onSwap = async (go) => {
      const swap = await go()
      if ((swaps += 1) === 2) await clock.sleep(1_500)
      return swap
    }
    const call = hush(one.source.get())
    await clock.advance(500)
    await clock.drive(one.source.forget())
    await clock.advance(3_000)
    const token = await call
    expect((await store.record()).gen).toBe(token.generation)
    expect(one.source.peek()?.generation).toBe(token.generation)
    expect(one.events.last('commit.refused')).toMatchObject({ reason: 'forgotten' })
    expect(provider.report()).toMatchObject({ obtains: 2 })
  })

  it('8.1: a page that was read before the forget is not adopted after it', async () => {
    const { engine, clock, store } = stage({ renewal: 'rotating' })
    const [one, two] = [engine(), engine()]
    const old = await one.get()
    let reads = 0
    store.onRead = async (go) => {
      const reading = await go()
      if ((reads += 1) === 1) await clock.sleep(1_500)
      return reading
    }
    const call = hush(two.source.get())
    await clock.advance(500)
    await clock.drive(two.source.forget())
    await clock.advance(3_000)
    const token = await call
    expect(token.generation).toBeGreaterThan(old.generation)
    expect(two.source.peek()?.generation).toBe(token.generation)
    expect((await store.record()).gen).toBe(token.generation)
    expect(two.events.count('store.rollback')).toBe(0)
  })

  it('8.1: an answer that the store did not take before the forget is not served from memory', async () => {
    const { engine, clock, store, chaos } = stage({ renewal: 'rotating' })
    const one = engine()
    let swaps = 0
    store.onSwap = async (go) => {
      if ((swaps += 1) !== 2) return go()
      await clock.sleep(1_000)
      chaos.setDown(true)
      throw new Error('connection lost')
    }
    const call = hush(one.source.get())
    await clock.advance(500)
    await clock.drive(one.source.forget())
    const { epoch } = await store.record()
    expect(one.source.peek()).toBeUndefined()
    await clock.advance(1_000)
    expect((await call).generation).toBeGreaterThan(epoch) // Obtained alone, after the forget.
    expect(one.source.peek()?.generation).toBeGreaterThan(epoch)
    chaos.setDown(false)
    await clock.advance(60_000)
    expect((await store.record()).gen).toBeGreaterThan(epoch)
  })
})

describe('a forget that the store lost (6.12)', () => {
  it('is repeated by a process that knows of it, before anything else', async () => {
    const { engine, store, chaos } = stage({ exclusive: true })
    const one = engine()
    const old = await one.get()
    await one.source.forget()
    const { epoch } = await store.record()
    await chaos.rollBack(store.key(), 1)
    expect((await store.record()).gen).toBe(old.generation)
    const token = await one.get()
    expect(token.generation).toBeGreaterThan(old.generation)
    expect(await store.record()).toMatchObject({ epoch, gen: token.generation })
    expect(one.events.count('store.rollback')).toBe(1)
    expect((await engine().get()).generation).toBe(token.generation)
  })
})
