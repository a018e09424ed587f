/**
 * Transcripts of `latchkey truphone …` against a simulator: an eSIM's life, lost answers and exit codes.
 *
 * @see DESIGN section 4 and "Errors", spec/truphone.md section 8
 * @module
 */
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startSimulator } from '@latchkey/simulator'
import type { Simulator } from '@latchkey/simulator'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { document, start } from './support/command.ts'
import type { Ran, Running } from './support/command.ts'

let simulator: Simulator
let folder: string

beforeAll(async () => {
  simulator = await startSimulator({ truphone: { orderAcceptedMs: 1, orderFulfillingMs: 1 } })
})
beforeEach(async () => {
  simulator.reset()
  folder = await realpath(await mkdtemp(join(tmpdir(), 'latchkey-e2e-')))
})
afterEach(() => rm(folder, { recursive: true, force: true }))
afterAll(() => simulator.close())

/** Starts one command line whose files and state are in the test's own folder. */
function begin(line: string): Running {
  const { clientId, clientSecret } = simulator.systems.truphone.credentials
  const words = line.split(' ').map((word) => (/^[\w-]+\.(json|png)$/.test(word) ? join(folder, word) : word))
  return start(words, {
    HOME: folder,
    LATCHKEY_CONFIG: line.includes('--simulator') ? '' : join(folder, 'latchkey.config.json'),
    TRUPHONE_CLIENT_ID: clientId,
    TRUPHONE_CLIENT_SECRET: clientSecret,
  })
}

const latchkey = (line: string): Promise<Ran> => begin(line).ended
const asked = (operation: string) => simulator.requests({ system: 'truphone', operation }).length

/** A configuration whose profile speaks to the simulator, apart from that as init writes it. */
async function configure(): Promise<void> {
  expect((await latchkey('init --provider truphone')).exit).toBe(0)
  const file = join(folder, 'latchkey.config.json')
  const config = JSON.parse(await readFile(file, 'utf8')) as { profiles: { truphone: object } } // What init wrote.
  const { baseUrl } = simulator.systems.truphone
  await writeFile(file, JSON.stringify({ ...config, profiles: { truphone: { ...config.profiles.truphone, baseUrl } } }))
}

const product = 'cHJvZC1ldS0zZ2ItMzBk'
const anOrder = `--product ${product} --email ana+esim@example.org --country PT --device-type ios`

describe('an eSIM from the catalogue to the end of its login (8)', () => {
  it('takes one login and one order, whichever commands share them', async () => {
    await configure()
    const products = document(await latchkey('truphone products --json'))['products']
    expect(products).toEqual(expect.arrayContaining([expect.objectContaining({ id: product })]))
    const ordered = await latchkey(`truphone order new ${anOrder} --wait --qr esim.png --json`)
    expect(ordered.exit).toBe(0)
    expect((await readFile(join(folder, 'esim.png'))).subarray(1, 4).toString()).toBe('PNG')
    const { id, iccid, subscriptionId, activationCode } = document(ordered) as Record<string, string> // As printed.
    expect(activationCode).toMatch(/^LPA:1\$rsp\.truphone\.com\$\S+$/)
    for (const line of [
      `truphone order get ${id}`,
      `truphone sim get ${iccid}`,
      `truphone sim eid ${iccid} 89049032000000000000000065432192`,
      `truphone subscription get ${subscriptionId}`,
      `truphone order top-up --iccid ${iccid} --product ${product} --wait`,
      `truphone subscription list --iccid ${iccid}`,
      `truphone webhook register ${iccid} SUBSCRIPTION_END https://partner.example/hooks/f00dfeed`,
      `truphone webhook list ${iccid}`,
      `truphone webhook unregister ${iccid} SUBSCRIPTION_END`,
    ]) {
      const { exit, out } = await latchkey(line)
      expect([line, exit, out === '']).toEqual([line, 0, false])
    }
    expect([asked('token'), asked('createOrder')]).toEqual([1, 2])
    const { out } = await latchkey('revoke truphone')
    expect(out).toMatch(/\nRefresh token: the server has ended it\.\n$/)
    expect(simulator.state().systems.truphone.sessions).toEqual([])
    expect((await latchkey('status')).out).toMatch(/\ntruphone +truphone +pre-production +none\n$/)
  })

  it('outlives a killed token by a refresh, and an ended login by one new login', async () => {
    await configure()
    await latchkey('truphone products')
    const count = (): readonly number[] => {
      const { logins, refreshes } = simulator.state().systems.truphone
      return [logins, refreshes]
    }
    simulator.invalidateTokens('truphone')
    expect((await latchkey('truphone products')).exit).toBe(0)
    expect(count()).toEqual([1, 1])
    simulator.set({ truphone: { actions: [{ do: 'endSessions' }] } })
    simulator.invalidateTokens('truphone')
    expect((await latchkey('truphone products')).exit).toBe(0)
    expect(count()).toEqual([2, 1])
  })
})

describe('an order whose answer is lost', () => {
  it('ends with 6, and the command that it names finds the subscription: ordered once', async () => {
    await configure()
    simulator.faults.add({ system: 'truphone', operation: 'createOrder', kind: 'resetAfter' })
    const lost = await latchkey(`truphone order new ${anOrder}`)
    expect([lost.exit, lost.out]).toEqual([6, ''])
    expect(lost.err).toMatch(/^The order may have been taken\. Do not order again before you know/)
    const [, look = ''] = /Look with: latchkey (.*)\n/.exec(lost.err) ?? []
    const found = await latchkey(`${look} --json`)
    expect(document(found)['subscriptions']).toHaveLength(1)
    expect(asked('createOrder')).toBe(1)
  })

  it('is found by the command itself with --wait, down to its activation code: exit 0', async () => {
    await configure()
    simulator.faults.add({ system: 'truphone', operation: 'createOrder', kind: 'resetAfter' })
    const found = await latchkey(`truphone order new ${anOrder} --wait --json`)
    expect([found.exit, document(found)['activationCode']]).toEqual([0, expect.stringMatching(/^LPA:1\$/)])
    expect(asked('createOrder')).toBe(1)
  })

  it('is told apart from one that goes on when the user stops waiting: exit 130, with its id', async () => {
    await configure()
    const running = begin(`truphone order new ${anOrder} --device-id sim-slow-1 --wait`)
    await running.says('Follow it with:')
    const { exit, out, err } = await running.stop('SIGINT')
    expect([exit, out]).toEqual([130, ''])
    const [, id = ''] = /^Ordered as (\S+), not yet fulfilled/.exec(err) ?? []
    expect((await latchkey(`truphone order get ${id}`)).out).toMatch(/^id +\S+\nstatus +FULFILLING\n$/)
  })
})

describe('latchkey truphone … --simulator', () => {
  it('works at once, and says what is wrong with a file before anything is sent: exit 2', async () => {
    const at = `--simulator ${simulator.url}`
    expect((await latchkey(`token truphone ${at}`)).out).toMatch(/^\S+\n$/)
    expect((await latchkey(`truphone products get ${at} -- ----AQID__4=`)).out).toMatch(/^id +----AQID__4=\n/)
    await writeFile(join(folder, 'order.json'), JSON.stringify({ countryCode: 'PT', customer: { email: '' } }))
    const { exit, out, err } = await latchkey(`truphone order new --file order.json ${at}`)
    expect([exit, out]).toEqual([2, ''])
    expect(err).toMatch(/^LATCHKEY_USAGE: \S+order\.json, line 1, column \d+: customer\.email must be text/)
    expect(asked('createOrder')).toBe(0)
  })

  it('says what was refused: exit 5, and that credentials are wrong: exit 3', async () => {
    await configure()
    expect((await latchkey('truphone sim get 8944000000000000019')).exit).toBe(5)
    const { baseUrl, credentials } = simulator.systems.truphone
    const ran = await start(['truphone', 'products'], {
      HOME: folder,
      LATCHKEY_CONFIG: await configured({ baseUrl, clientId: credentials.disabled.clientId }),
      TRUPHONE_CLIENT_SECRET: credentials.disabled.clientSecret,
    }).ended
    expect([ran.exit, ran.err]).toEqual([3, expect.stringMatching(/^AUTH_INVALID_CREDENTIALS: /)])
  })
})

/** Another configuration beside the first: where it is. */
async function configured(profile: object): Promise<string> {
  const file = join(folder, 'other.config.json')
  const common = { provider: 'truphone', environment: 'pre-production', clientSecret: 'env:TRUPHONE_CLIENT_SECRET' }
  const profiles = { truphone: { ...common, ...profile } }
  await writeFile(file, JSON.stringify({ profiles, store: { memory: true } }))
  return file
}
