/** The commands of every provider, on a profile of eTIMS (DESIGN section 4). @module */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startSimulator } from '@latchkey/simulator'
import type { Simulator } from '@latchkey/simulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openHome } from '../../terminal.ts'
import { document, prepared } from './home.ts'

let simulator: Simulator

beforeAll(async () => {
  simulator = await startSimulator()
})
beforeEach(() => simulator.reset())
afterAll(() => simulator.close())

const tokenRequests = (): number => simulator.requests({ system: 'etims', operation: 'token' }).length

describe('latchkey init --provider etims', () => {
  it('writes a profile of eTIMS and says which variables to set and what to do then', async () => {
    await using home = await openHome()
    const { exit, err } = await home.type('init --provider etims')
    expect(exit).toBe(0)
    expect(err).toMatch(
      /^Next: set ETIMS_CONSUMER_KEY, ETIMS_CONSUMER_SECRET, ETIMS_TIN\.\nInitialize the device once with `latchkey etims init-device --serial SERIAL`, .*\nThen: latchkey token etims\n$/,
    )
    const written = JSON.parse(await readFile(join(home.folder, 'latchkey.config.json'), 'utf8')) as object // What init wrote.
    expect(written).toMatchObject({
      profiles: {
        etims: {
          provider: 'etims',
          environment: 'sandbox',
          consumerKey: 'env:ETIMS_CONSUMER_KEY',
          consumerSecret: 'env:ETIMS_CONSUMER_SECRET',
          tin: 'env:ETIMS_TIN',
          bhfId: '00',
          face: 'direct',
        },
      },
    })
  })
})

describe('latchkey token, status, forget and revoke', () => {
  it('share one token of eTIMS between commands, show it, and drop it', async () => {
    await using scene = await prepared(simulator)
    const first = await scene.type('token etims')
    expect([first.exit, first.err]).toEqual([0, ''])
    expect(await scene.type('token etims')).toEqual(first)
    expect(tokenRequests()).toBe(1)
    expect((await scene.type('status', { ETIMS_CONSUMER_SECRET: '' })).out).toMatch(
      /\netims +etims +sandbox +fresh +\d+ +59m \d\ds\n$/,
    )
    expect(await scene.type('forget etims')).toMatchObject({ exit: 0 })
    expect((await scene.type('status')).out).toMatch(/ none\n$/)
    await scene.type('token etims')
    expect((await scene.type('revoke etims')).out).toMatch(/Access token: this provider has no way to end one/)
    expect(tokenRequests()).toBe(2)
  })

  it('need neither the PIN nor the key of the device for a token', async () => {
    await using scene = await prepared(simulator, {}, { tin: 'env:GONE', cmcKey: 'env:GONE' })
    expect((await scene.type('token etims')).exit).toBe(0)
    const { exit, err } = await scene.type('etims stock')
    expect(exit).toBe(2)
    expect(err).toContain('profiles.etims.tin refers to env:GONE, which is not set')
  })

  it('say that the credentials are wrong: exit 3', async () => {
    await using scene = await prepared(simulator)
    const { exit, err } = await scene.type('token etims', { ETIMS_CONSUMER_SECRET: 'wrong' })
    expect(exit).toBe(3)
    expect(err).toMatch(/^AUTH_INVALID_CREDENTIALS: /)
  })
})

describe('a profile that cannot be used: exit 2, with its line, nothing sent', () => {
  it.each([
    ['face', 'gate', 'profiles.etims.face must be "direct" or "gateway"'],
    ['tin', '', 'profiles.etims.tin must not be empty'],
    ['cmcKey', '0A1B2C', 'profiles.etims.cmcKey must be a reference'],
    ['cmckey', 'env:KEY', 'profiles.etims.cmckey is not known here; did you mean "cmcKey"?'],
    ['tokenUrl', 'http://example.com', 'profiles.etims.tokenUrl must be https, or http on loopback'],
    [
      'apiBaseUrl',
      'https://etims-api.kra.go.ke',
      "profiles.etims.apiBaseUrl belongs to the other environment than 'sandbox'",
    ],
    ['baseUrl', 'no address', 'profiles.etims.baseUrl must be'],
  ])('%s: %s', async (field, value, message) => {
    await using scene = await prepared(simulator, {}, { [field]: value })
    const { exit, out, err } = await scene.type('token etims')
    expect([exit, out, tokenRequests()]).toEqual([2, '', 0])
    expect(err).toMatch(/latchkey\.config\.json, line \d+, column 7: /)
    expect(err).toContain(message)
    expect(err).not.toContain('0A1B2C')
  })

  it('that is of another provider than the command', async () => {
    await using scene = await prepared(simulator)
    const { exit, err } = await scene.type('daraja balance --profile etims')
    expect(exit).toBe(2)
    expect(err).toContain(
      'profiles.etims.provider is "etims", and this command needs a profile of "daraja"; name one with --profile.',
    )
    expect(simulator.requests()).toHaveLength(0)
  })
})

describe('latchkey token --simulator', () => {
  it('prints a token of eTIMS that works', async () => {
    await using scene = await prepared(simulator)
    const { exit, out } = await scene.type(`token etims --json --simulator ${simulator.url}`)
    expect(exit).toBe(0)
    expect(document({ exit, out, err: '' })).toMatchObject({
      token_type: 'Bearer',
      access_token: expect.any(String) as string,
    })
    expect(tokenRequests()).toBe(1)
  })

  it('names the nearest system for one that is not there', async () => {
    await using scene = await prepared(simulator)
    const { exit, err } = await scene.type(`token etim --simulator ${simulator.url}`)
    expect([exit, err]).toEqual([2, 'LATCHKEY_USAGE: The simulator has no system of that name. Did you mean etims?\n'])
  })
})
