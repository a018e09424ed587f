/**
 * Sales under numbers of the counter: accepted, refused, lost and found again.
 *
 * @module
 */
import { chaosStore, virtualClock } from '@latchkey/testkit'
import { OutcomeUnknownError } from '@latchkey/http'
import { describe, expect, it } from 'vitest'
import { recoverSale } from '../../../src/operations/resolve-sale.ts'
import { saveSale } from '../../../src/operations/save-sale.ts'
import { createKra } from '../../counters/support/kra.ts'
import { saleOfOne, sharedStore, startProcess } from '../../counters/support/process.ts'

function shop(options: { readonly face?: 'direct' | 'gateway'; readonly latencyMs?: number } = {}) {
  const clock = virtualClock()
  const kra = createKra({ clock, ...options })
  const store = chaosStore(sharedStore(clock), { clock, seed: 1 })
  return { clock, kra, store, start: () => startProcess({ clock, kra, store }) }
}

async function lostError(sale: Promise<unknown>): Promise<OutcomeUnknownError> {
  const error = await sale.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof OutcomeUnknownError)) throw new Error('The sale was not lost.', { cause: error })
  return error
}

const numbersOf = (kra: ReturnType<typeof createKra>) =>
  kra.accepted().map(({ number, body }) => [number, body['trdInvcNo']])

describe('a sale without a number', () => {
  it('gets the next one, across programs on one store and after a restart (7.5)', async () => {
    const { kra, start } = shop()
    const first = await saveSale(start(), saleOfOne('INV-1'))
    expect(first).toMatchObject({
      trdInvcNo: 'INV-1',
      invcNo: 1,
      curRcptNo: 1,
      totRcptNo: 1,
      sdcDateTime: '20260115150000',
    })
    expect(first.envelope).toMatchObject({ resultCd: '000' })
    expect(await saveSale(start(), saleOfOne('INV-2'))).toMatchObject({ invcNo: 2, curRcptNo: 2 })
    expect(numbersOf(kra)).toEqual([
      [1, 'INV-1'],
      [2, 'INV-2'],
    ])
  })

  it('gives its number back when KRA refuses it (7.5)', async () => {
    const { kra, start } = shop()
    const program = start()
    kra.next('refused')
    await expect(saveSale(program, saleOfOne('INV-1'))).rejects.toMatchObject({ providerCode: '910' })
    expect(await saveSale(start(), saleOfOne('INV-2'))).toMatchObject({ invcNo: 1 })
  })

  it('gives its number back when it certainly did not arrive', async () => {
    const { kra, start } = shop()
    kra.next('later')
    await expect(saveSale(start(), saleOfOne('INV-1'))).rejects.toMatchObject({ code: 'ETIMS_UNREACHABLE' })
    expect(await saveSale(start(), saleOfOne('INV-1'))).toMatchObject({ invcNo: 1 })
    expect(kra.accepted()).toHaveLength(1)
  })

  it('follows KRA to the number that it expects, up and down, and is sent once more (7.5)', async () => {
    const { kra, start } = shop()
    kra.moveOn(8)
    expect(await saveSale(start(), saleOfOne('INV-1'))).toMatchObject({ invcNo: 9 })
    kra.moveOn(-5)
    expect(await saveSale(start(), saleOfOne('INV-2'))).toMatchObject({ invcNo: 5 })
    expect(kra.saves()).toBe(4)
    expect(await saveSale(start(), saleOfOne('INV-3'))).toMatchObject({ invcNo: 6 })
  })

  it('goes behind the highest sale when its number is taken by another one, as 994 says (5.1)', async () => {
    const { clock, kra } = shop({ face: 'direct' })
    const other = startProcess({ clock, kra, store: undefined })
    for (const name of ['A', 'B', 'C']) await saveSale(other, saleOfOne(name, { totAmt: 50 }))
    expect(await saveSale(startProcess({ clock, kra, store: undefined }), saleOfOne('INV-1'))).toMatchObject({
      invcNo: 4,
    })
    expect(kra.calls.map(({ operation }) => operation).slice(3)).toEqual([
      'saveSale',
      'invoiceDetails',
      'salesList',
      'saveSale',
    ])
  })

  it('is not signed twice: the same sale comes back without a request, as it was', async () => {
    const { kra, start } = shop()
    const first = await saveSale(start(), saleOfOne('INV-1'))
    const later = saleOfOne('INV-1', { cfmDt: '20260115151500', remark: 'again' })
    const { envelope: _, ...sale } = first
    expect(await saveSale(start(), later)).toEqual(sale)
    expect(kra.calls).toHaveLength(1)
  })

  it('is another sale with another content, or after 64 others', async () => {
    const { kra, start } = shop()
    const program = start()
    await saveSale(program, saleOfOne('INV-1'))
    expect(await saveSale(program, saleOfOne('INV-1', { totAmt: 2320 }))).toMatchObject({ invcNo: 2 })
    for (let i = 0; i < 62; i += 1) await saveSale(program, saleOfOne(`MORE-${i}`))
    expect(await saveSale(program, saleOfOne('INV-1'))).toMatchObject({ invcNo: 1 })
    await saveSale(program, saleOfOne('ONE-MORE'))
    expect(await saveSale(program, saleOfOne('INV-1'))).toMatchObject({ invcNo: 66 })
    expect(kra.accepted()).toHaveLength(66)
  })
})

describe('a sale whose answer was lost', () => {
  it('says which number it has, and is found by it (5.3)', async () => {
    const { kra, start } = shop()
    const program = start()
    kra.next('lostAfter')
    const error = await lostError(saveSale(program, saleOfOne('INV-1')))
    expect(error).toMatchObject({ code: 'ETIMS_OUTCOME_UNKNOWN', correlationId: '1' })
    expect(error.details).toMatchObject({ trdInvcNo: 'INV-1', invcNo: 1 })
    expect(await error.resolve()).toEqual({
      state: 'settled',
      result: expect.objectContaining({
        trdInvcNo: 'INV-1',
        invcNo: 1,
        curRcptNo: 1,
        sdcDateTime: '20260115150000',
      }) as unknown,
    })
    expect(kra.saves()).toBe(1)
    expect(await saveSale(program, saleOfOne('INV-2'))).toMatchObject({ invcNo: 2 })
  })

  it('is sent again under the same number when KRA does not have it (5.3)', async () => {
    const { kra, start } = shop()
    const program = start()
    kra.next('lostBefore')
    const error = await lostError(saveSale(program, saleOfOne('INV-1')))
    expect(await error.resolve()).toMatchObject({ state: 'settled', result: { invcNo: 1 } })
    expect(kra.saves()).toBe(2)
    const [one, other] = kra.calls.filter(({ operation }) => operation === 'saveSale')
    expect(one?.body).toEqual(other?.body)
    expect(await error.resolve()).toMatchObject({ state: 'settled', result: { invcNo: 1 } })
    expect(kra.saves()).toBe(2)
  })

  it.each(['direct', 'gateway'] as const)(
    'is found when the first one arrives just before the second: %s face (5.3)',
    async (face) => {
      const { kra, start } = shop({ face })
      const program = start()
      kra.next('late')
      await lostError(saveSale(program, saleOfOne('INV-1')))
      const { call } = kra
      let looked = false
      const racing = {
        ...program,
        call: async (...parameters: Parameters<typeof call>) => {
          const answer = await call(...parameters).finally(() => {
            if (looked || parameters[0].name !== 'invoiceDetails') return
            looked = true
            kra.arrive()
          })
          return answer
        },
      }
      expect(await saveSale(racing, saleOfOne('INV-1'))).toMatchObject({ invcNo: 1 })
      expect(kra.saves()).toBe(2)
      expect(kra.accepted()).toHaveLength(1)
    },
  )

  it('is refused when KRA keeps another sale under its number, and the counter goes on', async () => {
    const { clock, kra, start } = shop()
    const program = start()
    kra.next('lostBefore')
    const error = await lostError(saveSale(program, saleOfOne('INV-1')))
    await saveSale(startProcess({ clock, kra, store: undefined }), saleOfOne('ELSEWHERE', { totAmt: 50 }))
    expect(await error.resolve()).toMatchObject({
      state: 'refused',
      reason: expect.stringContaining("another document's") as unknown,
    })
    expect(await saveSale(program, saleOfOne('INV-1'))).toMatchObject({ invcNo: 2 })
    expect(kra.saves()).toBe(3)
  })

  it('stays unknown while KRA cannot be asked, and says when to ask again', async () => {
    const { clock, kra, start } = shop()
    const program = start()
    kra.next('lostAfter')
    const error = await lostError(saveSale(program, saleOfOne('INV-1')))
    kra.setDeaf(true)
    expect(await error.resolve()).toEqual({ state: 'unknown', askAgainAt: clock.wall() + 5_000 })
    await expect(saveSale(program, saleOfOne('INV-2'))).rejects.toMatchObject({
      code: 'ETIMS_NUMBER_HELD',
      details: { trdInvcNo: 'INV-1', number: 1 },
    })
    kra.setDeaf(false)
    expect(await error.resolve()).toMatchObject({ state: 'settled' })
    expect(await saveSale(program, saleOfOne('INV-2'))).toMatchObject({ invcNo: 2 })
  })

  it('is unknown again when the second answer is lost too, and then found', async () => {
    const { kra, start } = shop()
    const program = start()
    kra.next('lostBefore', 'lostAfter')
    const error = await lostError(saveSale(program, saleOfOne('INV-1')))
    expect(await error.resolve()).toMatchObject({ state: 'unknown', askAgainAt: expect.any(Number) as unknown })
    expect(await error.resolve()).toMatchObject({ state: 'settled', result: { invcNo: 1 } })
    expect(kra.accepted()).toHaveLength(1)
  })

  it('is refused with the code of KRA when the second one is, once the first cannot be on its way any more', async () => {
    const { clock, kra, start } = shop()
    const program = start()
    kra.next('lostBefore', 'refused', 'refused')
    const error = await lostError(saveSale(program, saleOfOne('INV-1'), { deadlineMs: 10_000 }))
    expect(await error.resolve()).toMatchObject({ state: 'unknown' })
    await clock.advance(40_000)
    expect(await error.resolve()).toMatchObject({ state: 'refused', providerCode: '910' })
    expect(await saveSale(program, saleOfOne('INV-2'))).toMatchObject({ invcNo: 1 })
  })

  it('is found when it arrives after the second one was refused', async () => {
    const { kra, start } = shop()
    kra.next('late', 'refused')
    await lostError(saveSale(start(), saleOfOne('INV-1')))
    const held = { code: 'ETIMS_NUMBER_HELD', cause: { providerCode: '910' } }
    await expect(saveSale(start(), saleOfOne('INV-1'))).rejects.toMatchObject(held)
    kra.arrive()
    expect(await saveSale(start(), saleOfOne('INV-2'))).toMatchObject({ invcNo: 2 })
    expect(await saveSale(start(), saleOfOne('INV-1'))).toMatchObject({ invcNo: 1 })
    expect(kra.accepted()).toHaveLength(2)
  })

  it('stays held when the second one did not arrive either', async () => {
    const { kra, start } = shop()
    const program = start()
    kra.next('late', 'later')
    const error = await lostError(saveSale(program, saleOfOne('INV-1')))
    expect(await error.resolve()).toMatchObject({ state: 'unknown' })
    kra.arrive()
    expect(await error.resolve()).toMatchObject({ state: 'settled', result: { invcNo: 1 } })
    expect(kra.accepted()).toHaveLength(1)
  })

  it('is sent once by two who resolve it at the same time', async () => {
    const { clock, kra, start } = shop({ latencyMs: 1_000 })
    const program = start()
    kra.next('lostBefore')
    const error = await clock.drive(lostError(saveSale(program, saleOfOne('INV-1'))))
    const both = await clock.drive(Promise.all([error.resolve(), error.resolve()]))
    expect(both.map(({ state }) => state).sort()).toEqual(['settled', 'unknown'])
    expect(kra.saves()).toBe(2)
  })

  it('is found by saving it again, in another program, with another time of the clock (5.3)', async () => {
    const { kra, start } = shop()
    kra.next('lostAfter')
    await lostError(saveSale(start(), saleOfOne('INV-1')))
    const again = await saveSale(start(), saleOfOne('INV-1', { cfmDt: '20260115153000' }))
    expect(again).toMatchObject({ invcNo: 1, curRcptNo: 1 })
    expect(kra.saves()).toBe(1)
  })

  it('is found whichever of two times of the clock KRA has', async () => {
    const { kra, start } = shop()
    kra.next('lostBefore', 'lostAfter')
    await lostError(saveSale(start(), saleOfOne('INV-1')))
    await lostError(saveSale(start(), saleOfOne('INV-1', { cfmDt: '20260115153000' })))
    expect(await saveSale(start(), saleOfOne('INV-1', { cfmDt: '20260115154500' }))).toMatchObject({ invcNo: 1 })
    expect(kra.accepted()).toHaveLength(1)
  })

  it('is settled with the number under which it was saved again', async () => {
    const { clock, kra, start } = shop()
    kra.next('lostBefore')
    const error = await lostError(saveSale(start(), saleOfOne('INV-1'), { deadlineMs: 1_000 }))
    await clock.drive(saveSale(start(), saleOfOne('INV-2')))
    expect(await saveSale(start(), saleOfOne('INV-1'))).toMatchObject({ invcNo: 2 })
    expect(await error.resolve()).toMatchObject({ state: 'settled', result: { invcNo: 2 } })
    expect(kra.accepted()).toHaveLength(2)
  })

  it('lets the next sale go on as soon as it is found', async () => {
    const { kra, start } = shop()
    kra.next('lostAfter')
    const error = await lostError(saveSale(start(), saleOfOne('INV-1')))
    expect(await saveSale(start(), saleOfOne('INV-2'))).toMatchObject({ invcNo: 2 })
    expect(await error.resolve()).toMatchObject({ state: 'settled', result: { invcNo: 1 } })
  })

  it('blocks the next sale until its request cannot be on its way any more, and gives its number up then (7.5)', async () => {
    const { clock, kra, start } = shop()
    kra.next('lostBefore')
    const error = await lostError(saveSale(start(), saleOfOne('INV-1'), { deadlineMs: 10_000 }))
    const early = saveSale(start(), saleOfOne('INV-2'), { deadlineMs: 39_000 })
    await expect(clock.drive(early)).rejects.toMatchObject({ code: 'ETIMS_NUMBER_HELD' })
    expect(kra.saves()).toBe(1)
    const patient = saveSale(start(), saleOfOne('INV-2'), { deadlineMs: 39_000 })
    expect(await clock.drive(patient)).toMatchObject({ invcNo: 1 })
    expect(await error.resolve()).toMatchObject({ state: 'refused' })
    expect(kra.accepted()).toHaveLength(1)
  })

  it('has its receipt looked up when KRA says that it succeeded and nothing else', async () => {
    const { kra, start } = shop()
    kra.next('noReceipt')
    const error = await lostError(saveSale(start(), saleOfOne('INV-1')))
    expect(error.details).toMatchObject({ trdInvcNo: 'INV-1' })
    expect(await error.resolve()).toMatchObject({ state: 'settled', result: { curRcptNo: 1 } })
  })

  it('is held after an abort, whose reason the caller gets unchanged', async () => {
    const { clock, start } = shop({ latencyMs: 1_000 })
    const leave = new AbortController()
    const sale = saveSale(start(), saleOfOne('INV-1'), { signal: leave.signal })
    const heard = expect(sale).rejects.toBe('closing time')
    await clock.advance(500)
    leave.abort('closing time')
    await heard
    expect(await recoverSale(start(), 'INV-1')).toMatchObject({
      state: 'unknown',
      askAgainAt: expect.any(Number) as unknown,
    })
    const again = await clock.drive(saveSale(start(), saleOfOne('INV-1')))
    expect(again).toMatchObject({ invcNo: 1 })
  })
})

describe('a program that was started again', () => {
  it('recovers a sale that arrived, and one that was accepted before', async () => {
    const { kra, start } = shop()
    await saveSale(start(), saleOfOne('INV-1'))
    kra.next('lostAfter')
    await lostError(saveSale(start(), saleOfOne('INV-2')))
    expect(await recoverSale(start(), 'INV-2')).toMatchObject({ state: 'settled', result: { invcNo: 2, curRcptNo: 2 } })
    expect(await recoverSale(start(), 'INV-1')).toMatchObject({ state: 'settled', result: { invcNo: 1 } })
    expect(kra.saves()).toBe(2)
  })

  it('learns that a sale did not arrive, after the life of its request, and sends nothing', async () => {
    const { clock, kra, start } = shop()
    kra.next('lostBefore')
    await lostError(saveSale(start(), saleOfOne('INV-1'), { deadlineMs: 10_000 }))
    expect(await recoverSale(start(), 'INV-1')).toEqual({ state: 'unknown', askAgainAt: clock.wall() + 40_000 })
    await clock.advance(39_999)
    expect(await recoverSale(start(), 'INV-1')).toMatchObject({ state: 'unknown' })
    await clock.advance(1)
    expect(await recoverSale(start(), 'INV-1')).toMatchObject({ state: 'refused' })
    expect(kra.saves()).toBe(1)
    expect(await saveSale(start(), saleOfOne('INV-1'))).toMatchObject({ invcNo: 1 })
  })

  it('knows nothing of a sale that nobody saved', async () => {
    expect(await recoverSale(shop().start(), 'INV-9')).toEqual({ state: 'unknown' })
  })
})

describe('a sale with a number of its own', () => {
  it('goes out as it is, and the counter goes on behind it (7.5)', async () => {
    const { kra, start } = shop()
    kra.moveOn(6)
    const body = { ...saleOfOne('INV-1'), invcNo: 7 }
    expect(await saveSale(start(), body)).toMatchObject({ invcNo: 7 })
    expect(kra.calls[0]?.body).toEqual(body)
    expect(await saveSale(start(), saleOfOne('INV-2'))).toMatchObject({ invcNo: 8 })
    expect(kra.saves()).toBe(2)
  })

  it('is not moved to another number', async () => {
    const { kra, start } = shop()
    await expect(saveSale(start(), { ...saleOfOne('INV-1'), invcNo: 7 })).rejects.toMatchObject({ providerCode: '910' })
    expect(kra.saves()).toBe(1)
  })

  it('is resolved under it, and sent again if KRA does not have it', async () => {
    const { kra, start } = shop()
    kra.next('lostBefore')
    const error = await lostError(saveSale(start(), { ...saleOfOne('INV-1'), invcNo: 1 }))
    expect(await error.resolve()).toMatchObject({ state: 'settled', result: { invcNo: 1 } })
    expect(await saveSale(start(), saleOfOne('INV-2'))).toMatchObject({ invcNo: 2 })
  })
})

describe('a store in trouble', () => {
  it('keeps a sale from being sent when its number cannot be written', async () => {
    const { kra, store, start } = shop()
    store.next('outage')
    await expect(saveSale(start(), saleOfOne('INV-1'))).rejects.toMatchObject({ code: 'LATCHKEY_STORE_UNAVAILABLE' })
    expect(kra.calls).toHaveLength(0)
  })

  it('sends nothing after the deadline, and gives the number back', async () => {
    const { clock, kra, store, start } = shop()
    store.next('slow', 'slow')
    const late = clock.drive(saveSale(start(), saleOfOne('INV-1'), { deadlineMs: 1_500 }))
    await expect(late).rejects.toMatchObject({ code: 'ETIMS_NUMBER_HELD', retryable: true })
    expect(kra.calls).toHaveLength(0)
    expect(await saveSale(start(), saleOfOne('INV-2'))).toMatchObject({ invcNo: 1 })
  })

  it.each(['unknownApplied', 'unknownLost', 'conflict', 'notDurable'] as const)(
    'sells once when the swap that takes the number is %s',
    async (mishap) => {
      const { clock, kra, store, start } = shop()
      const program = start()
      await saveSale(program, saleOfOne('INV-0'))
      store.next(mishap)
      expect(await clock.drive(saveSale(program, saleOfOne('INV-1')))).toMatchObject({ invcNo: 2 })
      expect(await clock.drive(saveSale(start(), saleOfOne('INV-2')))).toMatchObject({ invcNo: 3 })
      expect(kra.saves()).toBe(3)
    },
  )

  it('loses no receipt when it goes down while KRA answers, and writes it down when it is back', async () => {
    const { clock, kra, store, start } = shop()
    const program = start()
    const failing = {
      ...program,
      call: async (...parameters: Parameters<typeof kra.call>) => {
        const answer = await kra.call(...parameters)
        store.setDown(true)
        return answer
      },
    }
    expect(await clock.drive(saveSale(failing, saleOfOne('INV-1')))).toMatchObject({ invcNo: 1 })
    store.setDown(false)
    expect(await clock.drive(saveSale(program, saleOfOne('INV-2')))).toMatchObject({ invcNo: 2 })
    expect(await recoverSale(start(), 'INV-1')).toMatchObject({ state: 'settled' })
    expect(kra.saves()).toBe(2)
  })
})
