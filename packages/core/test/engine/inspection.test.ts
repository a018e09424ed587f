/** What the shared record says of a key, without asking the provider. Engine.md 13 and 9.8. @module */
import { assertNoSecrets } from '@latchkey/testkit'
import { describe, expect, it } from 'vitest'
import { stage } from './support.ts'

describe('inspect', () => {
  it('tells a process that never asked for a token what others did', async () => {
    const { engine, clock, provider, requests } = stage()
    const [one, other] = [engine(), engine()]
    expect(await other.source.inspect()).toMatchObject({ state: 'none', generation: 0, remaining: 0, renewing: false })
    const token = await one.get()
    await clock.advance(100_000)
    const picture = await other.source.inspect()
    expect(picture).toEqual({
      provider: 'double',
      environment: 'test',
      keyLabel: 'double',
      state: 'fresh',
      generation: token.generation,
      remaining: 200_000,
      renewing: false,
      uncommitted: false,
    })
    assertNoSecrets([picture], provider.secrets())
    expect(other.source.peek()).toBeUndefined()
    await clock.advance(150_000)
    expect((await other.source.inspect()).state).toBe('due')
    await clock.advance(50_000)
    expect(await other.source.inspect()).toMatchObject({ state: 'spent', remaining: 0 })
    expect(requests()).toBe(1)
  })

  it('names the holder while somebody is at work', async () => {
    const { engine, store, provider, clock } = stage()
    const [one, other] = [engine(), engine()]
    provider.fail({ kind: 'slow', ms: 1_000 })
    const work = one.get()
    await clock.advance(500)
    const { lease } = await store.record()
    expect(await one.source.inspect()).toMatchObject({ renewing: true, heldBy: 'this process' })
    expect(await other.source.inspect()).toMatchObject({ renewing: true, heldBy: lease?.holder })
    await work
    expect(await other.source.inspect()).not.toHaveProperty('heldBy')
  })

  it('shows a running cool-down by this host’s clock, and none that is over', async () => {
    const { engine, provider, clock } = stage()
    provider.fail({ kind: 'status', status: 429, retryAfter: 30, count: 1 })
    await engine().fails({ patience: 0 })
    const other = engine().source
    const { coolDown } = await other.inspect()
    expect(coolDown).toMatchObject({ class: 'throttled', code: 'LATCHKEY_ENDPOINT_THROTTLED' })
    expect(Math.abs((coolDown?.retryAt ?? 0) - clock.wall() - 30_000)).toBeLessThan(1_000)
    await clock.advance(31_000)
    expect(await other.inspect()).not.toHaveProperty('coolDown')
  })

  it('calls a token spent that a resource refused', async () => {
    const { engine, provider } = stage()
    const one = engine()
    const token = await one.get()
    provider.fail({ kind: 'status', status: 503, count: 9 })
    one.source.refuse(token.generation)
    await one.fails({ patience: 0 })
    expect((await engine().source.inspect()).state).toBe('spent')
  })

  it('rejects with what is wrong with the store, and leaves it as it is', async () => {
    const { engine, store, chaos } = stage()
    const one = engine()
    await one.get()
    chaos.setDown(true)
    await expect(one.source.inspect()).rejects.toMatchObject({ code: 'LATCHKEY_STORE_UNAVAILABLE' })
    chaos.setDown(false)
    for (const [value, code] of [
      ['{"format":2}', 'LATCHKEY_STORE_UNSUPPORTED'],
      ['{"format":1', 'LATCHKEY_STORE_CORRUPT'],
    ] as const) {
      await store.rewrite(() => value)
      await expect(one.source.inspect()).rejects.toMatchObject({ code })
      expect(await store.text()).toBe(value)
    }
    await one.source.close()
    await expect(one.source.inspect()).rejects.toMatchObject({ code: 'LATCHKEY_CLOSED' })
  })
})
