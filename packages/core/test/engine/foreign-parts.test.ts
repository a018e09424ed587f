/**
 * Parts that the caller brings along and that do not keep their promises: an observer, a store's notices, a grant, a
 * clock. None of them may stop the engine, keep it busy for ever, or end the process.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createCell } from '../../src/cell.ts'
import { memoryStore } from '../../src/index.ts'
import type { Issued, Store } from '../../src/index.ts'
import { ask, grantOf, issued, stage } from './support.ts'

const unhandled: unknown[] = []
const note = (reason: unknown): void => void unhandled.push(reason)

beforeEach(() => void process.on('unhandledRejection', note))
afterEach(() => {
  process.off('unhandledRejection', note)
  unhandled.length = 0
})

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** A store whose notices are made by `watch`. */
function watched(watch: NonNullable<Store['watch']>): Store {
  const { scope, read, compareAndSet } = memoryStore()
  return { scope, read, compareAndSet, watch }
}

describe('an observer', () => {
  it('13, G17: whose promise is rejected affects nobody and is no unhandled rejection', async () => {
    const { engine } = stage()
    const event = (): unknown => Promise.reject(new Error('The log is full.'))
    const token = await engine({ observer: { event } }).get()
    await turn()
    expect(token.generation).toBeGreaterThan(0)
    expect(unhandled).toEqual([])
  })
})

describe('a store whose notices fail (9.4)', () => {
  const broken = (): never => {
    throw new Error('There are no notices.')
  }

  it('9.4: serves all the same where it cannot watch', async () => {
    const { engine, requests } = stage()
    const { get, source } = engine({ store: watched(broken) })
    await get()
    source.refuse((await get()).generation)
    await get()
    expect(requests()).toBe(2)
    await source.close()
  })

  it('9.4: ends all the same where it cannot end a watch', async () => {
    const { engine, requests } = stage()
    const { get, source } = engine({ store: watched(() => broken) })
    await get()
    await source.close()
    expect(requests()).toBe(1)
    expect(source.describe().state).toBe('closed')
  })

  it('9.4: leaves a cell without notices, and its watch can be ended', async () => {
    const cell = createCell({ store: watched(broken), name: ['counter'], parse: Number })
    const end = cell.watch?.(() => undefined)
    for (let turns = 0; turns < 5; turns += 1) await turn()
    end?.()
    expect(unhandled).toEqual([])
  })
})

describe('a grant', () => {
  it('1: that answers at once, without a promise, is as good as any other', async () => {
    const obtain = (() => issued(300)) as unknown as () => Promise<Issued> // In JavaScript.
    const { get } = stage().engine({ grant: grantOf(obtain) })
    expect((await get()).remaining()).toBe(300_000)
  })

  it.each([null, 300, '300'])('3.7: whose lifetime is %j instead of an object states none', async (lifetime) => {
    const answer = { ...issued(), lifetime: lifetime as never } // In JavaScript.
    const obtain = async (run: Parameters<typeof ask>[0]): Promise<Issued> => ask(run).then(() => answer)
    const { get, events } = stage().engine({ grant: grantOf(obtain, { assumedLifetime: 60_000 }) })
    expect((await get()).lifetime).toBe(60_000)
    expect(events.count('lifetime.assumed')).toBe(1)
  })
})

describe('a clock that cannot wait', () => {
  it('6.9: ends the repetition of a commit instead of going round for ever; the next caller commits', async () => {
    const { clock, chaos, store, engine } = stage()
    let waits = 0
    const impatient = {
      mono: () => clock.mono(),
      wall: () => clock.wall(),
      sleep: (ms: number, signal?: AbortSignal, background?: boolean) => {
        if (!background) return clock.sleep(ms, signal)
        return (waits += 1) > 100
          ? new Promise<void>(() => undefined)
          : Promise.reject(new Error('No timers are left.'))
      },
    }
    const { get, events, source } = engine({ clock: impatient })
    let swaps = 0
    store.onSwap = (go) => {
      if ((swaps += 1) === 2) chaos.setDown(true) // The commit.
      return go()
    }
    const { generation } = await get()
    await turn()
    expect(waits).toBe(1)
    expect(source.describe().uncommitted).toBe(true)
    chaos.setDown(false)
    await get({ after: generation })
    expect(events.count('commit.recovered')).toBe(1)
    expect(unhandled).toEqual([])
  })
})

describe('a caller', () => {
  it('1: who names a need that there is none of is told the nearest one, before anything is sent', async () => {
    const { engine, requests } = stage()
    const { source } = engine()
    await expect(source.get({ minRemaing: 60_000 } as never)).rejects.toMatchObject({
      code: 'ERR_INVALID_ARG',
      message: expect.stringContaining('"minRemaining"') as string,
    })
    await expect(source.get(true as never)).rejects.toMatchObject({ code: 'ERR_INVALID_ARG' })
    await expect(source.get(null as never)).rejects.toMatchObject({ code: 'ERR_INVALID_ARG' })
    expect(requests()).toBe(0)
  })

  it('7.2: who refuses something that is no generation is told so', async () => {
    const { engine } = stage()
    const { get, source } = engine()
    const token = await get()
    for (const wrong of [undefined, NaN, token, '1']) {
      expect(() => source.refuse(wrong as never)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG' }) as Error)
    }
    expect(await get()).toBe(token)
  })
})
