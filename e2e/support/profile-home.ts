/**
 * A user's home folder with a configuration, and the real command run in it as processes of their own, against a
 * simulator that is a process, too.
 *
 * @module
 */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bin, document } from './command.ts'
import type { Ran } from './command.ts'

const commandLifeMs = 60_000
const simulatorLifeMs = 600_000

/** A simulator that runs as `latchkey simulator`. */
export interface SimulatorProcess {
  readonly url: string
  readonly baseUrl: string
  readonly credentials: Readonly<Record<string, string>>
  /** How many requests an operation of Daraja has seen. */
  requests(operation: string): Promise<number>
  /** Calls the control plane. */
  control(path: string, body?: object): Promise<unknown>
  stop(signal?: 'SIGINT' | 'SIGTERM'): Promise<Ran>
  /** As a crash would. */
  kill(): Promise<Ran>
}

/** Starts one on a free port with these further flags. */
export async function startSimulatorProcess(...flags: readonly string[]): Promise<SimulatorProcess> {
  const { child, ended } = launch(['simulator', '--port', '0', '--json', ...flags], '/', {}, simulatorLifeMs)
  const out = await new Promise<string>((resolve, reject) => {
    let text = ''
    child.stdout?.on('data', (more: string) => {
      text += more
      if (text.endsWith('}\n')) resolve(text)
    })
    void ended.then(({ err }) => reject(new Error(err)))
  })
  const { url, control, systems } = document({ out }) as {
    url: string
    control: string
    systems: { daraja: { baseUrl: string; credentials: Record<string, string> } }
  } // What its own tests assert.
  const ask = async (path: string, body?: object): Promise<unknown> => {
    const answer = await fetch(`${control}/${path}`, body && { method: 'POST', body: JSON.stringify(body) })
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    return answer.json()
  }
  return {
    url,
    baseUrl: systems.daraja.baseUrl,
    credentials: systems.daraja.credentials,
    requests: async (operation) => ((await ask(`requests?operation=${operation}`)) as unknown[]).length,
    control: ask,
    stop: (signal = 'SIGTERM') => {
      child.kill(signal)
      return ended
    },
    kill: () => {
      child.kill('SIGKILL')
      return ended
    },
  }
}

/** A home folder that is removed with the test. */
export interface ProfileHome extends AsyncDisposable {
  readonly folder: string
  /** What every command finds in its environment. */
  readonly env: Record<string, string>
  /** Runs `latchkey` with these words, here or in another folder. */
  latchkey(words: string, at?: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> }): Promise<Ran>
  /** Writes the configuration whose profile `daraja` leads to the simulator; `change` replaces its members. */
  configure(change?: object): Promise<void>
  /** The file with the newest version of the one record. */
  record(): Promise<string>
}

/** Makes a home in which `latchkey init` has been run. */
export async function openProfileHome(simulator: SimulatorProcess): Promise<ProfileHome> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'latchkey-e2e-')))
  const file = join(folder, 'latchkey.config.json')
  const { consumerKey = '', consumerSecret = '' } = simulator.credentials
  const env: Record<string, string> = {
    HOME: folder,
    DARAJA_CONSUMER_KEY: consumerKey,
    DARAJA_CONSUMER_SECRET: consumerSecret,
  }
  const latchkey: ProfileHome['latchkey'] = (words, at = {}) =>
    launch(words.split(' ').filter(Boolean), at.cwd ?? folder, { ...env, ...at.env }, commandLifeMs).ended
  const made = await latchkey('init')
  if (made.exit !== 0) throw new Error(made.err)
  const configure = async (change: object = {}): Promise<void> => {
    const config = JSON.parse(await readFile(file, 'utf8')) as { profiles: { daraja: object } } // What init wrote.
    const daraja = { ...config.profiles.daraja, baseUrl: simulator.baseUrl }
    await writeFile(file, JSON.stringify({ ...config, profiles: { daraja }, ...change }, null, 2))
  }
  await configure()
  return {
    folder,
    env,
    latchkey,
    configure,
    async record() {
      const tokens = join(folder, '.latchkey', 'tokens')
      const versions = (await readdir(tokens, { recursive: true })).filter((name) => /\/\d+$/.test(name)).sort()
      return join(tokens, versions.at(-1) ?? '')
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

/** Runs `latchkey` with these words; it is killed by its own id after `lifeMs`. */
function launch(
  words: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
  lifeMs: number,
): { readonly child: ChildProcess; readonly ended: Promise<Ran> } {
  const { PATH = '' } = process.env
  const child = spawn(process.execPath, [bin, ...words], {
    cwd,
    env: { PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
  const timer = setTimeout(() => child.kill('SIGKILL'), lifeMs)
  const ended = new Promise<Ran>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exit) => {
      clearTimeout(timer)
      resolve({ exit, out, err })
    })
  })
  return { child, ended }
}
