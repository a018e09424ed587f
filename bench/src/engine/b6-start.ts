/**
 * B6. If these numbers grow, every short-lived program (a command, a function that scales to zero) starts later.
 *
 * @module
 */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Benchmark, Context } from '../harness/benchmark.ts'
import { latchkey, latchkeyHttp, peers } from '../harness/catalogue.ts'
import { onCore } from '../harness/processes.ts'
import { calm } from '../harness/provider.ts'
import { amount, notOffered, ratio } from '../harness/result.ts'
import type { Cell, Outcome } from '../harness/result.ts'
import { overlap, rotated, summarize } from '../harness/statistics.ts'
import type { Summary } from '../harness/statistics.ts'

const rounds = 20
const processLimitMs = 15_000
const importBarMs = 5
const tokenBarMs = 3
const entry = fileURLToPath(new URL('../../peers/start-process.js', import.meta.url))
const namespace = 'b6'

export const start: Benchmark = {
  id: 'B6',
  title: 'From nothing to the first token',
  meaning: 'If these numbers grow, every short-lived program starts later: a command, a function that scales to zero.',
  method: `${rounds} fresh processes per library, twice as many for ours and the bare fetch, interleaved. "Import" is the time of \`import()\` less that of an empty module. "First token" runs from making the instance to holding the token, after the import, beside one bare \`fetch\` of the same token URL in the same kind of process; "both" is their sum.`,
  run,
}

interface Candidate {
  readonly name: string
  readonly specifier: string
  /** Empty: only the import is measured. */
  readonly adapterUrl: string
}

interface Times {
  readonly importMs: number
  readonly tokenMs: number | null
}

const bare: Candidate = {
  name: 'empty module, bare fetch',
  specifier: './empty.js',
  adapterUrl: new URL('../../peers/fetch.js', import.meta.url).href,
}

// Works on requests alone, so it has no first token of its own.
const withoutToken = new Set(['undici-oidc-interceptor'])

const candidates: readonly Candidate[] = [
  bare,
  { name: latchkey.name, specifier: latchkey.packageName, adapterUrl: latchkey.adapterUrl },
  { name: latchkeyHttp.name, specifier: latchkeyHttp.packageName, adapterUrl: '' },
  ...peers.map(({ name, packageName, adapterUrl }) => ({
    name,
    specifier: packageName,
    adapterUrl: withoutToken.has(packageName) ? '' : adapterUrl,
  })),
]

// The bars stand on the first two, so those run twice in a round, apart from each other.
const half = Math.ceil(candidates.length / 2)
const order = [...candidates.slice(0, half), ...candidates.slice(0, 2), ...candidates.slice(half)]

async function run(context: Context): Promise<Outcome> {
  const measured = new Map<Candidate, Times[]>(candidates.map((candidate) => [candidate, []]))
  await context.provider.reset(namespace, calm)
  for (let round = 0; round <= rounds; round += 1) {
    context.say(round === 0 ? 'B6 filling the file cache' : `B6 round ${round} of ${rounds}`)
    for (const candidate of rotated(order, round)) {
      const taken = await startOne(candidate, context)
      if (round > 0) measured.get(candidate)?.push(taken) // The first process of each reads from disk.
    }
  }
  return report(measured)
}

async function startOne({ name, specifier, adapterUrl }: Candidate, { machine, provider }: Context): Promise<Times> {
  const [command, argv] = onCore(machine.measuringCore, [entry, specifier, adapterUrl])
  const { stdout } = await promisify(execFile)(command, argv, {
    timeout: processLimitMs,
    killSignal: 'SIGKILL',
    // By the environment, because a command line that fails is printed.
    env: { ...process.env, BENCH_SETTING: JSON.stringify(provider.setting(namespace)) },
  })
  const line = stdout.trim().split('\n').at(-1) ?? ''
  const times = JSON.parse(line) as Times // Printed by start-process.js.
  if (typeof times.importMs !== 'number') throw new Error(`${name} printed no times.`)
  return times
}

function report(measured: ReadonlyMap<Candidate, readonly Times[]>): Outcome {
  const floorMs = summarize((measured.get(bare) ?? []).map(({ importMs }) => importMs)).median
  const rows = [...measured].map(([candidate, times]) => {
    const imports = summarize(times.map(({ importMs }) => (candidate === bare ? importMs : importMs - floorMs)))
    const tokens = times.flatMap(({ tokenMs }) => (tokenMs === null ? [] : [tokenMs]))
    return { candidate, imports, tokens: tokens.length > 0 ? summarize(tokens) : undefined }
  })
  const ours = rows.find(({ candidate }) => candidate.name === latchkey.name)
  const bareTokens = rows.find(({ candidate }) => candidate === bare)?.tokens
  const bareToken = bareTokens?.median ?? NaN
  const undecided = ours?.tokens !== undefined && bareTokens !== undefined && overlap(ours.tokens, bareTokens)
  const ourImport = ours?.imports.median ?? NaN
  const ourToken = ours?.tokens?.median ?? NaN

  return {
    table: {
      columns: ['import, median', 'spread', 'of ours', 'first token, median', 'spread', 'of ours', 'both'],
      rows: rows.map(({ candidate, imports, tokens }) => ({
        name: candidate.name,
        cells: [
          ...cells(imports),
          candidate === bare ? { text: '–' } : ratio(imports.median, ourImport),
          ...(tokens === undefined ? [notOffered, { text: '–' }, { text: '–' }] : cells(tokens)),
          ...(tokens === undefined ? [] : [ratio(tokens.median, ourToken)]),
          tokens === undefined ? { text: '–' } : { text: amount(imports.median + tokens.median, 'ms') },
        ],
      })),
    },
    bars: [
      {
        claim: `import of @latchkey/core at most ${importBarMs} ms over an empty module`,
        measured: amount(ourImport, 'ms'),
        reached: ourImport <= importBarMs,
      },
      {
        claim: `first token at most a bare first fetch and ${tokenBarMs} ms`,
        measured: `${amount(ourToken, 'ms')}; the bare fetch takes ${amount(bareToken, 'ms')}${undecided ? '; their spreads overlap' : ''}`,
        reached: ourToken <= bareToken + tokenBarMs,
        reason:
          'the code of a renewal runs for the first time, before it is compiled: reading the record, judging, committing and the events are about 4 ms of it.',
      },
    ],
    notes: [
      'The import of the empty module is shown as it is; all others are shown over it.',
      '@latchkey/http makes no tokens of its own: its column is the import alone, core included where it needs it.',
    ],
  }
}

function cells({ median, low, high }: Summary): Cell[] {
  return [
    { text: amount(median, 'ms'), raw: median },
    { text: `${amount(low)} – ${amount(high)}`, raw: [low, high] },
  ]
}
