/**
 * Transcripts of `latchkey ksef …` against a simulator: signing in and staying in, what is made once, lost answers, exit
 * codes, and a terminal that is left.
 *
 * @see DESIGN section 4 and "Errors", spec/ksef.md sections 2, 3 and C.5
 * @module
 */
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startSimulator } from '@latchkey/simulator'
import type { Simulator } from '@latchkey/simulator'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { bin, document, start } from './support/command.ts'
import type { Ran, Running } from './support/command.ts'

let simulator: Simulator
let folder: string

beforeAll(async () => {
  simulator = await startSimulator({ ksef: { authenticationMs: 200, rateLimits: false } })
})
beforeEach(async () => {
  simulator.reset()
  folder = await realpath(await mkdtemp(join(tmpdir(), 'latchkey-e2e-')))
})
afterEach(() => rm(folder, { recursive: true, force: true }))
afterAll(() => simulator.close())

function environment(withConfig: boolean): Record<string, string> {
  const { nip, ksefToken } = simulator.systems.ksef.credentials
  const config = withConfig ? join(folder, 'latchkey.config.json') : ''
  return { HOME: folder, TMPDIR: folder, LATCHKEY_CONFIG: config, KSEF_NIP: nip, KSEF_TOKEN: ksefToken }
}

/** Starts one command line whose files and state are in the test's own folder. */
function begin(line: string): Running {
  const words = line.split(' ').map((word) => (/^[\w-]+\.(json|pem|txt)$/.test(word) ? join(folder, word) : word))
  return start(words, environment(!line.includes('--simulator')))
}

const latchkey = (line: string): Promise<Ran> => begin(line).ended
const asked = (operation: string): number => simulator.requests({ system: 'ksef', operation }).length
const at = (): string => `--simulator ${simulator.url}`

/** A configuration whose profile speaks to the simulator, apart from that as init writes it. */
async function configure(): Promise<void> {
  expect((await latchkey('init --provider ksef')).exit).toBe(0)
  const file = join(folder, 'latchkey.config.json')
  const config = JSON.parse(await readFile(file, 'utf8')) as { profiles: { ksef: object } } // What init wrote.
  const { baseUrl } = simulator.systems.ksef
  await writeFile(file, JSON.stringify({ ...config, profiles: { ksef: { ...config.profiles.ksef, baseUrl } } }))
}

describe('a context from its first sign-in to its last (2.1, 2.10, 2.12)', () => {
  it('signs in once, whichever commands share it, and is gone when it is revoked', async () => {
    await configure()
    const login = await latchkey('ksef login')
    expect([login.exit, login.out]).toEqual([0, expect.stringMatching(/^environment +test\ncontext +Nip:\d{10}\n/)])
    expect(login.err).toContain(`Kept in the folder ${folder}/.latchkey/tokens`)
    for (const line of [
      'token ksef',
      'ksef sessions',
      'ksef limits',
      'ksef tokens --status Active',
      'ksef certificates limits',
      'ksef permissions list --persons --json',
      'ksef peppol',
    ]) {
      const { exit, out } = await latchkey(line)
      expect([line, exit, out === '']).toEqual([line, 0, false])
    }
    simulator.invalidateTokens('ksef')
    expect((await latchkey('ksef limits show subject')).exit).toBe(0)
    const { signIns, refreshes } = simulator.state().systems.ksef
    expect({ signIns, refreshes }).toEqual({ signIns: 1, refreshes: 1 })
    expect((await latchkey('revoke ksef')).out).toMatch(/\nRefresh token: the server has ended it\.\n$/)
    expect((await latchkey('status')).out).toMatch(/\nksef +ksef +test +none\n$/)
  })

  it('is signed in to once by commands that start together', async () => {
    await configure()
    const ran = await Promise.all(['token ksef', 'token ksef', 'ksef limits show subject'].map(latchkey))
    expect(ran.map(({ exit }) => exit)).toEqual([0, 0, 0])
    expect(ran[0]?.out).toBe(ran[1]?.out)
    expect(simulator.state().systems.ksef.signIns).toBe(1)
  })

  it('signs in anew when the session was ended from elsewhere and the token has run out', async () => {
    await configure()
    await latchkey('ksef login')
    const [session] = simulator.state().systems.ksef.sessions
    simulator.set({ ksef: { actions: [{ do: 'revokeSession', referenceNumber: session?.referenceNumber ?? '' }] } })
    simulator.invalidateTokens('ksef')
    expect((await latchkey('ksef limits show subject')).exit).toBe(0)
    expect(simulator.state().systems.ksef.signIns).toBe(2)
  })
})

describe('credentials that are made here (2.14, 2.15)', () => {
  it('a KSeF token goes from standard output to standard input and signs in', async () => {
    const made = await latchkey(
      `ksef tokens generate --permission InvoiceRead --description Bookkeeping --wait ${at()}`,
    )
    expect([made.exit, made.out]).toEqual([0, expect.stringMatching(/^\S+\|nip-\d{10}\|[0-9a-f]{64}\n$/)])
    const { nip } = simulator.systems.ksef.credentials
    const login = spawn(
      process.execPath,
      [bin, 'ksef', 'login', '--ksef-token', '-', '--nip', nip, '--simulator', simulator.url, '--json'],
      { env: { PATH: process.env['PATH'], ...environment(false) }, stdio: ['pipe', 'pipe', 'ignore'] },
    )
    let out = ''
    login.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
    login.stdin.end(made.out)
    const exit = await new Promise((resolve) => login.once('close', resolve))
    expect([exit, document({ out })['method']]).toEqual([0, 'KSeF token'])
  })

  it('a certificate is asked for, fetched and signs in; its key is for its owner alone', async () => {
    const request = `ksef certificates request --name Bookkeeping --key own-key.pem --out own.pem ${at()}`
    expect((await latchkey(request)).out).toMatch(/^serial +[0-9A-F]{16}\n/)
    expect((await stat(join(folder, 'own-key.pem'))).mode & 0o777).toBe(0o600)
    const { nip } = simulator.systems.ksef.credentials
    const login = await latchkey(`ksef login --cert own.pem --key own-key.pem --nip ${nip} ${at()} --json`)
    expect([login.exit, document(login)['method']]).toEqual([0, 'certificate'])
  })
})

describe('a grant (3.5, C.5)', () => {
  const grant =
    'ksef permissions grant person --subject Pesel:90010112347 --first-name Ana --last-name Nowak --description Bookkeeping --permission InvoiceRead'

  it('is followed to its end, found and revoked', async () => {
    expect((await latchkey(`${grant} --wait ${at()}`)).out).toMatch(/\noutcome +succeeded\n/)
    const { permissions } = document(await latchkey(`ksef permissions list --persons --json ${at()}`))
    const [{ id = '' } = {}] = permissions as { id?: string }[] // As listed.
    expect((await latchkey(`ksef permissions revoke ${id} --wait ${at()}`)).exit).toBe(0)
    expect((await latchkey(`ksef permissions list --persons ${at()}`)).err).toContain('0 in all.\n')
  })

  it('whose answer is lost ends with 6, and the command that it names finds it: granted once', async () => {
    simulator.faults.add({ system: 'ksef', operation: 'grantPerson', kind: 'resetAfter' })
    const lost = await latchkey(`${grant} ${at()}`)
    expect([lost.exit, lost.out]).toEqual([6, ''])
    const [, look = ''] = /Look before you repeat it: latchkey (.*)\n/.exec(lost.err) ?? []
    await expect
      .poll(async () => document(await latchkey(`${look} --json`))['permissions'], { timeout: 15_000, interval: 500 })
      .toHaveLength(1)
    expect(asked('grantPerson')).toBe(1)
  })
})

describe('exit codes and streams', () => {
  it('are 130 soon after Ctrl-C while KSeF decides, with what it waits for on standard error', async () => {
    simulator.set({ ksef: { authenticationMs: 600_000 } })
    const running = begin(`ksef login --test ${at()}`)
    await running.says('Waiting for KSeF … ')
    const { exit, out, err, ms } = await running.stop('SIGINT')
    expect([exit, out]).toEqual([130, ''])
    expect(err).toMatch(/^(Waiting for KSeF … \d+ s\n)+$/)
    expect(ms).toBeLessThan(2000)
  })

  it('are 3 for a credential that KSeF refuses, 5 for a refusal in its words, 4 where nobody answers', async () => {
    simulator.set({ ksef: { outcome: { status: 415 } } })
    expect(await latchkey(`ksef login --test ${at()}`)).toMatchObject({
      exit: 3,
      err: expect.stringMatching(/^KSEF_NO_PERMISSION: /m) as string,
    })
    simulator.set({ ksef: { outcome: null } })
    expect(await latchkey(`ksef tokens revoke 20250625-EC-319D7EE000-B67F415CDC-2C ${at()}`)).toMatchObject({
      exit: 5,
      err: expect.stringMatching(/^KSEF_\w+: .*\n {2}\d+ \S/m) as string,
    })
    await configure()
    const file = join(folder, 'latchkey.config.json')
    const config = await readFile(file, 'utf8')
    await writeFile(file, config.replace(simulator.systems.ksef.baseUrl, 'http://127.0.0.1:9/ksef'))
    expect(await latchkey('ksef sessions')).toMatchObject({ exit: 4, out: '' })
  })

  it('take a reader that leaves early for no failure', async () => {
    const line = `set -o pipefail; '${process.execPath}' '${bin}' ksef limits ${at()} | head -1`
    const child = spawn('/bin/bash', ['-c', line], {
      env: { PATH: process.env['PATH'], ...environment(false) },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    let out = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
    const exit = await new Promise((resolve) => child.once('close', resolve))
    expect([exit, out]).toEqual([0, expect.stringMatching(/^context +invoices [^\n]*\n$/)])
  })
})
