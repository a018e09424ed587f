/**
 * B8. If the bytes grow, a program with many tenants needs more memory for each; if they remain after eviction, it runs
 * out of memory in the end; if the time grows with the tenants, a cache that is large is slow.
 *
 * @module
 */
import type { Benchmark, Context } from '../harness/benchmark.ts'
import { caches, latchkey, lruCache, msal, octokit } from '../harness/catalogue.ts'
import type { Library } from '../harness/catalogue.ts'
import { start } from '../harness/processes.ts'
import type { Answering } from '../harness/processes.ts'
import { calm } from '../harness/provider.ts'
import { amount, notOffered } from '../harness/result.ts'
import type { Bar, Cell, Outcome } from '../harness/result.ts'
import { rotated, summarize } from '../harness/statistics.ts'
import type { Summary } from '../harness/statistics.ts'

const tenantsDefault = 10_000
// Too heavy, or too slow to fill, for ten thousand in a run of minutes.
const tenantsOf = new Map<Library, number>([
  [msal, 1_000],
  [octokit, 2_000],
])
const rounds = 5
const doors = ['one', 'each', 'find'] as const
const callsMax = 200_000
const roundLimitMs = 120
const limitMs = 120_000
const idleBarBytes = 700
const timesBar = 2

export const tenants: Benchmark = {
  id: 'B8',
  title: 'Many tenants',
  meaning:
    'If the bytes grow, a program with many tenants needs more memory for each; if they remain after eviction, it runs out of it in the end; if the time grows with the number of tenants, a large cache is a slow one.',
  method: `${amount(tenantsDefault)} tenants in one process, each with a client id and a token of its own. Bytes are what the heap has grown by after a collection, divided by the tenants: before anybody asked, and after each has a token. Everything stays reachable, connections and compiled code are there before, and what a user brings (a grant, a function that asks for a token) is one object for all. "Evicted" is what is left of each tenant after as many others have pushed it out of a collection that is bounded at their number. Times are of cached tokens: of one tenant again and again, of all in turn, and of all in turn with the tenant looked up by its key each time; ${rounds} interleaved rounds.`,
  run,
}

type Door = (typeof doors)[number]

interface Entry {
  readonly library: Library
  readonly child: Answering
  readonly count: number
  /** Bytes per tenant; null: nothing is kept. */
  readonly idle: number | null
  readonly filled: number
  readonly text: number
  readonly calls: Readonly<Record<Door, number>>
  readonly times: Readonly<Record<Door, number[]>>
  /** null: no bound. */
  evicted: number | null
}

async function run(context: Context): Promise<Outcome> {
  const entries: Entry[] = []
  try {
    for (const library of [latchkey, ...caches]) {
      context.say(`B8 ${library.name}: filling`)
      entries.push(await fill(library, context))
    }
    for (let round = 1; round <= rounds; round += 1) {
      context.say(`B8 round ${round} of ${rounds}`)
      for (const { child, calls, times } of rotated(entries, round)) {
        for (const door of doors) {
          const time = await child.ask('time', { door, calls: calls[door] })
          if (time !== null) times[door].push(Number(time))
        }
      }
    }
    for (const entry of entries) {
      context.say(`B8 ${entry.library.name}: evicting`)
      entry.evicted = await evict(entry)
    }
  } finally {
    for (const { child } of entries) await child.end()
  }
  return report(entries)
}

async function fill(library: Library, { machine, provider, quick }: Context): Promise<Entry> {
  const namespace = `b8-${library.name.replaceAll(/\W+/g, '-')}`
  const count = Math.min(tenantsOf.get(library) ?? tenantsDefault, quick ? 300 : Infinity)
  const child = start('tenants', machine.measuringCore, { nodeArgs: ['--expose-gc', '--max-old-space-size=4096'] })
  try {
    await provider.reset(namespace, calm)
    await child.ask('load', { adapterUrl: library.adapterUrl })
    await child.ask('warmUp', { setting: provider.setting(namespace), tenants: count }, limitMs)
    const before = await bytes(child)
    const adds = await child.ask('add', {}, limitMs)
    const idle = (await bytes(child)) - before
    await child.ask('fill', {}, limitMs)
    const filled = (await bytes(child)) - before
    const { tokenRequests } = await provider.counts(namespace)
    if (tokenRequests < count) throw new Error(`${library.name} did not get a token for each tenant.`)
    return {
      library,
      child,
      count,
      idle: adds === true ? idle / count : null,
      filled: filled / count,
      text: Number(await child.ask('tokenWeight', {}, limitMs)),
      calls: { one: await calls(child, 'one'), each: await calls(child, 'each'), find: await calls(child, 'find') },
      times: { one: [], each: [], find: [] },
      evicted: null,
    }
  } catch (error) {
    await child.end()
    throw error
  }
}

// Warms up, and sizes a round.
async function calls(child: Answering, door: Door): Promise<number> {
  const trial = 2_000
  await child.ask('time', { door, calls: trial })
  const perCall = Number(await child.ask('time', { door, calls: trial })) || 1
  return Math.max(trial, Math.min(callsMax, Math.floor((roundLimitMs * 1e6) / perCall)))
}

async function evict({ child, count }: Entry): Promise<number | null> {
  const before = await bytes(child)
  if ((await child.ask('evict', {}, limitMs)) !== true) return null
  return ((await bytes(child)) - before) / count
}

async function bytes(child: Answering): Promise<number> {
  return Number(await child.ask('heap', {}, limitMs))
}

function report(entries: readonly Entry[]): Outcome {
  const ours = entries.find(({ library }) => library === latchkey)
  return {
    table: {
      columns: ['tenants', 'idle', 'with a token', 'evicted', 'one tenant', 'all in turn', 'times', 'by key'],
      rows: entries.map((entry) => ({ name: entry.library.name, cells: cells(entry) })),
    },
    bars: ours === undefined ? [] : bars(ours),
    notes: [
      `The text of a token alone weighs ${amount(Math.round(ours?.text ?? 0))} bytes here. Ours keeps it ready for use, and once more in the record of a memory store of its own.`,
      'idle: –: nothing is kept for a tenant who has no token yet.',
      `${lruCache.name}: its time to live is all it knows of a token.`,
      ...[...tenantsOf].map(([{ name }, count]) => `${name}: at ${amount(count)} tenants, since more take minutes.`),
      'evicted: not offered: the library has one object per tenant, and its user keeps the collection.',
    ],
  }
}

function cells(entry: Entry): Cell[] {
  const { count, idle, filled, evicted, times } = entry
  const [one, each] = [summarize(times.one), summarize(times.each)]
  return [
    { text: amount(count), raw: count },
    idle === null ? { text: '–', raw: null } : byteCell(idle),
    byteCell(filled),
    evicted === null ? notOffered : byteCell(evicted),
    timeCell(one, times.one),
    timeCell(each, times.each),
    { text: `${(each.median / one.median).toFixed(2)} ×`, raw: each.median / one.median },
    times.find.length === 0 ? notOffered : timeCell(summarize(times.find), times.find),
  ]
}

function bars(ours: Entry): Bar[] {
  const [one, each] = [summarize(ours.times.one).median, summarize(ours.times.each).median]
  const evicted = ours.evicted ?? Infinity
  return [
    {
      claim: `an idle source: at most ${idleBarBytes} bytes`,
      measured: `${byteCell(ours.idle ?? Infinity).text}; ${byteCell(ours.filled).text} with a token, whose text is ${byteCell(ours.text).text}`,
      reached: (ours.idle ?? Infinity) <= idleBarBytes,
    },
    {
      claim: 'after eviction: about 0 bytes',
      measured: byteCell(evicted).text,
      reached: evicted <= idleBarBytes / 20,
    },
    {
      claim: `\`get\` of all in turn: at most ${timesBar} × the time of one`,
      measured: `${amount(each, 'ns')} to ${amount(one, 'ns')}`,
      reached: each <= timesBar * one,
      reason:
        'What a call reads of ten thousand tenants does not fit into the processor’s nearest cache: lru-cache, which keeps nothing but the text, does not reach it either.',
    },
  ]
}

function byteCell(value: number): Cell {
  return { text: amount(Math.round(value), 'B').replace('-', '−'), raw: value }
}

function timeCell({ median, low, high }: Summary, raw: readonly number[]): Cell {
  return { text: `${amount(median, 'ns')} (${amount(low)} – ${amount(high)})`, raw }
}
