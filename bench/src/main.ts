/**
 * The bench command: lists what there is, or runs a suite or single benchmarks and reports them.
 *
 * @module
 */
import { generateKeyPairSync } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { engine } from './engine/index.ts'
import { etims } from './etims/index.ts'
import { fleet } from './fleet/index.ts'
import type { Benchmark } from './harness/benchmark.ts'
import { ensurePeers, peerVersions } from './harness/installed.ts'
import { describeMachine } from './harness/machine.ts'
import { packagesDirectory } from './harness/places.ts'
import { startProvider } from './harness/provider.ts'
import { circumstances, terminalText, writeDocument, writeResults } from './harness/report.ts'
import type { Run } from './harness/report.ts'
import { ksef } from './ksef/index.ts'

const suites: Readonly<Record<string, readonly Benchmark[]>> = { engine, fleet, etims, ksef }

interface Request {
  readonly suite: string
  readonly benchmarks: readonly Benchmark[]
  readonly write: boolean
  readonly strict: boolean
  readonly quick: boolean
}

/** A command line that cannot be followed: exit 2. */
class UsageError extends Error {}

try {
  const request = parseRequest(process.argv.slice(2))
  process.exitCode = request === undefined ? list() : await run(request)
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = error instanceof UsageError ? 2 : 1
}

function parseRequest(argv: string[]): Request | undefined {
  const { values, positionals } = parse(argv)
  if (positionals.length === 0) {
    if (values.write || values.strict)
      throw new UsageError('Say what to run, for example: npm run bench -- engine --write')
    return undefined
  }
  const [first = ''] = positionals
  const suite = suites[first]
  if (suite !== undefined && positionals.length === 1) {
    if (values.write && values.quick) throw new UsageError('--quick measures too little to be written down.')
    return { suite: first, benchmarks: suite, write: values.write, strict: values.strict, quick: values.quick }
  }
  if (values.write) throw new UsageError('--write needs a whole suite, so that the document comes from one run.')
  const known = Object.values(suites).flat()
  const benchmarks = positionals.map((name) => {
    const found = known.find(({ id }) => id.toLowerCase() === name.toLowerCase())
    if (found === undefined) throw new UsageError(`There is no benchmark "${name}". There are: ${names(known)}.`)
    return found
  })
  return { suite: 'selection', benchmarks, write: false, strict: values.strict, quick: values.quick }
}

function parse(argv: string[]) {
  try {
    return parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        write: { type: 'boolean', default: false },
        strict: { type: 'boolean', default: false },
        quick: { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function names(known: readonly Benchmark[]): string {
  return [...Object.keys(suites), ...known.map(({ id }) => id)].join(', ')
}

function list(): number {
  const lines = ['npm run bench -- NAME… [--write] [--strict] [--quick]', '']
  for (const [suite, benchmarks] of Object.entries(suites)) {
    lines.push(`  ${suite}`, ...benchmarks.map(({ id, title }) => `    ${id}  ${title}`))
  }
  lines.push(
    '',
    '  --write   put the tables of a whole suite into docs/benchmarks.md',
    '  --strict  exit 1 if a bar is not reached',
    '  --quick   shorter and fewer rounds of the fleet suite, to see that everything runs',
  )
  process.stdout.write(`${lines.join('\n')}\n`)
  return 0
}

async function run({ suite, benchmarks, write, strict, quick }: Request): Promise<number> {
  const say = (text: string): void => void process.stderr.write(`${text}\n`)
  await ensurePeers(say)
  const startedAt = new Date()
  const started = performance.now()
  const machine = describeMachine()
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2_048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  })
  const provider = await startProvider(machine.servingCore, privateKey)
  const results: Run['results'][number][] = []
  try {
    for (const benchmark of benchmarks) {
      const outcome = await benchmark.run({ machine, provider, quick, say })
      results.push({ benchmark, outcome })
      process.stdout.write(`\n${terminalText(benchmark, outcome)}`)
    }
  } finally {
    await provider.end()
  }
  const seconds = (performance.now() - started) / 1_000
  const report: Run = {
    suite,
    startedAt,
    seconds,
    machine,
    ourVersion: await ourVersion(),
    peerVersions: await peerVersions(),
    results,
  }
  process.stdout.write(`\n${circumstances(report).join('\n')}\n`)
  say(`Took ${Math.round(seconds)} s.`)
  await writeResults(report)
  if (write) say(`Wrote ${await writeDocument(report)}`)
  const missed = results.flatMap(({ outcome }) => outcome.bars).filter(({ reached }) => !reached).length
  return strict && missed > 0 ? 1 : 0
}

async function ourVersion(): Promise<string> {
  const text = await readFile(join(packagesDirectory, 'core', 'package.json'), 'utf8')
  return (JSON.parse(text) as { version: string }).version // Our own manifest.
}
