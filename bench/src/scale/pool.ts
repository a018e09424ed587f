/**
 * Spreads scenarios over child processes, one per core.
 *
 * @module
 */
import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Scenario } from './scenario.ts'
import type { Result } from './simulate.ts'

const childrenMax = 4 // The largest fleet takes a gigabyte.
const semiSpaceMb = 64 // Most of what a run makes is garbage a millisecond later.

/**
 * Runs all scenarios and answers in their order.
 *
 * @param done - Told of each result as it comes.
 * @throws the signal's reason, after all children have ended; or the first failure.
 */
export async function runAll(
  scenarios: readonly Scenario[],
  done: (result: Result) => void,
  signal: AbortSignal,
): Promise<Result[]> {
  const results = new Map<Scenario, Result>()
  const queue = [...scenarios]
  const entry = fileURLToPath(new URL(`child${extname(import.meta.url)}`, import.meta.url))
  const execArgv = [...process.execArgv, `--max-semi-space-size=${semiSpaceMb}`]

  async function work(): Promise<void> {
    const child = fork(entry, { execArgv })
    const stop = (): void => void child.kill()
    signal.addEventListener('abort', stop, { once: true })
    try {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const result = await ask(child, next)
        results.set(next, result)
        done(result)
      }
    } catch (error) {
      queue.length = 0
      throw signal.aborted ? signal.reason : error
    } finally {
      signal.removeEventListener('abort', stop)
      child.kill()
    }
  }

  signal.throwIfAborted()
  const workers = Math.min(availableParallelism(), childrenMax, scenarios.length)
  const ends = await Promise.allSettled(Array.from({ length: workers }, work))
  for (const end of ends) if (end.status === 'rejected') throw end.reason
  return scenarios.flatMap((scenario) => results.get(scenario) ?? [])
}

async function ask(child: ChildProcess, scenario: Scenario): Promise<Result> {
  const ended = new AbortController()
  const over = once(child, 'exit', { signal: ended.signal }).then(() => {
    throw new Error('A child process ended before its scenario did.')
  })
  try {
    const answered = once(child, 'message', { signal: ended.signal })
    child.send(scenario)
    const [message] = (await Promise.race([answered, over])) as [{ result?: Result; error?: string }] // From `child.ts`.
    if (message.result === undefined) throw new Error(message.error)
    return message.result
  } finally {
    over.catch(() => undefined) // Raced, or cancelled by the next line.
    ended.abort()
  }
}
