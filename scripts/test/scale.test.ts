/**
 * The machinery of the scale study: virtual time in the order of its instants, a store that keeps the contract, and
 * fleets that stay within engine.md 12.3 and repeat themselves from a seed.
 *
 * @module
 */
import { storeContract } from '@latchkey/testkit'
import { describe, expect, it } from 'vitest'
import { ageBound } from '../../bench/src/scale/bound.ts'
import { drawChart } from '../../bench/src/scale/chart.ts'
import { beginLife } from '../../bench/src/scale/lifespan.ts'
import { createRandom } from '../../bench/src/scale/random.ts'
import { requestsAllowed } from '../../bench/src/scale/report.ts'
import type { Scenario } from '../../bench/src/scale/scenario.ts'
import { simulate } from '../../bench/src/scale/simulate.ts'
import { createRate, createWaits } from '../../bench/src/scale/tally.ts'
import { createVirtualStore } from '../../bench/src/scale/virtual-store.ts'
import { createWorld } from '../../bench/src/scale/world.ts'

const hourMs = 3_600_000
const tenForAnHour: Scenario = {
  processes: 10,
  provider: 'exclusive',
  situation: 'calm',
  spanMs: hourMs,
  seed: 1,
  storeRate: 100_000,
  slow: false,
}

describe('a simulated fleet of ten processes, in one hour', () => {
  it('asks twice for an exclusive token of an hour: cold, and when it is due (12.3)', async () => {
    const result = await simulate(tenForAnHour)
    expect(ageBound('exclusive', hourMs)).toBe(3)
    expect(result.tokenRequests).toBe(2)
    expect(result).toMatchObject({ violations: 0, calls: { p50: 0, p99: 0, failed: 0, refusedTwice: 0 } })
  })

  it('asks once per 240 s for a shareable token of five minutes, and only each first get waits (12.3)', async () => {
    const { tokenRequests, violations, calls } = await simulate({ ...tenForAnHour, provider: 'shareable' })
    expect(ageBound('shareable', hourMs)).toBe(16)
    expect(tokenRequests).toBeGreaterThanOrEqual(hourMs / 300_000)
    expect(tokenRequests).toBeLessThanOrEqual(16)
    expect(calls.waited).toBe(10)
    expect({ violations, refused: calls.refused, failed: calls.failed }).toEqual({
      violations: 0,
      refused: 0,
      failed: 0,
    })
  })

  it('asks once more per dead holder, and callers sit out its lease (12.3, G14)', async () => {
    const result = await simulate({ ...tenForAnHour, situation: 'crashes' })
    expect(result.crashes.holders).toBe(1)
    expect(result.tokenRequests).toBeLessThanOrEqual(requestsAllowed(result))
    expect(requestsAllowed(result)).toBe(4)
    // 15 s for an attempt and 2 s on top, 2 s of grace, and a poll.
    expect(result.calls.max).toBeLessThan(20_500)
    expect(result).toMatchObject({ violations: 0, calls: { failed: 0, refusedTwice: 0 } })
  })

  it('repeats itself from the same seed and differs with another', async () => {
    const crashing: Scenario = { ...tenForAnHour, provider: 'shareable', situation: 'crashes' }
    const first = await simulate(crashing)
    expect(await simulate(crashing)).toEqual(first)
    expect((await simulate({ ...crashing, seed: 2 })).calls.gets).not.toBe(first.calls.gets)
  })
})

describe('the world', () => {
  it('lets things happen in the order of their instants, and of their making where these are equal', async () => {
    const world = createWorld()
    const seen: string[] = []
    for (const [ms, name] of [
      [3, 'c'],
      [1, 'a'],
      [3, 'd'],
      [2, 'b'],
    ] as const)
      world.after(ms, () => seen.push(name))
    world.after(2, () => world.after(0, () => seen.push('after b')))
    const called = world.after(1, () => seen.push('called off'))
    called.run = undefined
    world.after(4, () => seen.push('too late'))
    await world.runUntil(3)
    expect(seen).toEqual(['a', 'b', 'after b', 'c', 'd'])
    expect(world.now()).toBe(3)
  })

  it('runs every promise that is ready before the next instant', async () => {
    const world = createWorld()
    const seen: number[] = []
    world.after(1, () => {
      let chain = Promise.resolve()
      for (let link = 0; link < 100; link += 1) chain = chain.then(() => void seen.push(world.now()))
    })
    world.after(2, () => seen.push(2))
    await world.runUntil(5)
    expect(seen).toEqual([...Array.from({ length: 100 }, () => 1), 2])
  })

  it('stops with the reason of its signal, and with what an event throws', async () => {
    const endless = createWorld()
    const again = (): void => void endless.after(1, again)
    again()
    await expect(endless.runUntil(Infinity, AbortSignal.abort('enough'))).rejects.toBe('enough')
    const broken = createWorld()
    broken.after(1, () => {
      throw new Error('broken')
    })
    await expect(broken.runUntil(2)).rejects.toThrow('broken')
  })
})

describe('a life', () => {
  it('is reached by nothing after its end', async () => {
    const world = createWorld()
    const life = beginLife(world, 0)
    const seen: string[] = []
    void life.clock.sleep(2).then(() => seen.push('slept'))
    life.after(2, () => seen.push('called'))
    life.atEnd(() => seen.push('ended'))
    world.after(1, () => life.end())
    await world.runUntil(3)
    expect(seen).toEqual(['ended'])
  })
})

storeContract({
  name: 'virtual store',
  runner: { describe, it },
  without: ['drop'],
  create: () => {
    const world = createWorld()
    const habits = { wayMs: [0.25, 0.75], messagesPerSecond: 100_000 } as const
    const shared = createVirtualStore(world, createRandom(1, 'store'), habits, Date.UTC(2026, 0, 15), () => undefined)
    let open = true
    const turning = (async () => {
      while (open) await world.runUntil(world.now() + 10)
    })()
    const connect = () => shared.connect(beginLife(world, 0))
    return {
      store: connect(),
      second: connect,
      wait: (ms) => new Promise((resolve) => void world.after(ms, resolve)),
      close: () => {
        open = false
        return turning
      },
    }
  },
})

describe('the counting', () => {
  it('takes the nearest rank of the waits', () => {
    const waits = createWaits()
    expect(waits.quantile(0.5)).toBe(0)
    for (const ms of [0, 0, 0, 7, 900]) waits.add(ms)
    expect([0.5, 0.6, 0.61, 0.8, 0.81, 1].map((share) => waits.quantile(share))).toEqual([0, 0, 7, 7, 900, 900])
  })

  it('finds the fullest second wherever it begins', () => {
    const rate = createRate(10_000)
    for (const at of [900, 950, 1_850, 1_950, 5_000]) rate.add(at)
    expect(rate.peak()).toBe(3)
  })
})

describe('a chart', () => {
  it('is the same text for the same numbers, with a place for zero below the decades', () => {
    const line = {
      name: 'p99 <all>',
      colour: '#123456',
      dashed: true,
      points: [
        [10, 0],
        [100, 50],
      ],
    } as const
    const chart = { title: 'Title', xLabel: 'x', yLabel: 'y', panels: [{ title: 'Panel', lines: [line] }] }
    const svg = drawChart(chart)
    expect(drawChart(chart)).toBe(svg)
    expect(svg).toContain('p99 &lt;all>')
    expect(svg).toMatch(/>0<\/text>/)
    expect(svg).toMatch(/<polyline[^>]* points="64,278 364,/)
    expect(svg).not.toMatch(/NaN|Infinity/)
  })
})
