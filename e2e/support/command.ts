/**
 * Runs the real command as a process of its own, as a shell would, and keeps what it wrote.
 *
 * @module
 */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** The file that npm links. */
export const bin = fileURLToPath(new URL('../../packages/cli/bin/latchkey.js', import.meta.url))
const lifeMaxMs = 40_000

/** A command line that has ended. `exit` is null where a signal ended it. */
export interface Ran {
  readonly exit: number | null
  readonly out: string
  readonly err: string
}

/** A command line that runs. */
export interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<Ran>
  /** Standard output so far. */
  out(): string
  /** Resolves when standard output or standard error holds this text. */
  says(text: string): Promise<void>
  /** Sends the signal, and resolves with the end and how long it took, in milliseconds. */
  stop(signal: 'SIGINT' | 'SIGTERM'): Promise<Ran & { readonly ms: number }>
}

/** Starts one. It is killed by its own id if it lives longer than 40 seconds. */
export function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
  const { PATH = '' } = process.env
  const child = spawn(process.execPath, [bin, ...args], { env: { PATH, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
  const timer = setTimeout(() => child.kill('SIGKILL'), lifeMaxMs)
  const ended = new Promise<Ran>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exit) => {
      clearTimeout(timer)
      resolve({ exit, out, err })
    })
  })
  return {
    child,
    ended,
    out: () => out,
    says: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if ((out + err).includes(text)) resolve()
        }
        look()
        child.stdout.on('data', look)
        child.stderr.on('data', look)
        child.once('close', () => reject(new Error(`It ended without saying "${text}":\n${out}${err}`)))
      }),
    async stop(signal) {
      const since = performance.now()
      child.kill(signal)
      const ran = await ended
      return { ...ran, ms: performance.now() - since }
    },
  }
}

/** Runs `latchkey` with these words and resolves when it has ended. */
export function latchkey(...args: readonly string[]): Promise<Ran> {
  return start(args).ended
}

/** The one JSON document on standard output; throws where there is anything else. */
export function document(ran: Pick<Ran, 'out'>): Record<string, unknown> {
  if (!/^[^\n]+\n$/.test(ran.out)) throw new Error(`Not one line: ${JSON.stringify(ran.out)}`)
  return JSON.parse(ran.out) as Record<string, unknown> // The command prints objects.
}
