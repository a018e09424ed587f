/**
 * Explores the token protocol further than the tests do: the bounds of engine.md 16.1 at once, or any others. Prints a
 * table (`--json`: one document) and tells of its progress on stderr; Ctrl-C ends it with what it has.
 *
 * `npm run explore -- --kind rotating --processes 3 --stalls 2 --crashes 2 --seconds 600`
 *
 * @see engine.md section 16.1, docs/protocol.md "The exploration"
 * @module
 */
import { setImmediate } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Exploration } from '../packages/core/test/exploration/explorer.ts'
import { exploration } from '../packages/core/test/exploration/explorer.ts'
import { boundsText, count } from '../packages/core/test/exploration/report.ts'
import type { Bounds, Scenario } from '../packages/core/test/exploration/world.ts'
import { nothing } from '../packages/core/test/exploration/world.ts'

const full: Bounds = { ...nothing, ticks: 4, stalls: 2, crashes: 2, forgets: 2, failovers: 1, lost: 1, demands: 1 }
const boundNames = Object.keys(nothing) as (keyof Bounds)[] // The keys of a literal.

const { values } = parseArgs({
  options: {
    kind: { type: 'string', default: 'both' },
    processes: { type: 'string', default: '3' },
    warm: { type: 'string', default: '2' },
    'issue-times': { type: 'boolean', default: false },
    order: { type: 'string', default: 'depth' },
    seconds: { type: 'string', default: '300' },
    'max-states': { type: 'string', default: '60000000' },
    json: { type: 'boolean', default: false },
    ...Object.fromEntries(boundNames.map((name) => [name, { type: 'string' as const }])),
  },
})
const given: Record<string, string | boolean | undefined> = values // The bounds' names are not in its type.

const kinds =
  values.kind === 'both' ? (['exclusive', 'rotating'] as const) : [oneOf(values.kind, ['exclusive', 'rotating'])]
const order = oneOf(values.order, ['depth', 'breadth'])
const asked = boundNames.some((name) => given[name] !== undefined)
const bounds = Object.fromEntries(
  boundNames.map((name) => [name, given[name] === undefined ? (asked ? 0 : full[name]) : whole(name, 15)]),
) as unknown as Bounds // Each name has its number.
const processes = whole('processes', 4)
const seconds = whole('seconds', 1_000_000)
const maxStates = whole('max-states', 120_000_000)

let stopped = false
process.once('SIGINT', () => (stopped = true))
const results: Exploration[] = []
for (const kind of kinds) {
  const warm = Math.min(whole('warm', 4), processes)
  const name = `${processes} processes, ${warm} warm`
  if (!stopped) results.push(await run({ name, kind, processes, warm, statesIssueTime: values['issue-times'], bounds }))
}
if (values.json) console.log(JSON.stringify(results, null, 2))
else for (const row of table(results)) console.log(row)
for (const { violation } of results) if (violation && !values.json) console.log(`\n${violation.story.join('\n')}`)
if (results.some(({ violation }) => violation)) process.exitCode = 1

async function run(scenario: Scenario): Promise<Exploration> {
  const exploring = exploration(scenario, { order, maxStates })
  const end = performance.now() + seconds * 1000
  let told = 0
  for (let over = false; ;) {
    const { done, value } = exploring.next(over)
    if (done) return value
    const now = performance.now()
    over = stopped || now > end
    if (now > told + 5000) {
      told = now
      const { states, transitions, waiting } = value
      console.error(
        `${scenario.kind}: ${count(states)} states, ${count(transitions)} transitions, ${count(waiting)} waiting`,
      )
    }
    await setImmediate() // Lets Ctrl-C through.
  }
}

function table(explorations: readonly Exploration[]): string[] {
  return [
    '| Provider | Fleet | Bounds | States | Transitions | Time | Outcome |',
    '| --- | --- | --- | --: | --: | --: | --- |',
    ...explorations.map(({ scenario, states, transitions, took, complete, violation }) => {
      const outcome = violation
        ? `${violation.guarantee} broken`
        : complete
          ? 'complete, nothing broken'
          : 'stopped, nothing broken'
      const cells = [scenario.kind, scenario.name, boundsText(scenario.bounds), count(states), count(transitions)]
      return `| ${[...cells, `${Math.round(took / 1000)} s`, outcome].join(' | ')} |`
    }),
  ]
}

function whole(name: string, most: number): number {
  const number = Number(given[name])
  if (!Number.isInteger(number) || number < 0 || number > most) {
    throw new RangeError(`--${name} must be a whole number from 0 to ${most}.`)
  }
  return number
}

function oneOf<T extends string>(value: string, words: readonly T[]): T {
  const found = words.find((word) => word === value)
  if (found === undefined) throw new RangeError(`${value} is none of ${words.join(', ')}.`)
  return found
}
