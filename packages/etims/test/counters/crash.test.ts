/**
 * A program ends between every two steps, before and after each, and another one goes on.
 *
 * @see spec/etims.md sections 5.3 and 7.5
 * @module
 */
import type { Store } from '@latchkey/core'
import { virtualClock } from '@latchkey/testkit'
import { describe, expect, it } from 'vitest'
import { recoverSale } from '../../src/operations/resolve-sale.ts'
import { saveSale } from '../../src/operations/save-sale.ts'
import { createKra } from './support/kra.ts'
import type { Kra } from './support/kra.ts'
import { saleOfOne, sharedStore, startProcess } from './support/process.ts'

const forEver = new Promise<never>(() => undefined)

/** Lets so many steps of one program through. The next is the last: it may happen, and nobody hears of it. */
function dying(steps: number, last: 'happens' | 'does not happen') {
  let taken = 0
  const step = async <T>(work: () => Promise<T>): Promise<T> => {
    taken += 1
    if (taken <= steps) return work()
    if (taken === steps + 1 && last === 'happens') await work().catch(() => undefined)
    return forEver
  }
  return {
    taken: () => taken,
    store: (store: Store): Store => ({
      scope: store.scope,
      read: (...parameters) => step(() => store.read(...parameters)),
      compareAndSet: (...parameters) => step(() => store.compareAndSet(...parameters)),
    }),
    kra: (kra: Kra): Pick<Kra, 'call'> => ({ call: (...parameters) => step(() => kra.call(...parameters)) }),
  }
}

/** Read, take, save, write down, for each of two sales. */
const steps = Array.from({ length: 8 }, (_, index) => index)
const cases = steps.flatMap((count) => (['happens', 'does not happen'] as const).map((last) => [count, last] as const))

function stage(count: number, last: 'happens' | 'does not happen') {
  const clock = virtualClock()
  const kra = createKra({ clock })
  const store = sharedStore(clock)
  const end = dying(count, last)
  const doomed = startProcess({ clock, kra: end.kra(kra), store: end.store(store) })
  const start = () => startProcess({ clock, kra, store })
  const live = async () => {
    const work = (async () => {
      await saveSale(doomed, saleOfOne('INV-1', { totAmt: 100 }))
      await saveSale(doomed, saleOfOne('INV-2', { totAmt: 200 }))
    })().catch(() => undefined)
    await clock.advance(1)
    void work
  }
  return { clock, kra, end, start, live }
}

const documents = (kra: Kra) => kra.accepted().map(({ body }) => body['trdInvcNo'])

describe('a program that ends at any step', () => {
  it('has the steps that the cases below stop at', async () => {
    const { end, live } = stage(100, 'happens')
    await live()
    expect(end.taken()).toBe(steps.length)
  })

  it.each(cases)(
    'leaves nothing sold twice when its sales are saved again: %i steps, the next %s',
    async (count, last) => {
      const { clock, kra, start, live } = stage(count, last)
      await live()
      await clock.advance(121_000)
      const program = start()
      const again = [
        await clock.drive(saveSale(program, saleOfOne('INV-1', { totAmt: 100 }))),
        await clock.drive(saveSale(program, saleOfOne('INV-2', { totAmt: 200 }))),
        await clock.drive(saveSale(program, saleOfOne('INV-3', { totAmt: 300 }))),
      ]
      expect(again.map(({ invcNo }) => invcNo)).toEqual([1, 2, 3])
      expect(documents(kra)).toEqual(['INV-1', 'INV-2', 'INV-3'])
    },
  )

  it.each(cases)('lets another one sell after the life of its request: %i steps, the next %s', async (count, last) => {
    const { clock, kra, start, live } = stage(count, last)
    await live()
    const other = saveSale(start(), saleOfOne('OTHER', { totAmt: 300 }), { deadlineMs: 125_000 })
    await clock.drive(other)
    expect(new Set(documents(kra)).size).toBe(kra.accepted().length)
    expect(await other).toMatchObject({ invcNo: kra.accepted().length })
    for (const [name, totAmt] of [
      ['INV-1', 100],
      ['INV-2', 200],
    ] as const) {
      // prettier-ignore
      const sold = documents(kra).includes(name)
      const recovered = await recoverSale(start(), name)
      expect(recovered.state).toBe(sold ? 'settled' : 'unknown')
      await clock.drive(saveSale(start(), saleOfOne(name, { totAmt })))
    }
    expect([...documents(kra)].sort()).toEqual(['INV-1', 'INV-2', 'OTHER'])
  })
})
