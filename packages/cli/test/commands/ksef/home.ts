/**
 * A home folder whose one profile leads to the KSeF of a simulator.
 *
 * @module
 */
import { startSimulator } from '@latchkey/simulator'
import type { Simulator } from '@latchkey/simulator'
import { openHome } from '../../terminal.ts'
import type { Home, Terminal, Transcript } from '../../terminal.ts'

export interface Scene extends AsyncDisposable {
  readonly home: Home
  /** Runs a command line with the credentials in its environment. */
  type(line: string, env?: Readonly<Record<string, string>>, more?: Terminal): Promise<Transcript>
  /** Replaces the profile `ksef`. */
  configure(profile: object): Promise<void>
}

/**
 * A simulator that decides at once, and as often as it is asked. What is loaded for the first sign-in is loaded when this
 * resolves.
 */
export async function quickSimulator(): Promise<Simulator> {
  const simulator = await startSimulator({
    ksef: { authenticationMs: 0, ksefTokenMs: 0, permissionOperationMs: 0, certificateMs: 0, rateLimits: false },
  })
  await using home = await openHome()
  await home.type(`ksef limits --simulator ${simulator.url}`)
  simulator.reset()
  return simulator
}

/** What a profile has beside its credential. */
export function common(simulator: Simulator): object {
  const { baseUrl, credentials } = simulator.systems.ksef
  return { provider: 'ksef', environment: 'test', nip: credentials.nip, baseUrl }
}

/** The ready-made certificate: what a profile says, and the files beside it. */
export const withCertificate = { certificate: 'file:seal.pem', privateKey: 'file:seal.key' }

export async function prepared(simulator: Simulator, profile: object = withCertificate): Promise<Scene> {
  const home = await openHome()
  await home.type('init --provider ksef')
  const { certificate, privateKey, ksefToken } = simulator.systems.ksef.credentials
  await home.write('seal.pem', certificate)
  await home.write('seal.key', privateKey)
  const configure = async (fields: object): Promise<void> => {
    const ksef = { ...common(simulator), ...fields }
    const key = 'file:~/.latchkey/key'
    await home.write('latchkey.config.json', { profiles: { ksef }, store: { file: 'tokens' }, key })
  }
  await configure(profile)
  return {
    home,
    configure,
    type: async (line, env = {}, more = {}) =>
      unhurried(await home.type(line, { KSEF_TOKEN: ksefToken, ...env }, more)),
    [Symbol.asyncDispose]: () => home[Symbol.asyncDispose](),
  }
}

/** A slow machine makes a command say that it waits. */
export function unhurried(ran: Transcript): Transcript {
  return { ...ran, err: ran.err.replaceAll(/^Waiting for KSeF … \d+ s\n/gm, '') }
}

/** The one JSON document of a command. */
export function document({ out }: Pick<Transcript, 'out'>): Record<string, unknown> {
  return JSON.parse(out) as Record<string, unknown> // One object.
}
