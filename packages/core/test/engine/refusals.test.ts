/**
 * What a resource's refusal of a token does, and what it must not do.
 *
 * @see engine.md section 7
 * @module
 */
import { describe, expect, it } from 'vitest'
import type { Token } from '../../src/index.ts'
import { ask, grantOf, hush, issued, stage } from './support.ts'
import type { Engine } from './support.ts'

/** What a transport does with a refused token. */
function renewed(one: Engine, token: Token): Promise<Token> {
  one.source.refuse(token.generation)
  return one.get({ after: token.generation })
}

describe('refuse, step by step (7.2)', () => {
  it('7.2.1: a refusal of an older generation than the local one does nothing', async () => {
    const { engine, requests } = stage()
    const one = engine()
    const first = await one.get()
    const second = await one.get({ after: first.generation })
    one.source.refuse(first.generation)
    expect((await one.get({ after: first.generation })).generation).toBe(second.generation)
    expect((await one.get()).generation).toBe(second.generation)
    expect(one.events.last('token.refused')).toMatchObject({ generation: first.generation, action: 'newer' })
    expect(requests()).toBe(2)
  })

  it('7.2.2: a refusal during a flight waits for it', async () => {
    const { engine, requests, clock } = stage({ latencyMs: 1_000 })
    const one = engine()
    const first = await one.get()
    const demand = one.source.get({ after: first.generation })
    await clock.settle()
    one.source.refuse(first.generation)
    const after = one.source.get({ after: first.generation })
    const [a, b] = await clock.drive(Promise.all([demand, after]))
    expect(b.generation).toBe(a.generation)
    expect(one.events.last('token.refused')).toMatchObject({ action: 'wait' })
    expect(requests()).toBe(2)
  })

  it('7.2.3: a generation in the record above the refused one is adopted, and said so', async () => {
    const { engine, requests, chaos } = stage()
    const [one, two] = [engine(), engine()]
    const first = await one.get()
    await two.get()
    chaos.next('noticeLost', 'noticeLost')
    const second = await two.get({ after: first.generation })
    const adopted = await renewed(one, first)
    expect(adopted.generation).toBe(second.generation)
    expect(requests()).toBe(2)
    expect(one.events.of('token.refused').map(({ action }) => action)).toEqual(['adopt'])
  })

  it('7.2.4: a token younger than the settle time is used once more after it, without a request', async () => {
    const { engine, requests, clock } = stage({ settleMs: 3_000 })
    const one = engine()
    const first = await one.get()
    await clock.advance(1_000)
    const before = clock.mono()
    const again = await renewed(one, first)
    expect(again.generation).toBe(first.generation)
    expect(clock.mono() - before).toBe(2_000)
    expect(one.events.last('token.refused')).toMatchObject({ action: 'settle' })
    expect(requests()).toBe(1)
  })

  it('7.2.4: a token refused again after the settle time is renewed', async () => {
    const { engine, requests } = stage({ settleMs: 3_000 })
    const one = engine()
    const first = await one.get()
    await renewed(one, first)
    const second = await renewed(one, first)
    expect(second.generation).toBeGreaterThan(first.generation)
    expect(requests()).toBe(2)
  })

  it('7.2.4: a token a millisecond younger than the settle time is not renewed', async () => {
    const { engine, requests, clock } = stage({ settleMs: 3_000 })
    const one = engine()
    const first = await one.get()
    await clock.advance(2_999)
    expect((await renewed(one, first)).generation).toBe(first.generation)
    expect(requests()).toBe(1)
  })

  it('7.2.4: a token exactly as old as the settle time is renewed', async () => {
    const { engine, requests, clock } = stage({ settleMs: 3_000 })
    const one = engine()
    const first = await one.get()
    await clock.advance(3_000)
    await renewed(one, first)
    expect(requests()).toBe(2)
  })

  it('7.2.5: the third refusal within a minute is dismissed with the cause and the time to try again', async () => {
    const { engine, requests, clock } = stage()
    const one = engine()
    let token = await one.get()
    const start = clock.wall()
    for (let turn = 0; turn < 2; turn += 1) token = await renewed(one, token)
    one.source.refuse(token.generation)
    const error = await one.fails({ after: token.generation })
    expect(error.code).toBe('LATCHKEY_TOKEN_REJECTED')
    expect(error.retryAt).toBe(start + 60_000)
    expect(one.events.last('token.refused')).toMatchObject({ action: 'budget', generation: token.generation })
    expect(one.events.last('cooldown.start')).toMatchObject({ class: 'refused' })
    expect(requests()).toBe(3)
  })

  it('7.2.5: a dismissed key goes on serving its token, and renews again after the window', async () => {
    const { engine, requests, clock } = stage()
    const one = engine()
    let token = await one.get()
    for (let turn = 0; turn < 2; turn += 1) token = await renewed(one, token)
    one.source.refuse(token.generation)
    await one.fails({ after: token.generation })
    expect((await one.get()).generation).toBe(token.generation)
    expect(one.source.peek()?.generation).toBe(token.generation)
    await clock.advance(60_000)
    const next = await renewed(one, token)
    expect(next.generation).toBeGreaterThan(token.generation)
    expect(requests()).toBe(4)
  })

  it('7.2.5: endless refusal of fresh tokens costs two renewals a minute across the fleet', async () => {
    const { engine, requests, clock } = stage()
    const fleet = [engine(), engine(), engine()]
    await clock.drive(Promise.all(fleet.map(({ source }) => source.get())))
    for (let turn = 0; turn < 60; turn += 1) {
      for (const { source } of fleet) {
        const token = source.peek()
        if (!token) continue
        source.refuse(token.generation)
        await clock.drive(source.get({ after: token.generation, patience: 0 }).catch(() => undefined))
      }
      await clock.advance(3_000)
    }
    expect(requests()).toBeLessThanOrEqual(1 + 3 * 2)
    expect(requests()).toBeGreaterThanOrEqual(1 + 2 * 2)
  })

  it('7.2.5: a budget of none dismisses the first refusal', async () => {
    const { engine, requests } = stage()
    const one = engine({ refusalBudget: { renewals: 0, per: 60_000 } })
    const token = await one.get()
    one.source.refuse(token.generation)
    expect((await one.fails({ after: token.generation })).code).toBe('LATCHKEY_TOKEN_REJECTED')
    expect(requests()).toBe(1)
  })

  it('7.2.6: the refused generation is marked in the very swap that acquires the lease', async () => {
    const { engine, store } = stage()
    const one = engine()
    const first = await one.get()
    const written: unknown[] = []
    store.onSwap = (go, record) => {
      written.push({ refused: record.refused?.gen, leased: record.lease !== undefined })
      return go()
    }
    await renewed(one, first)
    expect(written[0]).toEqual({ refused: first.generation, leased: true })
  })

  it('7.2.6: a plain get after a refusal does not hand out the refused token', async () => {
    const { engine, requests } = stage()
    const one = engine()
    const first = await one.get()
    one.source.refuse(first.generation)
    expect(one.source.peek()).toBeUndefined()
    expect((await one.get()).generation).toBeGreaterThan(first.generation)
    expect(requests()).toBe(2)
  })

  it('7.2.6: a generation refused by one process is not adopted from the record by another', async () => {
    const { engine, provider } = stage()
    const [one, two] = [engine(), engine()]
    const first = await one.get()
    provider.fail({ kind: 'status', status: 503 })
    one.source.refuse(first.generation)
    await one.fails({ after: first.generation, patience: 0 })
    const second = await two.get()
    expect(second.generation).toBeGreaterThan(first.generation)
  })
})

describe('what a refusal must not do (G5, 12.3)', () => {
  it('12.3: a hundred callers who reject one generation cause one renewal', async () => {
    const { engine, requests, clock } = stage({ exclusive: true, latencyMs: 50 })
    const one = engine()
    const first = await one.get()
    const all = Array.from({ length: 100 }, () => {
      one.source.refuse(first.generation)
      return one.source.get({ after: first.generation })
    })
    const tokens = await clock.drive(Promise.all(all))
    expect(new Set(tokens.map(({ generation }) => generation)).size).toBe(1)
    expect(requests()).toBe(2)
  })

  it('G5: refusals that arrive long after the renewal cost nothing', async () => {
    const { engine, requests, clock } = stage()
    const one = engine()
    const first = await one.get()
    const second = await renewed(one, first)
    await clock.advance(60_000)
    for (let late = 0; late < 100; late += 1) one.source.refuse(first.generation)
    expect((await one.get()).generation).toBe(second.generation)
    expect((await one.get({ after: first.generation })).generation).toBe(second.generation)
    expect(requests()).toBe(2)
  })

  it('G5: a refusal of a generation not yet adopted here renews that generation, not the older one', async () => {
    const { engine, requests, chaos } = stage()
    const [one, two] = [engine(), engine()]
    const first = await one.get()
    await two.get()
    chaos.next('noticeLost', 'noticeLost')
    const second = await two.get({ after: first.generation })
    one.source.refuse(second.generation) // Told over a channel of its own.
    const third = await one.get({ after: second.generation })
    expect(third.generation).toBeGreaterThan(second.generation)
    expect(requests()).toBe(3)
  })

  it('12.3: a refusal of a generation that was never issued causes at most one renewal', async () => {
    const { engine, requests } = stage()
    const one = engine()
    const token = await one.get()
    one.source.refuse(token.generation + 3_600_000)
    for (let call = 0; call < 5; call += 1) await one.get({ patience: 0 }).catch(() => undefined)
    expect(requests()).toBeLessThanOrEqual(2)
  })

  it('12.3: a demand past a generation that was never issued costs at most one request', async () => {
    const { engine, requests } = stage()
    const one = engine()
    const token = await one.get()
    await one.get({ after: token.generation + 3_600_000 }).catch(() => undefined)
    expect(requests()).toBeLessThanOrEqual(2)
  })

  it('7.2: a refusal and a demand of one generation at once cause one renewal', async () => {
    const { engine, requests, clock } = stage({ latencyMs: 100 })
    const one = engine()
    const first = await one.get()
    const demand = one.source.get({ after: first.generation })
    one.source.refuse(first.generation)
    const refused = one.source.get({ after: first.generation })
    const plain = one.source.get()
    const tokens = await clock.drive(Promise.all([demand, refused, plain]))
    expect(new Set(tokens.map(({ generation }) => generation)).size).toBe(1)
    expect(requests()).toBe(2)
  })

  it('7.3: a refusal that nobody follows up counts against the budget all the same', async () => {
    const { engine, requests } = stage()
    const one = engine()
    let token = await one.get()
    token = await renewed(one, token)
    one.source.refuse(token.generation) // The repeat was refused too; its caller got that answer.
    token = await one.get()
    one.source.refuse(token.generation)
    await one.fails({ after: token.generation })
    expect(requests()).toBe(3)
  })

  it('G15: a refusal whose renewal fails does not bring the refused token back', async () => {
    const { engine, provider } = stage()
    const one = engine()
    const first = await one.get()
    provider.fail({ kind: 'status', status: 503, count: 10 })
    one.source.refuse(first.generation)
    await one.fails({ after: first.generation, patience: 0 })
    expect(one.source.peek()).toBeUndefined()
    await one.fails({ patience: 0 })
  })
})

describe('the provider hands back the refused token (6.8)', () => {
  it('6.8: answers with the cause instead of repeating, and counts against the budget', async () => {
    const { engine, provider, requests } = stage()
    const one = engine()
    const first = await one.get()
    provider.fail({ kind: 'sameToken', count: 10 })
    for (let turn = 0; turn < 5; turn += 1) {
      const token = one.source.peek() ?? first
      one.source.refuse(token.generation)
      expect((await one.fails({ after: token.generation, patience: 0 })).code).toBe('LATCHKEY_TOKEN_REJECTED')
    }
    expect(requests()).toBe(3)
  })

  it('6.8: without a refusal the same token is kept under a new generation and its newly stated life', async () => {
    const { engine, provider, clock } = stage()
    const one = engine()
    const first = await one.get()
    await clock.advance(245_000)
    provider.fail({ kind: 'sameToken' })
    const second = await one.get({ after: first.generation })
    expect(second.reveal()).toBe(first.reveal())
    expect(second.generation).toBeGreaterThan(first.generation)
    expect(second.lifetime).toBe(55_000)
  })
})

describe('refusals and other processes (G4)', () => {
  it('G4: two processes that are refused at once are back on one live exclusive token after one renewal', async () => {
    const { engine, provider, requests, clock } = stage({ exclusive: true, latencyMs: 100 })
    const [one, two] = [engine(), engine()]
    const first = await one.get()
    await two.get()
    provider.endAccessTokens()
    const both = [one, two].map(({ source }) => {
      source.refuse(first.generation)
      return source.get({ after: first.generation })
    })
    const [a, b] = await clock.drive(Promise.all(both))
    expect(a?.generation).toBe(b?.generation)
    expect(provider.accepts(a?.reveal() ?? '')).toBe(true)
    expect(requests()).toBe(2)
  })

  it('7.2.5: the budget is spent for the whole fleet', async () => {
    const { engine, requests } = stage()
    const [one, two] = [engine(), engine()]
    let token = await one.get()
    await two.get()
    token = await renewed(one, token)
    await two.get()
    token = await renewed(two, token)
    await one.get()
    one.source.refuse(token.generation)
    await one.fails({ after: token.generation, patience: 0 })
    two.source.refuse(token.generation)
    await two.fails({ after: token.generation, patience: 0 })
    expect(requests()).toBe(3)
  })

  it('7.2.4: settling callers can leave, and others get the token', async () => {
    const { engine, clock } = stage()
    const grant = grantOf(async (run) => (await ask(run), issued()), { settle: 5_000 })
    const one = engine({ grant })
    const first = await one.get()
    one.source.refuse(first.generation)
    const leaving = new AbortController()
    const left = hush(one.source.get({ after: first.generation, signal: leaving.signal }))
    const stays = one.source.get({ after: first.generation })
    await clock.settle()
    leaving.abort(new Error('left'))
    await expect(left).rejects.toThrow('left')
    expect((await clock.drive(stays)).generation).toBe(first.generation)
  })
})
