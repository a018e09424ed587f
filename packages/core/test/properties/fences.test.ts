/**
 * A model of processes on one store that loses the record and brings old copies of it back: fences and committed
 * generations rise all the same. Engine.md 5.1, 6.8, G1 and G6.
 *
 * @module
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { admit, blankRecord, decide, drawFence, reduce } from '../../src/protocol.ts'
import type { Lease, TokenRecord } from '../../src/protocol.ts'
import { theAsks, traits } from '../pure/records.ts'
import { bounded } from './settings.ts'

type Action =
  | { readonly do: 'demand' | 'commit' | 'fail' | 'read' | 'forget'; readonly by: number }
  | { readonly do: 'lose' }
  | { readonly do: 'rollBack'; readonly versions: number }
  | { readonly do: 'advance'; readonly ms: number }

const by = fc.integer({ min: 0, max: 2 })
const fleetAction: fc.Arbitrary<Action> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('demand' as const), by }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('commit' as const), by }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fail' as const), by }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('read' as const), by }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('forget' as const), by }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('lose' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('rollBack' as const), versions: fc.integer({ min: 1, max: 4 }) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.integer({ min: 1, max: 40_000 }) }) },
)

interface Process {
  gen: number
  epoch: number
  fence: number
  work: { readonly lease: Lease; readonly epoch: number } | undefined
  record: TokenRecord | undefined
}

/** The fleet: what each process knows, and the store with its history. Each operation takes the store a millisecond. */
function fleet(exclusive: boolean) {
  const processes: Process[] = [0, 1, 2].map(() => ({ gen: 0, epoch: 0, fence: 0, work: undefined, record: undefined }))
  const versions: (TokenRecord | null)[] = [null]
  const fences: number[] = []
  const commits: { readonly generation: number; readonly knew: number }[] = []
  const epochs = { forgotten: 0 }
  let now = 1_800_000_000_000

  const present = (): TokenRecord | null => versions.at(-1) ?? null
  const write = (record: TokenRecord): void => void versions.push(record)

  function read(process: Process): TokenRecord | null {
    const record = present()
    if (!record) return null
    if (record.epoch > process.epoch) Object.assign(process, { gen: 0, epoch: record.epoch, record: undefined })
    process.fence = Math.max(process.fence, record.fence)
    if (record.epoch === process.epoch && record.gen > process.gen) Object.assign(process, { gen: record.gen, record })
    return record
  }

  function demand(process: Process, name: string): void {
    if (process.work) return
    const record = read(process) ?? blankRecord('salt', process)
    const memory = present() ? process : { ...process, gen: 0 }
    const self = { holder: name, traits: { ...traits, exclusive }, canRenew: true, budget: { renewals: 9, per: 1 } }
    const decision = decide(record, now, theAsks({ after: record.gen, demanded: true }), self, memory)
    if (decision.do === 'repair' && process.record) {
      const repaired = reduce(record, { step: 'repair', known: process.record })
      if (repaired) write(repaired)
    }
    if (decision.do !== 'acquire') return
    write(decision.record)
    fences.push(decision.lease.fence)
    process.fence = decision.lease.fence
    process.work = { lease: decision.lease, epoch: decision.record.epoch }
  }

  function commit(process: Process): void {
    const { work } = process
    if (!work) return
    process.work = undefined
    const record = present()
    const { fence } = work.lease
    const knew = record?.epoch === process.epoch ? process.gen : 0
    const generation = admit(record, { fence, epoch: work.epoch }, exclusive, now, process)
    if (generation === 0) return
    const base = record ?? blankRecord('salt', { epoch: work.epoch, fence })
    const answer = { token: `sealed-${generation}`, until: now + 300_000, life: 300_000, spendable: `p-${generation}` }
    const next = reduce(base, { step: 'commit', fence, generation, answer })
    if (!next) return
    write(next)
    commits.push({ generation, knew })
    Object.assign(process, {
      gen: generation,
      epoch: base.epoch,
      fence: Math.max(process.fence, next.fence),
      record: next,
    })
  }

  function fail(process: Process): void {
    const { work } = process
    process.work = undefined
    const record = present()
    const next = work && record && reduce(record, { step: 'fail', lease: work.lease, taint: true })
    if (next) write(next)
  }

  function forget(process: Process): void {
    const record = read(process)
    const fence = drawFence(record, process, now)
    const next = reduce(record ?? blankRecord('salt', process), { step: 'forget', now, fence })
    if (!next) return
    write(next)
    fences.push(fence)
    epochs.forgotten = fence
    Object.assign(process, { gen: 0, epoch: fence, fence, record: undefined })
  }

  function act(action: Action): void {
    now += 1
    switch (action.do) {
      case 'advance':
        now += action.ms
        return
      case 'lose':
        versions.push(null)
        return
      case 'rollBack':
        versions.splice(Math.max(1, versions.length - action.versions))
        return
      default: {
        const process = processes[action.by]
        if (!process) return
        if (action.do === 'demand') demand(process, `process-${action.by}`)
        else if (action.do === 'commit') commit(process)
        else if (action.do === 'fail') fail(process)
        else if (action.do === 'read') read(process)
        else forget(process)
      }
    }
  }

  return { act, fences, commits, present, versions, epochs }
}

const rising = (values: readonly number[]): boolean =>
  values.every((value, index) => index === 0 || value > (values[index - 1] ?? 0))

describe('over any sequence of steps', () => {
  const history = fc.array(fleetAction, { minLength: 1, maxLength: 60, size: 'max' })

  it('fences rise, though the record is lost or an old copy comes back (5.1, G1)', () => {
    fc.assert(
      fc.property(history, fc.boolean(), (actions, exclusive) => {
        const { act, fences } = fleet(exclusive)
        for (const action of actions) act(action)
        expect(rising(fences)).toBe(true)
      }),
      bounded(3_000),
    )
  })

  it('committed generations rise while the store keeps what it was given, or loses all of it (G1)', () => {
    fc.assert(
      fc.property(history, fc.boolean(), (actions, exclusive) => {
        const { act, commits } = fleet(exclusive)
        for (const action of actions) if (action.do !== 'rollBack') act(action)
        expect(rising(commits.map(({ generation }) => generation))).toBe(true)
      }),
      bounded(3_000),
    )
  })

  it('no process commits a generation at or below one that it knows of (G1, 6.12)', () => {
    fc.assert(
      fc.property(history, fc.boolean(), (actions, exclusive) => {
        const { act, commits } = fleet(exclusive)
        for (const action of actions) act(action)
        for (const { generation, knew } of commits) expect(generation).toBeGreaterThan(knew)
      }),
      bounded(3_000),
    )
  })

  it('nothing asked for before a forget is in a record of its epoch (G6)', () => {
    fc.assert(
      fc.property(history, fc.boolean(), (actions, exclusive) => {
        const { act, present, epochs } = fleet(exclusive)
        for (const action of actions) {
          if (action.do === 'rollBack' || action.do === 'lose') continue
          act(action)
          const record = present()
          if (record && record.gen > 0) expect(record.gen).toBeGreaterThan(epochs.forgotten)
        }
      }),
      bounded(3_000),
    )
  })
})
