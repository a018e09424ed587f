/** The lists, items and stock of `latchkey etims` (spec/etims.md sections 4.8, 4.9, 4.11, 4.12). @module */
import { startSimulator } from '@latchkey/simulator'
import type { Simulator } from '@latchkey/simulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { document, item, opening, prepared } from './home.ts'
import type { Scene } from './home.ts'

let simulator: Simulator

beforeAll(async () => {
  simulator = await startSimulator()
})
beforeEach(() => simulator.reset())
afterAll(() => simulator.close())

async function shop(): Promise<Scene> {
  const scene = await prepared(simulator)
  await scene.type('etims init-device')
  await scene.openShop('')
  return scene
}

const bodies = (operation: string): readonly unknown[] =>
  simulator.requests({ system: 'etims', operation }).map(({ body }) => body)

describe('lists', () => {
  it.each([
    [
      'item list',
      /^itemCd +itemNm .*\nKE2NTNO0000001 +Kikombe cha udongo +5059690800 +2 +B +1160 +NT +NO +Y\n$/,
      'selectItemList',
    ],
    [
      'purchases',
      /^spplrTin .*\nP000000004D +MSAMBAZAJI LIMITED +00 +7 +S +20240105 +1 +1160\n/,
      'selectTrnsPurchaseSalesList',
    ],
    [
      'imports',
      /^taskCd .*\n20240103000001 +01012024 +1 +73239300000 +Kettles, stainless steel +2 +240 +KGM +CN\n/,
      'selectImportItemList',
    ],
  ])('%s prints what there is, and the moment from which to go on', async (name, rows, operation) => {
    await using scene = await shop()
    const { exit, out, err } = await scene.type(`etims ${name}`)
    expect(exit).toBe(0)
    expect(out).toMatch(rows)
    expect(err).toMatch(/^[12] in all\. For what changes from now on: --since \d{14}\n$/)
    expect(bodies(operation)).toMatchObject([{ lastReqDt: '20180101000000' }])
    const since = /--since (\d{14})/.exec(err)?.[1] ?? ''
    await scene.type(`etims ${name} --since ${since}`)
    expect(bodies(operation)[1]).toMatchObject({ lastReqDt: since })
  })

  it('item classes prints the classes, which KRA wants read before stock is reported (7.6)', async () => {
    await using scene = await prepared(simulator, {}, { face: 'gateway' })
    await scene.type('etims init-device')
    await scene.openShop('')
    expect(await scene.type('etims stock io --file opening.json')).toMatchObject({
      exit: 5,
      err: expect.stringContaining('Item Classification List') as string,
    })
    const { exit, out } = await scene.type('etims item classes')
    expect(exit).toBe(0)
    expect(out).toMatch(/^itemClsCd +itemClsNm +itemClsLvl +taxTyCd +useYn\n/)
    expect(out).toMatch(/^5059690800 /m)
    expect((await scene.type('etims stock io --file opening.json')).exit).toBe(0)
  })

  it('stock prints the heading of an empty list: exit 0 (4.1)', async () => {
    await using scene = await shop()
    const { exit, out, err } = await scene.type('etims stock')
    expect([exit, out.split('\n').length]).toEqual([0, 2])
    expect(err).toMatch(/^There is nothing\./)
    expect(document(await scene.type('etims stock --json'))).toMatchObject({ rows: [] })
  })

  it('prints whole rows with --json', async () => {
    await using scene = await shop()
    expect(document(await scene.type('etims purchases --json'))).toMatchObject({
      resultDt: expect.stringMatching(/^\d{14}$/) as string,
      rows: [{ spplrInvcNo: 7, itemList: [{ itemNm: 'Sukari' }] }, { spplrInvcNo: 8 }],
    })
  })

  it('refuses a moment of another form: exit 2', async () => {
    await using scene = await prepared(simulator)
    const { exit, err } = await scene.type('etims imports --since yesterday')
    expect([exit, simulator.requests().length]).toEqual([2, 0])
    expect(err).toContain('--since takes a moment as yyyyMMddHHmmss')
  })
})

describe('latchkey etims item save', () => {
  it('builds the code from the next number, and takes complete requests too (7.7)', async () => {
    await using scene = await shop()
    const [sent] = bodies('saveItem')
    expect(sent).toMatchObject({ itemCd: 'KE2NTNO0000001', dftPrc: 1160, regrId: 'latchkey', useYn: 'Y' })
    await scene.home.write('request.json', { ...(sent as object), itemNm: 'Kikombe kikubwa' })
    const { exit, out } = await scene.type('etims item save --file request.json')
    expect(exit).toBe(0)
    expect(out).toMatch(/^itemCd +KE2NTNO0000001\nitemNm +Kikombe kikubwa\n$/)
  })

  it('takes the next number of the catalogue where none is given, and registers the identical item once', async () => {
    await using scene = await prepared(simulator)
    await scene.type('etims init-device')
    const { seq: _, ...unnumbered } = item
    await scene.home.write('item.json', unnumbered)
    await scene.home.write('other.json', { ...unnumbered, itemNm: 'Sahani' })
    const code = async (file: string) => document(await scene.type(`etims item save --json --file ${file}`))['itemCd']
    expect(await code('item.json')).toBe('KE2NTNO0000001')
    expect(await code('other.json')).toBe('KE2NTNO0000002')
    expect(await code('item.json')).toBe('KE2NTNO0000001')
    expect(bodies('saveItem')).toHaveLength(2)
  })

  it.each<[object, string]>([
    [{ ...item, itemTyCd: '9' }, 'itemTyCd must be a product type'],
    [{ ...item, dftPrc: 'cheap' }, 'dftPrc must be a number'],
    [{ ...item, itemCd: 'KE2NTNO0000001' }, 'give seq or itemCd, not both'],
    [{ ...item, qtyUnitCd: 'ZZ' }, 'qtyUnitCd'],
  ])('refuses %j: exit 2, nothing sent', async (content, message) => {
    await using scene = await prepared(simulator)
    await scene.home.write('item.json', content)
    const { exit, err } = await scene.type('etims item save --file item.json')
    expect([exit, bodies('saveItem').length]).toEqual([2, 0])
    expect(err).toContain(message)
  })
})

describe('latchkey etims stock io and stock master', () => {
  it('number movements one after the other, and report the balance', async () => {
    await using scene = await shop()
    expect((await scene.type('etims stock io --file opening.json')).out).toMatch(/^sarTyCd +06\nocrnDt +\d{8}\n/)
    expect(document(await scene.type('etims stock io --file opening.json --json'))).toMatchObject({ resultCd: '000' })
    expect(bodies('insertStockIO')).toMatchObject([{ sarNo: 1 }, { sarNo: 2 }])
    expect(document(await scene.type('etims stock master KE2NTNO0000001 20.00 --json --by amina'))).toEqual({
      ...{ itemCd: 'KE2NTNO0000001', rsdQty: 20, resultCd: '000', resultMsg: 'It is succeeded' },
    })
    expect(bodies('saveStockMaster')).toMatchObject([{ rsdQty: 20, regrId: 'amina', modrNm: 'amina' }])
    expect((await scene.type('etims stock master KE2NTNO0000001 19')).out).toMatch(
      /^itemCd +KE2NTNO0000001\nrsdQty +19\n/,
    )
  })

  it('save a movement of one id once', async () => {
    await using scene = await shop()
    const at = '2026-01-05T10:15:00+03:00'
    await scene.home.write('opening.json', { ...opening, at })
    for (let times = 0; times < 2; times += 1) {
      expect((await scene.type('etims stock io --file opening.json --document OPENING')).exit).toBe(0)
    }
    expect(bodies('insertStockIO')).toMatchObject([{ sarNo: 1, ocrnDt: '20260105' }])
  })

  it.each([
    ['accepted', 'resetAfter', '', [1, 2]],
    ['missing', 'resetBefore', 'The number is free. Report the movement again, with the same file.\n', [undefined, 1]], // Cut off before it was read.
  ] as const)('hold a number in doubt until somebody says that it is %s (7.5)', async (what, kind, advice, numbers) => {
    await using scene = await shop()
    simulator.faults.add({ system: 'etims', operation: 'insertStockIO', kind })
    const lost = await scene.type('etims stock io --file opening.json')
    expect([lost.exit, lost.out]).toEqual([6, ''])
    const [, line = ''] =
      /^Look in KRA's portal for movement 1, and .*: latchkey (etims stock settle 1) --accepted --profile etims \(or /.exec(
        lost.err,
      ) ?? []
    const next = await scene.type('etims stock io --file opening.json')
    expect([next.exit, next.err]).toEqual([6, expect.stringContaining("Look in KRA's portal for movement 1,")])
    expect(bodies('insertStockIO')).toHaveLength(1)
    expect(await scene.type(`${line} --${what}`)).toEqual({ exit: 0, out: 'Settled: 1\n', err: advice })
    const again = await scene.type(`${line} --${what} --json`)
    expect([again.exit, document(again)['error']]).toEqual([6, expect.objectContaining({ reason: 'notHeld' })])
    await scene.type('etims stock io --file opening.json')
    expect(bodies('insertStockIO').map((body) => (body as { sarNo: number } | null)?.sarNo)).toEqual(numbers)
  })

  it.each([
    ['1', "Say what KRA's portal shows: --accepted or --missing."],
    ['1 --accepted --missing', "option '--accepted' cannot be used with option '--missing'"],
    ['0 --accepted', 'NUMBER takes a whole number from 1 to'],
  ])('settle nothing by %s: exit 2', async (words, message) => {
    await using scene = await prepared(simulator)
    const { exit, err } = await scene.type(`etims stock settle ${words}`)
    expect([exit, err]).toEqual([2, expect.stringContaining(message)])
  })

  it.each<[string, object, string]>([
    ['another reason', { ...opening, sarTyCd: '99' }, 'sarTyCd must be a reason of class 12'],
    [
      'goods without a class',
      { ...opening, items: [{ ...opening.items[0], itemClsCd: undefined }] },
      'items.0.itemClsCd is missing',
    ],
  ])('refuse %s: exit 2, nothing sent', async (_, content, message) => {
    await using scene = await prepared(simulator)
    await scene.home.write('opening.json', content)
    const { exit, err } = await scene.type('etims stock io --file opening.json')
    expect([exit, bodies('insertStockIO').length]).toEqual([2, 0])
    expect(err).toContain(message)
  })

  it('refuse a quantity that is none: exit 2', async () => {
    await using scene = await prepared(simulator)
    const { exit, err } = await scene.type('etims stock master KE2NTNO0000001 many')
    expect([exit, err]).toEqual([2, expect.stringContaining('QUANTITY is what is left of the item')])
  })
})
