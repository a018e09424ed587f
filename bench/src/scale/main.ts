/**
 * The scale command: simulates fleets of ten to ten thousand processes on one record, and says what they cost.
 *
 * @module
 */
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { writeCharts, writeDocument } from './document.ts'
import { runAll } from './pool.ts'
import { tables, terminalText } from './report.ts'
import { fullPlan, quickPlan, scenarios } from './scenario.ts'
import type { Result } from './simulate.ts'

const usage = `npm run scale -- [--quick] [--json] [--seed N] [--write]

  --quick   10 and 100 processes for an hour and a half, in some seconds
  --json    one JSON document instead of tables
  --seed N  another fleet: other calls, crashes and jitter (default 1)
  --write   put tables into docs/scale.md and charts into docs/scale/
`

/** A command line that cannot be followed: exit 2. */
class UsageError extends Error {}

const stop = new AbortController()
const interrupted = new Error('interrupted')
process.once('SIGINT', () => stop.abort(interrupted))
process.once('SIGTERM', () => stop.abort(interrupted))

try {
  await run(parse(process.argv.slice(2)))
} catch (error) {
  process.stderr.write(`scale: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = error === interrupted ? 130 : error instanceof UsageError ? 2 : 1
}

async function run({ quick, json, seed, write }: ReturnType<typeof parse>): Promise<void> {
  const plan = quick ? quickPlan : fullPlan
  const cases = scenarios(plan, seed)
  const started = performance.now()
  const say = (text: string): void => void process.stderr.write(`${text}\n`)
  say(`${cases.length} fleets on ${availableParallelism()} cores; the largest take the longest.`)
  let done = 0
  const tell = ({ scenario }: Result): void => {
    const seconds = Math.round((performance.now() - started) / 1_000)
    done += 1
    say(
      `${done}/${cases.length}  ${scenario.processes} processes, ${scenario.provider}, ${scenario.situation}; ${seconds} s`,
    )
  }
  const results = await runAll(cases, tell, stop.signal)
  if (json) process.stdout.write(`${JSON.stringify({ seed, results }, null, 2)}\n`)
  else process.stdout.write(`${tables(results).map(terminalText).join('\n')}\n`)
  if (!write) return
  for (const path of [...(await writeCharts(results)), await writeDocument(results)]) say(`Wrote ${path}`)
}

function parse(argv: string[]) {
  const { quick, json, seed, write, help } = parsed(argv)
  if (help) {
    process.stdout.write(usage)
    process.exit(0)
  }
  if (!/^\d{1,9}$/.test(seed)) throw new UsageError('--seed takes a whole number of at most nine digits.')
  if (quick && write) throw new UsageError('--write needs the whole study: leave out --quick.')
  return { quick, json, write, seed: Number(seed) }
}

function parsed(args: string[]) {
  const flag = { type: 'boolean', default: false } as const
  const options = { quick: flag, json: flag, write: flag, help: flag, seed: { type: 'string', default: '1' } } as const
  try {
    return parseArgs({ args, options }).values
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
  }
}
