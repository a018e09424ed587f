/**
 * Sales that several processes sign at once, and sales whose answer is lost: no number twice, no gap, no second receipt.
 *
 * @see spec/etims.md sections 5.3 and 7.5
 * @module
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generateSealingKey, keyRing } from '@latchkey/core/seal'
import { ApiException, buildItem, EtimsClient, operations, readList } from '@latchkey/etims'
import type { OscuConfig } from '@latchkey/etims'
import { OutcomeUnknownError } from '@latchkey/http'
import { startSimulator } from '@latchkey/simulator'
import type { Simulator } from '@latchkey/simulator'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { configOf, cup, cups, openShop, since } from './support/etims.ts'

const program = fileURLToPath(new URL('support/etims-seller.ts', import.meta.url))

let simulator: Simulator
let directory: string
let key: string
beforeEach(async () => {
  simulator = await startSimulator({ etims: { rules: 'live' } })
  directory = await mkdtemp(join(tmpdir(), 'latchkey-etims-'))
  key = generateSealingKey().reveal()
})
afterEach(async () => {
  await simulator.close()
  await rm(directory, { recursive: true, force: true })
})

/** A client on the shared directory, as each process has one. */
const shop = (change: Partial<OscuConfig> = {}): EtimsClient =>
  new EtimsClient(configOf(simulator, 'gateway', { directory, ring: keyRing({ keys: [key] }), ...change }))
const signed = async (etims: EtimsClient) =>
  readList(operations.salesList, await etims.selectSalesTransactions(since)).map(({ invcNo, receipt }) => ({
    invcNo,
    rcptSign: receipt.rcptSign,
  }))

describe('50 concurrent sales from 4 processes (7.5)', () => {
  it('get 50 consecutive invoice numbers and no duplicate', async () => {
    await using etims = shop()
    await openShop(simulator, etims)
    const documents = Array.from({ length: 50 }, (_, index) => `INV-${index + 1}`)
    const config = configOf(simulator, 'gateway', { directory, deadlineMs: 100_000 })
    const results = await Promise.all(
      [0, 1, 2, 3].map((worker) =>
        sell({
          ...{ config, sealingKey: key, at: simulator.clock.now() },
          documents: documents.filter((_, index) => index % 4 === worker),
        }),
      ),
    )
    const sold = results.flat()
    expect(sold.filter(({ error }) => error !== undefined)).toEqual([])
    const numbers = sold.map(({ invcNo }) => Number(invcNo)).sort((one, other) => one - other)
    expect(numbers).toEqual(Array.from({ length: 50 }, (_, index) => index + 1))
    const kept = await signed(etims)
    expect(kept).toHaveLength(50)
    expect(new Set(kept.map(({ rcptSign }) => rcptSign)).size).toBe(50)
    const refused = simulator
      .requests({ system: 'etims' })
      .filter(({ path, answer }) => path.includes('sendSalesTransaction') && answer?.status !== 200)
    expect(refused).toEqual([])
  })
})

describe('a sale whose answer is lost after it was signed (5.3)', () => {
  const operation = 'saveTrnsSalesOsdc'
  const lose = (kind: 'resetAfter' | 'resetBefore'): void => simulator.faults.add({ system: 'etims', operation, kind })

  it('is recovered by resolve(), without a second receipt', async () => {
    await using etims = shop()
    await openShop(simulator, etims)
    lose('resetAfter')
    const error = await etims.saveSale(cups(simulator, 'INV-1')).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(OutcomeUnknownError)
    expect(error).toBeInstanceOf(ApiException)
    const resolution = await (error as OutcomeUnknownError).resolve()
    expect(resolution).toMatchObject({ state: 'settled', result: { trdInvcNo: 'INV-1', invcNo: 1, curRcptNo: 1 } })
    expect(await signed(etims)).toHaveLength(1)
    expect((await etims.saveSale(cups(simulator, 'INV-2'))).invcNo).toBe(2)
  })

  it('is recovered by saving the same sale again', async () => {
    await using etims = shop()
    await openShop(simulator, etims)
    lose('resetAfter')
    const sale = cups(simulator, 'INV-1')
    await expect(etims.saveSale(sale)).rejects.toBeInstanceOf(OutcomeUnknownError)
    expect(await etims.saveSale(sale)).toMatchObject({ invcNo: 1, curRcptNo: 1 })
    expect(await signed(etims)).toHaveLength(1)
  })

  it('is recovered by another process after this one is gone', async () => {
    {
      await using etims = shop()
      await openShop(simulator, etims)
      lose('resetAfter')
      await expect(etims.saveSale(cups(simulator, 'INV-1'))).rejects.toBeInstanceOf(OutcomeUnknownError)
    }
    await using next = shop()
    expect(await next.recoverSale('INV-1')).toMatchObject({ state: 'settled', result: { invcNo: 1 } })
    expect((await next.saveSale(cups(simulator, 'INV-2'))).invcNo).toBe(2)
    expect(await signed(next)).toHaveLength(2)
  })

  it('is sent again under its own number when it was never signed', async () => {
    await using etims = shop()
    await openShop(simulator, etims)
    lose('resetBefore')
    const error = await etims.saveSale(cups(simulator, 'INV-1')).catch((reason: unknown) => reason)
    expect(await (error as OutcomeUnknownError).resolve()).toMatchObject({ state: 'settled', result: { invcNo: 1 } })
    expect(await signed(etims)).toHaveLength(1)
  })

  it('comes back as it was when the answer ran into the time limit', async () => {
    await using etims = shop({ http: { timeout: 0.5 } })
    await openShop(simulator, etims)
    simulator.faults.add({ system: 'etims', operation, kind: 'drip', ms: 2_000 })
    const sale = cups(simulator, 'INV-1')
    await expect(etims.saveSale(sale)).rejects.toBeInstanceOf(OutcomeUnknownError)
    expect(await etims.saveSale(sale)).toMatchObject({ invcNo: 1 })
    expect(await signed(etims)).toHaveLength(1)
  })
})

describe('new items of two processes (7.5, 7.7)', () => {
  it('get consecutive codes, and one whose answer was lost is found again', async () => {
    const [one, other] = [shop(), shop()]
    const item = (name: string) => buildItem({ ...cup, itemNm: name })
    await one.selectItemClasses(since)
    const saved = await Promise.all(
      ['A', 'B', 'C', 'D'].map((name, index) => (index % 2 ? one : other).saveNewItem(item(name))),
    )
    expect(saved.map(({ itemCd }) => itemCd).sort()).toEqual([1, 2, 3, 4].map((seq) => `KE2NTNO000000${seq}`))
    simulator.faults.add({ system: 'etims', operation: 'saveItem', kind: 'resetAfter' })
    await expect(one.saveNewItem(item('E'))).rejects.toBeInstanceOf(OutcomeUnknownError)
    expect((await one.saveNewItem(item('E'))).itemCd).toBe('KE2NTNO0000005')
    expect((await other.saveNewItem(item('F'))).itemCd).toBe('KE2NTNO0000006')
    expect(readList(operations.itemList, await one.selectItems(since))).toHaveLength(6)
    await one.close()
    await other.close()
  })
})

describe('a device that is initialized once (3.3)', () => {
  it('keeps its key in the store, sealed, and no process asks again', async () => {
    const { tin, bhfId, deviceSerial } = simulator.systems.etims.credentials
    const oscu = { tin, bhf_id: bhfId }
    const [one, other] = [shop({ oscu }), shop({ oscu })]
    const outcomes = await Promise.allSettled(
      [one, other].map((each) => each.initializeDevice({ dvcSrlNo: deviceSerial })),
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    await using third = shop({ oscu })
    expect((await third.selectBranches(since)).resultCd).toBe('000')
    const asked = simulator.requests({ system: 'etims' }).filter(({ path }) => path.endsWith('/initialize'))
    expect(asked).toHaveLength(1)
    await one.close()
    await other.close()
  })
})

interface Sold {
  readonly trdInvcNo: string
  readonly invcNo?: number
  readonly error?: string
}

async function sell(orders: object): Promise<readonly Sold[]> {
  const child = spawn(process.execPath, ['--import', 'tsx', program], { stdio: ['pipe', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => (text += String(chunk)))
  child.stdin.end(JSON.stringify(orders))
  const [code] = (await once(child, 'close')) as [number | null] // What `close` tells.
  expect(code).toBe(0)
  return JSON.parse(text) as readonly Sold[] // As the program writes it.
}
