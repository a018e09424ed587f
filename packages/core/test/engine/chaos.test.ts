/**
 * A small fleet on a store and a provider that misbehave at random, from a seed.
 *
 * @see engine.md section 14 (G1, G7)
 * @module
 */
import { describe, expect, it } from 'vitest'
import { hush, stage } from './support.ts'
import type { Stage } from './support.ts'

const rotating = { renewal: 'rotating', replay: 'fatal' } as const

function replays({ provider }: Stage): number {
  return provider.report().violations.filter(({ kind }) => kind === 'replay').length
}

describe('a fleet under chaos (G1, G7)', () => {
  it.each([1, 2, 3])('G7: never replays a refresh token and never goes back in generations, seed %i', async (seed) => {
    const scene = stage({ ...rotating, lifetimeMs: 60_000, latencyMs: 200 })
    const { engine, clock, provider, chaos } = scene
    const random = generator(seed)
    const faults = ['dropAfter', 'dropBefore', 'hang', 'html', 'unreachable', 'empty'] as const
    const mishaps = ['unknownApplied', 'unknownLost', 'conflict', 'slow', 'notDurable', 'outage', 'noticeLost'] as const
    const fleet = [engine({ random }), engine({ random }), engine({ random })]
    const generations: number[] = []
    scene.store.onSwap = async (go, record) => {
      const swap = await go()
      if (swap.kind === 'done') generations.push(record.gen) // What the shared record held, in the order of its swaps.
      return swap
    }
    for (let turn = 0; turn < 90; turn += 1) {
      if (random() < 0.4) provider.fail({ kind: faults[Math.floor(random() * faults.length)] ?? 'hang' })
      if (random() < 0.4) chaos.next(mishaps[Math.floor(random() * mishaps.length)] ?? 'outage')
      const { source } = fleet[Math.floor(random() * 3)] ?? fleet[0] ?? scene.engine()
      const token = source.peek()
      if (token && random() < 0.1) source.refuse(token.generation)
      void hush(source.get({ patience: 0 }))
      await clock.advance(Math.floor(random() * 20_000))
    }
    await clock.advance(60_000)
    expect(replays(scene)).toBe(0)
    expect(generations.length).toBeGreaterThan(10)
    expect(generations).toEqual([...generations].sort((a, b) => a - b))
    provider.heal()
    for (const one of fleet) expect((await one.get({ patience: 120_000 })).remaining()).toBeGreaterThan(0)
  })
})

function generator(seed: number): () => number {
  let state = seed * 2_654_435_761
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 0x9e3779b9) >>> 0
    return state / 2 ** 32
  }
}
