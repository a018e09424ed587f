/**
 * Transcripts of `latchkey etims …` against a simulator: a shop's first day, failures and exit codes.
 *
 * @see DESIGN section 4 and "Errors", spec/etims.md section 7.6
 * @module
 */
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startSimulator } from '@latchkey/simulator'
import type { Simulator } from '@latchkey/simulator'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { document, start } from './support/command.ts'
import type { Ran } from './support/command.ts'

let simulator: Simulator
let folder: string

beforeAll(async () => {
  simulator = await startSimulator()
})
beforeEach(async () => {
  simulator.reset()
  folder = await realpath(await mkdtemp(join(tmpdir(), 'latchkey-e2e-')))
  await mkdir(join(folder, 'tmp'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))
afterAll(() => simulator.close())

/** Runs one command line whose files and state are in the test's own folder. */
function latchkey(line: string): Promise<Ran> {
  const { consumerKey, consumerSecret, tin } = simulator.systems.etims.credentials
  const words = line.split(' ').map((word) => (/^\w+\.(json|png)$/.test(word) ? join(folder, word) : word))
  return start(words, {
    HOME: folder,
    TMPDIR: join(folder, 'tmp'),
    LATCHKEY_CONFIG: line.includes('--simulator') ? '' : join(folder, 'latchkey.config.json'),
    ETIMS_CONSUMER_KEY: consumerKey,
    ETIMS_CONSUMER_SECRET: consumerSecret,
    ETIMS_TIN: tin,
  }).ended
}

const write = (name: string, content: object) => writeFile(join(folder, name), JSON.stringify(content))
const asked = (operation: string) => simulator.requests({ system: 'etims', operation }).length

const goods = {
  ...{ itemCd: 'KE2NTNO0000001', itemClsCd: '5059690800', itemNm: 'Kikombe cha udongo' },
  ...{ pkgUnitCd: 'NT', qtyUnitCd: 'NO', taxTyCd: 'B', prc: '1160.00' },
}

async function writeShop(): Promise<void> {
  const { itemNm, itemClsCd, pkgUnitCd, qtyUnitCd, taxTyCd, prc: dftPrc } = goods
  const kind = { itemTyCd: '2', orgnNatCd: 'KE' }
  await write('item.json', { seq: 1, itemNm, itemClsCd, ...kind, pkgUnitCd, qtyUnitCd, taxTyCd, dftPrc })
  await write('opening.json', { sarTyCd: '06', items: [{ ...goods, qty: 10 }] })
  await write('sale.json', { trdInvcNo: 'INV-1', items: [{ ...goods, qty: 1 }] })
}

/** A configuration whose profile speaks to the simulator on this face. */
async function configure(face: 'direct' | 'gateway'): Promise<void> {
  expect((await latchkey('init --provider etims')).exit).toBe(0)
  const file = join(folder, 'latchkey.config.json')
  const config = JSON.parse(await readFile(file, 'utf8')) as { profiles: { etims: object } } // What init wrote.
  const { baseUrl, credentials } = simulator.systems.etims
  const { appId, deviceSerial } = credentials
  const etims = { ...config.profiles.etims, face, baseUrl, appId, deviceSerial }
  await writeFile(file, JSON.stringify({ ...config, profiles: { etims } }))
}

describe.each(['direct', 'gateway'] as const)('the first day of a shop, on the %s face (7.6)', (face) => {
  it('leads from the device to a printed receipt, with one token and one signature', async () => {
    await configure(face)
    await writeShop()
    for (const line of [
      'etims init-device',
      'etims codes --refresh',
      'etims item classes',
      'etims item save --file item.json',
      'etims stock io --file opening.json',
      'etims stock master KE2NTNO0000001 10',
    ]) {
      const { exit, err } = await latchkey(line)
      expect([line, exit, err.includes('Error')]).toEqual([line, 0, false])
    }
    const signed = await latchkey('etims sale --file sale.json --json')
    expect(document(signed)).toMatchObject({ trdInvcNo: 'INV-1', invcNo: 1, curRcptNo: 1, signedBefore: false })
    expect(document(await latchkey('etims sale --file sale.json --json'))).toEqual({
      ...document(signed),
      signedBefore: true,
    })
    const printed = await latchkey('etims receipt 1 --out receipt.png')
    expect(printed.exit).toBe(0)
    expect(printed.out).toMatch(/^SCU ID: KRACU0400000001$/m)
    expect(printed.out).toContain(String(document(signed)['verificationUrl']))
    expect((await readFile(join(folder, 'receipt.png'))).subarray(1, 4).toString()).toBe('PNG')
    expect([asked('token'), asked('saveTrnsSalesOsdc')]).toEqual([1, 1])
  })
})

describe('a sale whose answer is lost', () => {
  it('is unknown at first, and found by running the same file again: exit 6, then 0, signed once', async () => {
    await configure('gateway')
    await writeShop()
    await latchkey('etims init-device')
    await latchkey('etims item classes')
    await latchkey('etims item save --file item.json')
    await latchkey('etims stock io --file opening.json')
    await latchkey('etims stock master KE2NTNO0000001 10')
    simulator.faults.add({ system: 'etims', operation: 'saveTrnsSalesOsdc', kind: 'resetAfter' })
    const lost = await latchkey('etims sale --file sale.json')
    expect([lost.exit, lost.out]).toEqual([6, ''])
    expect(lost.err).toMatch(/^Run the same command with the same file again/)
    const found = await latchkey('etims sale --file sale.json --json')
    expect([found.exit, document(found)]).toMatchObject([0, { invcNo: 1, signedBefore: true }])
    expect(asked('saveTrnsSalesOsdc')).toBe(1)
  })
})

describe('latchkey etims … --simulator', () => {
  it('works at once with the device that has its key, and survives a killed token', async () => {
    await writeShop()
    const at = `--simulator ${simulator.url}`
    expect((await latchkey(`token etims ${at}`)).out).toMatch(/^\S+\n$/)
    expect((await latchkey(`etims item save --file item.json ${at}`)).exit).toBe(0)
    simulator.invalidateTokens('etims')
    const sale = await latchkey(`etims sale --file sale.json ${at}`)
    expect([sale.exit, sale.err]).toEqual([0, ''])
    expect(sale.out).toMatch(/^trdInvcNo +INV-1\ninvcNo +1\nreceipt +1\/1\nrcptSign +[A-Z2-7]{16}\n/)
    const again = await latchkey(`etims sale --file sale.json ${at}`)
    expect([again.exit, again.out]).toEqual([0, sale.out])
    // The token was refused once, which proves that nothing was processed.
    const answers = simulator.requests({ system: 'etims', operation: 'saveTrnsSalesOsdc' })
    expect(answers.map(({ answer }) => answer?.status)).toEqual([401, 200])
    expect((await latchkey(`etims purchases ${at}`)).out).toMatch(/^P000000004D +MSAMBAZAJI LIMITED +00 +7 /m)
  })

  it('says what is wrong with a file, and sends nothing: exit 2', async () => {
    await write('sale.json', { trdInvcNo: 'INV-1', items: [{ ...goods, qty: 'one' }] })
    const { exit, out, err } = await latchkey(`etims sale --file sale.json --simulator ${simulator.url}`)
    expect([exit, out]).toEqual([2, ''])
    expect(err).toMatch(/^LATCHKEY_USAGE: \S+sale\.json, line 1, column \d+: items\.0\.qty must be a number/)
    expect(simulator.requests({ system: 'etims' })).toHaveLength(0)
  })
})
