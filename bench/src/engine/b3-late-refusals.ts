/**
 * B3. If the requests rise, late refusals of an old token cost new ones their life; if calls fail, users see errors
 * that one renewal would have spared them.
 *
 * @module
 */
import type { Benchmark, Context } from '../harness/benchmark.ts'
import { axiosAuthRefresh, badgateway, google, latchkeyHttp, undiciOidc } from '../harness/catalogue.ts'
import type { Library } from '../harness/catalogue.ts'
import { startLibrary } from '../harness/library.ts'
import type { RunningLibrary } from '../harness/library.ts'
import { calm } from '../harness/provider.ts'
import type { Habits } from '../harness/provider.ts'
import { amount, ratio } from '../harness/result.ts'
import type { Cell, Outcome } from '../harness/result.ts'
import { rotated, summarize } from '../harness/statistics.ts'

const rounds = 3
const calls = 20
const spacingMs = 40
// Every call has left before the first refusal comes back, so all of them carry the same dead token.
const busy: Habits = { ...calm, resourceDelayMs: calls * spacingMs + 100, tokenDelayMs: spacingMs / 2 }

export const lateRefusals: Benchmark = {
  id: 'B3',
  title: 'Refusals that trickle in',
  meaning:
    'If the requests rise, late refusals of an old token cost new ones their life; if calls fail, users see errors that one renewal would have spared them.',
  method: `The provider is exclusive: a new token kills the previous one. The library holds a token, somebody else asks for one, and ${calls} calls leave ${spacingMs} ms apart with the dead token. The resource takes ${busy.resourceDelayMs} ms before it looks at the token, in first call and repeat alike; the token endpoint takes ${busy.tokenDelayMs} ms. ${rounds} interleaved rounds.`,
  run,
}

interface Sample {
  readonly requests: number
  readonly failed: number
  readonly ms: number
}

interface Entry {
  readonly library: Library
  readonly running: RunningLibrary
  readonly samples: Sample[]
}

async function run(context: Context): Promise<Outcome> {
  const entries: Entry[] = []
  try {
    for (const library of [latchkeyHttp, badgateway, axiosAuthRefresh, google, undiciOidc]) {
      const running = await startLibrary(library, { core: context.machine.measuringCore, movableClock: false })
      entries.push({ library, running, samples: [] })
    }
    for (let round = 1; round <= rounds; round += 1) {
      for (const { library, running, samples } of rotated(entries, round)) {
        context.say(`B3 round ${round} of ${rounds}: ${library.name}`)
        samples.push(await measure(library, running, `b3-${round}-${library.name.replaceAll(/\W+/g, '-')}`, context))
      }
    }
  } finally {
    for (const { running } of entries) await running.end()
  }
  return report(entries)
}

async function measure(
  library: Library,
  running: RunningLibrary,
  namespace: string,
  { provider }: Context,
): Promise<Sample> {
  await provider.reset(namespace, calm)
  await running.create(provider.setting(namespace))
  const first = await running.calls(1, 0)
  if (first.failed > 0) throw new Error(`${library.name} could not make one authorized call.`)
  await provider.displace(namespace)
  await provider.behave(namespace, busy)
  const { ms, failed } = await running.calls(calls, spacingMs)
  const { tokenRequests } = await provider.counts(namespace)
  return { requests: tokenRequests, failed, ms }
}

function report(entries: readonly Entry[]): Outcome {
  const ours = entries.find(({ library }) => library === latchkeyHttp)?.samples ?? []

  function cells(samples: readonly Sample[], pick: (sample: Sample) => number): Cell[] {
    const values = samples.map(pick)
    const { median, low, high } = summarize(values)
    return [{ text: amount(median), raw: values }, { text: low === high ? '–' : `${amount(low)} – ${amount(high)}` }]
  }

  const requests = ours.map((sample) => sample.requests)
  const failed = ours.map((sample) => sample.failed)
  return {
    table: {
      columns: ['token requests', 'spread', 'of ours', 'calls that still fail', 'spread', 'ms for all'],
      rows: entries.map(({ library, samples }) => ({
        name: library.name,
        cells: [
          ...cells(samples, (sample) => sample.requests),
          ratio(summarize(samples.map((sample) => sample.requests)).median, summarize(requests).median),
          ...cells(samples, (sample) => sample.failed),
          { text: amount(Math.round(summarize(samples.map((sample) => sample.ms)).median)) },
        ],
      })),
    },
    bars: [
      {
        claim: '1 token request',
        measured: `${requests.join(', ')} in ${rounds} rounds`,
        reached: requests.every((count) => count === 1),
      },
      {
        claim: '0 calls that still fail',
        measured: `${failed.join(', ')} in ${rounds} rounds`,
        reached: failed.every((count) => count === 0),
      },
    ],
    notes: [],
  }
}
