/**
 * The fleet report: one table at the end of a test file, and the same as JSON where `LATCHKEY_FLEET_REPORT` names a
 * file.
 *
 * @module
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { Row } from './judge.ts'

const columns: readonly (readonly [title: string, cell: (row: Row) => string | number])[] = [
  ['test', ({ test }) => test],
  ['store', ({ store }) => store],
  ['provider', ({ provider }) => provider],
  ['signal', ({ signal }) => signal],
  ['step', ({ step }) => step],
  ['kills', ({ kills }) => kills],
  ['tokens lost', ({ tokensLost }) => tokensLost],
  ['needless (allowed)', ({ needless, needlessAllowed }) => `${needless} (${needlessAllowed})`],
  ['calls', ({ calls }) => calls],
  ['failed', ({ failedCalls, pardonedCalls }) => (pardonedCalls ? `${failedCalls} (+${pardonedCalls})` : failedCalls)],
  ['token requests', ({ tokenRequests }) => tokenRequests],
  ['recovery ms', ({ recoveryMs }) => recoveryMs ?? ''],
  ['', ({ problems, isVoid }) => (isVoid ? 'void' : problems.length > 0 ? '✗' : '')],
]

const rows: Row[] = []

/** Keeps a run for the report, and tells at once where it has a problem. */
export function record(row: Row): void {
  rows.push(row)
  const { test, store, provider, signal, step, problems, course } = row
  if (problems.length > 0) {
    console.log([[test, store, provider, signal, step].join(', '), ...problems, course].join('\n'))
  }
}

/** Prints what was recorded in this test file. */
export function printReport(): void {
  if (rows.length === 0) return
  const cells = rows.map((row) => columns.map(([, cell]) => String(cell(row))))
  const titles = columns.map(([title]) => title)
  const widths = titles.map((title, at) => Math.max(title.length, ...cells.map((line) => line[at]?.length ?? 0)))
  const text = [titles, widths.map((width) => '-'.repeat(width)), ...cells]
    .map((line) =>
      line
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
  console.log(`${text}\n\n${summary()}`)
  writeJson()
}

function summary(): string {
  const total = (count: (row: Row) => number): number =>
    rows.reduce((sum, row) => sum + (row.isVoid ? 0 : count(row)), 0)
  const voided = rows.filter(({ isVoid }) => isVoid).length
  const failing = rows.filter(({ problems, isVoid }) => problems.length > 0 && !isVoid).length
  return [
    `${rows.length} runs, ${failing} with a problem, ${voided} void because the machine stood still`,
    `${total(({ workers }) => workers)} processes`,
    `${total(({ kills }) => kills)} kills, ${total(({ stalls }) => stalls)} stalls`,
    `${total(({ calls }) => calls)} calls, ${total(({ failedCalls }) => failedCalls)} failed`,
    `${total(({ tokensLost }) => tokensLost)} tokens lost`,
  ].join('; ')
}

// Test files run one after another, and each adds its runs to those of the others.
function writeJson(): void {
  const path = process.env['LATCHKEY_FLEET_REPORT']
  if (path === undefined || path === '') return
  const before = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as { runs: Row[] }).runs : [] // Our own file.
  writeFileSync(path, `${JSON.stringify({ runs: [...before, ...rows] }, undefined, 2)}\n`)
}
