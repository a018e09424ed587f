/**
 * Transcripts of the commands that work on profiles: `init`, `token`, `status`, `forget` and `revoke`, as processes that
 * share one store.
 *
 * @see DESIGN section 4, engine.md sections 6, 8, 9 and 10
 * @module
 */
import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { findPostgres, findRedis, postgresHere, redisHere, startPostgres, startRedis } from '@latchkey/testkit/servers'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { document, start } from './support/command.ts'
import { openProfileHome, startSimulatorProcess } from './support/profile-home.ts'
import type { ProfileHome, SimulatorProcess } from './support/profile-home.ts'
import { closedAddress, serve } from './support/server.ts'

let simulator: SimulatorProcess

beforeAll(async () => {
  simulator = await startSimulatorProcess()
})
beforeEach(() => simulator.control('reset', {}))
afterAll(() => simulator.stop())

const tokenRequests = (): Promise<number> => simulator.requests('oauth')
const forgotten = 'Forgotten: the stored token of daraja. Whoever asks next gets a new one.\n'

describe('from nothing to a token that commands share', () => {
  it('init, token, token: one request; forget, token: another one', async () => {
    await using home = await openProfileHome(simulator)
    expect((await stat(join(home.folder, '.latchkey', 'key'))).mode & 0o777).toBe(0o600)
    expect((await home.latchkey('init')).err).toMatch(/^LATCHKEY_USAGE: .* is there already\. .*--force/)

    expect((await home.latchkey('status')).out).toMatch(/\ndaraja +daraja +sandbox +none\n$/)
    const first = await home.latchkey('token daraja')
    expect([first.exit, first.out, first.err]).toEqual([0, expect.stringMatching(/^\w{28}\n$/), ''])
    expect(await home.latchkey('token daraja')).toEqual(first)
    expect((await home.latchkey('token daraja --header')).out).toBe(`Authorization: Bearer ${first.out}`)
    expect((await home.latchkey('status')).out).toMatch(/\ndaraja +daraja +sandbox +fresh +\d+ +59m \d\ds\n$/)
    expect(await tokenRequests()).toBe(1)

    expect(await home.latchkey('forget daraja')).toEqual({ exit: 0, out: forgotten, err: '' })
    expect(await home.latchkey('forget daraja')).toEqual({ exit: 0, out: forgotten, err: '' })
    expect((await home.latchkey('status')).out).toMatch(/ none\n$/)
    const second = await home.latchkey('token daraja')
    expect([second.exit, second.out === first.out, await tokenRequests()]).toEqual([0, false, 2])
    expect((await home.latchkey('revoke daraja')).out).toMatch(/^Forgotten: .*\nAccess token: this provider has no way/)
    expect(await tokenRequests()).toBe(2)
  })

  it('eight commands at once on a cold store: one request, one token (engine.md G3)', async () => {
    await using home = await openProfileHome(simulator)
    const ran = await Promise.all(Array.from({ length: 8 }, () => home.latchkey('token daraja')))
    expect(ran.map(({ exit, err }) => [exit, err])).toEqual(ran.map(() => [0, '']))
    expect([new Set(ran.map(({ out }) => out)).size, await tokenRequests()]).toEqual([1, 1])
  })

  it('the store holds no token in the clear (engine.md 10.1)', async () => {
    await using home = await openProfileHome(simulator)
    const { out } = await home.latchkey('token daraja')
    const record = await readFile(await home.record(), 'utf8')
    expect(record).toContain('"token"')
    expect(record).not.toContain(out.trim())
    for (const secret of [home.env['DARAJA_CONSUMER_SECRET'], home.env['DARAJA_CONSUMER_KEY']]) {
      expect(record).not.toContain(secret)
    }
  })

  it('the configuration is found above the working folder, by $LATCHKEY_CONFIG and by --config', async () => {
    await using home = await openProfileHome(simulator)
    const deep = join(home.folder, 'a', 'b')
    await mkdir(deep, { recursive: true })
    const file = join(home.folder, 'latchkey.config.json')
    const { out } = await home.latchkey('token daraja', { cwd: deep })
    expect(await home.latchkey('token daraja', { cwd: '/', env: { LATCHKEY_CONFIG: file } })).toMatchObject({ out })
    expect(await home.latchkey(`token daraja --config ${file}`, { cwd: '/' })).toMatchObject({ out })
    expect((await home.latchkey('token daraja', { cwd: '/' })).err).toMatch(/^LATCHKEY_USAGE: There is no latchkey/)
    expect(await tokenRequests()).toBe(1)
  })

  it('payments and balances use the shared token', async () => {
    await using home = await openProfileHome(simulator)
    const { shortCode = '', passkey = '', initiator, securityCredential = '' } = simulator.credentials
    await writeFile(join(home.folder, 'passkey'), passkey)
    const config = JSON.parse(await readFile(join(home.folder, 'latchkey.config.json'), 'utf8')) as {
      profiles: { daraja: object }
    } // What the support file wrote.
    const fields = { shortCode, passkey: 'file:passkey', initiator, securityCredential: 'env:CREDENTIAL' }
    await home.configure({ profiles: { till: { ...config.profiles.daraja, ...fields } } })
    home.env['CREDENTIAL'] = securityCredential
    await home.latchkey('token till')
    const pushed = await home.latchkey('daraja stk-push --amount 5 --phone 0712345678 --profile till')
    const id = /ws_CO_\d+/.exec(pushed.out)?.[0] ?? ''
    expect(pushed.err).toBe(`Accepted, not yet paid. Ask with: latchkey daraja stk-query ${id} --profile till\n`)
    await simulator.control('clock', { advanceMs: 1000 })
    expect((await home.latchkey(`daraja stk-query ${id} --profile till`)).out).toMatch(/^state +paid\n/)
    expect((await home.latchkey('daraja balance --profile till')).out).toMatch(/^account +currency/)
    expect((await home.latchkey('daraja balance')).err).toMatch(/no profile of that name\. It has: till\./)
    expect(await tokenRequests()).toBe(1)
  })
})

describe('trouble with the store', () => {
  it('another key: a new token, with a warning; status still tells (engine.md 9.8)', async () => {
    await using home = await openProfileHome(simulator)
    const { out } = await home.latchkey('token daraja')
    await writeFile(join(home.folder, '.latchkey', 'key'), randomBytes(32).toString('base64'))
    expect((await home.latchkey('status')).out).toMatch(/ fresh /)
    const replaced = await home.latchkey('token daraja')
    expect([replaced.exit, replaced.out === out]).toEqual([0, false])
    expect(replaced.err).toMatch(/^Warning: the stored token of daraja was sealed with another key.*"key"\.\n$/)
    expect((await home.latchkey('token daraja')).out).toBe(replaced.out)
    expect(await tokenRequests()).toBe(2)
  })

  it('a damaged record: a new token in its place, with a warning (engine.md 9.8)', async () => {
    await using home = await openProfileHome(simulator)
    await home.latchkey('token daraja')
    await writeFile(await home.record(), '{"half":')
    expect(await home.latchkey('status')).toMatchObject({ exit: 1 })
    const { exit, out, err } = await home.latchkey('token daraja')
    expect([exit, err]).toEqual([0, expect.stringMatching(/^Warning: the stored record of daraja is damaged/)])
    expect(await home.latchkey('token daraja')).toEqual({ exit: 0, out, err: '' })
  })

  it('a directory or a key that others can read: refused, with what to run: exit 2', async () => {
    await using home = await openProfileHome(simulator)
    await home.latchkey('token daraja')
    const tokens = join(home.folder, '.latchkey', 'tokens')
    await chmod(tokens, 0o755)
    expect(await home.latchkey('token daraja')).toMatchObject({
      exit: 2,
      out: '',
      err: expect.stringMatching(/^LATCHKEY_STORE_UNSAFE: .*chmod 700/) as string,
    })
    await chmod(tokens, 0o700)
    const key = join(home.folder, '.latchkey', 'key')
    await chmod(key, 0o644)
    expect((await home.latchkey('token daraja')).err).toContain(`Run: chmod 600 '${key}'.`)
    expect(await tokenRequests()).toBe(1)
  })

  it('denied credentials cool down for all, and status shows it', async () => {
    await using home = await openProfileHome(simulator)
    const wrong = { env: { DARAJA_CONSUMER_SECRET: 'rotated-last-night' } }
    expect((await home.latchkey('token daraja', wrong)).exit).toBe(3)
    const again = await home.latchkey('token daraja', wrong)
    expect([again.exit, await tokenRequests()]).toEqual([3, 1])
    expect(document(await home.latchkey('status --json'))).toMatchObject({
      profiles: [{ state: 'none', coolDown: { class: 'denied', code: 'AUTH_INVALID_CREDENTIALS' } }],
    })
    expect((await home.latchkey('token daraja')).exit).toBe(0) // Another credential need not wait.
  })

  it('Ctrl-C while a token is on its way: exit 130 within two seconds', async () => {
    await using home = await openProfileHome(simulator)
    await simulator.control('faults', { system: 'daraja', operation: 'oauth', kind: 'latency', ms: 20_000 })
    const env = { ...home.env, LATCHKEY_CONFIG: join(home.folder, 'latchkey.config.json') }
    const { stop } = start(['token', 'daraja', '--json'], env)
    await expect.poll(tokenRequests, { timeout: 15_000 }).toBe(1)
    const { exit, out, ms } = await stop('SIGINT')
    expect([exit, document({ out })]).toEqual([130, { error: { code: 'INTERRUPTED', message: 'Stopped.' } }])
    expect(ms).toBeLessThan(2500)
  })
})

describe.each([
  [
    'Redis with @redis/client',
    { redis: 'env:URL', client: '@redis/client' },
    findRedis(),
    () => startRedis({ password: 'hunter2-hunter2' }),
  ],
  [
    'Redis with ioredis',
    { redis: 'env:URL', client: 'ioredis' },
    findRedis(),
    () => startRedis({ password: 'hunter2-hunter2' }),
  ],
  ['PostgreSQL', { postgres: 'env:URL' }, findPostgres(), () => startPostgres({ password: 'hunter2-hunter2' })],
])('a fleet on %s', (name, store, found, startServer) => {
  if (found === undefined) void (name === 'PostgreSQL' ? postgresHere() : redisHere()) // Says so.

  const share = async (home: ProfileHome, url: string): Promise<void> => {
    home.env['URL'] = url
    await home.configure({ store })
    if (!('postgres' in store)) return
    const before = await home.latchkey('token daraja')
    expect([before.exit, before.err]).toEqual([2, expect.stringMatching(/SQLSTATE 42P01.*`latchkey init --migrate`/)])
    for (let times = 0; times < 2; times += 1) expect((await home.latchkey('init --migrate')).exit).toBe(0)
  }

  it.skipIf(found === undefined)(
    'shares one token, forgets it for all, and goes on alone while it is away',
    async () => {
      await using server = await startServer()
      await using home = await openProfileHome(simulator)
      await share(home, server.url)
      const ran = await Promise.all(Array.from({ length: 4 }, () => home.latchkey('token daraja')))
      expect(ran.map(({ exit, err }) => [exit, err])).toEqual(ran.map(() => [0, '']))
      expect([new Set(ran.map(({ out }) => out)).size, await tokenRequests()]).toEqual([1, 1])
      expect((await home.latchkey('status')).out).toMatch(/ fresh /)
      expect(await home.latchkey('revoke daraja')).toMatchObject({ exit: 0 })
      expect(await home.latchkey('forget daraja')).toEqual({ exit: 0, out: forgotten, err: '' })
      expect((await home.latchkey('status')).out).toMatch(/ none\n$/)

      const wrong = { env: { URL: server.url.replace('hunter2-hunter2', 'wrong') } }
      const refused = await home.latchkey('token daraja', wrong)
      expect([refused.exit, refused.err]).toEqual([
        2,
        expect.stringMatching(/refers to env:URL, with which the server refuses/),
      ])

      await server.stop()
      const alone = await home.latchkey('token daraja')
      expect([alone.exit, alone.err]).toEqual([
        0,
        expect.stringMatching(/^Warning: .*cannot be reached.*for this command alone/),
      ])
      const status = await home.latchkey('status')
      expect(status.exit).toBe(4)
      for (const { out, err } of [refused, alone, status]) expect(out + err).not.toContain('hunter2')
    },
  )
})

describe('a server of records that never answers', () => {
  it.each([
    [{ redis: 'env:URL', client: '@redis/client' }, 'redis'],
    [{ redis: 'env:URL', client: 'ioredis' }, 'redis'],
    [{ postgres: 'env:URL' }, 'postgres'],
  ])('%j: is given up after two seconds, and the process ends', async (store, scheme) => {
    const silent = createServer((socket) => socket.on('error', () => undefined).resume())
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const { port } = silent.address() as { port: number } // It listens on TCP.
    await using home = await openProfileHome(simulator)
    home.env['URL'] = `${scheme}://127.0.0.1:${port}/0`
    await home.configure({ store, storeTrouble: 'fail' })
    const since = performance.now()
    const { exit, out, err } = await home.latchkey('token daraja')
    expect([exit, out]).toEqual([4, ''])
    expect(err).toMatch(/^LATCHKEY_STORE_UNAVAILABLE: \w+ cannot be reached \(ETIMEDOUT\)/)
    expect(performance.now() - since).toBeLessThan(10_000)
    await new Promise((resolve) => silent.close(resolve))
  })
})

describe('a configuration that cannot be used: exit 2, with file and line, and nothing is sent', () => {
  const secret = 'hunter2-hunter2'
  const daraja = {
    provider: 'daraja',
    environment: 'sandbox',
    consumerKey: 'env:DARAJA_CONSUMER_KEY',
    consumerSecret: 'env:DARAJA_CONSUMER_SECRET',
  }

  it.each<[string, (url: string) => unknown, string]>([
    [
      'no JSON',
      () => `{"profiles": {\n  "daraja": {"consumerSecret": "${secret}",}\n}}`,
      'line 2, column 49: this is not JSON',
    ],
    [
      'a secret in it',
      (baseUrl) => ({ profiles: { daraja: { ...daraja, baseUrl, consumerSecret: secret } } }),
      'line 7, column 7: profiles.daraja.consumerSecret must be a reference',
    ],
    [
      'an unknown name',
      (baseUrl) => ({ profiles: { daraja: { ...daraja, baseUrl, consumersecret: secret } } }),
      'did you mean "consumerSecret"?',
    ],
    [
      'a wrong type',
      (baseUrl) => ({ profiles: { daraja: { ...daraja, baseUrl, shortCode: 174379 } } }),
      'shortCode must be text',
    ],
    [
      'an unknown provider',
      () => ({ profiles: { daraja: { provider: secret } } }),
      'must be the name of a provider: "daraja"',
    ],
    [
      'a variable that is not set',
      (baseUrl) => ({ profiles: { daraja: { ...daraja, baseUrl, consumerSecret: 'env:GONE' } }, plaintext: true }),
      'consumerSecret refers to env:GONE, which is not set',
    ],
    [
      'a file that is missing',
      (baseUrl) => ({ profiles: { daraja: { ...daraja, baseUrl } }, key: 'file:gone' }),
      'key refers to file:gone, and ',
    ],
    [
      'a client that is not installed',
      (baseUrl) => ({
        profiles: { daraja: { ...daraja, baseUrl } },
        plaintext: true,
        store: { redis: 'env:URL', client: 'redis' },
      }),
      'store.client must be "@redis/client" or "ioredis"',
    ],
  ])('%s', async (_, content, message) => {
    const server = await serve()
    await using home = await openProfileHome(simulator)
    const text = content(server.url)
    const file = join(home.folder, 'latchkey.config.json')
    await writeFile(file, typeof text === 'string' ? text : JSON.stringify(text, null, 2))
    const { exit, out, err } = await home.latchkey('token daraja')
    expect([exit, out]).toEqual([2, ''])
    expect(err).toMatch(
      /^LATCHKEY_CONFIG_INVALID: .*latchkey\.config\.json, line \d+, column \d+: [^\n]+\n {4}.+\n +\^\n$/,
    )
    expect(err).toContain(message)
    const asJson = await home.latchkey('token daraja --json')
    expect([asJson.exit, asJson.err]).toEqual([2, ''])
    expect(document(asJson)).toMatchObject({
      error: { code: 'LATCHKEY_CONFIG_INVALID', file, line: expect.any(Number) as number },
    })
    expect(err + asJson.out).not.toContain(secret)
    expect(server.arrived).toEqual([])
    await server.close()
  })

  it('an address where nothing answers is no configuration mistake: exit 4', async () => {
    await using home = await openProfileHome(simulator)
    const baseUrl = await closedAddress()
    await home.configure({ profiles: { daraja: { ...daraja, baseUrl } } })
    const { exit, err } = await home.latchkey('token daraja')
    expect([exit, err]).toEqual([4, expect.stringMatching(/^LATCHKEY_ENDPOINT_UNREACHABLE: /)])
  })
})
