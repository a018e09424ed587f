/**
 * The study's pictures: which results are drawn as which lines.
 *
 * @module
 */
import { drawChart } from './chart.ts'
import type { Line } from './chart.ts'
import { ageBound } from './bound.ts'
import { perHour, providerTitles, situationTitles } from './report.ts'
import { providerKinds, situations } from './scenario.ts'
import type { Situation } from './scenario.ts'
import type { Result } from './simulate.ts'

const colours: Readonly<Record<Situation, string>> = { calm: '#2f81c7', crashes: '#d9822b', outage: '#a35bc0' }

/** What one line shows of a result. */
interface Measure {
  readonly name: string
  readonly of: (result: Result) => number
  readonly dashed?: boolean
}

/** File name and contents of every chart. */
export function charts(results: readonly Result[]): ReadonlyMap<string, string> {
  const chart = (title: string, yLabel: string, measures: readonly Measure[], bound?: Measure): string =>
    drawChart({
      title,
      xLabel: 'processes that share one record',
      yLabel,
      panels: providerKinds.map((kind) => {
        const of = results.filter(({ scenario }) => scenario.provider === kind && !scenario.slow)
        const lines = situations.flatMap((situation) =>
          measures.map((measure) => line(of, situation, measure, situationTitles[situation], colours[situation])),
        )
        const limit = bound && [line(of, 'calm', bound, '', '#7d8590')]
        return { title: providerTitles[kind], lines: [...lines, ...(limit ?? [])] }
      }),
    })

  return new Map([
    [
      'requests.svg',
      chart(
        'Token requests',
        'requests per hour',
        [{ name: '', of: (result) => perHour(result.tokenRequests, result) }],
        {
          name: 'bound of 12.3 while nothing fails',
          of: (result) => perHour(ageBound(result.scenario.provider, result.scenario.spanMs), result),
          dashed: true,
        },
      ),
    ],
    [
      'store.svg',
      chart('Store operations', 'operations per second', [
        { name: 'mean', of: ({ store }) => store.operationsPerSecond },
        { name: 'most in one second', of: ({ store }) => store.operationsPeak, dashed: true },
      ]),
    ],
    [
      'waiting.svg',
      chart('Waiting for a token', 'milliseconds', [
        { name: 'p99 of all', of: ({ calls }) => calls.p99 },
        { name: 'p99 of those that waited', of: ({ calls }) => calls.waitedP99, dashed: true },
      ]),
    ],
  ])
}

function line(
  results: readonly Result[],
  situation: Situation,
  { name, of, dashed = false }: Measure,
  title: string,
  colour: string,
): Line {
  const points = results
    .filter(({ scenario }) => scenario.situation === situation)
    .map((result) => [result.scenario.processes, of(result)] as const)
    .sort(([a], [b]) => a - b)
  return { name: [title, name].filter((part) => part !== '').join(': '), colour, dashed, points }
}
