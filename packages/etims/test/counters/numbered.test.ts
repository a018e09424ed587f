/**
 * Documents that KRA does not give back by their number, turns between processes, and what a number is held for.
 *
 * @module
 */
import { fileStore } from '@latchkey/stores/file'
import { systemClock } from '@latchkey/core'
import { virtualClock } from '@latchkey/testkit'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { expectedItemSequence } from '../../src/values/expected-number.ts'
import { settleNumber, withNumber } from '../../src/operations/numbered.ts'
import { saveNumbered, purchaseRow, stockRow } from '../../src/operations/save-numbered.ts'
import { saveSale } from '../../src/operations/save-sale.ts'
import { audit, client, direct, envelope, wrapped } from '../support/client.ts'
import { createKra } from './support/kra.ts'
import { saleOfOne, sharedStore, startProcess } from './support/process.ts'

const cup = {
  ...{ itemNm: 'Kikombe', itemClsCd: '5059690800', itemTyCd: '2', orgnNatCd: 'KE', pkgUnitCd: 'NT', qtyUnitCd: 'NO' },
  ...{ taxTyCd: 'B', dftPrc: 1160, isrcAplcbYn: 'N', useYn: 'Y', ...audit },
} as const
const movement = { sarTyCd: '06', ocrnDt: '20260115', totAmt: 11600 }

describe('a stock document', () => {
  it('is numbered apart from sales and purchases (7.5)', async () => {
    const clock = virtualClock()
    const kra = createKra({ clock })
    const program = startProcess({ clock, kra, store: undefined })
    await saveSale(program, saleOfOne('INV-1'))
    expect(await saveNumbered(program, stockRow, movement)).toMatchObject({ number: 1, envelope: { resultCd: '000' } })
    expect(await saveNumbered(program, stockRow, movement)).toMatchObject({ number: 2 })
    expect(await saveNumbered(program, purchaseRow, { spplrInvcNo: 7 })).toMatchObject({ number: 1 })
    expect(kra.accepted('saveStockIO').map(({ body }) => body['sarNo'])).toEqual([1, 2])
  })

  it('follows KRA to the number that it expects (7.5)', async () => {
    const clock = virtualClock()
    const kra = createKra({ clock })
    kra.moveOn(9, 'saveStockIO')
    const program = startProcess({ clock, kra, store: undefined })
    expect(await saveNumbered(program, stockRow, movement)).toMatchObject({ number: 10 })
    expect(await saveNumbered(program, stockRow, { ...movement, sarNo: 11 })).toMatchObject({ number: 11 })
    expect(await saveNumbered(program, stockRow, movement)).toMatchObject({ number: 12 })
  })

  it.each([
    ['accepted', true, 'lostAfter', 2],
    ['not accepted', false, 'lostBefore', 1],
  ] as const)('holds its number after a lost answer until somebody decides: %s', async (_, accepted, mishap, next) => {
    const clock = virtualClock()
    const kra = createKra({ clock })
    const store = sharedStore(clock)
    const program = startProcess({ clock, kra, store })
    kra.next(mishap)
    await expect(saveNumbered(program, stockRow, movement)).rejects.toMatchObject({
      code: 'ETIMS_OUTCOME_UNKNOWN',
      correlationId: '1',
      details: { sarNo: 1 },
    })
    await clock.advance(24 * 60 * 60 * 1000)
    const held = { code: 'ETIMS_NUMBER_HELD', retryable: false, details: { number: 1 } }
    await expect(saveNumbered(startProcess({ clock, kra, store }), stockRow, movement)).rejects.toMatchObject(held)
    await settleNumber(startProcess({ clock, kra, store }), 'stock', 1, accepted)
    expect(await saveNumbered(program, stockRow, movement)).toMatchObject({ number: next })
    expect(kra.saves('saveStockIO')).toBe(2)
    await expect(settleNumber(program, 'stock', 1, accepted)).rejects.toMatchObject({ reason: 'notHeld' })
  })

  it('with an id is saved once, and without one as often as it is asked for', async () => {
    const clock = virtualClock()
    const kra = createKra({ clock })
    const program = startProcess({ clock, kra, store: undefined })
    await saveNumbered(program, stockRow, movement, { document: 'MOVE-1' })
    expect(await saveNumbered(program, stockRow, movement, { document: 'MOVE-1' })).toEqual({ number: 1 })
    expect(kra.saves('saveStockIO')).toBe(1)
  })
})

describe('the sequence of item codes', () => {
  it('belongs to the taxpayer, and follows the refusal that names its end (7.5)', async () => {
    const clock = virtualClock()
    const program = startProcess({ clock, kra: createKra({ clock }), store: undefined })
    const sent: number[] = []
    const send = (number: number) => {
      sent.push(number)
      if (number !== 12) {
        return Promise.reject(
          Object.assign(new Error('Invalid itemCd Sequence. Expected sequence ending with: ********12'), {
            [Symbol.for('latchkey.error')]: true,
            code: 'ETIMS_REQUEST_REFUSED',
          }),
        )
      }
      return Promise.resolve({})
    }
    const paper = { document: 'cup', digest: 'd' }
    const entry = await withNumber(program, 'item', paper, { send, expected: expectedItemSequence })
    expect([entry.number, sent]).toEqual([12, [1, 12]])
  })

  it.each([
    ['empty', { text: '' }],
    ['{}', { json: {} }],
    ['an empty result', envelope('001', 'There is no search result')],
    ['a wrapped nothing', wrapped(200, null)],
  ] as const)('is not used up by an answer that is no success: %s (7.5)', async (_, answer) => {
    const save = { request: `POST ${direct}/saveItem` }
    const { etims, fetch } = client([
      { ...save, answer },
      { request: `POST ${direct}/selectItemList`, answer: envelope('001', 'There is no search result') },
      { ...save, answer: envelope('000', 'Successful') },
    ])
    await expect(etims.saveNewItem(cup)).rejects.toMatchObject({
      code: 'ETIMS_OUTCOME_UNKNOWN',
      reason: 'answer',
      correlationId: 'KE2NTNO0000001',
    })
    expect((await etims.saveNewItem(cup)).itemCd).toBe('KE2NTNO0000001')
    fetch.done()
  })
})

describe('turns', () => {
  it.each(['memory', 'file'] as const)(
    'lets 52 callers in 4 processes finish on a %s store, without a gap or a twin',
    async (kind) => {
      const directory = await mkdtemp(join(tmpdir(), 'latchkey-etims-'))
      const clock = systemClock
      const kra = createKra({ clock })
      const shared = sharedStore(clock)
      const storeOf = () => (kind === 'file' ? fileStore({ directory, sync: false }) : shared)
      try {
        const sales = [0, 1, 2, 3].flatMap((process) => {
          const program = startProcess({ clock, kra, store: storeOf(), random: Math.random })
          return Array.from({ length: 13 }, (_, index) =>
            saveSale(program, saleOfOne(`P${process}-${index}`), { deadlineMs: 15_000 }),
          )
        })
        const numbers = (await Promise.all(sales)).map(({ invcNo }) => invcNo).sort((one, other) => one - other)
        expect(numbers).toEqual(Array.from({ length: 52 }, (_, index) => index + 1))
        expect(kra.saves()).toBe(52)
        expect(new Set(kra.accepted().map(({ body }) => body['trdInvcNo'])).size).toBe(52)
      } finally {
        await rm(directory, { recursive: true, force: true })
      }
    },
  )

  it('passes to another process after 20 documents in a row', async () => {
    const clock = virtualClock()
    const kra = createKra({ clock, latencyMs: 10 })
    const store = sharedStore(clock)
    const [busy, other] = [startProcess({ clock, kra, store }), startProcess({ clock, kra, store })]
    const many = Array.from({ length: 60 }, (_, index) => saveSale(busy, saleOfOne(`BUSY-${index}`)))
    await clock.advance(5)
    const one = saveSale(other, saleOfOne('OTHER'))
    await clock.drive(Promise.all([...many, one]))
    expect(await one).toMatchObject({ invcNo: 21 })
  })

  it('ends with the deadline, and nothing was sent', async () => {
    const clock = virtualClock()
    const kra = createKra({ clock, latencyMs: 5_000 })
    const store = sharedStore(clock)
    const first = saveSale(startProcess({ clock, kra, store }), saleOfOne('INV-1'))
    const program = startProcess({ clock, kra, store })
    const late = [1, 2].map((index) => saveSale(program, saleOfOne(`LATE-${index}`), { deadlineMs: 1_000 }))
    const heard = Promise.all(
      late.map((each) => expect(each).rejects.toMatchObject({ code: 'ETIMS_NUMBER_HELD', retryable: true })),
    )
    await clock.drive(heard)
    await clock.drive(first)
    expect(kra.saves()).toBe(1)
    expect(await clock.drive(saveSale(program, saleOfOne('INV-2')))).toMatchObject({ invcNo: 2 })
  })

  it('is left by an abort while waiting, and the ones behind go on', async () => {
    const clock = virtualClock()
    const kra = createKra({ clock, latencyMs: 1_000 })
    const program = startProcess({ clock, kra, store: undefined })
    const leave = new AbortController()
    const first = saveSale(program, saleOfOne('INV-1'))
    const second = saveSale(program, saleOfOne('INV-2'), { signal: leave.signal })
    const third = saveSale(program, saleOfOne('INV-3'))
    const heard = expect(second).rejects.toBe('gone')
    await clock.advance(500)
    leave.abort('gone')
    await heard
    expect(await clock.drive(Promise.all([first, third]))).toMatchObject([{ invcNo: 1 }, { invcNo: 2 }])
    expect(kra.saves()).toBe(2)
  })

  it('writes once per document in a run', async () => {
    const clock = virtualClock()
    const kra = createKra({ clock })
    const shared = sharedStore(clock)
    let writes = 0
    const store = {
      ...shared,
      compareAndSet: (...parameters: Parameters<typeof shared.compareAndSet>) => {
        writes += 1
        return shared.compareAndSet(...parameters)
      },
    }
    const program = startProcess({ clock, kra, store })
    await Promise.all(Array.from({ length: 10 }, (_, index) => saveSale(program, saleOfOne(`INV-${index}`))))
    expect(writes).toBe(11)
  })
})
