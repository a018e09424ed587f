/** Signing in by flags, and the commands of every provider on a profile of KSeF (spec/ksef.md section 2). @module */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Simulator } from '@latchkey/simulator'
import { assertNoSecrets } from '@latchkey/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { openHome } from '../../terminal.ts'
import { document, prepared, quickSimulator, withCertificate } from './home.ts'

let simulator: Simulator

beforeAll(async () => {
  simulator = await quickSimulator()
}, 60_000)
afterEach(() => {
  vi.unstubAllGlobals()
  simulator.reset()
})
afterAll(() => simulator.close())

const counts = (): readonly number[] => {
  const { signIns, refreshes } = simulator.state().systems.ksef
  return [signIns, refreshes]
}

/** KSeF's own hosts lead to the simulator until the test has ended; gives those that were asked. */
function redirectKsef(): ReadonlySet<string> {
  const hosts = new Set<string>()
  const { fetch } = globalThis
  vi.stubGlobal('fetch', (input: string | URL | Request, init?: RequestInit) => {
    const url = new URL(input instanceof Request ? input.url : input)
    if (url.hostname === '127.0.0.1') return fetch(input, init)
    hosts.add(url.hostname)
    return fetch(`${simulator.systems.ksef.baseUrl}${url.pathname}${url.search}`, init)
  })
  return hosts
}

const instant = '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ'

describe('latchkey init --provider ksef', () => {
  it('writes a profile of TEST with a test certificate, and says which variable to set (2.5)', async () => {
    await using home = await openHome()
    const { exit, err } = await home.type('init --provider ksef')
    expect(exit).toBe(0)
    expect(err).toMatch(/^Next: set KSEF_NIP\.\nBeyond TEST, put "ksefToken", .*\nThen: latchkey token ksef\n$/)
    const written = JSON.parse(await readFile(join(home.folder, 'latchkey.config.json'), 'utf8')) as object // What init wrote.
    const ksef = { provider: 'ksef', environment: 'test', nip: 'env:KSEF_NIP', testCertificate: true }
    expect(written).toMatchObject({ profiles: { ksef } })
  })
})

describe('latchkey ksef login', () => {
  it('says in whose name and until when, and the next command goes on with it: one sign-in', async () => {
    await using scene = await prepared(simulator)
    const { exit, out, err } = await scene.type('ksef login')
    expect(exit).toBe(0)
    const { nip } = simulator.systems.ksef.credentials
    expect(out).toMatch(
      new RegExp(
        `^environment +test\ncontext +Nip:${nip}\nsigned in with +certificate\naccess token until +${instant}\nrefresh token until +${instant}\n$`,
      ),
    )
    expect(err).toContain(`Kept in the folder ${join(scene.home.folder, 'tokens')}, for every command with`)
    expect((await scene.type('token ksef')).out).toMatch(/^eyJ\S+\n$/)
    expect(counts()).toEqual([1, 0])
  })

  it('by flags is kept in the store of the configuration, for a profile with the same credential (1.1)', async () => {
    await using scene = await prepared(simulator)
    const hosts = redirectKsef()
    const { nip } = simulator.systems.ksef.credentials
    const { exit, err } = await scene.type(`ksef login --env demo --cert seal.pem --key seal.key --nip ${nip}`)
    expect([exit, err]).toEqual([0, expect.stringContaining(`Kept in the folder ${scene.home.folder}/tokens`)])
    await scene.configure({ environment: 'demo', baseUrl: undefined, ...withCertificate })
    expect((await scene.type('ksef limits show subject')).exit).toBe(0)
    expect(counts()).toEqual([1, 0])
    expect([...hosts]).toEqual(['api-demo.ksef.mf.gov.pl'])
  })

  it.each([
    ['--test', 'api-test.ksef.mf.gov.pl'],
    ['--env production --ksef-token env:KSEF_TOKEN', 'api.ksef.mf.gov.pl'],
  ])('%s goes to %s alone, and without a configuration it is gone with the command (1.1)', async (flags, host) => {
    await using home = await openHome()
    const hosts = redirectKsef()
    const { nip, ksefToken } = simulator.systems.ksef.credentials
    const { exit, err } = await home.type(`ksef login ${flags} --nip ${nip}`, { KSEF_TOKEN: ksefToken })
    expect([exit, err]).toEqual([
      0,
      expect.stringContaining('Nothing outlives this command, so the sign-in is gone with it.'),
    ])
    expect([...hosts]).toEqual([host])
  })

  it('beside a simulator is kept for its later commands, apart from every configuration', async () => {
    await using scene = await prepared(simulator)
    const at = `--simulator ${simulator.url}`
    const ran = await scene.type(`ksef login ${at} --json`)
    expect(document(ran)).toEqual({
      environment: 'test',
      context: { type: 'Nip', value: simulator.systems.ksef.credentials.nip },
      method: 'certificate',
      accessTokenUntil: expect.stringMatching(/Z$/) as string,
      refreshTokenUntil: expect.stringMatching(/Z$/) as string,
      kept: expect.stringContaining(`the folder ${scene.home.folder}/latchkey-simulator-`) as string,
    })
    expect((await scene.type(`ksef limits show subject ${at}`)).exit).toBe(0)
    expect(counts()).toEqual([1, 0])
    expect((await scene.type('status')).out).toMatch(/ none\n$/)
  })

  it.each([
    ['a KSeF token of the environment', '--ksef-token env:KSEF_TOKEN', 'KSeF token'],
    ['a KSeF token from standard input', '--ksef-token -', 'KSeF token'],
    ['a certificate and a key in files', '--cert seal.pem --key file-free.key', 'certificate'],
    ['a certificate made for the occasion', '--test', 'test certificate'],
  ])('takes %s', async (_, flags, method) => {
    await using scene = await prepared(simulator)
    const { nip, ksefToken, privateKey } = simulator.systems.ksef.credentials
    await scene.home.write('file-free.key', privateKey)
    const line = `ksef login ${flags} --nip ${nip} --simulator ${simulator.url} --json`
    const ran = await scene.type(line, {}, { input: `${ksefToken}\n` })
    expect([ran.exit, document(ran)['method']]).toEqual([0, method])
    assertNoSecrets(ran, [ksefToken, privateKey])
  })

  it('takes a random NIP for a test certificate where none is stated', async () => {
    await using home = await openHome()
    const ran = await home.type(`ksef login --test --simulator ${simulator.url}`)
    expect(ran.out).toMatch(/^context +Nip:[1-9]\d{9}$/m)
  })

  it('ends soon after the user stops it while KSeF decides: exit 130, nothing kept', async () => {
    simulator.set({ ksef: { authenticationMs: 60_000 } })
    await using scene = await prepared(simulator)
    const stop = new AbortController()
    setTimeout(() => stop.abort(new Error('SIGINT')), 300)
    const { exit, out } = await scene.type('ksef login', {}, { stop: stop.signal })
    expect([exit, out]).toEqual([130, ''])
    expect((await scene.type('status')).out).toMatch(/ksef +ksef +test +(none|renewing)/)
  })

  it.each([
    [415, 'KSEF_NO_PERMISSION', 3],
    [450, 'AUTH_INVALID_CREDENTIALS', 3],
    [460, 'KSEF_CERTIFICATE_REFUSED', 3],
    [480, 'KSEF_CONTEXT_BLOCKED', 3],
    [500, 'KSEF_SIGN_IN_FAILED', 4],
  ] as const)('ends with the code of status %i: %s, exit %i (2.9)', async (status, code, exit) => {
    simulator.set({ ksef: { outcome: { status } } })
    await using scene = await prepared(simulator)
    const ran = await scene.type(`ksef login --json --simulator ${simulator.url}`)
    expect([ran.exit, document(ran)['error']]).toEqual([
      exit,
      expect.objectContaining({ code, providerCode: `${status}` }),
    ])
  })
})

describe('latchkey token, status, forget and revoke', () => {
  it('share one sign-in, refresh a token that was killed, show it without the key, and drop it (2.10)', async () => {
    await using scene = await prepared(simulator)
    const first = await scene.type('token ksef')
    expect([first.exit, first.err]).toEqual([0, ''])
    expect(await scene.type('token ksef')).toEqual(first)
    simulator.invalidateTokens('ksef')
    expect((await scene.type('ksef limits show subject')).exit).toBe(0)
    expect(counts()).toEqual([1, 1])
    await scene.home.write('seal.key', 'none of its business')
    expect((await scene.type('status')).out).toMatch(/\nksef +ksef +test +fresh +\d+ +14m \d\ds\n$/)
    expect(await scene.type('forget ksef')).toMatchObject({ exit: 0 })
    expect((await scene.type('status')).out).toMatch(/ none\n$/)
  })

  it('end the session at KSeF, and say how long its token is accepted still (2.12)', async () => {
    await using scene = await prepared(simulator)
    await scene.type('token ksef')
    const { exit, out } = await scene.type('revoke ksef')
    expect(exit).toBe(0)
    expect(out).toMatch(
      /^Forgotten: .*\nAccess token: its login is ended, but it is accepted until \S+Z\.\nRefresh token: the server has ended it\.\n$/,
    )
    expect(simulator.state().systems.ksef.sessions).toMatchObject([{ status: 425 }])
  })

  it('say that a KSeF token is wrong: exit 3, and show no secret in any way', async () => {
    await using scene = await prepared(simulator, { ksefToken: 'env:KSEF_TOKEN' })
    const [reference = '', context = ''] = simulator.systems.ksef.credentials.ksefToken.split('|')
    const wrong = `${reference}|${context}|${createHash('sha256').update('wrong').digest('hex')}`
    for (const flags of ['', ' --json', ' --verbose']) {
      const ran = await scene.type(`token ksef${flags}`, { KSEF_TOKEN: wrong })
      expect([ran.exit, ran.out + ran.err]).toEqual([3, expect.stringContaining('AUTH_INVALID_CREDENTIALS')])
      assertNoSecrets(ran, [wrong])
    }
  })
})

describe('every command on a profile of KSeF', () => {
  it('shows neither credential nor token, however it ends', { timeout: 60_000 }, async () => {
    await using scene = await prepared(simulator, withCertificate)
    const token = (await scene.type('token ksef')).out.trim()
    const { privateKey, ksefToken } = simulator.systems.ksef.credentials
    const secrets = [privateKey, ksefToken, token]
    const exits = new Set<number>()
    for (const line of [
      'status',
      'ksef login',
      'ksef sessions',
      'ksef tokens',
      'ksef tokens status 20250625-EC-319D7EE000-B67F415CDC-2C',
      'ksef certificates limits',
      'ksef permissions list --persons',
      'ksef limits',
      'ksef peppol',
      'ksef certificates get gone',
      'revoke ksef',
      'forget ksef',
    ]) {
      for (const flags of ['', ' --json', ' --verbose']) {
        const ran = await scene.type(line + flags)
        assertNoSecrets(ran, secrets)
        exits.add(ran.exit)
      }
    }
    expect([...exits].sort()).toEqual([0, 2, 5])
  })
})
