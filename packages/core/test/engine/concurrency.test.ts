/**
 * Many callers, many engines: one flight, one request, and nobody harmed by another's leaving.
 *
 * @see engine.md sections 6.2 to 6.5 and 12.2, section 15 "Concurrency"
 * @module
 */
import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import type { Token } from '../../src/index.ts'
import { failure, gate, grantOf, hush, stage } from './support.ts'

const many = 10_000

describe('ten thousand callers (12.2, B2)', () => {
  it('12.2: cause one request when cold', async () => {
    const { engine, requests, clock } = stage({ latencyMs: 100 })
    const { source, events } = engine()
    const tokens = await clock.drive(Promise.all(Array.from({ length: many }, () => source.get())))
    expect(new Set(tokens).size).toBe(1)
    expect(requests()).toBe(1)
    expect(events.last('refresh.end')).toMatchObject({ waiters: many, outcome: 'done' })
  })

  it('12.2: cause one request at expiry', async () => {
    const { engine, requests, clock } = stage({ latencyMs: 100 })
    const { source } = engine()
    const first = await clock.drive(source.get())
    await clock.advance(300_000)
    const tokens = await clock.drive(Promise.all(Array.from({ length: many }, () => source.get())))
    expect(new Set(tokens).size).toBe(1)
    expect(tokens[0]?.generation).toBeGreaterThan(first.generation)
    expect(requests()).toBe(2)
  })

  it('11.2: hear of one failure, which one request caused', async () => {
    const { engine, requests, clock, provider } = stage({ latencyMs: 100 })
    provider.fail({ kind: 'status', status: 500, count: 10 })
    const { source } = engine()
    const all = Array.from({ length: many }, () => failure(source.get()))
    const codes = (await clock.drive(Promise.all(all))).map(({ code }) => code)
    expect(new Set(codes)).toEqual(new Set(['LATCHKEY_ENDPOINT_FAILED']))
    expect(requests()).toBe(1)
  })
})

describe('callers who leave (6.2, G16)', () => {
  it.each([0, 1, 2])('G16: an abort of caller %i of three is invisible to the other two', async (leaver) => {
    const { engine, requests, clock } = stage({ latencyMs: 100 })
    const { source } = engine()
    const reason = new Error('left')
    const controllers = [0, 1, 2].map(() => new AbortController())
    const calls = controllers.map(({ signal }) => hush(source.get({ signal })))
    await clock.settle()
    controllers[leaver]?.abort(reason)
    const outcomes = await clock.drive(Promise.allSettled(calls))
    expect(outcomes.map(({ status }) => status)).toEqual(
      [0, 1, 2].map((n) => (n === leaver ? 'rejected' : 'fulfilled')),
    )
    expect(outcomes[leaver]).toMatchObject({ reason })
    expect(requests()).toBe(1)
  })

  it('6.2: rejects with the signal reason itself, whatever it is', async () => {
    const { engine, clock } = stage({ latencyMs: 100 })
    const { source } = engine()
    const leaving = new AbortController()
    const call = hush(source.get({ signal: leaving.signal }))
    await clock.settle()
    leaving.abort('a word')
    await expect(call).rejects.toBe('a word')
    await expect(source.get({ signal: AbortSignal.abort('early') })).rejects.toBe('early')
  })

  it('6.2: when all leave before anything is sent, nothing is sent', async () => {
    const { engine, requests, clock, store } = stage()
    const hold = gate()
    store.onRead = async (go) => (await hold.opened, go())
    const { source } = engine()
    const leaving = new AbortController()
    const calls = Array.from({ length: 5 }, () => hush(source.get({ signal: leaving.signal })))
    await clock.settle()
    leaving.abort()
    hold.open()
    await Promise.allSettled(calls)
    await clock.advance(10_000)
    expect(requests()).toBe(0)
  })

  it('6.2: all leave between lease and request; nothing is sent and the lease is given back', async () => {
    const { engine, requests, clock, store, provider } = stage()
    const hold = gate()
    const base = provider.grant()
    const one = engine({ grant: { ...base, obtain: async (run) => (await hold.opened, base.obtain(run)) } })
    const leaving = new AbortController()
    const call = hush(one.source.get({ signal: leaving.signal }))
    await clock.settle()
    expect((await store.record()).lease).toBeDefined()
    leaving.abort()
    hold.open()
    await Promise.allSettled([call])
    await clock.settle()
    expect(requests()).toBe(0)
    expect((await store.record()).lease).toBeUndefined()
    await one.get()
    expect(requests()).toBe(1)
  })

  it('6.2: when all leave after the request was sent, its answer is kept', async () => {
    const { engine, requests, clock } = stage({ latencyMs: 1_000 })
    const { source } = engine()
    const leaving = new AbortController()
    const calls = Array.from({ length: 5 }, () => hush(source.get({ signal: leaving.signal })))
    await clock.settle()
    leaving.abort()
    await Promise.allSettled(calls)
    await clock.advance(1_000)
    expect(source.peek()).toBeDefined()
    expect(requests()).toBe(1)
  })

  it('6.2: a caller who comes while an abandoned flight winds down gets a token', async () => {
    const { engine, requests, clock, store } = stage()
    const hold = gate()
    store.onRead = async (go) => (await hold.opened, go())
    const { source } = engine()
    const leaving = new AbortController()
    const left = hush(source.get({ signal: leaving.signal }))
    await clock.settle()
    leaving.abort()
    const stays = source.get()
    hold.open()
    await Promise.allSettled([left])
    expect((await clock.drive(stays)).remaining()).toBe(300_000)
    expect(requests()).toBe(1)
  })

  it('12.2: leaves no listener on a long-lived signal', async () => {
    const { engine, clock, provider } = stage()
    const one = engine()
    const { signal } = new AbortController()
    await one.get({ signal })
    provider.fail({ kind: 'status', status: 503 })
    await one.fails({ signal, after: one.source.peek()?.generation, patience: 0 })
    await one.get({ signal, minRemaining: 1 })
    await clock.settle()
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })

  it('12.2: leaves no listener after waiting out a cool-down or the end of an abandoned flight', async () => {
    const { engine, provider } = stage()
    const one = engine()
    provider.fail({ kind: 'status', status: 503 })
    const { signal } = new AbortController()
    await one.fails({ signal })
    await one.get({ signal, patience: 60_000 })
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })
})

describe('the swap of an exclusive token (4.2)', () => {
  it('4.2: callers who arrive after the request was sent wait for its outcome', async () => {
    const { engine, clock, provider } = stage({ exclusive: true, latencyMs: 1_000 })
    const { source } = engine()
    const first = await clock.drive(source.get())
    await clock.advance(280_000)
    expect((await source.get()).generation).toBe(first.generation) // Due: renewed behind this caller's back.
    await clock.settle()
    let late: Token | undefined
    const waits = source.get().then((token) => (late = token))
    await clock.advance(999)
    expect(late).toBeUndefined()
    await clock.advance(1)
    await waits
    expect(late?.generation).toBeGreaterThan(first.generation)
    expect(provider.accepts(late?.reveal() ?? '')).toBe(true)
  })

  it('4.2: the present token is used again where the request is known not to have left', async () => {
    const { engine, clock, provider } = stage({ exclusive: true })
    const { source } = engine()
    const first = await clock.drive(source.get())
    await clock.advance(280_000)
    provider.fail({ kind: 'unreachable', count: 2 })
    await source.get()
    await clock.settle()
    const waits = source.get()
    expect((await clock.drive(waits)).generation).toBe(first.generation)
  })

  it('4.2: a shareable token goes on being used while it is renewed', async () => {
    const { engine, clock } = stage({ latencyMs: 1_000 })
    const { source } = engine()
    const first = await clock.drive(source.get())
    await clock.advance(260_000)
    await source.get()
    await clock.settle()
    expect((await source.get()).generation).toBe(first.generation)
  })
})

describe('two engines on one store (6.3 to 6.6)', () => {
  it('6.5: a hundred callers each, cold, cause one request; the second engine waits and adopts', async () => {
    const { engine, requests, clock, provider } = stage({ latencyMs: 1_000, exclusive: true })
    const engines = [engine(), engine()]
    const calls = engines.flatMap(({ source }) => Array.from({ length: 100 }, () => source.get()))
    const tokens = await clock.drive(Promise.all(calls))
    expect(new Set(tokens.map(({ generation }) => generation)).size).toBe(1)
    expect(requests()).toBe(1)
    expect(provider.report().violations).toEqual([])
    const waited = engines.flatMap(({ events }) => events.of('lease.waited'))
    expect(waited).toHaveLength(1)
    expect(waited[0]?.duration).toBeGreaterThanOrEqual(900) // All of the wait, not its last pause.
  })

  it('6.3: adopts a token that another engine renewed without asking the provider', async () => {
    const { engine, requests, clock, chaos } = stage()
    const [one, two] = [engine(), engine()]
    await one.get()
    await two.get()
    await clock.advance(295_000)
    chaos.next('noticeLost', 'noticeLost')
    const renewed = await one.get()
    expect((await two.get()).generation).toBe(renewed.generation)
    expect(two.events.last('refresh.adopted')).toMatchObject({ generation: renewed.generation, source: 'store' })
    expect(requests()).toBe(2)
  })

  it('6.5: a change notice brings the new token without a caller', async () => {
    const { engine, clock } = stage()
    const [one, two] = [engine(), engine()]
    const first = await one.get()
    await two.get()
    const second = await one.get({ after: first.generation })
    await clock.settle()
    expect(two.source.peek()?.generation).toBe(second.generation)
    expect(two.events.last('refresh.adopted')).toMatchObject({ source: 'notice', generation: second.generation })
  })

  it('G14: a holder that died is taken over within lease, grace and one poll', async () => {
    const { engine, clock, store, server, requests } = stage()
    const one = engine()
    await one.get()
    await clock.advance(300_000)
    const until = server.wall() + 17_000
    await store.rewrite((record) => ({
      ...record,
      fence: record.fence + 1,
      lease: { fence: record.fence + 1, holder: 'gone', until, base: record.gen },
    }))
    const before = server.wall()
    const token = await one.get()
    expect(server.wall() - before).toBeGreaterThan(19_000)
    expect(server.wall() - before).toBeLessThanOrEqual(19_000 + 401)
    expect(one.events.last('lease.takenOver')?.fence).toBe(token.generation)
    expect(requests()).toBe(2)
  })

  it('6.5: a lease in its grace period is still respected, one past it is not', async () => {
    for (const [over, expected] of [
      [1_999, 1],
      [2_000, 2],
    ] as const) {
      const { engine, clock, store, server, requests } = stage()
      const one = engine()
      await one.get()
      await clock.advance(300_000)
      await store.rewrite((record) => ({
        ...record,
        fence: record.fence + 1,
        lease: { fence: record.fence + 1, holder: 'gone', until: server.wall() - over, base: record.gen },
      }))
      const call = one.source.get()
      await clock.settle()
      expect(requests()).toBe(expected)
      await clock.drive(call)
    }
  })

  it('4.1: a fresh token is served although another holds the lease', async () => {
    const { engine, clock } = stage({ latencyMs: 5_000 })
    const [one, two] = [engine(), engine()]
    const first = await one.get()
    await two.get()
    const demand = one.source.get({ after: first.generation })
    await clock.settle()
    expect((await two.source.get()).generation).toBe(first.generation)
    await clock.drive(demand)
  })

  it('5.1: a generation is at least the store clock at acquisition, and the fence of its lease', async () => {
    const { engine, server } = stage()
    const one = engine()
    const at = server.wall()
    const token = await one.get()
    expect(token.generation).toBeGreaterThanOrEqual(at)
    expect(one.events.last('lease.acquired')?.fence).toBe(token.generation)
  })
})

describe('bounds of waiting (G13)', () => {
  it('G13: a grant that never comes back does not hold its callers for ever', async () => {
    const { engine, clock } = stage()
    const { source } = engine({ grant: grantOf(() => new Promise(() => undefined), { longest: 15_000 }) })
    let settled = false
    const call = source.get().finally(() => (settled = true))
    call.catch(() => undefined)
    await clock.advance(60_000)
    expect(settled).toBe(true)
  })

  it('G13: a provider that never answers fails after the bound of one attempt', async () => {
    const { engine, clock, provider } = stage()
    provider.fail({ kind: 'hang' })
    const one = engine()
    const before = clock.mono()
    const error = await one.fails()
    expect(error.code).toBe('LATCHKEY_TIMEOUT')
    expect(clock.mono() - before).toBe(15_000)
  })
})
