import { describe, expect, test } from 'vitest'
import { waitingMax } from '../../src/rates/turns.ts'
import { counterOf, figures } from './support.ts'

// Windows are counted 200 ms longer, for what a request takes on its way.
describe('a counter', () => {
  test('lets as many through at once as the second allows, and the next when the first has left the window', async () => {
    const { clock, ask, gone } = counterOf(figures(3))
    for (let count = 0; count < 7; count += 1) void ask()
    await clock.settle()
    expect(gone).toHaveLength(3)
    await clock.advance(1_199)
    expect(gone).toHaveLength(3)
    await clock.advance(1)
    expect(gone).toHaveLength(6)
    await clock.advance(1_200)
    expect(gone.map(({ at }) => at)).toEqual([0, 0, 0, 1_200, 1_200, 1_200, 2_400])
  })

  test('counts the second, the minute and the hour at once', async () => {
    const { clock, ask, gone } = counterOf(figures(2, 3, 4))
    for (let count = 0; count < 6; count += 1) void ask()
    await clock.advance(3_700_000)
    expect(gone.map(({ at }) => at)).toEqual([0, 0, 1_200, 60_200, 3_600_200, 3_600_200])
  })

  test('slides: a window begins with each request, not with the full minute', async () => {
    const { clock, ask, gone } = counterOf(figures(-1, 2))
    void ask()
    await clock.advance(40_000)
    void ask()
    void ask()
    void ask()
    await clock.advance(100_000)
    expect(gone.map(({ at }) => at)).toEqual([0, 40_000, 60_200, 100_200])
  })

  test('keeps the order in which they came, also where the later one could wait longer', async () => {
    const { clock, ask, gone } = counterOf(figures(1))
    void ask()
    void ask({ remainingMs: 5_000 })
    void ask()
    void ask({ remainingMs: 5_000 })
    await clock.advance(10_000)
    expect(gone.map(({ who }) => who)).toEqual([1, 2, 3, 4])
  })
})

describe('a wait that is too long', () => {
  test('is refused at once, with the instant of the turn, and takes no turn', async () => {
    const { clock, ask, gone, refused } = counterOf(figures(-1, 1))
    void ask()
    void ask({ remainingMs: 60_200 })
    void ask({ remainingMs: 60_201 })
    await clock.settle()
    expect(refused).toEqual([{ who: 2, at: 0, turnAt: 60_200 }])
    await clock.advance(60_200)
    expect(gone.map(({ who }) => who)).toEqual([1, 3])
  })

  test('counts those who wait already', async () => {
    const { clock, ask, refused } = counterOf(figures(1))
    for (let count = 0; count < 4; count += 1) void ask({ remainingMs: 3_000 })
    await clock.settle()
    expect(refused).toEqual([{ who: 4, at: 0, turnAt: 3_600 }])
  })

  test('is refused as soon as the counter closes for longer', async () => {
    const { clock, turns, ask, gone, refused, start } = counterOf(figures(1))
    void ask()
    void ask({ remainingMs: 20_000 })
    void ask()
    await clock.advance(500)
    turns.close(start + 30_000)
    await clock.advance(60_000)
    expect(refused).toEqual([{ who: 2, at: 500, turnAt: 30_000 }])
    expect(gone.map(({ at }) => at)).toEqual([0, 30_000])
  })

  test('is refused behind a thousand others, whatever the caller would wait', async () => {
    const { clock, ask, refused } = counterOf(figures(1))
    for (let count = 0; count < waitingMax + 3; count += 1) void ask()
    await clock.settle()
    expect(refused.map(({ who }) => who)).toEqual([waitingMax + 2, waitingMax + 3])
    expect(clock.sleepers()).toBe(1)
  })
})

describe('an abort', () => {
  test("rejects with the caller's reason, and those behind move up", async () => {
    const { clock, turns, ask, gone } = counterOf(figures(1))
    void ask()
    const control = new AbortController()
    const reason = new Error('mine')
    const waits = turns.take({ remainingMs: Infinity, signal: control.signal }, () => new Error('no turn'))
    const outcome = waits.catch((error: unknown) => error)
    void ask()
    await clock.advance(500)
    control.abort(reason)
    expect(await outcome).toBe(reason)
    await clock.advance(700)
    expect(gone.map(({ at }) => at)).toEqual([0, 1_200])
  })

  test('of the only one who waits leaves no timer', async () => {
    const { clock, ask } = counterOf(figures(1))
    void ask()
    const control = new AbortController()
    const waits = ask({ signal: control.signal })
    await clock.settle()
    expect(clock.sleepers()).toBe(1)
    control.abort()
    await waits
    expect(clock.sleepers()).toBe(0)
  })

  test('before it began takes no turn', async () => {
    const { clock, ask, gone } = counterOf(figures(1))
    await ask({ signal: AbortSignal.abort() })
    await ask()
    await clock.settle()
    expect(gone).toEqual([{ who: 2, at: 0 }])
  })
})

describe('new figures', () => {
  test('count what went before', async () => {
    const { clock, turns, ask, gone } = counterOf(figures(10))
    for (let count = 0; count < 5; count += 1) await ask()
    turns.use(figures(5))
    void ask()
    await clock.advance(2_000)
    expect(gone.map(({ at }) => at)).toEqual([0, 0, 0, 0, 0, 1_200])
  })

  test('that allow more let those who wait go at once', async () => {
    const { clock, turns, ask, gone } = counterOf(figures(1))
    for (let count = 0; count < 3; count += 1) void ask()
    turns.use(figures(3))
    await clock.settle()
    expect(gone).toHaveLength(3)
  })
})

test('forgetting the oldest, a counter remembers all that the hour needs', async () => {
  const { clock, ask, gone } = counterOf(figures(-1, -1, 300))
  for (let count = 0; count < 250; count += 1) await ask()
  await clock.advance(3_600_199) // The 256th request comes while the first still count.
  for (let count = 0; count < 51; count += 1) void ask()
  await clock.settle()
  expect(gone).toHaveLength(300)
  await clock.advance(1)
  expect(gone).toHaveLength(301)
})
