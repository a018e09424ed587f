/**
 * Results for readers: a terminal, a document, and programs. All three are made from the same outcome.
 *
 * @module
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import type { Benchmark } from './benchmark.ts'
import { heldBack } from './catalogue.ts'
import type { Machine } from './machine.ts'
import { documentPath, repositoryDirectory, resultsDirectory } from './places.ts'
import type { Bar, Outcome, Table } from './result.ts'

export interface Run {
  readonly suite: string
  readonly startedAt: Date
  readonly seconds: number
  readonly machine: Machine
  readonly ourVersion: string
  readonly peerVersions: ReadonlyMap<string, string>
  readonly results: readonly { readonly benchmark: Benchmark; readonly outcome: Outcome }[]
}

/** One benchmark for a terminal. */
export function terminalText({ id, title, meaning }: Benchmark, outcome: Outcome): string {
  const lines = [`${id}  ${title}`, `    ${meaning}`, '', ...columns(outcome.table).map((line) => `    ${line}`), '']
  for (const bar of outcome.bars) {
    lines.push(`    ${bar.reached ? 'reached    ' : 'not reached'}  ${bar.claim}: ${bar.measured}${why(bar)}`)
  }
  return [...lines, ...outcome.notes.map((note) => `    ${note}`), ''].join('\n')
}

/** What ran where: machine, versions, and the peers that are not at their newest. */
export function circumstances(run: Run): string[] {
  const { machine, peerVersions } = run
  const pinned = machine.measuringCore !== undefined
  const busy = machine.load > 1
  return [
    `${machine.description}; Node ${machine.node}. Load at the start: ${machine.load.toFixed(1)}.`,
    ...(busy
      ? ['The machine was busy with other work: times are unreliable, and slow libraries may have been cut short.']
      : []),
    pinned
      ? `Libraries run on core ${machine.measuringCore}, the provider on core ${machine.servingCore}.`
      : 'Processes are not pinned to cores here.',
    `Versions: our packages ${run.ourVersion}; ${[...peerVersions].map(([name, version]) => `${name} ${version}`).join(', ')}.`,
    `Held back by Node ${machine.node.slice(1).split('.')[0]}: ${heldBack.map(({ packageName, reason }) => `${packageName} (${reason})`).join(', ')}. Each is measured at its last version that runs here.`,
  ]
}

/** Writes the raw numbers beside the compiled benchmarks, and answers where. */
export async function writeResults(run: Run): Promise<string> {
  const path = join(resultsDirectory, `${run.suite}.json`)
  const document = {
    suite: run.suite,
    startedAt: run.startedAt.toISOString(),
    seconds: run.seconds,
    machine: run.machine,
    versions: { '@latchkey/core': run.ourVersion, ...Object.fromEntries(run.peerVersions) },
    benchmarks: run.results.map(({ benchmark: { id, title }, outcome }) => ({ id, title, ...outcome })),
  }
  await mkdir(resultsDirectory, { recursive: true })
  await writeFile(path, `${JSON.stringify(document, null, 2)}\n`)
  return path
}

/** Replaces the part of docs/benchmarks.md that belongs to the suite, between its markers, and answers where. */
export async function writeDocument(run: Run): Promise<string> {
  const [begin, end] = [`<!-- ${run.suite}: begin -->`, `<!-- ${run.suite}: end -->`]
  const text = await readFile(documentPath, 'utf8')
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`docs/benchmarks.md has no "${begin}" and "${end}".`)
  const date = run.startedAt.toISOString().slice(0, 10)
  const parts = [
    begin,
    `## ${suiteTitles[run.suite] ?? run.suite}`,
    `Measured by \`npm run bench -- ${run.suite} --write\` on ${date}, in one run of ${Math.round(run.seconds)} s.`,
    circumstances(run)
      .map((line) => `- ${line}`)
      .join('\n'),
    ...run.results.flatMap(({ benchmark, outcome }) => documentParts(benchmark, outcome)),
  ]
  const whole = `${text.slice(0, from)}${parts.join('\n\n')}\n\n${text.slice(to)}`
  const options = (await resolveConfig(documentPath)) ?? {}
  await writeFile(documentPath, await format(whole, { ...options, parser: 'markdown' }))
  return documentPath.slice(repositoryDirectory.length)
}

const suiteTitles: Readonly<Record<string, string>> = {
  engine: 'The engine',
  fleet: 'The fleet',
  etims: 'eTIMS',
  ksef: 'KSeF',
}

function documentParts({ id, title, meaning, method }: Benchmark, { table, bars, notes }: Outcome): string[] {
  const header = ['', ...table.columns]
  const lines = [header, header.map((_, index) => (index === 0 ? '---' : '--:'))]
  for (const { name, cells } of table.rows) lines.push([name, ...cells.map(({ text }) => text)])
  return [
    `### ${id}: ${title}`,
    meaning,
    method,
    lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n'),
    ...(bars.length === 0 ? [] : [bars.map(barLine).join('\n')]),
    ...(notes.length === 0 ? [] : [notes.map((note) => `- ${note}`).join('\n')]),
  ]
}

function barLine(bar: Bar): string {
  return `- **${bar.reached ? 'Reached' : 'Not reached'}**: ${bar.claim}. Measured: ${bar.measured}${why(bar)}.`
}

function why({ reached, reason }: Bar): string {
  return reached || reason === undefined ? '' : `. Reason: ${reason.replace(/\.$/, '')}`
}

// Left-aligned names, right-aligned cells.
function columns({ columns: names, rows }: Table): string[] {
  const lines = [['', ...names], ...rows.map(({ name, cells }) => [name, ...cells.map(({ text }) => text)])]
  const widths = ['', ...names].map((_, index) => Math.max(...lines.map((line) => (line[index] ?? '').length)))
  return lines.map((line) =>
    line
      .map((text, index) => (index === 0 ? text.padEnd(widths[index] ?? 0) : text.padStart(widths[index] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
}
