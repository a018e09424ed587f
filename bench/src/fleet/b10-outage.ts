/**
 * B10. If the requests grow, a token endpoint in trouble is kept in trouble by those who wait for it; if calls fail
 * despite a usable token, its trouble reaches users before it has to; if the recovery takes long, it outlasts itself.
 *
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Benchmark, Context } from '../harness/benchmark.ts'
import { azurePipeline, google, latchkey, smithy } from '../harness/catalogue.ts'
import type { Library } from '../harness/catalogue.ts'
import { monotonicMs, startLibrary } from '../harness/library.ts'
import type { RunningLibrary, StreamedCall } from '../harness/library.ts'
import { calm } from '../harness/provider.ts'
import { amount } from '../harness/result.ts'
import type { Bar, Cell, Outcome } from '../harness/result.ts'
import { summarize } from '../harness/statistics.ts'

const instances = 3
const outageSeconds = 60
const usableSeconds = 30
const everyMs = 10
// The longest safety margin of a library here that still has a token in hand; ours keeps it.
const marginSeconds = 10
const recoveryLimitSeconds = 65
const requestsBar = 12
const recoverySpareMs = 1_000

export const outage: Benchmark = {
  id: 'B10',
  title: 'An endpoint that fails for a minute',
  meaning:
    'If the requests grow, a token endpoint in trouble is kept in trouble by those who wait for it; if calls fail despite a usable token, its trouble reaches users before it has to; if the recovery takes long, it outlasts itself.',
  method: `Libraries that renew ahead of time. A token of an hour has ${usableSeconds + marginSeconds} s left (both clocks of the process are moved once) when its endpoint begins to answer 500, for ${outageSeconds} s. ${1_000 / everyMs} calls of \`get()\` begin in each second. A token counts as usable until ${marginSeconds} s before its end, so for the first half. The recovery is over with the first call that gets a new token, ${recoveryLimitSeconds} s are watched. ${instances} processes of each library, all at the same time.`,
  run,
}

interface Entry {
  readonly library: Library
  readonly samples: Sample[]
}

interface Sample {
  readonly requests: number
  /** Calls begun while the token was usable, and those of them that failed or had no answer. */
  readonly early: number
  readonly failedEarly: number
  readonly failed: number
  /** Milliseconds from the recovery; null: not while it was watched. */
  readonly recovered: number | null
  /** Milliseconds of the cool-down that were left at the recovery, by the library's own word. */
  readonly coolDown: number | null
}

async function run(context: Context): Promise<Outcome> {
  const entries: Entry[] = [latchkey, azurePipeline, smithy, google].map((library) => ({ library, samples: [] }))
  context.say(`B10: ${entries.length * instances} processes, a minute or two`)
  const work = entries.flatMap(({ library, samples }) =>
    Array.from({ length: instances }, async (_, index) => {
      const running = await startLibrary(library, { core: context.machine.measuringCore, movableClock: true })
      try {
        const namespace = `b10-${index}-${library.name.replaceAll(/\W+/g, '-')}`
        samples.push(await measure(running, namespace, context))
      } finally {
        await running.end()
      }
    }),
  )
  const failures = (await Promise.allSettled(work)).filter((result) => result.status === 'rejected')
  if (failures[0] !== undefined) throw failures[0].reason
  return report(entries)
}

async function measure(running: RunningLibrary, namespace: string, { provider, quick }: Context): Promise<Sample> {
  const pace = quick ? 0.15 : 1
  const [outageMs, usableMs] = [outageSeconds * 1_000 * pace, usableSeconds * 1_000 * pace]
  await provider.reset(namespace, calm)
  await running.create(provider.setting(namespace))
  const obtainedAt = monotonicMs()
  const { token } = await running.burst(1, 30_000)
  if (token === null) throw new Error('The library gave no token.')

  await provider.behave(namespace, { ...calm, failing: true })
  await running.advance(calm.lifetimeSeconds * 1_000 - usableMs - marginSeconds * 1_000)
  await running.stream(everyMs, token)
  await sleep(outageMs)
  const { tokenRequests } = await provider.counts(namespace)
  const end = monotonicMs()
  await provider.behave(namespace, calm)
  const coolDown = await running.coolDown() // After the last failure, so that none can prolong it.

  let renewedAt = await running.renewedAt()
  while (renewedAt === null && monotonicMs() - end < recoveryLimitSeconds * 1_000) {
    await sleep(200)
    renewedAt = await running.renewedAt()
  }
  const { calls, unanswered } = await running.streamed(5_000)
  const isEarly = ({ startedAt }: StreamedCall): boolean => startedAt < obtainedAt + usableMs
  const during = calls.filter(({ startedAt }) => startedAt < end)
  const early = during.filter(isEarly)
  // Calls without an answer are the last ones, since libraries answer in order; those beyond the recovery still wait.
  return {
    requests: tokenRequests,
    early: early.length,
    failedEarly: early.filter(({ served }) => !served).length,
    failed: during.filter(({ served }) => !served).length + (renewedAt === null ? unanswered : 0),
    recovered: renewedAt === null ? null : renewedAt - end,
    coolDown,
  }
}

function report(entries: readonly Entry[]): Outcome {
  const ours = entries.find(({ library }) => library === latchkey)?.samples ?? []
  return {
    table: {
      columns: [
        'token requests',
        'failures despite a usable token',
        'all failures',
        'first success after recovery, ms',
      ],
      rows: entries.map(({ library, samples }) => ({ name: library.name, cells: cells(samples) })),
    },
    bars: bars(ours),
    notes: [
      'Each cell has one number per process, in the same order.',
      'google-auth-library and @smithy/property-provider renew five minutes ahead and answer with the failure of that, @azure/core-rest-pipeline two minutes ahead and behind the caller’s back.',
      '@badgateway/oauth2-client renews ahead only with a refresh token, and by a timer that a moved clock does not move: not measured here.',
    ],
  }
}

function cells(samples: readonly Sample[]): Cell[] {
  const early = summarize(samples.map((sample) => sample.early)).median
  const recovered = samples.map((sample) => sample.recovered)
  return [
    numbers(samples.map((sample) => sample.requests)),
    {
      ...numbers(
        samples.map((sample) => sample.failedEarly),
        ` of ${amount(early)}`,
      ),
    },
    numbers(samples.map((sample) => sample.failed)),
    {
      text: recovered
        .map((ms) => (ms === null ? `none in ${recoveryLimitSeconds} s` : amount(Math.round(ms))))
        .join(', '),
      raw: recovered.map((ms) => ms ?? Infinity),
    },
  ]
}

function numbers(values: readonly number[], after = ''): Cell {
  return { text: `${values.map((value) => amount(value)).join(', ')}${after}`, raw: values }
}

function bars(ours: readonly Sample[]): Bar[] {
  const requests = ours.map((sample) => sample.requests)
  const failed = ours.map((sample) => sample.failedEarly)
  const recoveries = ours.map(({ recovered, coolDown }) => ({
    recovered: recovered ?? Infinity,
    coolDown: coolDown ?? 0,
  }))
  const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`
  return [
    {
      claim: `at most ${requestsBar} token requests in the minute`,
      measured: requests.join(', '),
      reached: requests.every((count) => count <= requestsBar),
    },
    {
      claim: '0 failures despite a usable token',
      measured: failed.join(', '),
      reached: ours.every(({ early, failedEarly }) => early > 0 && failedEarly === 0),
    },
    {
      claim: 'a success at most 1 s after the cool-down that was left',
      measured: recoveries
        .map(({ recovered, coolDown }) => `${seconds(recovered)} with ${seconds(coolDown)} left`)
        .join(', '),
      reached: recoveries.every(({ recovered, coolDown }) => recovered <= coolDown + recoverySpareMs),
    },
  ]
}
