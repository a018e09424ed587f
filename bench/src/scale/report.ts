/**
 * Results for readers: tables for a terminal and for the document, both made from the same rows.
 *
 * @module
 */
import { ageBound, backOffTries } from './bound.ts'
import { duration, figure } from './figures.ts'
import type { ProviderKind } from './provider.ts'
import { providerKinds, situations } from './scenario.ts'
import type { Situation } from './scenario.ts'
import type { Result } from './simulate.ts'

export interface Table {
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** A column's head, and what stands below it. */
type Column = readonly [head: string, of: (result: Result) => string]

export const providerTitles: Readonly<Record<ProviderKind, string>> = {
  exclusive: 'Exclusive token of an hour',
  shareable: 'Shareable token of five minutes',
}
export const situationTitles: Readonly<Record<Situation, string>> = {
  calm: 'nothing fails',
  crashes: '1 % crash per minute',
  outage: 'provider down for 10 min',
}

const hourMs = 3_600_000

const who: Column = ['', ({ scenario }) => providerTitles[scenario.provider]]
const when: Column = ['', ({ scenario }) => situationTitles[scenario.situation]]
const size: Column = ['processes', ({ scenario }) => figure(scenario.processes)]
const requests: Column = ['requests', ({ tokenRequests }) => figure(tokenRequests)]
const allowed: Column = ['at most (12.3)', (result) => figure(requestsAllowed(result))]
const rulesBroken: Column = ['rules broken', ({ violations }) => figure(violations)]
const refusals: readonly Column[] = [
  ['refused calls', ({ calls }) => figure(calls.refused)],
  ['twice', ({ calls }) => figure(calls.refusedTwice)],
]
const failures: readonly Column[] = [
  ['failed', ({ calls }) => figure(calls.failed)],
  ['of them with a usable token', ({ calls }) => figure(calls.failedDespiteToken)],
]

const requestColumns: readonly Column[] = [
  when,
  size,
  requests,
  ['per hour', (result) => figure(perHour(result.tokenRequests, result))],
  allowed,
  ['dead holders', ({ crashes }) => figure(crashes.holders)],
  rulesBroken,
  ...refusals,
]
const storeColumns: readonly Column[] = [
  when,
  size,
  ['reads', ({ store }) => figure(store.reads)],
  ['swaps', ({ store }) => figure(store.swaps)],
  ['lost swaps', ({ store }) => figure(store.conflicts)],
  ['operations per second', ({ store }) => figure(store.operationsPerSecond)],
  ['most in one second', ({ store }) => figure(store.operationsPeak)],
  ['notices', ({ store }) => figure(store.notices)],
  ['most in one second', ({ store }) => figure(store.noticesPeak)],
]
const waitingColumns: readonly Column[] = [
  when,
  size,
  ['gets', ({ calls }) => figure(calls.gets)],
  ['p50', ({ calls }) => duration(calls.p50)],
  ['p99', ({ calls }) => duration(calls.p99)],
  ['longest', ({ calls }) => duration(calls.max)],
  ['had to wait', ({ calls }) => figure(calls.waited)],
  ['their p50', ({ calls }) => duration(calls.waitedP50)],
  ['their p99', ({ calls }) => duration(calls.waitedP99)],
  ...failures,
]
const outageColumns: readonly Column[] = [
  who,
  size,
  ['tries in vain', ({ requestsInVain }) => figure(requestsInVain)],
  ['mean of the back-off', ({ outage }) => figure(Math.round(backOffTries(outage?.failingMs ?? 0)))],
  ['first token after it', ({ outage }) => duration(outage?.firstTokenMs ?? 0)],
  ['last failed get after it', ({ outage }) => duration(outage?.lastFailureMs ?? 0)],
  ...failures,
]
const slowColumns: readonly Column[] = [
  who,
  size,
  ['messages per second', ({ scenario }) => figure(scenario.storeRate)],
  ['per process', ({ scenario }) => figure(scenario.storeRate / scenario.processes)],
  requests,
  allowed,
  rulesBroken,
  ...refusals,
  ['longest wait', ({ calls }) => duration(calls.max)],
  ...failures,
]

/** All tables of a study. */
export function tables(results: readonly Result[]): Table[] {
  const fleets = results.filter(({ scenario }) => !scenario.slow).sort(bySituationAndSize)
  const outages = fleets.filter(({ outage }) => outage !== undefined).sort(byProvider)
  const slow = results.filter(({ scenario }) => scenario.slow).sort(byProvider)
  return [
    ...providerKinds.flatMap((kind) => {
      const of = fleets.filter(({ scenario }) => scenario.provider === kind)
      return [
        table(`${providerTitles[kind]}: token requests`, requestColumns, of),
        table(`${providerTitles[kind]}: store`, storeColumns, of),
        table(`${providerTitles[kind]}: waiting`, waitingColumns, of),
      ]
    }),
    table('Provider down for 10 minutes', outageColumns, outages),
    table('A slow store, and 1 % crash per minute', slowColumns, slow),
  ]
}

/** The most requests that 12.3 allows: for age, one per dead holder, and the back-off series, which is as long as it was. */
export function requestsAllowed({ scenario, crashes, requestsInVain }: Result): number {
  return ageBound(scenario.provider, scenario.spanMs) + crashes.holders + requestsInVain
}

export function perHour(count: number, { scenario }: Result): number {
  return count / (scenario.spanMs / hourMs)
}

/** A table for a terminal: names to the left, figures to the right. */
export function terminalText({ title, columns, rows }: Table): string {
  const lines = [columns, ...rows]
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => (line[index] ?? '').length)))
  const text = lines.map((line) =>
    line
      .map((cell, index) => (index === 0 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
  return [title, '', ...text, ''].join('\n')
}

/** A table for a document. */
export function documentText({ title, columns, rows }: Table): string {
  const rule = columns.map((_, index) => (index === 0 ? '---' : '--:'))
  const lines = [columns, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`)
  return [`### ${title}`, '', ...lines, ''].join('\n')
}

function table(title: string, columns: readonly Column[], results: readonly Result[]): Table {
  return {
    title,
    columns: columns.map(([head]) => head),
    rows: results.map((result) => columns.map(([, of]) => of(result))),
  }
}

function bySituationAndSize({ scenario: a }: Result, { scenario: b }: Result): number {
  return situations.indexOf(a.situation) - situations.indexOf(b.situation) || a.processes - b.processes
}

// Stable: what was in order stays so within a provider.
function byProvider({ scenario: a }: Result, { scenario: b }: Result): number {
  return providerKinds.indexOf(a.provider) - providerKinds.indexOf(b.provider)
}
