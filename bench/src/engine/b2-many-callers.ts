/**
 * B2. If a count rises above one, a crowd of callers floods the token endpoint, and where a new token kills the
 * previous one, most of them leave with a dead token.
 *
 * @module
 */
import type { Benchmark, Context } from '../harness/benchmark.ts'
import { caches, latchkey, openidClient, simpleOauth2 } from '../harness/catalogue.ts'
import type { Library } from '../harness/catalogue.ts'
import { startLibrary } from '../harness/library.ts'
import type { RunningLibrary } from '../harness/library.ts'
import { OverdueError } from '../harness/processes.ts'
import { calm } from '../harness/provider.ts'
import type { Habits } from '../harness/provider.ts'
import { amount, ratio } from '../harness/result.ts'
import type { Bar, Cell, Outcome } from '../harness/result.ts'
import { rotated, summarize } from '../harness/statistics.ts'

const rounds = 3
const callers = 10_000
const burstLimitMs = 12_000
const slowMs = 2_500 // A library whose crowd takes longer is not asked for further rounds.
const situations = ['cold', 'at expiry', 'failing'] as const

export const manyCallers: Benchmark = {
  id: 'B2',
  title: 'Ten thousand callers at once',
  meaning:
    'If a count rises above one, a crowd of callers floods the token endpoint, and where a new token kills the previous one, most of them leave with a dead token.',
  method: `${amount(callers)} calls of \`get()\` in one turn of the event loop: with nothing cached; 100 s after the token's hour is over (both clocks of the process are moved); and, with nothing cached, while the token endpoint answers 500. Token requests are counted at the provider until the last caller has its answer. Up to ${rounds} interleaved rounds; a library that takes longer than ${slowMs / 1_000} s has one.`,
  run,
}

type Situation = (typeof situations)[number]

interface Sample {
  readonly requests: number
  readonly ms: number
  /** The crowd was sent away before all had an answer: both numbers are lower bounds. */
  readonly cut: boolean
}

interface Entry {
  readonly library: Library
  readonly running: RunningLibrary
  readonly samples: Readonly<Record<Situation, Sample[]>>
  /** What went wrong, in words: this library is not asked again. */
  stopped?: string
}

async function run(context: Context): Promise<Outcome> {
  const entries: Entry[] = []
  try {
    for (const library of [latchkey, ...caches, openidClient, simpleOauth2]) {
      const running = await startLibrary(library, { core: context.machine.measuringCore, movableClock: true })
      entries.push({ library, running, samples: { cold: [], 'at expiry': [], failing: [] } })
    }
    for (let round = 1; round <= rounds; round += 1) {
      for (const entry of rotated(entries, round - 1)) {
        if (entry.stopped !== undefined || slowest(entry) > slowMs) continue
        context.say(`B2 round ${round} of ${rounds}: ${entry.library.name}`)
        await measure(entry, `b2-${round}-${entry.library.name.replaceAll(/\W+/g, '-')}`, context)
      }
    }
  } finally {
    for (const { running } of entries) await running.end()
  }
  return report(entries)
}

async function measure(entry: Entry, namespace: string, { provider }: Context): Promise<void> {
  const { running, samples } = entry

  // Answers whether the library can go on.
  async function crowd(situation: Situation, habits: Habits): Promise<boolean> {
    await provider.behave(namespace, habits)
    const burst = await running.burst(callers, burstLimitMs).catch((error: unknown) => {
      if (error instanceof OverdueError) return undefined
      throw error
    })
    const { tokenRequests } = await provider.counts(namespace)
    samples[situation].push({ requests: tokenRequests, ms: burst?.ms ?? burstLimitMs, cut: burst === undefined })
    if (burst === undefined) {
      entry.stopped = `ended after ${burstLimitMs / 1_000} s (${situation}) with callers still waiting`
    } else if (habits.failing) {
      if (burst.failed < callers) throw new Error(`${entry.library.name} made up a token.`)
    } else if (burst.failed > 0) {
      entry.stopped = `${amount(burst.failed)} of ${amount(callers)} callers failed (${situation})`
    }
    return entry.stopped === undefined
  }

  await provider.reset(namespace, calm)
  await running.create(provider.setting(namespace))
  if (!(await crowd('cold', calm))) return
  await running.advance((calm.lifetimeSeconds + 100) * 1_000)
  if (!(await crowd('at expiry', calm))) return
  await running.create(provider.setting(namespace))
  await crowd('failing', { ...calm, failing: true })
}

function slowest({ samples }: Entry): number {
  return Math.max(0, ...situations.flatMap((situation) => samples[situation].map(({ ms }) => ms)))
}

function report(entries: readonly Entry[]): Outcome {
  const ours = entries.find(({ library }) => library === latchkey)

  function cells({ samples }: Entry, situation: Situation): Cell[] {
    const taken = samples[situation]
    if (taken.length === 0) return [{ text: 'not run', raw: null }, { text: '–' }, { text: '–' }]
    const more = taken.some(({ cut }) => cut) ? '≥ ' : ''
    const requests = summarize(taken.map((sample) => sample.requests))
    const ms = summarize(taken.map((sample) => sample.ms))
    const own = ours?.samples[situation] ?? []
    return [
      {
        text: more !== '' && requests.median === 0 ? 'not known' : more + amount(requests.median),
        raw: taken.map((sample) => sample.requests),
      },
      {
        text: `${more}${amount(ms.median)} (${amount(ms.low)} – ${amount(ms.high)})`,
        raw: taken.map((sample) => sample.ms),
      },
      ratio(ms.median, own.length > 0 ? summarize(own.map((sample) => sample.ms)).median : undefined),
    ]
  }

  const bars = situations.map((situation): Bar => {
    const counts = ours?.samples[situation].map(({ requests }) => requests) ?? []
    return {
      claim: `${situation}: exactly 1 token request`,
      measured: `${counts.join(', ') || 'nothing'} in ${counts.length} rounds`,
      reached: counts.length === rounds && counts.every((count) => count === 1),
    }
  })
  return {
    table: {
      columns: [...situations.flatMap((situation) => [`${situation}: requests`, 'ms (spread)', 'of ours']), 'rounds'],
      rows: entries.map((entry) => ({
        name: entry.library.name,
        cells: [
          ...situations.flatMap((situation) => cells(entry, situation)),
          { text: String(entry.samples.cold.length), raw: entry.samples.cold.length },
        ],
      })),
    },
    bars,
    notes: entries.flatMap(({ library: { name, note }, stopped }) => [
      ...(note === undefined ? [] : [`${name}: ${note}.`]),
      ...(stopped === undefined ? [] : [`${name}: ${stopped}.`]),
    ]),
  }
}
