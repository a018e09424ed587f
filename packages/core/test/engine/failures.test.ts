/**
 * Failed attempts: how long the fleet backs off, who may pass, and what callers hear.
 *
 * @see engine.md sections 6.4 and 11
 * @module
 */
import { describe, expect, it } from 'vitest'
import { Secret, TokenError } from '../../src/index.ts'
import { failure, grantOf, hush, stage } from './support.ts'
import type { Engine, Stage } from './support.ts'

/** The length of the cool-down in the record. */
async function coolMs({ store, server }: Stage): Promise<number> {
  return ((await store.record()).cool?.until ?? 0) - server.wall()
}

describe('not sent (11)', () => {
  it.each([0, 0.999])('11: tries once more in the same flight after 100 to 300 ms, random %d', async (drawn) => {
    const { engine, provider, clock } = stage()
    provider.fail({ kind: 'unreachable' })
    let tries = 0
    const one = engine({ random: () => drawn, fetch: (input, init) => ((tries += 1), provider.fetch(input, init)) })
    const before = clock.mono()
    await one.get({ patience: 0 })
    expect(clock.mono() - before).toBeCloseTo(100 + 200 * drawn, 3)
    expect(tries).toBe(2)
    expect(one.events.count('refresh.start')).toBe(1)
  })

  it('11: fails as transient when the second try does not leave either', async () => {
    const scene = stage()
    scene.provider.fail({ kind: 'unreachable', count: 2 })
    const one = scene.engine()
    const error = await one.fails({ patience: 0 })
    expect(error).toMatchObject({ code: 'LATCHKEY_ENDPOINT_UNREACHABLE', retryable: true })
    expect(error.retryAt).toBe(scene.clock.wall() + 500)
    expect(one.events.last('cooldown.start')).toMatchObject({ class: 'transient' })
  })
})

describe('transient failures (11)', () => {
  it('11: back off for 1 s, doubling to 60 s, with full jitter', async () => {
    const scene = stage()
    scene.provider.fail({ kind: 'status', status: 500, count: 20 })
    const one = scene.engine({ random: () => 0.5 })
    const waits: number[] = []
    for (let turn = 0; turn < 9; turn += 1) {
      await one.fails({ patience: 0 })
      waits.push(await coolMs(scene))
      await scene.clock.advance(waits.at(-1) ?? 0)
    }
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000])
  })

  it.each([0, 0.25, 0.75])('11: the jitter is full: a draw of %d gives that part of the second', async (drawn) => {
    const scene = stage()
    scene.provider.fail({ kind: 'status', status: 500 })
    await scene.engine({ random: () => drawn }).fails({ patience: 0 })
    expect(await coolMs(scene)).toBe(1_000 * drawn)
  })

  it('11.3: success clears step and class, and says that the cool-down is over', async () => {
    const scene = stage()
    const { engine, provider, clock, store } = scene
    provider.fail({ kind: 'status', status: 500, count: 3 })
    const one = engine()
    for (let turn = 0; turn < 3; turn += 1) {
      await one.fails({ patience: 0 })
      await clock.advance(await coolMs(scene))
    }
    const token = await one.get()
    expect((await store.record()).cool).toBeUndefined()
    expect(one.events.last('cooldown.end')).toMatchObject({ class: 'transient', step: 2 })
    provider.fail({ kind: 'status', status: 500 })
    await one.get({ after: token.generation, patience: 0 }).catch(() => undefined)
    expect((await store.record()).cool?.step).toBe(0)
  })

  it.each([
    [{ kind: 'dropAfter' }, 'LATCHKEY_ENDPOINT_FAILED'],
    [{ kind: 'html' }, 'LATCHKEY_NOT_JSON'],
    [{ kind: 'gigantic' }, 'LATCHKEY_TOO_LARGE'],
    [{ kind: 'noContent' }, 'LATCHKEY_NO_TOKEN'],
    [{ kind: 'errorObject' }, 'LATCHKEY_NO_TOKEN'],
    [{ kind: 'redirect' }, 'LATCHKEY_ENDPOINT_FAILED'],
    [{ kind: 'drip', ms: 1_000 }, 'LATCHKEY_TIMEOUT'],
    [{ kind: 'hang' }, 'LATCHKEY_TIMEOUT'],
  ] as const)('11: %o is transient and told as %s', async (fault, code) => {
    const { engine, provider } = stage()
    provider.fail(fault)
    const one = engine()
    expect(await one.fails({ patience: 0 })).toMatchObject({ code, retryable: true })
    expect(one.events.last('cooldown.start')).toMatchObject({ class: 'transient', code })
  })
})

describe('throttled (11)', () => {
  const at = (ms: number): string => new Date(ms).toUTCString()

  it.each([
    ['seconds', 429, '120', 120_000],
    ['no more than an hour', 429, '999999', 3_600_000],
    ['exactly an hour', 429, '3600', 3_600_000],
    ['seconds on any failure', 503, '30', 30_000],
    ['5 s where nothing is said', 429, undefined, 5_000],
    ['5 s where it makes no sense', 429, 'soon', 5_000],
    ['5 s where it is negative', 429, '-10', 5_000],
    ['5 s where the date is over', 429, at(0), 5_000],
  ] as const)('11: waits %s', async (_, status, retryAfter, expected) => {
    const scene = stage()
    scene.provider.fail({ kind: 'status', status, ...(retryAfter !== undefined && { retryAfter }) })
    const one = scene.engine()
    const error = await one.fails({ patience: 0 })
    expect(error.code).toBe(status === 429 ? 'LATCHKEY_ENDPOINT_THROTTLED' : 'LATCHKEY_ENDPOINT_FAILED')
    expect(error.retryAt).toBe(scene.clock.wall() + expected)
    expect((await scene.store.record()).cool?.class).toBe('throttled')
    expect(await coolMs(scene)).toBe(expected)
  })

  it("11: reads a date with the answer's own Date, whatever the local calendar says", async () => {
    const scene = stage({ aheadMs: 86_400_000 })
    scene.provider.fail({ kind: 'status', status: 429, retryAfter: at(scene.clock.wall() + 86_400_000 + 90_000) })
    await scene.engine().fails({ patience: 0 })
    expect(await coolMs(scene)).toBe(90_000)
  })

  it('11: nobody in the fleet asks before the time is over, and after it exactly one does', async () => {
    const scene = stage({ latencyMs: 100 })
    const { engine, provider, requests, clock } = scene
    provider.fail({ kind: 'status', status: 429, retryAfter: 60 })
    const fleet = [engine(), engine(), engine()]
    await fleet[0]?.fails({ patience: 0 })
    for (let turn = 0; turn < 10; turn += 1) {
      for (const one of fleet) await one.fails({ patience: 0 })
      await clock.advance(5_900)
    }
    expect(requests()).toBe(1)
    await clock.advance(1_000)
    await clock.drive(Promise.all(fleet.flatMap(({ source }) => Array.from({ length: 20 }, () => source.get()))))
    expect(requests()).toBe(2)
    expect(provider.report().violations).toEqual([])
  })
})

describe('denied (6.4, 11)', () => {
  const wrong = { kind: 'status', status: 401, body: '{"error":"invalid_client"}' } as const

  it('11: cools down for 60 s, doubling to 15 min, without jitter', async () => {
    const scene = stage()
    scene.provider.fail({ ...wrong, count: 20 })
    const one = scene.engine()
    const waits: number[] = []
    for (let turn = 0; turn < 6; turn += 1) {
      await one.fails({ patience: 0 })
      waits.push(await coolMs(scene))
      await scene.clock.advance(waits.at(-1) ?? 0)
    }
    expect(waits).toEqual([60_000, 120_000, 240_000, 480_000, 900_000, 900_000])
  })

  it.each(['invalid_client', 'unauthorized_client', 'unsupported_grant_type', 'invalid_scope', 'invalid_grant'])(
    '11: %s is denied where the grant leaves the judgement to the engine',
    async (error) => {
      const { engine } = stage()
      const one = engine({
        fetch: () => Promise.resolve(new Response(JSON.stringify({ error }), { status: 400 })),
        grant: grantOf(async (run) => {
          await run.send({
            method: 'GET',
            url: new URL('https://x.test/'),
            headers: new Headers(),
            spendsRefreshToken: false,
          })
          throw new Error('no token')
        }),
      })
      const told = await one.fails({ patience: 0 })
      expect(told).toMatchObject({
        code: 'LATCHKEY_CREDENTIALS_DENIED',
        providerCode: error,
        status: 400,
        retryable: false,
      })
      expect(one.events.last('cooldown.start')).toMatchObject({ class: 'denied' })
    },
  )

  it('6.4: an error during a cool-down keeps the code that caused it, with the time to try again', async () => {
    const { engine, provider, clock, requests } = stage()
    provider.fail({ ...wrong, count: 9 })
    const one = engine()
    const first = await one.fails()
    await clock.advance(10_000)
    const later = await one.fails()
    expect(later).toMatchObject({ code: first.code, providerCode: 'invalid_client', status: 401, retryable: false })
    expect(later.retryAt).toBe(first.retryAt)
    const other = await engine().fails()
    expect(other.code).toBe(first.code)
    expect(requests()).toBe(1)
  })

  it('6.4: an explicit demand passes the cool-down, at most once per 5 s', async () => {
    const scene = stage()
    const { engine, provider, clock, requests } = scene
    const one = engine()
    const token = await one.get()
    provider.fail({ ...wrong, count: 9 })
    const demand = (): Promise<unknown> => one.get({ after: token.generation, patience: 0 }).catch(() => undefined)
    await demand()
    expect(requests()).toBe(2)
    await demand()
    expect(requests()).toBe(3) // The first pass.
    await clock.advance(4_999)
    await demand()
    expect(requests()).toBe(3)
    await clock.advance(1)
    await demand()
    expect(requests()).toBe(4)
    await demand()
    expect(requests()).toBe(4)
  })

  it('6.4: the demands of a whole fleet pass once per 5 s', async () => {
    const { engine, provider, requests } = stage()
    const fleet = [engine(), engine(), engine()]
    const token = await (fleet[0] as Engine).get() // Three were made.
    for (const one of fleet) await one.get()
    provider.fail({ ...wrong, count: 9 })
    for (const one of fleet) await one.get({ after: token.generation, patience: 0 }).catch(() => undefined)
    for (const one of fleet) await one.get({ after: token.generation, patience: 0 }).catch(() => undefined)
    expect(requests()).toBe(3)
  })

  it('6.4: a demand that a refusal caused does not pass', async () => {
    const { engine, provider, requests } = stage()
    const one = engine()
    const token = await one.get()
    provider.fail({ ...wrong, count: 9 })
    for (let turn = 0; turn < 3; turn += 1) {
      one.source.refuse(token.generation)
      await one.fails({ after: token.generation, patience: 0 })
    }
    expect(requests()).toBe(2)
  })

  it('6.4: a demand does not pass a cool-down of another class', async () => {
    const { engine, provider, requests } = stage()
    const one = engine()
    const token = await one.get()
    provider.fail({ kind: 'status', status: 429, retryAfter: 60, count: 9 })
    for (let turn = 0; turn < 3; turn += 1) await one.fails({ after: token.generation, patience: 0 })
    expect(requests()).toBe(2)
  })

  it('6.4: a source with another credential passes the cool-down of the wrong one', async () => {
    const { engine, provider, requests } = stage()
    provider.fail({ ...wrong })
    await engine().fails()
    const corrected = engine({ grant: { ...provider.grant(), credential: new Secret('the-corrected-secret') } })
    expect((await corrected.get({ patience: 0 })).remaining()).toBe(300_000)
    expect(requests()).toBe(2)
  })

  it('6.4: a second wrong credential is held up by its own cool-down', async () => {
    const { engine, provider, requests } = stage()
    provider.fail({ ...wrong, count: 9 })
    await engine().fails()
    const second = engine({ grant: { ...provider.grant(), credential: new Secret('another-wrong-secret') } })
    for (let turn = 0; turn < 3; turn += 1) await second.fails({ patience: 0 })
    expect(requests()).toBe(2)
  })

  it('10.2: the record holds no credential in the clear', async () => {
    const { engine, provider, store } = stage({ clientSecret: 'very-secret-credential' })
    provider.fail(wrong)
    await engine().fails()
    expect(await store.text()).not.toContain('very-secret-credential')
    expect((await store.record()).cool?.denied).toMatch(/^[0-9a-f]{64}$/)
  })
})

describe('patience (6.4, G13, G18)', () => {
  const busy = { kind: 'status', status: 429, retryAfter: 3 } as const

  it('6.4: a patient caller sits the cool-down out and gets a token', async () => {
    const { engine, provider, clock, requests } = stage()
    provider.fail(busy)
    const one = engine()
    await one.fails({ patience: 0 })
    const before = clock.mono()
    await one.get({ patience: 3_000 })
    expect(clock.mono() - before).toBe(3_000)
    expect(requests()).toBe(2)
  })

  it('6.4: a caller whose patience ends a millisecond before the cool-down hears of it at once', async () => {
    const { engine, provider, clock } = stage()
    provider.fail(busy)
    const one = engine()
    await one.fails({ patience: 0 })
    const before = clock.mono()
    const error = await one.fails({ patience: 2_999 })
    expect(clock.mono()).toBe(before)
    expect(error.retryAt).toBe(clock.wall() + 3_000)
  })

  it('1: the default patience is 5 s', async () => {
    for (const [retryAfter, waits] of [
      [5, true],
      [6, false],
    ] as const) {
      const { engine, provider } = stage()
      provider.fail({ kind: 'status', status: 429, retryAfter })
      const one = engine()
      await one.fails({ patience: 0 })
      const outcome = await one.get().then(
        () => true,
        () => false,
      )
      expect(outcome).toBe(waits)
    }
  })

  it('6.4: a caller who waits can leave by its signal', async () => {
    const { engine, provider, clock } = stage()
    provider.fail(busy)
    const one = engine()
    await one.fails({ patience: 0 })
    const leaving = new AbortController()
    const call = hush(one.source.get({ signal: leaving.signal }))
    await clock.advance(1_000)
    leaving.abort('enough')
    await expect(call).rejects.toBe('enough')
  })

  it('G13: patience is one sum, not one per cool-down', async () => {
    const { engine, provider, clock } = stage()
    provider.fail({ ...busy, count: 20 })
    const one = engine()
    await one.fails({ patience: 0 })
    const before = clock.mono()
    await one.fails({ patience: 5_000 })
    expect(clock.mono() - before).toBeLessThanOrEqual(5_000)
  })

  it('G18: after an outage the first success comes within the running cool-down plus one attempt', async () => {
    const scene = stage()
    const { engine, provider, clock } = scene
    provider.fail({ kind: 'status', status: 500, count: 100 })
    const one = engine({ random: () => 0.99 })
    const start = clock.mono()
    while (clock.mono() - start < 60_000) {
      await one.get({ patience: 0 }).catch(() => undefined)
      await clock.advance(1_000)
    }
    provider.heal()
    const cool = Math.max(0, await coolMs(scene))
    const before = clock.mono()
    await one.get({ patience: 60_000 })
    expect(clock.mono() - before).toBeLessThanOrEqual(cool + 1)
  })
})

describe('who hears of a failure (11.2, 4.1, G15)', () => {
  it('11.2: it is not kept beyond its flight; what is kept is the cool-down', async () => {
    const { engine, provider, clock } = stage({ latencyMs: 100 })
    provider.fail({ kind: 'status', status: 500 })
    const { source } = engine({ random: () => 0 })
    const all = [1, 2, 3].map(() => failure(source.get()))
    await clock.drive(Promise.all(all))
    expect((await clock.drive(source.get({ patience: 0 }))).remaining()).toBeGreaterThan(0)
  })

  it('G15: a renewal that fails ahead of time harms no caller and causes no unhandled rejection', async () => {
    const { engine, provider, clock, requests } = stage()
    const one = engine()
    const token = await one.get()
    provider.fail({ kind: 'status', status: 500, count: 100 })
    await clock.advance(255_000)
    for (let second = 0; second < 30; second += 1) {
      expect((await one.get()).generation).toBe(token.generation)
      await clock.advance(1_000)
    }
    expect(one.events.last('refresh.end')).toMatchObject({ trigger: 'due', outcome: 'failed', class: 'transient' })
    expect(requests()).toBeLessThanOrEqual(8)
  })

  it('11: facts of an error: code, provider, label, status and when to try again', async () => {
    const { engine, provider } = stage()
    provider.fail({ kind: 'status', status: 503, body: '{"secret":"leaked-body"}' })
    const error = await engine({ keyLabel: 'my-label' }).fails({ patience: 0 })
    expect(error).toBeInstanceOf(TokenError)
    expect(error).toMatchObject({ status: 503, provider: 'double', keyLabel: 'my-label', retryable: true })
    expect(error.retryAt).toBeTypeOf('number')
    expect(`${JSON.stringify(error.details)} ${error.stack}`).not.toContain('leaked-body')
  })

  it('10.3: a foreign error of a grant is wrapped and its message not shown', async () => {
    const { engine } = stage()
    const one = engine({ grant: grantOf(() => Promise.reject(new Error('Bearer very-secret-token'))) })
    const error = await one.fails({ patience: 0 })
    expect(`${error.message} ${error.stack} ${String(error.cause)}`).not.toContain('very-secret-token')
  })
})
