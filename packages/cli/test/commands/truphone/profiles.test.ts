/** The commands of every provider, on a profile of Truphone (DESIGN section 4). @module */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Simulator } from '@latchkey/simulator'
import { assertNoSecrets } from '@latchkey/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openHome } from '../../terminal.ts'
import { anOrder, document, prepared, quickSimulator } from './home.ts'

let simulator: Simulator

beforeAll(async () => {
  simulator = await quickSimulator()
})
beforeEach(() => simulator.reset())
afterAll(() => simulator.close())

const tokenRequests = (): number => simulator.requests({ system: 'truphone', operation: 'token' }).length

describe('latchkey init --provider truphone', () => {
  it('writes a profile of pre-production, and says which variables to set and what makes orders real (1)', async () => {
    await using home = await openHome()
    const { exit, err } = await home.type('init --provider truphone')
    expect(exit).toBe(0)
    expect(err).toMatch(
      /^Next: set TRUPHONE_CLIENT_ID, TRUPHONE_CLIENT_SECRET\.\nOrders are for test SIMs until "environment" is "production".*\nThen: latchkey token truphone\n$/,
    )
    const written = JSON.parse(await readFile(join(home.folder, 'latchkey.config.json'), 'utf8')) as object // What init wrote.
    expect(written).toMatchObject({
      profiles: {
        truphone: {
          provider: 'truphone',
          environment: 'pre-production',
          clientId: 'env:TRUPHONE_CLIENT_ID',
          clientSecret: 'env:TRUPHONE_CLIENT_SECRET',
        },
      },
    })
  })
})

describe('latchkey token, status, forget and revoke', () => {
  it('share one login between commands, show it, and drop it', async () => {
    await using scene = await prepared(simulator)
    const first = await scene.type('token truphone')
    expect([first.exit, first.err]).toEqual([0, ''])
    expect(await scene.type('token truphone')).toEqual(first)
    expect(tokenRequests()).toBe(1)
    expect((await scene.type('status', { TRUPHONE_CLIENT_SECRET: '' })).out).toMatch(
      /\ntruphone +truphone +pre-production +fresh +\d+ +4m \d\ds\n$/,
    )
    expect(await scene.type('forget truphone', { TRUPHONE_CLIENT_SECRET: '' })).toMatchObject({ exit: 0 })
    expect((await scene.type('status')).out).toMatch(/ none\n$/)
  })

  it('end the login at the server, and say how long its token is accepted still (12.10)', async () => {
    await using scene = await prepared(simulator)
    await scene.type('token truphone')
    expect(simulator.state().systems.truphone.sessions).toHaveLength(1)
    const { exit, out, err } = await scene.type('revoke truphone')
    expect([exit, err]).toEqual([0, ''])
    expect(out).toMatch(
      /^Forgotten: .*\nAccess token: its login is ended, but it is accepted until \S+Z\.\nRefresh token: the server has ended it\.\n$/,
    )
    expect(simulator.state().systems.truphone.sessions).toEqual([])
  })

  it('refresh a token that was killed instead of logging in again', async () => {
    await using scene = await prepared(simulator)
    await scene.type('truphone products')
    simulator.invalidateTokens('truphone')
    expect((await scene.type('truphone products')).exit).toBe(0)
    const { logins, refreshes } = simulator.state().systems.truphone
    expect({ logins, refreshes }).toEqual({ logins: 1, refreshes: 1 })
  })

  it('say that the credentials are wrong: exit 3, and show no secret in any way', async () => {
    await using scene = await prepared(simulator)
    const secret = 'wrong-secret-0815'
    for (const flags of ['', ' --json', ' --verbose']) {
      const ran = await scene.type(`token truphone${flags}`, { TRUPHONE_CLIENT_SECRET: secret })
      expect([ran.exit, ran.out + ran.err]).toEqual([3, expect.stringContaining('AUTH_INVALID_CREDENTIALS')])
      assertNoSecrets(ran, [secret])
    }
  })
})

describe('every command on a profile of Truphone', () => {
  it('shows neither the secret nor the token, however it ends', async () => {
    await using scene = await prepared(simulator)
    const token = (await scene.type('token truphone')).out.trim()
    const secrets = [simulator.systems.truphone.credentials.clientSecret, token]
    const exits = new Set<number>()
    for (const line of [
      'status',
      'truphone products',
      `truphone order new ${anOrder} --wait`,
      `truphone order new ${anOrder} --product gone`,
      'truphone sim get 8944000000000000019',
      'truphone subscription list --after yesterday',
      'revoke truphone',
      'forget truphone',
    ]) {
      for (const flags of ['', ' --json', ' --verbose']) {
        const ran = await scene.type(line + flags)
        assertNoSecrets(ran, secrets)
        exits.add(ran.exit)
      }
    }
    simulator.faults.add({ system: 'truphone', operation: 'createOrder', kind: 'resetAfter' })
    const lost = await scene.type(`truphone order new ${anOrder} --verbose`)
    assertNoSecrets(lost, secrets)
    expect([...exits, lost.exit].sort()).toEqual([0, 2, 5, 6])
  })
})

describe('a profile of Truphone that cannot be used: exit 2, told with its line, nothing sent', () => {
  it.each([
    ['environment', 'sandbox', 'profiles.truphone.environment must be "production" or "pre-production"'],
    ['role', 'ADMIN', 'profiles.truphone.role must be "RESELLER" or "ACCOUNT_MANAGER"'],
    ['clientId', '', 'profiles.truphone.clientId must not be empty'],
    ['clientSecret', '0A1B2C', 'profiles.truphone.clientSecret must be a reference'],
    ['clientsecret', 'env:S', 'profiles.truphone.clientsecret is not known here; did you mean "clientSecret"?'],
    ['tokenUrl', 'http://example.com', 'profiles.truphone.tokenUrl must be https, or http on loopback'],
    [
      'apiBaseUrl',
      'https://services.truphone.com/connect-api',
      "profiles.truphone.apiBaseUrl belongs to the other environment than 'pre-production'",
    ],
  ])('%s: %s', async (field, value, message) => {
    await using scene = await prepared(simulator, { [field]: value })
    const { exit, out, err } = await scene.type('token truphone')
    expect([exit, out, tokenRequests()]).toEqual([2, '', 0])
    expect(err).toMatch(/latchkey\.config\.json, line \d+, column 7: /)
    expect(err).toContain(message)
    expect(err).not.toContain('0A1B2C')
  })

  it('that is of another provider than the command', async () => {
    await using scene = await prepared(simulator)
    const { exit, err } = await scene.type('etims codes --profile truphone')
    expect(exit).toBe(2)
    expect(err).toContain('profiles.truphone.provider is "truphone", and this command needs a profile of "etims"')
  })
})

describe('the environment of a profile (1)', () => {
  it.each(['production', 'pre-production'] as const)('%s: orders go there and nowhere else', async (environment) => {
    await using scene = await prepared(simulator, { environment })
    expect((await scene.type(`truphone order new ${anOrder}`)).exit).toBe(0)
    const found = Object.values(simulator.state().systems.truphone.environments).map(({ orders }) => orders.length)
    expect(found.sort()).toEqual([0, 1])
    const path = environment === 'production' ? '/connect-api/' : '/connect-api-preprod/'
    const [sent] = simulator.requests({ system: 'truphone', operation: 'createOrder' })
    expect(sent?.path).toContain(path)
  })
})

describe('latchkey … --simulator', () => {
  it('works without a configuration, and a token is printed for the system', async () => {
    await using home = await openHome()
    const at = `--simulator ${simulator.url}`
    expect(document(await home.type(`token truphone --json ${at}`))).toMatchObject({ token_type: 'Bearer' })
    expect((await home.type(`truphone products ${at}`)).exit).toBe(0)
  })
})
