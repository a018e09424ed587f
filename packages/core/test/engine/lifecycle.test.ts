/**
 * Forgetting, revoking and closing, at every moment at which they can come.
 *
 * @see engine.md section 8, G6 and G17
 * @module
 */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { failure, gate, hush, stage } from './support.ts'

describe('forget (8.1, G6)', () => {
  it('8.1: drops the token here and in the record, under a new epoch', async () => {
    const { engine, store } = stage()
    const one = engine()
    const token = await one.get()
    const before = await store.record()
    await one.source.forget()
    expect(one.source.peek()).toBeUndefined()
    const after = await store.record()
    expect(after).toMatchObject({ gen: 0 })
    expect(after.token).toBeUndefined()
    expect(after.lease).toBeUndefined()
    expect(after.epoch).toBeGreaterThan(before.epoch)
    expect(one.events.last('token.forgotten')).toMatchObject({ generation: token.generation })
  })

  it('8.1: a token after a forget is a new one, of a higher generation', async () => {
    const { engine, requests } = stage()
    const one = engine()
    const first = await one.get()
    await one.source.forget()
    expect((await one.get()).generation).toBeGreaterThan(first.generation)
    expect(requests()).toBe(2)
  })

  it('8.1: another process hears of it and drops its own copy', async () => {
    const { engine, clock } = stage()
    const [one, two] = [engine(), engine()]
    await one.get()
    await two.get()
    await one.source.forget()
    await clock.settle()
    expect(two.source.peek()).toBeUndefined()
  })

  it.each(['own', 'other'] as const)(
    'G6: an answer that was requested before (%s process) is refused and revoked',
    async (who) => {
      const { engine, clock, provider, requests, store } = stage({ latencyMs: 1_000 })
      const [one, two] = [engine(), engine()]
      await two.get()
      await two.source.forget()
      await clock.settle()
      const call = one.source.get()
      await clock.settle()
      await clock.drive((who === 'own' ? one : two).source.forget())
      const token = await clock.drive(call)
      await clock.advance(5_000)
      expect(one.events.last('commit.refused')).toMatchObject({ reason: 'forgotten' })
      expect(one.events.count('orphan.revoked')).toBe(1)
      expect(provider.accepts(token.reveal())).toBe(true)
      expect(provider.report().liveTokens).toBe(2) // The first one was only forgotten; the orphan is gone.
      expect((await store.record()).gen).toBe(token.generation)
      expect(requests()).toBe(3)
    },
  )

  it('G6: an uncommitted token does not come back after a forget', async () => {
    const { engine, clock, chaos, store } = stage()
    const one = engine()
    let swaps = 0
    store.onSwap = (go) => {
      if ((swaps += 1) === 2) chaos.setDown(true)
      return go()
    }
    const token = await one.get()
    store.onSwap = undefined
    chaos.setDown(false)
    await one.source.forget()
    await clock.advance(120_000)
    expect((await store.record()).gen).toBe(0)
    expect((await one.get()).generation).toBeGreaterThan(token.generation)
  })

  it.each(['unknownApplied', 'unknownLost', 'conflict'] as const)('8.1: %s of its swap is sat out', async (mishap) => {
    const { engine, chaos, store } = stage()
    const one = engine()
    await one.get()
    chaos.next(mishap)
    await one.source.forget()
    expect((await store.record()).gen).toBe(0)
    expect(one.events.count('token.forgotten')).toBe(1)
  })

  it('8.1: says so when the store does not answer', async () => {
    const { engine, chaos, clock } = stage()
    const one = engine()
    await one.get()
    chaos.setDown(true)
    expect((await failure(clock.drive(one.source.forget()))).code).toBe('LATCHKEY_STORE_UNAVAILABLE')
    expect(one.source.peek()).toBeUndefined()
  })

  it('8.1: works on a key that has no token yet', async () => {
    const { engine } = stage()
    const one = engine()
    await one.source.forget()
    expect((await one.get()).remaining()).toBe(300_000)
  })
})

describe('revoke (8.2)', () => {
  it('8.2: forgets first, then tells the provider, and reports on each token', async () => {
    const { engine, provider, clock, store } = stage({ renewal: 'rotating' })
    const one = engine()
    const token = await one.get()
    const report = await clock.drive(one.source.revoke())
    expect(report).toEqual({ access: { fate: 'revoked' }, refresh: { fate: 'revoked' } })
    expect(provider.accepts(token.reveal())).toBe(false)
    expect((await store.record()).gen).toBe(0)
    const names = one.events.names()
    expect(names.indexOf('token.forgotten')).toBeLessThan(names.indexOf('token.revoked'))
  })

  it('8.2: says where there was nothing to revoke', async () => {
    const { engine, clock, provider } = stage()
    const report = await clock.drive(engine().source.revoke())
    expect(report).toEqual({ access: { fate: 'absent' }, refresh: { fate: 'absent' } })
    expect(provider.report().revocations).toBe(0)
  })

  it('8.2: says where the grant cannot', async () => {
    const { engine, clock, provider } = stage()
    const { id, traits, obtain } = provider.grant()
    const one = engine({ grant: { id, traits, obtain } })
    await one.get()
    expect((await clock.drive(one.source.revoke())).access).toEqual({ fate: 'notSupported' })
  })

  it('8.2: a failure brings no token back', async () => {
    const { engine, clock, provider, store } = stage()
    const one = engine()
    const token = await one.get()
    provider.fail({ kind: 'status', status: 500, on: 'revoke' })
    expect((await clock.drive(one.source.revoke())).access).toMatchObject({ fate: 'failed' })
    expect(one.events.last('token.revokeFailed')).toMatchObject({ generation: token.generation })
    expect(one.source.peek()).toBeUndefined()
    expect((await store.record()).gen).toBe(0)
  })

  it('8.2: a provider that does not answer is given up after the bound of one attempt', async () => {
    const { engine, clock, provider } = stage()
    const one = engine()
    await one.get()
    provider.fail({ kind: 'hang', on: 'revoke' })
    const before = clock.mono()
    expect((await clock.drive(one.source.revoke())).access).toEqual({ fate: 'failed', reason: 'LATCHKEY_TIMEOUT' })
    expect(clock.mono() - before).toBe(15_000)
  })

  it('8.2: says until when an access token remains valid', async () => {
    const { engine, clock, provider } = stage()
    const until = clock.wall() + 900_000
    const one = engine({ grant: { ...provider.grant(), revoke: () => Promise.resolve({ remainsUntil: until }) } })
    await one.get()
    expect((await clock.drive(one.source.revoke())).access).toEqual({ fate: 'remains', until })
  })

  it('8.2: revokes an uncommitted token as well', async () => {
    const { engine, clock, provider, chaos, store } = stage()
    const one = engine()
    let swaps = 0
    store.onSwap = (go) => {
      if ((swaps += 1) === 2) chaos.setDown(true)
      return go()
    }
    const token = await one.get()
    store.onSwap = undefined
    chaos.setDown(false)
    await clock.drive(one.source.revoke())
    await clock.settle()
    expect(provider.accepts(token.reveal())).toBe(false)
  })
})

describe('close (8.3)', () => {
  it('8.3: rejects whoever waits and whoever comes with LATCHKEY_CLOSED', async () => {
    const { engine, clock, provider } = stage()
    provider.fail({ kind: 'hang' })
    const one = engine()
    const waits = failure(one.source.get())
    await clock.settle()
    const closed = one.source.close()
    expect(await waits).toMatchObject({ code: 'LATCHKEY_CLOSED', keyLabel: 'double' })
    await clock.drive(closed)
    expect((await one.fails()).code).toBe('LATCHKEY_CLOSED')
    expect(one.source.peek()).toBeUndefined()
    await expect(one.source.forget()).rejects.toMatchObject({ code: 'LATCHKEY_CLOSED' })
  })

  it('8.3: a request that was sent finishes, and its answer is committed', async () => {
    const { engine, clock, store, requests } = stage({ latencyMs: 1_000 })
    const one = engine()
    const waits = failure(one.source.get())
    await clock.settle()
    const closed = one.source.close()
    await waits
    await clock.drive(closed)
    expect((await store.record()).gen).toBeGreaterThan(0)
    expect((await store.record()).lease).toBeUndefined()
    expect((await engine().get()).generation).toBe((await store.record()).gen)
    expect(requests()).toBe(1)
  })

  it('8.3: before the request was sent, nothing is sent and the lease is released', async () => {
    const { engine, clock, store, requests, provider } = stage()
    const hold = gate()
    const base = provider.grant()
    const one = engine({ grant: { ...base, obtain: async (run) => (await hold.opened, base.obtain(run)) } })
    const waits = failure(one.source.get())
    await clock.settle()
    const closed = one.source.close()
    hold.open()
    await clock.drive(closed)
    expect((await waits).code).toBe('LATCHKEY_CLOSED')
    expect((await store.record()).lease).toBeUndefined()
    expect(requests()).toBe(0)
  })

  it.each(['read', 'acquire', 'commit'] as const)('15: comes to an end during a slow %s', async (step) => {
    const { engine, clock, store, requests } = stage()
    const hold = gate()
    let swaps = 0
    if (step === 'read') store.onRead = async (go) => (await hold.opened, go())
    else
      store.onSwap = async (go) => {
        if ((swaps += 1) === (step === 'acquire' ? 1 : 2)) await hold.opened
        return go()
      }
    const one = engine()
    const waits = failure(one.source.get())
    await clock.settle()
    const closed = one.source.close()
    expect((await waits).code).toBe('LATCHKEY_CLOSED')
    hold.open()
    await clock.drive(closed)
    expect(requests()).toBe(step === 'commit' ? 1 : 0)
    if (step !== 'read') expect((await store.record()).lease).toBeUndefined()
    expect(clock.sleepers()).toBe(0)
  })

  it('15: comes to an end during a cool-down and during a wait for another holder', async () => {
    for (const busy of ['cool', 'lease'] as const) {
      const { engine, clock, store, provider, server } = stage()
      const one = engine()
      provider.fail({ kind: 'status', status: 429, retryAfter: busy === 'cool' ? 3 : 0 })
      await one.fails({ patience: 0 })
      if (busy === 'lease') {
        await store.rewrite((record) => ({
          ...record,
          lease: { fence: record.fence + 1, holder: 'gone', until: server.wall() + 15_000, base: 0 },
        }))
      }
      const waits = failure(one.source.get())
      await clock.advance(100)
      const before = clock.mono()
      await clock.drive(one.source.close())
      expect((await waits).code).toBe('LATCHKEY_CLOSED')
      expect(clock.mono()).toBe(before)
      expect(clock.sleepers()).toBe(0)
    }
  })

  it('8.3: commits what was uncommitted when the store is back', async () => {
    const { engine, clock, chaos, store } = stage()
    const one = engine()
    let swaps = 0
    store.onSwap = (go) => {
      if ((swaps += 1) === 2) chaos.setDown(true)
      return go()
    }
    const token = await one.get()
    store.onSwap = undefined
    chaos.setDown(false)
    await clock.drive(one.source.close())
    expect((await store.record()).gen).toBe(token.generation)
    await clock.settle()
    expect(clock.sleepers()).toBe(0)
  })

  it('8.3: can be called twice, and the second call waits for the same end', async () => {
    const { engine, clock, provider } = stage({ latencyMs: 1_000 })
    const one = engine()
    void hush(one.source.get())
    await clock.settle()
    const ends: number[] = []
    const both = [1, 2].map((n) => one.source.close().then(() => ends.push(n)))
    await clock.settle()
    expect(ends).toEqual([])
    await clock.drive(Promise.all(both))
    expect(one.events.count('engine.closed')).toBe(1)
    expect(provider.report().tokenRequests).toBe(1)
  })

  it('8.3: leaves no watcher on the store', async () => {
    const { engine, clock, store } = stage()
    let watchers = 0
    const { watch } = store
    store.watch = (key, changed) => {
      watchers += 1
      const stop = watch?.(key, changed)
      return () => {
        watchers -= 1
        stop?.()
      }
    }
    const one = engine()
    await one.get()
    expect(watchers).toBe(1)
    await clock.drive(one.source.close())
    expect(watchers).toBe(0)
  })

  it('8.3: is what `await using` does', async () => {
    const { engine } = stage()
    const one = engine()
    await one.get()
    await one.source[Symbol.asyncDispose]()
    expect((await one.fails()).code).toBe('LATCHKEY_CLOSED')
  })
})

describe('the process (G17)', () => {
  it.each([
    ['with a token in hand', ''],
    ['with keep-warm', 'keepWarm: true,'],
    ['after a failure', 'fetch: () => Promise.resolve(new Response("{}", { status: 500 })),'],
  ])('G17: an idle source does not keep the process running, %s', async (_, options) => {
    const index = new URL('../../src/index.ts', import.meta.url).href
    const program = `
      const { createTokenSource, Secret } = await import(${JSON.stringify(index)})
      const source = createTokenSource({
        grant: {
          id: 'g',
          traits: { exclusive: false, renewal: 'none', replay: 'unknown', longest: 15000 },
          async obtain(run) {
            const url = new URL('https://provider.test/token')
            const { status } = await run.send({ method: 'POST', url, headers: new Headers(), spendsRefreshToken: false })
            if (status !== 200) throw new Error('failed')
            return { access: new Secret('secret-token'), lifetime: { seconds: 300 } }
          },
        },
        key: { provider: 'p', environment: 'e', tokenEndpoint: 'https://provider.test/token', clientId: 'c' },
        keyLabel: 'l',
        fetch: () => Promise.resolve(new Response('{}')),
        ${options}
      })
      await source.get({ patience: 0 }).catch(() => undefined)
      process.stdout.write('idle')
    `
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '--eval', program],
      { timeout: 8_000 },
    )
    expect({ stdout, stderr }).toEqual({ stdout: 'idle', stderr: '' })
  })
})
