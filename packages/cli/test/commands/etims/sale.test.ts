/** `latchkey etims sale` and `receipt`: never twice, and what is said of what is not known (spec/etims.md 4.10, 7.10). @module */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startSimulator } from '@latchkey/simulator'
import type { Simulator } from '@latchkey/simulator'
import { buildCreditNote } from '@latchkey/etims'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { document, goods, prepared, sale } from './home.ts'
import type { Scene } from './home.ts'

let simulator: Simulator

beforeAll(async () => {
  simulator = await startSimulator()
})
beforeEach(() => simulator.reset())
afterAll(() => simulator.close())

const sales = (): number => simulator.requests({ system: 'etims', operation: 'saveTrnsSalesOsdc' }).length

async function shop(): Promise<Scene> {
  const scene = await prepared(simulator)
  await scene.type('etims init-device')
  await scene.openShop('')
  return scene
}

describe('latchkey etims sale', () => {
  it('prints number, receipt, signature and address, and signs the same file once', async () => {
    await using scene = await shop()
    const { exit, out, err } = await scene.type('etims sale --file sale.json')
    expect([exit, err]).toEqual([0, ''])
    expect(out).toMatch(
      /^trdInvcNo +INV-1\ninvcNo +1\nreceipt +1\/1\nrcptSign +[A-Z2-7]{16}\nintrlData +[A-Z2-7]{26}\nsdcDateTime +\d{14}\nverificationUrl +http:\S+\?Data=P000000001A00[A-Z2-7]{16}\n$/,
    )
    const again = await scene.type('etims sale --file sale.json')
    expect(again).toEqual({ exit: 0, out, err: 'INV-1 was signed before, as this invoice. It was not signed again.\n' })
    expect(sales()).toBe(1)
    const url = /http:\S+/.exec(out)?.[0] ?? ''
    expect((await fetch(url)).status).toBe(200)
  })

  it('goes on with the next number for another sale, and with the same content and date signs once', async () => {
    await using scene = await shop()
    const at = new Date(Date.now() - 60_000).toISOString()
    await scene.home.write('dated.json', { ...sale, at })
    await scene.home.write('other.json', { ...sale, trdInvcNo: 'INV-2', at })
    const first = document(await scene.type('etims sale --file dated.json --json'))
    expect(first).toMatchObject({ invcNo: 1, signedBefore: false })
    expect(document(await scene.type('etims sale --file other.json --json'))).toMatchObject({ invcNo: 2 })
    expect(document(await scene.type('etims sale --file dated.json --json'))).toEqual({ ...first, signedBefore: true })
    expect(sales()).toBe(2)
  })

  it('says that the outcome is unknown and to run it again, which finds it out: exit 6, then 0, sent once (5.3)', async () => {
    await using scene = await shop()
    simulator.faults.add({ system: 'etims', operation: 'saveTrnsSalesOsdc', kind: 'resetAfter' })
    const lost = await scene.type('etims sale --file sale.json')
    expect([lost.exit, lost.out]).toEqual([6, ''])
    expect(lost.err).toMatch(/^Run the same command with the same file again: KRA is asked first/)
    expect(lost.err).toMatch(/^ETIMS_OUTCOME_UNKNOWN: /m)
    const found = document(await scene.type('etims sale --file sale.json --json'))
    expect(found).toMatchObject({ trdInvcNo: 'INV-1', invcNo: 1, signedBefore: true })
    expect(sales()).toBe(1)
    expect(simulator.state().systems.etims.branches[0]?.sales).toHaveLength(1)
  })

  it('sends a request that never arrived again, under the same number', async () => {
    await using scene = await shop()
    simulator.faults.add({ system: 'etims', operation: 'saveTrnsSalesOsdc', kind: 'resetBefore' })
    expect((await scene.type('etims sale --file sale.json')).exit).toBe(6)
    // The first request cannot be told from one that is still on its way, so the same content goes under the same number.
    await scene.home.write('sale.json', sale)
    const found = await scene.type('etims sale --file sale.json --json')
    expect(document(found)).toMatchObject({ invcNo: 1 })
    expect(simulator.state().systems.etims.branches[0]?.sales).toHaveLength(1)
  })

  it('names the way to find out about a number of the file: exit 6', async () => {
    await using scene = await shop()
    await scene.home.write('numbered.json', { ...sale, invcNo: 1 })
    simulator.faults.add({ system: 'etims', operation: 'saveTrnsSalesOsdc', kind: 'resetAfter' })
    const { exit, err } = await scene.type('etims sale --file numbered.json')
    expect(exit).toBe(6)
    expect(err).toContain('latchkey etims receipt 1 --profile etims')
  })

  it('tells why KRA refuses: exit 5', async () => {
    await using scene = await prepared(simulator)
    await scene.type('etims init-device')
    await scene.home.write('sale.json', sale)
    const { exit, err } = await scene.type('etims sale --file sale.json')
    expect(exit).toBe(5)
    expect(err).toMatch(/^ETIMS_REQUEST_REFUSED: .*KE2NTNO0000001.*does not exist in your inventory/)
  })

  it('warns where what was signed is forgotten at the end of the command', async () => {
    await using scene = await prepared(simulator, { store: { memory: true } }, { cmcKey: 'env:CMC' })
    await scene.home.write('sale.json', sale)
    const { err } = await scene.type('etims sale --file sale.json', { CMC: 'A'.repeat(52) })
    expect(err).toMatch(/^Warning: the store is in memory, so numbers, device keys and what was signed are forgotten/)
  })
})

describe('a file that cannot be sent: exit 2, with its place and field, nothing sent', () => {
  const line = { ...goods, qty: 1, prc: 1160 }

  it.each<[string, string | object, string]>([
    ['no JSON', '{"trdInvcNo": ', 'line 1, column 15: this is not JSON: it ends too early.'],
    ['no object', '[1]', 'line 1, column 1: The file must hold an object.'],
    [
      'a misspelt name',
      { trdInvcno: 'INV-1', items: [line] },
      'line 2, column 3: trdInvcno is not known here; did you mean "trdInvcNo"?',
    ],
    ['no goods', { trdInvcNo: 'INV-1', items: [] }, 'line 3, column 3: items must have one line or more.'],
    [
      'a missing price',
      { trdInvcNo: 'INV-1', items: [{ ...line, prc: undefined }] },
      'items.0.prc is missing; it must be a number such as 1160',
    ],
    [
      'an odd tax type',
      { trdInvcNo: 'INV-1', items: [line, { ...line, taxTyCd: 'F' }] },
      'items.1.taxTyCd must be a tax type',
    ],
    [
      'an inexact price',
      { trdInvcNo: 'INV-1', items: [line, { ...line, prc: '1.005' }] },
      'items.1.prc must have at most 2 decimals.',
    ],
    [
      'too large a discount',
      { trdInvcNo: 'INV-1', items: [{ ...line, dcAmt: 2000 }] },
      'items.0 the discount must not exceed',
    ],
    ['an unknown unit', { trdInvcNo: 'INV-1', items: [{ ...line, pkgUnitCd: 'XYZ' }] }, 'items.0.pkgUnitCd '],
    ['an odd date', { trdInvcNo: 'INV-1', at: 'today', items: [line] }, 'at must be a moment such as'],
    ['both kinds', { itemList: [line], items: [line] }, 'items does not go together with "itemList"'],
    ['an incomplete request', { trdInvcNo: 'INV-1', itemList: [] }, 'itemList '],
  ])('%s', async (_, content, message) => {
    await using scene = await prepared(simulator)
    const file = await scene.home.write('sale.json', content)
    const { exit, out, err } = await scene.type('etims sale --file sale.json')
    expect([exit, out]).toEqual([2, ''])
    expect(err).toContain(`LATCHKEY_USAGE: ${file}, line `)
    expect(err).toContain(message)
    expect(sales()).toBe(0)
  })

  it('a file that is not there', async () => {
    await using scene = await prepared(simulator)
    const ran = await scene.type('etims sale --file gone.json --json')
    expect(ran.exit).toBe(2)
    expect(document(ran)).toMatchObject({
      error: { code: 'LATCHKEY_USAGE', file: join(scene.home.folder, 'gone.json') },
    })
    expect((await scene.type('etims sale')).err).toContain("required option '--file <file>' not specified")
  })
})

describe('latchkey etims receipt', () => {
  it('prints the text block, and writes picture and text', async () => {
    await using scene = await shop()
    await scene.type('etims sale --file sale.json')
    const { exit, out, err } = await scene.type('etims receipt 1 --out r.png')
    expect([exit, err]).toEqual([0, `Wrote ${join(scene.home.folder, 'r.png')}\n`])
    for (const text of [
      /^ +PIN: P000000001A$/m,
      /^SCU ID: KRACU0400000001$/m,
      /^RECEIPT NUMBER: 1\/1 NS$/m,
      /Data=P000000001A00/,
    ]) {
      expect(out).toMatch(text)
    }
    const png = await readFile(join(scene.home.folder, 'r.png'))
    expect(png.subarray(1, 4).toString()).toBe('PNG')
    await scene.type('etims receipt 1 --out r.svg')
    expect(await readFile(join(scene.home.folder, 'r.svg'), 'utf8')).toContain('<svg')
    const shown = document(await scene.type('etims receipt 1 --copy --json --out r.txt'))
    expect(shown).toMatchObject({ invcNo: 1, curRcptNo: 1, file: join(scene.home.folder, 'r.txt') })
    const text = await readFile(join(scene.home.folder, 'r.txt'), 'utf8')
    expect(text).toContain('COPY')
    expect(text).toContain(String(shown['verificationUrl']))
  })

  it('prints a credit note with its original (7.10)', async () => {
    await using scene = await shop()
    const signed = document(await scene.type('etims sale --file sale.json --json'))
    const request = simulator.requests({ system: 'etims', operation: 'saveTrnsSalesOsdc' })[0]?.body
    const note = buildCreditNote({
      original: { ...(request as Parameters<typeof buildCreditNote>[0]['original']), invcNo: Number(signed['invcNo']) }, // What was sent.
      trdInvcNo: 'CN-1',
      at: Date.now(),
      audit: { id: 'admin', name: 'Admin' },
    })
    await scene.home.write('note.json', note)
    expect(document(await scene.type('etims sale --file note.json --json'))).toMatchObject({ invcNo: 2 })
    const { out } = await scene.type('etims receipt 2')
    expect(out).toMatch(/CREDIT NOTE/)
    expect(out).toMatch(/ORIGINAL CU INVOICE NO\.: KRACU0400000001\/1/)
    expect(out).toMatch(/^TOTAL +-1160\.00$/m)
  })

  it('says that KRA has no such invoice: exit 5', async () => {
    await using scene = await shop()
    expect(await scene.type('etims receipt 7')).toEqual({
      exit: 5,
      out: '',
      err: 'ETIMS_NOT_FOUND: KRA has no invoice 7 of this branch.\n',
    })
    expect(document(await scene.type('etims receipt 7 --json'))).toMatchObject({ error: { code: 'ETIMS_NOT_FOUND' } })
  })

  it('refuses a file of another kind, and one that cannot be written: exit 2', async () => {
    await using scene = await shop()
    await scene.type('etims sale --file sale.json')
    const asked = simulator.requests().length
    expect((await scene.type('etims receipt 1 --out r.pdf')).err).toContain('.png, .svg or .txt')
    expect((await scene.type('etims receipt one')).err).toContain('INVOICE takes a whole number')
    expect(simulator.requests()).toHaveLength(asked)
    expect((await scene.type('etims receipt 1 --out missing/r.png')).err).toMatch(/cannot be written \(ENOENT\)/)
  })
})

describe('with --simulator', () => {
  const at = (): string => ` --simulator ${simulator.url}`

  it('speaks for the device that has its key, at once, and signs the same file once', async () => {
    await using scene = await prepared(simulator)
    await scene.openShop(at())
    const first = document(await scene.type(`etims sale --file sale.json --json${at()}`))
    expect(first).toMatchObject({ invcNo: 1, verificationUrl: expect.stringContaining('Data=P000000001A01') as string })
    expect(document(await scene.type(`etims sale --file sale.json --json${at()}`))).toEqual({
      ...first,
      signedBefore: true,
    })
    expect(sales()).toBe(1)
    const { out, err } = await scene.type(`etims receipt 1${at()}`)
    expect(out).toMatch(/^SCU ID: -$/m)
    expect(err).toContain('are not stored here')
  })

  it('forgets what was signed by a simulator that began anew', async () => {
    await using scene = await prepared(simulator)
    await scene.openShop(at())
    await scene.type(`etims sale --file sale.json${at()}`)
    simulator.reset()
    await scene.openShop(at())
    expect(document(await scene.type(`etims sale --file sale.json --json${at()}`))).toMatchObject({
      signedBefore: false,
    })
    expect(sales()).toBe(1)
  })

  it('speaks for the fresh device once it is initialized, as long as the simulator knows it', async () => {
    await using scene = await prepared(simulator)
    const { exit } = await scene.type(`etims init-device${at()}`)
    expect(exit).toBe(0)
    await scene.openShop(at())
    expect((await scene.type(`etims sale --file sale.json${at()}`)).out).toContain('Data=P000000001A00')
    simulator.reset()
    await scene.openShop(at())
    expect((await scene.type(`etims sale --file sale.json${at()}`)).out).toContain('Data=P000000001A01')
    expect((await scene.type(`etims init-device${at()}`)).exit).toBe(0)
    expect(await readdir(join(scene.home.folder, 'tmp'))).toHaveLength(1)
  })
})
