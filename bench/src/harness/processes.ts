/**
 * Child processes that answer questions: one per library, and one for the provider. Questions and answers travel over
 * the process channel, so that steering a run never touches the network that it measures. Every question has a time
 * limit, and a child whose channel closes ends itself, so none outlives its parent.
 *
 * @module
 */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** An answer that did not come in time. The process that owed it is ended. */
export class OverdueError extends Error {
  readonly limitMs: number

  constructor(question: string, limitMs: number) {
    super(`No answer to "${question}" within ${limitMs} ms.`)
    this.name = 'OverdueError'
    this.limitMs = limitMs
  }
}

export interface Answering {
  /** Asks and waits. Rejects with {@link OverdueError} after the limit, or with the child's own message. */
  ask(question: string, argument?: unknown, limitMs?: number): Promise<unknown>
  end(): Promise<void>
  /** Ends it as a crash does: SIGKILL, with no chance to tidy up. */
  kill(): Promise<void>
}

export interface StartOptions {
  /** For Node itself, before the module. */
  readonly nodeArgs?: readonly string[]
  /** Gets what the child says unasked, with {@link tell}. */
  readonly heard?: (message: unknown) => void
}

/** The modules of `src/processes`. */
export type ProcessName = 'provider' | 'library' | 'store' | 'tenants' | 'worker'

interface Reply {
  readonly id: number
  readonly value?: unknown
  readonly error?: string
}

const askLimitMs = 30_000
const endLimitMs = 2_000
const lastWordsMs = 50

/** The command that runs Node on one core, or anywhere where the system cannot pin. */
export function onCore(core: number | undefined, argv: readonly string[]): readonly [string, string[]] {
  return core === undefined
    ? [process.execPath, [...argv]]
    : ['taskset', ['-c', String(core), process.execPath, ...argv]]
}

/** Starts a module of `src/processes` on a core. */
export function start(
  name: ProcessName,
  core: number | undefined,
  { nodeArgs = [], heard }: StartOptions = {},
): Answering {
  const entry = fileURLToPath(new URL(`../processes/${name}.js`, import.meta.url))
  const [command, argv] = onCore(core, [...nodeArgs, entry])
  const child = spawn(command, argv, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  const waiting = new Map<number, (reply: Reply) => void>()
  let nextId = 0
  let complaint = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-2_000)
  })
  child.on('message', (message) => {
    const reply = message as Reply | { readonly told: unknown } // Only `answer` and `tell` below send here.
    if ('told' in reply) heard?.(reply.told)
    else waiting.get(reply.id)?.(reply)
  })
  const ended = new Promise<void>((resolve) => {
    // Not `close`: after a disconnect from this side it does not come.
    child.once('exit', () => {
      resolve()
      // What it said last is still on its way.
      setTimeout(() => {
        for (const [id, settle] of waiting) settle({ id, error: `The ${name} process ended. ${complaint}` })
      }, lastWordsMs)
    })
    child.once('error', (error) => {
      complaint = error.message
    })
  })

  return {
    ask: (question, argument, limitMs = askLimitMs) =>
      new Promise((resolve, reject) => {
        const id = nextId++
        const timer = setTimeout(() => {
          waiting.delete(id)
          child.kill('SIGKILL')
          reject(new OverdueError(question, limitMs))
        }, limitMs)
        waiting.set(id, (reply) => {
          waiting.delete(id)
          clearTimeout(timer)
          if (reply.error === undefined) resolve(reply.value)
          else reject(new Error(reply.error))
        })
        child.send({ id, question, argument }, (error) => {
          if (error) waiting.get(id)?.({ id, error: error.message })
        })
      }),
    async end() {
      if (child.connected) child.disconnect()
      const timer = setTimeout(() => child.kill('SIGKILL'), endLimitMs)
      await ended
      clearTimeout(timer)
    },
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** The child's side: answers questions with these functions until the parent lets go. */
export function answer(questions: Readonly<Record<string, (argument: never) => unknown>>): void {
  process.on('message', (message) => {
    const { id, question, argument } = message as { id: number; question: string; argument: unknown } // From `ask`.
    void reply(id, question, argument)
  })
  process.once('disconnect', () => process.exit(0))

  async function reply(id: number, question: string, argument: unknown): Promise<void> {
    try {
      const known = questions[question]
      if (known === undefined) throw new Error(`There is no question "${question}".`)
      process.send?.({ id, value: await known(argument as never) }) // Each question knows its own argument.
    } catch (error) {
      process.send?.({ id, error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) })
    }
  }
}

/** The child's side: says something unasked. What was said before a SIGKILL has been said. */
export function tell(message: unknown): void {
  process.send?.({ told: message })
}
