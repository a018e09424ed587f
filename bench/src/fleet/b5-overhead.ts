/**
 * B5. If these shares grow, every request of every user is slower than the same request with a header written by hand.
 *
 * @module
 */
import type { Benchmark, Context } from '../harness/benchmark.ts'
import {
  axiosTokenInterceptor,
  badgateway,
  google,
  latchkeyHttp,
  latchkeyUndici,
  undiciOidc,
} from '../harness/catalogue.ts'
import type { Library } from '../harness/catalogue.ts'
import { startLibrary } from '../harness/library.ts'
import type { Pair, RunningLibrary } from '../harness/library.ts'
import { calm } from '../harness/provider.ts'
import { amount } from '../harness/result.ts'
import type { Bar, Cell, Outcome } from '../harness/result.ts'
import { rotated, summarize } from '../harness/statistics.ts'

const rounds = 12
const pairsPerRound = 14
const widths = [1, 50] as const
const callsPerBlock = { 1: 25, 50: 100 } as const
const warmUpPairs = 20
const bar = 0.03
const undiciReason =
  'undici’s own request is so short that an interceptor which does nothing but set the header costs about 5 % to 8 % of it; ours adds some 10 µs for the token’s look-up and for judging the answer before it is handed on.'

const measured: readonly { readonly library: Library; readonly transport: string }[] = [
  { library: latchkeyHttp, transport: 'fetch' },
  { library: latchkeyUndici, transport: 'undici' },
  { library: badgateway, transport: 'fetch' },
  { library: google, transport: 'gaxios' },
  { library: axiosTokenInterceptor, transport: 'axios' },
  { library: undiciOidc, transport: 'undici' },
]

export const overhead: Benchmark = {
  id: 'B5',
  title: 'What a request pays',
  meaning:
    'If these shares grow, every request of every user is slower than the same request with a header written by hand.',
  method: `One GET of a small JSON document over a kept connection, its body read, with a token that has an hour to live: through the library, and through the same transport with the same header given, in one process. Blocks of ${callsPerBlock[1]} requests one after the other, and of ${callsPerBlock[50]} requests fifty at a time, take turns and are compared in pairs, so that both meet the same machine. ${rounds} interleaved rounds of ${pairsPerRound} pairs; a round's value is the median of its pairs.`,
  run,
}

type Width = (typeof widths)[number]

interface Entry {
  readonly library: Library
  readonly transport: string
  readonly running: RunningLibrary
  readonly authorization: string
  readonly samples: Readonly<Record<Width, Pair[][]>>
}

async function run(context: Context): Promise<Outcome> {
  const entries: Entry[] = []
  const total = context.quick ? 2 : rounds
  try {
    for (const { library, transport } of measured) {
      context.say(`B5 ${library.name}: warming up`)
      entries.push(await prepare(library, transport, context))
    }
    for (let round = 1; round <= total; round += 1) {
      context.say(`B5 round ${round} of ${total}`)
      for (const entry of rotated(entries, round)) {
        for (const width of widths)
          entry.samples[width].push(await pairs(entry, width, context.quick ? 4 : pairsPerRound))
      }
    }
  } finally {
    for (const { running } of entries) await running.end()
  }
  return report(entries)
}

async function prepare(library: Library, transport: string, { machine, provider, quick }: Context): Promise<Entry> {
  const namespace = `b5-${library.name.replaceAll(/\W+/g, '-')}`
  const running = await startLibrary(library, { core: machine.measuringCore, movableClock: false })
  await provider.reset(namespace, calm)
  await running.create(provider.setting(namespace))
  const first = await running.calls(1, 0)
  const { current, tokenRequests } = await provider.counts(namespace)
  if (first.failed > 0 || tokenRequests !== 1) throw new Error(`${library.name} could not make one authorized call.`)
  const entry = { library, transport, running, authorization: `Bearer ${current}`, samples: { 1: [], 50: [] } }
  for (const width of widths) await pairs(entry, width, quick ? 2 : warmUpPairs)
  return entry
}

async function pairs({ running, authorization }: Entry, width: Width, count: number): Promise<Pair[]> {
  return [...(await running.pairs({ authorization, pairs: count, calls: callsPerBlock[width], width }))]
}

function report(entries: readonly Entry[]): Outcome {
  return {
    table: {
      columns: [
        'transport',
        ...['one by one', 'fifty at a time'].flatMap((way) => [`${way}: bare`, 'authorized', 'more', 'spread']),
      ],
      rows: entries.map((entry) => ({
        name: entry.library.name,
        cells: [{ text: entry.transport }, ...widths.flatMap((width) => cells(entry, width))],
      })),
    },
    bars: entries.slice(0, 2).flatMap((entry) => widths.map((width) => barOf(entry, width))),
    notes: ['"more" is the median of the paired ratios, not the ratio of the two medians beside it.'],
  }
}

/** What the library adds, as a share of the bare request: one value per round. */
function shares({ samples }: Entry, width: Width): number[] {
  return samples[width].map((round) => summarize(round.map(({ authorized, bare }) => authorized / bare - 1)).median)
}

function cells(entry: Entry, width: Width): Cell[] {
  const all = entry.samples[width].flat()
  const bare = summarize(all.map((pair) => pair.bare)).median
  const authorized = summarize(all.map((pair) => pair.authorized)).median
  const { median, low, high } = summarize(shares(entry, width))
  return [
    { text: amount(bare, 'µs'), raw: bare },
    { text: amount(authorized, 'µs'), raw: authorized },
    { text: percent(median), raw: shares(entry, width) },
    { text: `${percent(low)} – ${percent(high)}`, raw: [low, high] },
  ]
}

function barOf(entry: Entry, width: Width): Bar {
  const { median, low, high } = summarize(shares(entry, width))
  const doubt = low <= bar && high > bar ? '; the spread reaches over the bar, so this run does not decide it' : ''
  return {
    claim: `${entry.library.name} over ${entry.transport}, ${width === 1 ? 'one by one' : 'fifty at a time'}: at most ${percent(bar)} more`,
    measured: `${percent(median)}${doubt}`,
    reached: median <= bar,
    ...(entry.transport === 'undici' && { reason: undiciReason }),
  }
}

function percent(share: number): string {
  const text = (share * 100).toFixed(1)
  return `${text === '-0.0' ? '0.0' : text.replace('-', '−')} %`
}
