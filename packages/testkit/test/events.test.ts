import { describe, expect, it } from 'vitest'
import type { EngineEvent } from '@latchkey/core'
import { collectEvents } from '@latchkey/testkit'

const of = { provider: 'double', environment: 'test', keyLabel: 'mine' }
const lost = (fence: number): EngineEvent => ({ type: 'latchkey.lease.lost', ...of, fence, holder: 'a' })
const jump: EngineEvent = { type: 'latchkey.clock.jump', ...of, difference: 5_000 }

describe('collectEvents', () => {
  it('keeps events in order and finds them by name', () => {
    const collected = collectEvents()
    for (const event of [lost(1), jump, lost(2)]) collected.event(event)
    expect(collected.names()).toEqual(['lease.lost', 'clock.jump', 'lease.lost'])
    expect(collected.of('lease.lost').map(({ fence }) => fence)).toEqual([1, 2])
    expect(collected.last('lease.lost')?.fence).toBe(2)
    expect(collected.last('store.corrupt')).toBeUndefined()
    expect(collected.count('clock.jump')).toBe(1)
    collected.clear()
    expect(collected.events).toEqual([])
  })

  it('lets the oldest go after a hundred thousand', () => {
    const collected = collectEvents()
    for (let fence = 1; fence <= 100_001; fence += 1) collected.event(lost(fence))
    expect(collected.events).toHaveLength(100_000)
    expect(collected.events[0]).toMatchObject({ fence: 2 })
  })
})
