/**
 * B1. If these numbers grow, every authorized request of every user pays the difference, also when no token is
 * anywhere near its end.
 *
 * @module
 */
import type { Benchmark, Context } from '../harness/benchmark.ts'
import { caches, latchkey } from '../harness/catalogue.ts'
import type { Library } from '../harness/catalogue.ts'
import { startLibrary } from '../harness/library.ts'
import type { RunningLibrary } from '../harness/library.ts'
import { calm } from '../harness/provider.ts'
import { amount, notOffered, ratio } from '../harness/result.ts'
import type { Bar, Cell, Outcome } from '../harness/result.ts'
import { overlap, rotated, summarize } from '../harness/statistics.ts'
import type { Summary } from '../harness/statistics.ts'

const rounds = 10
const callsPerRound = 700_000 // Times ten rounds: the 7 × 10⁶ calls of the requirement.
// A library slower than this makes as many calls as fit into the limit, so that a run stays short.
const slowNs = 1_500
const roundLimitMs = 250
const coldCallers = 100

const settledPromise: Library = {
  name: 'a settled promise',
  packageName: '',
  adapterUrl: new URL('../settled-promise.js', import.meta.url).href,
}

export const cachedGet: Benchmark = {
  id: 'B1',
  title: 'A token that is already there',
  meaning: 'If these numbers grow, every authorized request pays the difference, also when no token is near its end.',
  method: `Time of \`await get()\` and \`peek()\` in a loop, with a token that has an hour to live: ${rounds} interleaved rounds of ${amount(callsPerRound)} calls after warm-up, or, above ${amount(slowNs)} ns a call, as many as fit into ${roundLimitMs} ms. "Shares one flight" is found by experiment: ${coldCallers} callers at once with nothing cached make exactly one token request.`,
  run,
}

type Door = 'get' | 'peek'

interface Entry {
  readonly library: Library
  readonly running: RunningLibrary
  readonly sharesFlight: boolean
  /** Calls per round; a missing door is not offered. */
  readonly calls: Readonly<Partial<Record<Door, number>>>
  readonly times: Readonly<Record<Door, number[]>>
}

async function run(context: Context): Promise<Outcome> {
  const entries: Entry[] = []
  try {
    for (const library of [latchkey, settledPromise, ...caches]) {
      context.say(`B1 ${library.name}: warming up`)
      entries.push(await prepare(library, context))
    }
    for (let round = 1; round <= rounds; round += 1) {
      context.say(`B1 round ${round} of ${rounds}`)
      for (const { running, calls, times } of rotated(entries, round)) {
        for (const door of ['get', 'peek'] as const) {
          const count = calls[door]
          if (count !== undefined) times[door].push(await running.time(door, count))
        }
      }
    }
  } finally {
    for (const { running } of entries) await running.end()
  }
  return report(entries)
}

async function prepare(library: Library, { machine, provider }: Context): Promise<Entry> {
  const namespace = `b1-${library.name.replaceAll(/\W+/g, '-')}`
  const running = await startLibrary(library, { core: machine.measuringCore, movableClock: false })
  await provider.reset(namespace, calm)
  const doors = await running.create(provider.setting(namespace))
  const burst = await running.burst(coldCallers, 30_000)
  const { tokenRequests, current } = await provider.counts(namespace)
  if (library !== settledPromise && (burst.failed > 0 || (tokenRequests === 1 && burst.token !== current))) {
    throw new Error(`${library.name} did not give the provider's token.`)
  }
  return {
    library,
    running,
    sharesFlight: tokenRequests === 1,
    calls: {
      ...(doors.get ? { get: await calibrate(running, 'get') } : {}),
      ...(doors.peek ? { peek: await calibrate(running, 'peek') } : {}),
    },
    times: { get: [], peek: [] },
  }
}

// Warms up in growing steps, until the compiler has had its say, and sizes a round.
async function calibrate(running: RunningLibrary, door: Door): Promise<number> {
  let perCall = await running.time(door, 1_000)
  for (let step = 0; step < 4; step += 1) {
    perCall = await running.time(door, Math.min(200_000, Math.max(1_000, Math.floor(1e8 / perCall))))
  }
  return perCall <= slowNs ? callsPerRound : Math.max(1_000, Math.floor((roundLimitMs * 1e6) / perCall))
}

function report(entries: readonly Entry[]): Outcome {
  const measured = entries.map(({ library, sharesFlight, calls, times }) => ({
    library,
    sharesFlight,
    calls,
    get: times.get.length > 0 ? summarize(times.get) : undefined,
    peek: times.peek.length > 0 ? summarize(times.peek) : undefined,
  }))
  type Measured = (typeof measured)[number]
  const ours = measured.find(({ library }) => library === latchkey)
  const rivals = measured.filter((one) => one.sharesFlight && one.library !== latchkey)

  function bar(door: Door): Bar {
    const claim = `\`${door}\`: fastest of all that also share one flight`
    const others = rivals.flatMap((one) => (one[door] === undefined ? [] : [{ library: one.library, at: one[door] }]))
    const best = others.sort((a, b) => a.at.median - b.at.median)[0]
    const own = ours?.[door]
    if (own === undefined || best === undefined) return { claim, measured: 'nothing to compare', reached: false }
    const doubt = overlap(own, best.at) ? '; their spreads overlap, so this run does not decide it' : ''
    return {
      claim,
      measured: `${amount(own.median, ns)}; next is ${best.library.name} with ${amount(best.at.median, ns)}${doubt}`,
      reached: ours?.sharesFlight === true && own.median <= best.at.median,
      reason:
        'every call reads the monotonic clock (about 40 ns), so that no token is given out after its end; lru-cache reads its clock once in a millisecond and answers from that.',
    }
  }

  function row({ library, sharesFlight, get, peek, calls }: Measured) {
    const floor = library === settledPromise
    return {
      name: library.name,
      cells: [
        ...timeCells(get),
        get === undefined ? notOffered : ratio(get.median, ours?.get?.median),
        ...(floor ? [{ text: '–' }, { text: '–' }] : timeCells(peek)),
        floor ? { text: '–' } : { text: sharesFlight ? 'yes' : 'no', raw: sharesFlight },
        { text: amount((calls.get ?? 0) * rounds), raw: (calls.get ?? 0) * rounds },
      ],
    }
  }

  return {
    table: {
      columns: ['get, median', 'spread', 'of ours', 'peek, median', 'spread', 'shares one flight', 'calls of get'],
      rows: measured.map(row),
    },
    bars: [bar('get'), bar('peek')],
    notes: measured.flatMap(({ library: { name, note } }) => (note === undefined ? [] : [`${name}: ${note}.`])),
  }
}

const ns = 'ns'

function timeCells(summary: Summary | undefined): Cell[] {
  if (summary === undefined) return [notOffered, { text: '–' }]
  return [
    { text: amount(summary.median, ns), raw: summary.median },
    { text: `${amount(summary.low)} – ${amount(summary.high)}`, raw: [summary.low, summary.high] },
  ]
}
