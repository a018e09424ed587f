/**
 * A terminal for tests: runs one command line in this process and keeps what it wrote.
 *
 * @module
 */
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../src/program.ts'

export interface Transcript {
  readonly exit: number
  readonly out: string
  readonly err: string
}

export interface Terminal {
  readonly stop?: AbortSignal
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  /** What comes from standard input. */
  readonly input?: string
}

/** Words are separated by single spaces. */
export async function type(
  line: string,
  { stop, env = {}, cwd = '/', input = '' }: Terminal = {},
): Promise<Transcript> {
  let out = ''
  let err = ''
  const io = {
    out: (text: string) => void (out += text),
    err: (text: string) => void (err += text),
    input: (async function* () {
      yield new TextEncoder().encode(input)
    })(),
    isTerminal: false,
    env,
    cwd,
    signal: stop ?? new AbortController().signal,
  }
  const exit = await run(line === '' ? [] : line.split(' '), io)
  return { exit, out, err }
}

/** A home folder that is removed with the test. */
export interface Home extends AsyncDisposable {
  readonly folder: string
  /** Runs a command line there. */
  type(line: string, env?: Readonly<Record<string, string>>, more?: Terminal): Promise<Transcript>
  /** Writes a file of its owner alone, and says where. */
  write(name: string, content: string | object, mode?: number): Promise<string>
}

export async function openHome(): Promise<Home> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'latchkey-home-')))
  return {
    folder,
    type: (line, env = {}, more = {}) =>
      type(line, { cwd: folder, env: { HOME: folder, TMPDIR: folder, ...env }, ...more }),
    async write(name, content, mode = 0o600) {
      const file = join(folder, name)
      await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content, null, 2), { mode })
      return file
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}
