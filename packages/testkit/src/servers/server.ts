/**
 * The life of a server's process: a directory, a port, a start that is waited for with a bound, and an end that comes
 * even if the test process dies. Knows nothing about the server's protocol.
 *
 * @module
 */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from './ports.ts'

const startMaxMs = 20_000
const stopMaxMs = 10_000
const pollMs = 25
const portsTried = 5
const logLines = 20

/** A process that serves on 127.0.0.1. */
export interface Server extends AsyncDisposable {
  readonly host: '127.0.0.1'
  readonly port: number
  /** Another one after every {@link Server.restart}. */
  readonly pid: number
  /** Data and log. */
  readonly directory: string
  /** Ends the process, orderly if it can, and removes the directory unless the caller brought it. */
  stop(): Promise<void>
  /** Sends a signal and, unless it is `SIGSTOP` or `SIGCONT`, waits for the end. The directory stays. */
  kill(signal?: NodeJS.Signals): Promise<void>
  /** Ends the process if it runs, and starts it again with the same port and directory. */
  restart(): Promise<void>
}

export interface Plan {
  readonly program: string
  readonly args: (place: Place) => readonly string[]
  /** Makes what the program needs in its directory, once. */
  readonly prepare?: (place: Place) => Promise<void>
  /** True once clients are served, and by the process `pid`, not by another on its port. Asked until then. */
  readonly ready: (place: Place, pid: number) => Promise<boolean>
  /** What ends it soon and orderly. */
  readonly stopSignal: NodeJS.Signals
  /** What ends it at once, as a crash would. */
  readonly killSignal: NodeJS.Signals
  readonly port: number | undefined
  readonly directory: string | undefined
  /** Whom the process runs as. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined
}

export interface Place {
  readonly port: number
  readonly directory: string
}

/** Starts the program, and again on another port if somebody took the first one. */
export async function startServer(plan: Plan): Promise<Server> {
  const directory = plan.directory ?? mkdtempSync(join(tmpdir(), 'latchkey-'))
  mkdirSync(directory, { recursive: true })
  if (plan.user) chownSync(directory, plan.user.uid, plan.user.gid)
  const guard = guardOf(directory, plan)
  const leave = (): void => {
    guard.dismiss()
    if (plan.directory === undefined) rmSync(directory, { recursive: true, force: true })
  }
  try {
    for (let tried = 1; ; tried += 1) {
      const place = { port: plan.port ?? (await freePort()), directory }
      try {
        if (tried === 1) await plan.prepare?.(place)
        const life = await launch(plan, place, guard)
        return serverOf(plan, place, life, guard, leave)
      } catch (error) {
        const taken = error instanceof Error && /address already in use/i.test(error.message)
        if (!taken || plan.port !== undefined || tried === portsTried) throw error
      }
    }
  } catch (error) {
    leave()
    throw error
  }
}

interface Life {
  readonly child: ChildProcess
  readonly pid: number
}

function serverOf(plan: Plan, place: Place, first: Life, guard: Guard, leave: () => void): Server {
  let life = first
  const kill = async (signal: NodeJS.Signals = plan.killSignal): Promise<void> => {
    if (ended(life.child)) return
    process.kill(life.pid, signal)
    if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await end(life.child)
  }
  const quit = async (): Promise<void> => {
    if (ended(life.child)) return
    process.kill(life.pid, 'SIGCONT') // A stopped process hears nothing else.
    await kill(plan.stopSignal)
  }
  const stop = async (): Promise<void> => {
    await quit()
    leave()
  }
  return {
    host: '127.0.0.1',
    ...place,
    get pid() {
      return life.pid
    },
    kill,
    stop,
    async restart() {
      await quit()
      life = await launch(plan, place, guard)
    },
    [Symbol.asyncDispose]: stop,
  }
}

async function launch(plan: Plan, place: Place, guard: Guard): Promise<Life> {
  const logFile = join(place.directory, 'server.log')
  const log = openSync(logFile, 'w')
  const child = spawn(plan.program, plan.args(place), {
    ...plan.user,
    cwd: place.directory,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  child.unref()
  await once(child, 'spawn')
  const pid = child.pid ?? 0 // A process that was spawned has one.
  guard.watch(pid)
  child.once('exit', () => guard.watch(undefined))
  const late = AbortSignal.timeout(startMaxMs)
  while (!late.aborted) {
    if (ended(child))
      throw failed(plan, `ended with ${String(child.signalCode ?? child.exitCode)} at its start`, logFile)
    if (await plan.ready(place, pid)) return { child, pid }
    await pause(pollMs)
  }
  child.kill('SIGKILL')
  await end(child)
  throw failed(plan, `was not ready within ${startMaxMs} ms`, logFile)
}

/** Told which process runs, `undefined` for none. */
interface Guard {
  watch(pid: number | undefined): void
  dismiss(): void
}

/**
 * A process that does nothing but wait for the end of this one, however it comes, and then ends the server: the pipe
 * to its input closes by itself. An `exit` handler would not run when a test runner kills its worker.
 */
function guardOf(directory: string, { killSignal, directory: given }: Plan): Guard {
  const script = `
    while read -r next; do pid=$next; done
    [ -z "$pid" ] || { kill -CONT $pid; kill -${killSignal.slice('SIG'.length)} $pid; sleep 1; }
    [ -z "$1" ] || rm -rf -- "$1"`
  const guard = spawn('/bin/sh', ['-c', script, 'guard', given === undefined ? directory : ''], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true, // An interrupt from the terminal is not meant for it.
  })
  guard.unref()
  guard.stdin.on('error', () => undefined) // It was ended by somebody else.
  return {
    watch: (pid) => void guard.stdin.write(`${pid ?? ''}\n`),
    dismiss: () => void guard.stdin.end('\n'),
  }
}

/** Waits until the process has ended, and ends it by force if it takes too long. */
async function end(child: ChildProcess): Promise<void> {
  const force = setTimeout(() => child.kill('SIGKILL'), stopMaxMs)
  if (!ended(child)) await once(child, 'exit')
  clearTimeout(force)
}

function ended(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

function failed(plan: Plan, what: string, logFile: string): Error {
  const last = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-logLines).join('\n')
  return new Error(`${plan.program} ${what}. The last lines of its log:\n${last}`)
}
