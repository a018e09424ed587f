/** The commands that work on profiles, in this process, against a simulator (DESIGN section 4). @module */
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { startSimulator } from '@latchkey/simulator'
import type { Simulator } from '@latchkey/simulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openHome, type } from '../terminal.ts'
import type { Home, Transcript } from '../terminal.ts'

let simulator: Simulator

beforeAll(async () => {
  simulator = await startSimulator()
})
beforeEach(() => simulator.reset())
afterAll(() => simulator.close())

const tokenRequests = (): number => simulator.requests({ operation: 'oauth' }).length

/** A home with the key and a configuration whose one profile, `daraja`, leads to the simulator. */
async function prepared(change: object = {}, profile: object = {}) {
  const home = await openHome()
  await home.type('init')
  const { baseUrl, credentials } = simulator.systems.daraja
  const { consumerKey, consumerSecret } = credentials
  const daraja = {
    provider: 'daraja',
    environment: 'sandbox',
    consumerKey: 'env:KEY',
    consumerSecret: 'env:SECRET',
    baseUrl,
    ...profile,
  }
  const key = 'file:~/.latchkey/key'
  const config = { profiles: { daraja }, store: { file: 'tokens' }, key, ...change }
  await home.write('latchkey.config.json', config)
  const env = { KEY: consumerKey, SECRET: consumerSecret }
  return {
    home,
    type: (line: string, more: Readonly<Record<string, string>> = {}) => home.type(line, { ...env, ...more }),
    [Symbol.asyncDispose]: () => home[Symbol.asyncDispose](),
  }
}

const document = ({ out }: Transcript): Record<string, unknown> => JSON.parse(out) as Record<string, unknown> // One object.

/** The newest version of the one record of the file store. */
async function recordOf({ folder }: Home): Promise<string> {
  const tokens = join(folder, 'tokens')
  const names = (await readdir(tokens, { recursive: true })).filter((name) => /\/\d+$/.test(name)).sort()
  return join(tokens, names.at(-1) ?? '')
}

describe('latchkey token PROFILE', () => {
  it('gives one token to one command after the other, and a newer one where that is asked for', async () => {
    await using scene = await prepared()
    const first = await scene.type('token daraja')
    expect([first.exit, first.err]).toEqual([0, ''])
    expect(await scene.type('token daraja')).toEqual(first)
    expect((await scene.type('token daraja --header')).out).toBe(`Authorization: Bearer ${first.out}`)
    const { access_token: token, generation } = document(await scene.type('token daraja --json'))
    expect([token, tokenRequests()]).toEqual([first.out.trim(), 1])

    const newer = document(await scene.type(`token daraja --json --after ${String(generation)}`))
    expect([newer['access_token'] === token, tokenRequests()]).toEqual([false, 2])
    expect((await scene.type('token daraja')).out.trim()).toBe(newer['access_token'])
  })

  it('names the nearest profile for one that is not there, before it reads any secret', async () => {
    await using scene = await prepared({ key: 'env:MISSING' })
    const { exit, err } = await scene.type('token darja')
    expect([exit, tokenRequests()]).toEqual([2, 0])
    expect(err).toMatch(/has no profile of that name\. Did you mean daraja\?/)
  })

  it.each([
    ['baseUrl', 'http://example.com', 8, 'must be https, or http on loopback'],
    ['apiBaseUrl', 'https://api.safaricom.co.ke', 9, "belongs to the other environment than 'sandbox'"],
  ])('tells with its line what the client says of %s', async (field, value, line, message) => {
    await using scene = await prepared({}, { [field]: value })
    const { exit, err } = await scene.type('token daraja')
    expect(exit).toBe(2)
    expect(err).toMatch(new RegExp(`line ${line}, column 7: profiles\\.daraja\\.${field} ${message}`))
  })

  it('warns that a token which another key sealed was replaced: exit 0 (engine.md 9.8)', async () => {
    await using scene = await prepared()
    const first = await scene.type('token daraja')
    const other = { KEY_2: Buffer.alloc(32, 9).toString('base64') }
    await using stranger = await prepared({ key: 'env:KEY_2', store: { file: join(scene.home.folder, 'tokens') } })
    const { exit, out, err } = await stranger.type('token daraja', other)
    expect([exit, out === first.out, tokenRequests()]).toEqual([0, false, 2])
    expect(err).toBe(
      'Warning: the stored token of daraja was sealed with another key, so a new one is asked for. Give every process the same "key".\n',
    )
    expect((await stranger.type('token daraja', other)).err).toBe('')
  })

  it('warns that a damaged record is replaced by a new token: exit 0 (engine.md 9.8)', async () => {
    await using scene = await prepared()
    await scene.type('token daraja')
    await writeFile(await recordOf(scene.home), 'damaged')
    const { exit, out, err } = await scene.type('token daraja')
    expect([exit, tokenRequests()]).toEqual([0, 2])
    expect(err).toMatch(/^Warning: the stored record of daraja is damaged; .*\n$/)
    expect(await scene.type('token daraja')).toEqual({ exit: 0, out, err: '' })
  })

  it('refuses a directory that others can read, and says how to close it: exit 2', async () => {
    await using scene = await prepared()
    await scene.type('token daraja')
    await chmod(join(scene.home.folder, 'tokens'), 0o755)
    const { exit, out, err } = await scene.type('token daraja')
    expect([exit, out, tokenRequests()]).toEqual([2, '', 1])
    expect(err).toMatch(/^LATCHKEY_STORE_UNSAFE: .*chmod 700/)
  })
})

describe('a server of records that cannot be reached', () => {
  const closedPort = async (): Promise<number> => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo // It listens on TCP.
    await new Promise((resolve) => server.close(resolve))
    return port
  }

  it.each([
    ['Redis', { redis: 'env:URL' }, 'redis'],
    ['Redis', { redis: 'env:URL', client: 'ioredis' }, 'redis'],
    ['PostgreSQL', { postgres: 'env:URL' }, 'postgres'],
  ])(
    '%s %j: the token is for this command alone, with a warning; or the command fails (engine.md 9.7)',
    async (name, store, scheme) => {
      const env = { URL: `${scheme}://user:hunter2@127.0.0.1:${await closedPort()}/0` }
      const reason = `${name} cannot be reached (ECONNREFUSED). Check that it runs, and its address.`
      await using scene = await prepared({ store })
      const { exit, out, err } = await scene.type('token daraja', env)
      expect([exit, out.length, tokenRequests()]).toEqual([0, 29, 1])
      expect(err).toMatch(
        /^Warning: .* A token of daraja is therefore obtained for this command alone; .*"storeTrouble": "fail".*\n$/,
      )
      expect(err).toContain(reason)

      await using strict = await prepared({ store, storeTrouble: 'fail' })
      expect(await strict.type('token daraja', env)).toEqual({
        exit: 4,
        out: '',
        err: `LATCHKEY_STORE_UNAVAILABLE: ${reason}\n`,
      })
      for (const command of ['forget', 'revoke']) {
        expect(await scene.type(`${command} daraja`, env)).toMatchObject({ exit: 4, out: '' })
      }
      const status = await scene.type('status --json', env)
      expect(status.exit).toBe(4)
      expect(document(status)).toMatchObject({
        profiles: [{ error: { code: 'LATCHKEY_STORE_UNAVAILABLE', message: reason } }],
      })
      expect(tokenRequests()).toBe(1)
    },
  )

  it.each([
    [{ redis: 'env:URL' }, 'store.redis refers to env:URL, which is no address such as redis://'],
    [{ postgres: 'env:URL' }, 'store.postgres refers to env:URL, which is no address such as postgres://'],
    [{ postgres: 'env:URL', table: 'No Name' }, 'store.table must be a name or schema.name'],
  ])('an address that is none is told with its line and not shown: %j', async (store, message) => {
    await using scene = await prepared({ store })
    const { exit, err } = await scene.type('token daraja', { URL: 'localhost:hunter2' })
    expect([exit, tokenRequests()]).toEqual([2, 0])
    expect(err).toContain(message)
    expect(err).not.toContain('hunter2')
  })
})

describe('latchkey status', () => {
  it('has one row for a profile without, with and after a token, and asks no provider', async () => {
    await using scene = await prepared()
    const heading = /^profile +provider +environment +state +generation +remaining +holder +cool-down\n/
    const before = await scene.type('status')
    expect(before).toMatchObject({ exit: 0, err: '' })
    expect(before.out).toMatch(heading)
    expect(before.out).toMatch(/\ndaraja +daraja +sandbox +none\n$/)

    const { generation } = document(await scene.type('token daraja --json'))
    expect((await scene.type('status daraja')).out).toMatch(
      new RegExp(`\\ndaraja +daraja +sandbox +fresh +${String(generation)} +59m 5\\ds\\n$`),
    )
    expect(document(await scene.type('status --json'))).toEqual({
      profiles: [
        {
          profile: 'daraja',
          provider: 'daraja',
          environment: 'sandbox',
          state: 'fresh',
          generation,
          remainingMs: expect.toSatisfy((ms: number) => ms > 3_500_000 && ms <= 3_599_000) as number,
        },
      ],
    })
    await scene.type('forget daraja')
    expect((await scene.type('status')).out).toMatch(/ none\n$/)
    expect(tokenRequests()).toBe(1)
  })

  it('needs the consumer key and nothing else: no secret, no key, and not the right one', async () => {
    await using scene = await prepared()
    await scene.type('token daraja')
    await writeFile(join(scene.home.folder, '.latchkey', 'key'), 'lost')
    const { exit, out } = await scene.type('status', { SECRET: '' })
    expect([exit, out]).toEqual([0, expect.stringMatching(/ fresh /)])
  })

  it('shows the class, the code and the end of a cool-down', async () => {
    await using scene = await prepared()
    expect((await scene.type('token daraja', { SECRET: 'wrong' })).exit).toBe(3)
    const shown = await scene.type('status')
    expect(shown.exit).toBe(0)
    expect(shown.out).toMatch(/ none +denied \(AUTH_INVALID_CREDENTIALS\) until \d{4}-\d\d-\d\dT[\d:.]+Z\n$/)
    const row = { class: 'denied', code: 'AUTH_INVALID_CREDENTIALS', until: expect.any(String) as string }
    expect(document(await scene.type('status --json'))).toMatchObject({ profiles: [{ coolDown: row }] })
  })

  it('shows the other rows where one cannot be had, and ends with its exit code', async () => {
    const broken = {
      provider: 'daraja',
      environment: 'production',
      consumerKey: 'env:GONE',
      consumerSecret: 'env:GONE',
    }
    await using scene = await prepared()
    const { profiles, ...rest } = JSON.parse(
      await readFile(join(scene.home.folder, 'latchkey.config.json'), 'utf8'),
    ) as { profiles: object }
    await scene.home.write('latchkey.config.json', { profiles: { broken, ...profiles }, ...rest })
    await scene.type('token daraja')
    const { exit, out, err } = await scene.type('status')
    expect(exit).toBe(2)
    expect(out).toMatch(/\nbroken +daraja +production +LATCHKEY_CONFIG_INVALID\ndaraja +daraja +sandbox +fresh /)
    expect(err).toMatch(
      /^broken: LATCHKEY_CONFIG_INVALID: .*profiles\.broken\.consumerKey refers to env:GONE, which is not set\.\n$/,
    )
    const asJson = await scene.type('status --json')
    expect([asJson.exit, asJson.err]).toEqual([2, ''])
    expect(document(asJson)).toMatchObject({
      profiles: [{ profile: 'broken', error: { code: 'LATCHKEY_CONFIG_INVALID', line: 6 } }, { state: 'fresh' }],
    })
    expect((await scene.type('status daraja')).exit).toBe(0)
  })

  it('says that there are no profiles, and names the nearest for a misspelt one', async () => {
    await using scene = await prepared()
    const { exit, out, err } = await scene.type('status darja')
    expect([exit, out]).toEqual([2, ''])
    expect(err).toContain('Did you mean daraja?')
    await scene.home.write('latchkey.config.json', { profiles: {}, store: { memory: true } })
    expect(await scene.type('status')).toMatchObject({
      exit: 0,
      out: '',
      err: expect.stringContaining('no profiles') as string,
    })
    expect((await scene.type('status --json')).out).toBe('{"profiles":[]}\n')
  })
})

describe('latchkey forget and revoke', () => {
  const forgotten = 'Forgotten: the stored token of daraja. Whoever asks next gets a new one.\n'

  it('drop the token for all, as often as they are called; the next command gets a new one', async () => {
    await using scene = await prepared()
    const { out } = await scene.type('token daraja')
    for (let times = 0; times < 2; times += 1) {
      expect(await scene.type('forget daraja')).toEqual({ exit: 0, out: forgotten, err: '' })
    }
    expect(document(await scene.type('forget daraja --json'))).toEqual({ profile: 'daraja', forgotten: true })
    expect((await scene.type('token daraja')).out).not.toBe(out)
    expect(tokenRequests()).toBe(2)
  })

  it('revoke says that Daraja has no way to end a token: exit 0, and nothing is sent', async () => {
    await using scene = await prepared()
    await scene.type('token daraja')
    expect(await scene.type('revoke daraja')).toEqual({
      exit: 0,
      out: `${forgotten}Access token: this provider has no way to end one; it lives until it expires or a newer one takes its place.\n`,
      err: '',
    })
    expect(document(await scene.type('revoke daraja --json'))).toEqual({
      profile: 'daraja',
      forgotten: true,
      access: { fate: 'absent' },
      refresh: { fate: 'absent' },
    })
    expect(simulator.requests()).toHaveLength(1)
  })

  it('forget replaces a damaged record', async () => {
    await using scene = await prepared()
    await scene.type('token daraja')
    await writeFile(await recordOf(scene.home), 'damaged')
    expect((await scene.type('status')).exit).toBe(1)
    expect(await scene.type('forget daraja')).toMatchObject({ exit: 0, out: forgotten })
    expect((await scene.type('status')).out).toMatch(/ none\n$/)
  })

  it('forget nothing of a store in memory, and say the same', async () => {
    await using scene = await prepared({ store: { memory: true } })
    expect(await scene.type('forget daraja')).toMatchObject({ exit: 0, out: forgotten })
    await scene.type('token daraja')
    await scene.type('token daraja')
    expect(tokenRequests()).toBe(2)
  })
})

describe('latchkey daraja with a profile', () => {
  it('pays, asks and tells balances with what the profile refers to, on one token', async () => {
    const { shortCode, passkey, initiator, securityCredential, msisdn } = simulator.systems.daraja.credentials
    const fields = { shortCode, passkey: 'file:passkey', initiator, securityCredential: 'env:CREDENTIAL' }
    await using scene = await prepared({}, fields)
    await scene.home.write('passkey', `${passkey}\n`)
    const pushed = await scene.type(`daraja stk-push --amount 5 --phone ${msisdn}`)
    expect(pushed.exit).toBe(0)
    const id = /ws_CO_\d+/.exec(pushed.out)?.[0] ?? ''
    expect(pushed.err).toBe(`Accepted, not yet paid. Ask with: latchkey daraja stk-query ${id} --profile daraja\n`)
    await simulator.clock.advance(1000)
    expect((await scene.type(`daraja stk-query ${id} --profile daraja`)).out).toMatch(/^state +paid\n/)
    const balance = await scene.type('daraja balance', { CREDENTIAL: securityCredential })
    expect(balance).toMatchObject({
      exit: 0,
      out: expect.stringMatching(/^Utility Account +KES +228042\.00 /m) as string,
    })
    expect(tokenRequests()).toBe(1)
  })

  it.each([
    [
      'daraja stk-query ws_CO_1',
      'profiles.daraja.shortCode is missing, and this command needs it: add it to the profile',
    ],
    ['daraja stk-push --amount 1', "--phone is missing: the customer's number"],
    ['daraja balance --profile darja', 'Did you mean daraja?'],
  ])('latchkey %s says what is missing, and sends nothing', async (line, message) => {
    await using scene = await prepared()
    const { exit, out, err } = await scene.type(line)
    expect([exit, out]).toEqual([2, ''])
    expect(err).toContain(message)
    expect(simulator.requests()).toHaveLength(0)
  })

  it.each([
    ['daraja stk-push --amount 1 --phone 0712345678', '--callback-url is missing: the public https address'],
    ['daraja balance', '--result-url is missing: the public https address'],
  ])('latchkey %s asks for a public address where the API is not on this machine', async (line, message) => {
    await using scene = await prepared({}, { baseUrl: undefined })
    const { exit, err } = await scene.type(line)
    expect(exit).toBe(2)
    expect(err).toContain(message)
  })
})

describe('Ctrl-C', () => {
  it('ends a command that waits for a silent store: exit 130', async () => {
    const silent = createServer((socket) => socket.resume())
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const { port } = silent.address() as AddressInfo // It listens on TCP.
    const stop = new AbortController()
    silent.once('connection', (socket) => {
      socket.on('error', () => undefined) // It is cut.
      stop.abort(new Error('SIGINT'))
    })
    await using scene = await prepared({ store: { redis: 'env:URL' } })
    const { consumerKey } = simulator.systems.daraja.credentials
    const env = { HOME: scene.home.folder, KEY: consumerKey, URL: `redis://127.0.0.1:${port}` }
    const since = performance.now()
    expect(await type('status', { cwd: scene.home.folder, env, stop: stop.signal })).toEqual({
      exit: 130,
      out: '',
      err: '',
    })
    expect(performance.now() - since).toBeLessThan(1500)
    await new Promise((resolve) => silent.close(resolve))
  })
})
