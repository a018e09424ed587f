/**
 * KSeF against the simulator over real sockets: signing in, staying in, and what ends either.
 *
 * @see spec/ksef.md sections 2, 3.2 and 8, engine.md section 16
 * @module
 */
import { spawn } from 'node:child_process'
import type { ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { memoryStore, systemClock } from '@latchkey/core'
import type { Clock } from '@latchkey/core'
import { generateSealingKey } from '@latchkey/core/seal'
import {
  Environment,
  generateNip,
  generatePersonalTestCertificate,
  generatePesel,
  KsefClient,
  loadCertificateFromPem,
  loadPrivateKeyFromPem,
} from '@latchkey/ksef'
import type { AuthenticatedClient, KsefClientOptions } from '@latchkey/ksef'
import { startSimulator } from '@latchkey/simulator'
import type { Simulator, SimulatorOptions } from '@latchkey/simulator'
import { afterEach, describe, expect, it } from 'vitest'

const open: AsyncDisposable[] = []
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each[Symbol.asyncDispose]()
})

async function start(switches: SimulatorOptions['ksef'] = {}): Promise<Simulator> {
  const simulator = await startSimulator({ ksef: { authenticationMs: 20, ...switches } })
  open.push(simulator)
  return simulator
}

function clientOf(simulator: Simulator, change: KsefClientOptions = {}): KsefClient {
  const { baseUrl } = simulator.systems.ksef
  const client = new KsefClient(Environment.TEST, { baseUrl, ...change })
  open.push(client)
  return client
}

const quick = { algorithm: 'ec', pollIntervalMs: 20 } as const
const counts = ({ state }: Simulator) => {
  const { signIns, redeems, refreshes } = state().systems.ksef
  return { signIns, redeems, refreshes }
}

/** The machine's clock, as if it had been set forward by what `later` says. */
function shifting(): { readonly clock: Clock; later(ms: number): void } {
  let ahead = 0
  const clock: Clock = {
    mono: () => systemClock.mono() + ahead,
    wall: () => systemClock.wall() + ahead,
    sleep: (ms, signal, background) => systemClock.sleep(ms, signal, background),
  }
  return { clock, later: (ms) => void (ahead += ms) }
}

describe('signing in (2)', () => {
  it.each(['rsa', 'ec'] as const)('with a test certificate, %s', async (algorithm) => {
    const simulator = await start()
    const nip = generateNip()
    const auth = await clientOf(simulator).authentication.withTestCertificate({ nip, ...quick, algorithm })
    expect(auth.contextIdentifier).toEqual({ type: 'Nip', value: nip })
    expect((await auth.sessions.query()).items).toMatchObject([{ isCurrent: true }])
  })

  it('with a personal certificate in the name of another, who permitted it (2.4, 3.16)', async () => {
    const simulator = await start()
    const [nip, pesel] = [generateNip(), generatePesel()]
    const { certificate, privateKey } = await generatePersonalTestCertificate({ pesel, algorithm: 'ec' })
    // A client of its own for each: one that was denied does not ask again for a minute.
    const enter = () =>
      clientOf(simulator).authentication.withXades({ nip, certificate, privateKey, pollIntervalMs: 20 })
    await expect(enter()).rejects.toMatchObject({ code: 'KSEF_NO_PERMISSION', providerCode: '415' })
    await clientOf(simulator).testdata.grantPermissions({
      contextIdentifier: { type: 'Nip', value: nip },
      authorizedIdentifier: { type: 'Pesel', value: pesel },
      permissions: [{ description: 'The accountant', permissionType: 'InvoiceRead' }],
    })
    await expect(enter()).resolves.toMatchObject({ contextIdentifier: { type: 'Nip', value: nip } })
  })

  it('with a certificate and a key of PEM files, and with a KSeF token', async () => {
    const simulator = await start()
    const { nip, ksefToken, certificate, privateKey } = simulator.systems.ksef.credentials
    const { authentication } = clientOf(simulator)
    const bySeal = await authentication.withXades({
      nip,
      certificate: await loadCertificateFromPem(Buffer.from(certificate)),
      privateKey: await loadPrivateKeyFromPem(Buffer.from(privateKey)),
      pollIntervalMs: 20,
    })
    const byToken = await authentication.withToken({ nip, ksefToken, pollIntervalMs: 20 })
    expect(byToken.accessToken).not.toBe(bySeal.accessToken)
    expect((await byToken.sessions.query()).items).toHaveLength(2)
  })

  it('again with the new key where the environment’s was changed in an emergency (2.8)', async () => {
    const simulator = await start()
    const { nip, ksefToken } = simulator.systems.ksef.credentials
    const client = clientOf(simulator)
    await client.encryption.getCertificates()
    simulator.set({ ksef: { actions: [{ do: 'rotateKeys', usage: 'KsefTokenEncryption', how: 'emergency' }] } })
    await client.authentication.withToken({ nip, ksefToken, pollIntervalMs: 20 })
    expect(counts(simulator)).toEqual({ signIns: 1, redeems: 1, refreshes: 0 })
  })

  it('never redeems twice: a lost answer leads to a sign-in from the start', async () => {
    const simulator = await start()
    simulator.faults.add({ system: 'ksef', operation: 'redeem', kind: 'resetAfter' })
    const { authentication } = clientOf(simulator)
    const nip = generateNip()
    const first = await authentication.withTestCertificate({ nip, ...quick }).catch((error: unknown) => error)
    if (first instanceof Error) expect(first).toMatchObject({ code: 'KSEF_REDEMPTION_UNKNOWN' })
    await authentication.withTestCertificate({ nip, ...quick })
    expect(counts(simulator)).toEqual({ signIns: 2, redeems: 2, refreshes: 0 })
    const { rejected } = simulator.state().systems.ksef
    expect(rejected).toEqual({})
  })
})

describe('staying in (2.10)', () => {
  it('a hundred callers at the access token’s end make one refresh', async () => {
    const simulator = await start({ rateLimits: false })
    const { clock, later } = shifting()
    const client = clientOf(simulator, { clock, rateLimits: false })
    const auth = await client.authentication.withTestCertificate({ nip: generateNip(), ...quick })
    const before = auth.accessToken
    for (let round = 1; round <= 3; round += 1) {
      await simulator.clock.advance(901_000)
      later(901_000)
      await Promise.all(Array.from({ length: 100 }, () => auth.sessions.query()))
      expect(counts(simulator)).toEqual({ signIns: 1, redeems: 1, refreshes: round })
    }
    expect(auth.accessToken).not.toBe(before)
  })

  it('a hundred callers whose token was refused make one refresh, too', async () => {
    const simulator = await start({ rateLimits: false })
    const client = clientOf(simulator, { rateLimits: false })
    const auth = await client.authentication.withTestCertificate({ nip: generateNip(), ...quick })
    simulator.invalidateTokens('ksef')
    await Promise.all(Array.from({ length: 100 }, () => auth.sessions.query()))
    expect(counts(simulator)).toEqual({ signIns: 1, redeems: 1, refreshes: 1 })
  })

  it('a refresh token at its end leads to one new sign-in', async () => {
    const simulator = await start({ rateLimits: false })
    const { clock, later } = shifting()
    const client = clientOf(simulator, { clock, rateLimits: false })
    const auth = await client.authentication.withTestCertificate({ nip: generateNip(), ...quick })
    await simulator.clock.advance(604_801_000)
    later(604_801_000)
    await Promise.all(Array.from({ length: 100 }, () => auth.sessions.query()))
    expect(counts(simulator)).toMatchObject({ signIns: 2, redeems: 2 })
  })

  it('a session that was ended elsewhere leads to one new sign-in as soon as the access token ends', async () => {
    const simulator = await start({ rateLimits: false })
    const { clock, later } = shifting()
    const client = clientOf(simulator, { clock, rateLimits: false })
    const auth = await client.authentication.withTestCertificate({ nip: generateNip(), ...quick })
    const [session] = simulator.state().systems.ksef.sessions
    const referenceNumber = session?.referenceNumber ?? ''
    simulator.set({ ksef: { actions: [{ do: 'revokeSession', referenceNumber }] } })
    await auth.sessions.query() // 2.12: the access token stays good until its own end.
    expect(counts(simulator)).toEqual({ signIns: 1, redeems: 1, refreshes: 0 })
    await simulator.clock.advance(901_000)
    later(901_000)
    await Promise.all(Array.from({ length: 100 }, () => auth.sessions.query()))
    expect(counts(simulator)).toEqual({ signIns: 2, redeems: 2, refreshes: 0 })
    expect(simulator.state().systems.ksef.rejected).toEqual({ '21301': 1 }) // The refresh, asked for once.
  })

  it('tokens that were kept work in another client, and say so when their session is over', async () => {
    const simulator = await start()
    const { clock, later } = shifting()
    const client = clientOf(simulator, { clock })
    const { authTokens } = await client.authentication.withTestCertificate({ nip: generateNip(), ...quick })
    const { accessToken, refreshToken } = authTokens
    const kept = {
      accessToken: { token: accessToken.token, validUntil: accessToken.validUntil.toISOString() },
      refreshToken: { token: refreshToken.token, validUntil: refreshToken.validUntil.toISOString() },
    }
    const again: AuthenticatedClient = clientOf(simulator, { clock }).authenticated(kept)
    await again.sessions.query()
    await again.sessions.terminateCurrent()
    await simulator.clock.advance(901_000)
    later(901_000)
    await expect(again.sessions.query()).rejects.toMatchObject({ code: 'LATCHKEY_REAUTHORIZATION_REQUIRED' })
    expect(counts(simulator)).toMatchObject({ signIns: 1, redeems: 1 })
  })

  it('clients of one store share one sign-in and one refresh', async () => {
    const simulator = await start({ rateLimits: false })
    const { clock, later } = shifting()
    const store = memoryStore()
    const nip = generateNip()
    const clients = await Promise.all(
      Array.from({ length: 10 }, () =>
        clientOf(simulator, { clock, store, rateLimits: false }).authentication.withTestCertificate({ nip, ...quick }),
      ),
    )
    expect(counts(simulator)).toEqual({ signIns: 1, redeems: 1, refreshes: 0 })
    await simulator.clock.advance(901_000)
    later(901_000)
    await Promise.all(clients.map((auth) => auth.sessions.query()))
    expect(counts(simulator)).toEqual({ signIns: 1, redeems: 1, refreshes: 1 })
    expect(new Set(clients.map(({ refreshToken }) => refreshToken)).size).toBe(1)
  })
})

describe('processes that are killed', () => {
  const program = fileURLToPath(new URL('support/ksef-program.mjs', import.meta.url))

  async function home() {
    const directory = await mkdtemp(join(tmpdir(), 'latchkey-ksef-'))
    open.push({ [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }) })
    const [nip, key] = [generateNip(), generateSealingKey().reveal()]
    return (simulator: Simulator) =>
      new Running([program, simulator.systems.ksef.baseUrl, nip, join(directory, 'tokens'), key])
  }

  /** A process of the program, ended at the test's end at the latest. */
  class Running {
    readonly #child: ChildProcessByStdio<Writable, Readable, null>
    readonly #lines: AsyncIterator<string>

    constructor(args: readonly string[]) {
      this.#child = spawn(process.execPath, [...args], { stdio: ['pipe', 'pipe', 'inherit'] })
      this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
      open.push({ [Symbol.asyncDispose]: () => this.kill() })
    }

    async hear(): Promise<unknown> {
      const { value } = (await this.#lines.next()) as { value: string | undefined }
      return value === undefined ? undefined : (JSON.parse(value) as unknown)
    }

    async call(): Promise<unknown> {
      this.#child.stdin.write('call\n')
      return this.hear()
    }

    async kill(): Promise<void> {
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
      const gone = once(this.#child, 'exit')
      this.#child.kill('SIGKILL')
      await gone
    }
  }

  it('go on with the refresh token when they start again', async () => {
    const simulator = await start()
    const program = await home()
    const first = program(simulator)
    expect(await first.hear()).toEqual({ signedIn: true })
    await first.kill()
    simulator.invalidateTokens('ksef')
    const second = program(simulator)
    expect(await second.hear()).toEqual({ signedIn: true })
    expect(await second.call()).toEqual({ sessions: 1 })
    expect(counts(simulator)).toEqual({ signIns: 1, redeems: 1, refreshes: 1 })
  })

  it('lose nothing when they are killed while KSeF checks: the next one signs in', async () => {
    const simulator = await start({ authenticationMs: 600_000 })
    const program = await home()
    const first = program(simulator)
    await expect.poll(() => counts(simulator).signIns, { timeout: 20_000 }).toBe(1)
    await first.kill()
    simulator.set({ ksef: { authenticationMs: 20 } })
    const second = program(simulator)
    expect(await second.hear()).toEqual({ signedIn: true })
    expect(counts(simulator)).toEqual({ signIns: 2, redeems: 1, refreshes: 0 })
  })
})
