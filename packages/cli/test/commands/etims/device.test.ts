/** `latchkey etims init-device` and `codes` (spec/etims.md sections 3.2, 3.3, 4.3). @module */
import { startSimulator } from '@latchkey/simulator'
import type { Simulator } from '@latchkey/simulator'
import { assertNoSecrets } from '@latchkey/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { document, prepared } from './home.ts'

let simulator: Simulator

beforeAll(async () => {
  simulator = await startSimulator()
})
beforeEach(() => simulator.reset())
afterAll(() => simulator.close())

const asked = (operation: string): number => simulator.requests({ system: 'etims', operation }).length

describe('latchkey etims init-device', () => {
  it('stores the key, shows everything but it, and never asks KRA again (3.3)', async () => {
    await using scene = await prepared(simulator)
    const { exit, out, err } = await scene.type('etims init-device')
    expect([exit, err]).toEqual([0, 'The device is initialized, and its key is in the store.\n'])
    expect(out).toMatch(/^tin +P000000001A$/m)
    expect(out).toMatch(/^sdcId +KRACU0400000001$/m)
    expect(out).not.toMatch(/cmcKey|[0-9A-F]{52}/)

    const again = await scene.type('etims init-device --json')
    expect(again.exit).toBe(5)
    expect(document(again)).toMatchObject({ error: { code: 'ETIMS_DEVICE_ALREADY_INITIALIZED' } })
    expect(asked('selectInitOsdcInfo')).toBe(1)
    // The stored key is the one that KRA takes.
    expect(await scene.type('etims item list')).toMatchObject({ exit: 0 })
  })

  it('shows no key with --json or --verbose either', async () => {
    for (const flag of ['--json', '--verbose']) {
      simulator.reset()
      await using scene = await prepared(simulator)
      const ran = await scene.type(`etims init-device ${flag}`)
      expect(ran.exit).toBe(0)
      expect(ran.out + ran.err).not.toMatch(/cmcKey|[0-9A-F]{52}/)
      assertNoSecrets(ran, [simulator.systems.etims.credentials.consumerSecret])
    }
  })

  it('prints the key as one line with --take, and stores nothing', async () => {
    await using scene = await prepared(simulator, { store: { memory: true } })
    const { exit, out, err } = await scene.type('etims init-device --take')
    expect(exit).toBe(0)
    expect(out).toMatch(/^[0-9A-F]{52}\n$/)
    expect(err).toContain('The key is on standard output and nowhere else.')
    expect(err).not.toContain(out.trim())

    await using holder = await prepared(simulator, {}, { cmcKey: 'env:CMC' })
    expect(await holder.type('etims item list', { CMC: out.trim() })).toMatchObject({ exit: 0 })
  })

  it('prints the whole block with --take --json', async () => {
    await using scene = await prepared(simulator)
    const shown = document(await scene.type('etims init-device --take --json'))
    expect(shown).toMatchObject({ stored: false, info: { bhfId: '00', cmcKey: expect.any(String) as string } })
  })

  it('asks nothing where the key could not be kept, and says what to do: exit 2', async () => {
    await using scene = await prepared(simulator, { store: { memory: true } })
    const { exit, err } = await scene.type('etims init-device')
    expect(exit).toBe(2)
    expect(err).toContain('Warning: the store is in memory')
    expect(err).toMatch(/is --take and --force of this command\.\nETIMS_STORE_NOT_DURABLE: /)
    expect(asked('selectInitOsdcInfo')).toBe(0)
  })

  it('asks for the serial where none is stated, and tells a refused one: exit 2 and 3', async () => {
    await using scene = await prepared(simulator, {}, { deviceSerial: undefined })
    expect(await scene.type('etims init-device')).toMatchObject({
      exit: 2,
      err: expect.stringContaining('--serial is missing') as string,
    })
    expect(await scene.type('etims init-device --serial stranger')).toMatchObject({
      exit: 3,
      err: expect.stringMatching(/^ETIMS_DEVICE: .*901/) as string,
    })
  })
})

describe('latchkey etims codes', () => {
  it('lists the classes and the codes of one, without a request', async () => {
    await using scene = await prepared(simulator)
    const all = await scene.type('etims codes')
    expect([all.exit, all.err]).toEqual([0, 'As published in the specification; --refresh asks KRA for its own.\n'])
    expect(all.out).toMatch(/^class +name +codes\n04 +Tax type +5\n/)
    const one = await scene.type('etims codes 04')
    expect(one.out).toMatch(/^code +name +in use\nA +Exempt +yes\nB +VAT 16 % +yes\n/)
    expect(simulator.requests()).toHaveLength(0)
  })

  it('asks KRA with --refresh and keeps the answer (4.3)', async () => {
    await using scene = await prepared(simulator)
    await scene.type('etims init-device')
    const fresh = document(await scene.type('etims codes 04 --refresh --json'))
    expect(fresh).toMatchObject({
      class: '04',
      name: 'Tax type',
      refreshedAt: expect.stringMatching(/^\d{14}$/) as string,
    })
    expect(asked('selectCodeList')).toBe(1)
    expect(document(await scene.type('etims codes 04 --json'))).toEqual(fresh)
    expect(document(await scene.type('etims codes --json'))).toMatchObject({ refreshedAt: fresh['refreshedAt'] })
    expect(asked('selectCodeList')).toBe(1)
  })

  it('says that there is no such class: exit 2', async () => {
    await using scene = await prepared(simulator)
    const { exit, err } = await scene.type('etims codes 99')
    expect(exit).toBe(2)
    expect(err).toContain('There is no class of codes of that number. There are: 04, 05, 07, ')
  })
})

describe('secrets', () => {
  it('are in no output, however a command ends (STYLE section 6)', { timeout: 60_000 }, async () => {
    const { consumerSecret } = simulator.systems.etims.credentials
    await using taker = await prepared(simulator)
    const cmcKey = (await taker.type('etims init-device --take')).out.trim()
    const token = (await taker.type('token etims')).out.trim()
    await using scene = await prepared(simulator, {}, { cmcKey: 'env:CMC' })
    await scene.home.write('broken.json', { trdInvcNo: cmcKey, itemz: [] })
    const lines = ['status', 'etims item list', 'etims receipt 1', 'etims sale --file broken.json', 'etims init-device']
    for (const flags of ['', ' --json', ' --verbose']) {
      for (const line of lines) {
        const ran = await scene.type(line + flags, { CMC: cmcKey })
        assertNoSecrets(ran, [consumerSecret, cmcKey, token])
      }
      assertNoSecrets(await scene.type(`etims item list${flags}`, { CMC: `${cmcKey}0` }), [consumerSecret, cmcKey])
      assertNoSecrets(await scene.type(`etims codes${flags}`, { CMC: `${cmcKey} \n x` }), [consumerSecret, cmcKey])
    }
  })
})
