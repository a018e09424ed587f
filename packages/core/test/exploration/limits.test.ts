/**
 * What the exploration says of itself: it meets every step of the protocol, and it finds the limits that
 * docs/protocol.md states. A limit that it no longer finds has been overcome, and that page is to be corrected.
 *
 * @module
 */
import { describe, expect, it } from 'vitest'
import { explore } from './explorer.ts'
import type { Guarantee } from './guarantees.ts'
import type { Bounds, Scenario } from './world.ts'
import { nothing } from './world.ts'

const patienceMs = 60_000
const two = (kind: Scenario['kind'], bounds: Partial<Bounds>): Scenario => ({
  name: 'two processes',
  kind,
  processes: 2,
  warm: 2,
  statesIssueTime: false,
  bounds: { ...nothing, ...bounds },
})

const storyOf = (limit: Guarantee, scenario: Scenario): string =>
  explore(scenario, { watch: [limit] }).violation?.story.join('\n') ?? ''

describe('the exploration', () => {
  it(
    'meets every kind of step, so that nothing holds for want of trying',
    () => {
      const met = new Set<string>()
      const heard = (step: string): void => void met.add(step.replace(/\d+'*/g, 'N'))
      for (const bounds of [
        { ticks: 2, stalls: 1, lost: 1, late: 1, demands: 1 },
        { ticks: 2, crashes: 1, failovers: 1, demands: 2 },
        { unclear: 1, evictions: 1, forgets: 1, demands: 1 },
        { unclear: 1, lost: 1, demands: 1 },
      ])
        explore(two('rotating', bounds), { heard })
      expect([...met]).toEqual(
        expect.arrayContaining([
          'reads the record and adopts its token',
          'reads, and waits',
          'finds the record rolled back',
          'writes back what it knows',
          'takes the lease N (primary)',
          'takes the lease N (renewal)',
          'takes the lease N without learning of it',
          'fails to take the lease without learning of it',
          'decides to acquire, and stalls',
          'finds its lease too short to send',
          'checks its lease, and stalls before the wire',
          'asks with the main credential',
          'sends RN',
          'issues TN to PN',
          'issues TN, and nobody waits for it',
          'loses the answer',
          'loses the connection',
          'loses the connection, and the provider works on',
          'writes down that no answer came',
          'cannot write down that no answer came',
          'commits TN as generation N',
          'commits TN as generation N without learning of it',
          'fails to commit TN without learning of it',
          'finds its commit in the record',
          'finds the store silent and defers its commit',
          'lets go of TN',
          'forgets the key (epoch N)',
          'evicts the record',
          'fails over to its copy',
          'crashes, and starts anew',
          'passes, PN stalls',
          'passes, PN times out',
        ]),
      )
    },
    patienceMs,
  )
})

describe('a limit', () => {
  it(
    'of G1: a stalled holder commits below a generation that a fail-over lost and nobody at work knows',
    () => {
      const story = storyOf('L1', two('exclusive', { ticks: 2, stalls: 1, failovers: 1, demands: 1 }))
      expect(story).toContain('which was rolled back')
      expect(story).toContain('fails over to its copy')
    },
    patienceMs,
  )

  it(
    'of G1: so does the fence of a lease that was decided before the fail-over and written after it',
    () => {
      const story = storyOf('L3', two('exclusive', { ticks: 2, stalls: 1, failovers: 1, demands: 1 }))
      expect(story).toContain('decides to acquire, and stalls')
      expect(story).toContain('which was rolled back')
    },
    patienceMs,
  )

  it(
    'of G1: there is none where a record that was read is lost',
    () => {
      const evicted = two('exclusive', { ticks: 2, stalls: 1, evictions: 1, demands: 1 })
      expect([storyOf('L1', evicted), storyOf('L3', evicted)]).toEqual(['', ''])
    },
    patienceMs,
  )

  it(
    'of G1: a record that comes and goes between a read of nothing and the swap leaves no trace',
    () => {
      const cold = { ...two('exclusive', { ticks: 2, stalls: 1, evictions: 1 }), warm: 0 }
      expect(storyOf('L3', cold)).toContain('drawn earlier')
    },
    patienceMs,
  )

  it(
    'of G6: a late answer meets neither the record nor its forget, where the store lost that within the hour',
    () => {
      const story = storyOf('L2', two('rotating', { forgets: 1, evictions: 1, demands: 1 }))
      expect(story).toContain('was requested before the key was forgotten')
    },
    patienceMs,
  )
})
