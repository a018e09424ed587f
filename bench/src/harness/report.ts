/**
 * Results for readers: a terminal, a document, and programs. All three are made from the same outcome.
 *
 * @module
 */
import { mkdir, writeFile } from 'node:fs/promises'
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
    `Versions: @latchkey/core and @latchkey/http ${run.ourVersion}; ${[...peerVersions].map(([name, version]) => `${name} ${version}`).join(', ')}.`,
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

/** Replaces docs/benchmarks.md. */
export async function writeDocument(run: Run): Promise<string> {
  const date = run.startedAt.toISOString().slice(0, 10)
  const parts = [
    '# Benchmarks',
    `How Latchkey's engine compares with the libraries that people use for the same job. These tables are written by \`npm run bench -- ${run.suite} --write\` and by nothing else; [bench/README.md](../bench/README.md) says how the measurements are made.`,
    `Measured on ${date}, in one run of ${Math.round(run.seconds)} s.`,
    circumstances(run)
      .map((line) => `- ${line}`)
      .join('\n'),
    'Numbers are medians; a spread is the first and the third quartile. "Of ours" is the number divided by ours, so above 1 × is slower, larger or more than ours. Read relations, not absolute values: another machine has others.',
    ...run.results.flatMap(({ benchmark, outcome }) => documentParts(benchmark, outcome)),
  ]
  const options = (await resolveConfig(documentPath)) ?? {}
  const text = await format(parts.join('\n\n'), { ...options, parser: 'markdown' })
  await writeFile(documentPath, text)
  return documentPath.slice(repositoryDirectory.length)
}

function documentParts({ id, title, meaning, method }: Benchmark, { table, bars, notes }: Outcome): string[] {
  const header = ['', ...table.columns]
  const lines = [header, header.map((_, index) => (index === 0 ? '---' : '--:'))]
  for (const { name, cells } of table.rows) lines.push([name, ...cells.map(({ text }) => text)])
  return [
    `## ${id}: ${title}`,
    meaning,
    method,
    lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n'),
    bars
      .map(
        (bar) =>
          `- **${bar.reached ? 'Reached' : 'Not reached'}**: ${bar.claim}. Measured: ${bar.measured}${why(bar)}.`,
      )
      .join('\n'),
    ...(notes.length === 0 ? [] : [notes.map((note) => `- ${note}`).join('\n')]),
  ]
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
