/**
 * B9. Stated, without a bar: what a renewal waits for at its store, and how long a process that looks for another's
 * token does.
 *
 * @module
 */
import type { StorePlace } from '../adapter.ts'
import type { Benchmark, Context } from '../harness/benchmark.ts'
import { start } from '../harness/processes.ts'
import type { Answering } from '../harness/processes.ts'
import { amount } from '../harness/result.ts'
import type { Cell, Outcome } from '../harness/result.ts'
import { percentile, rotated } from '../harness/statistics.ts'
import { createPlaces } from './places.ts'
import type { Places } from './places.ts'

const rounds = 8
const perRound = 60
const operations = ['read', 'swap'] as const

export const storeOperations: Benchmark = {
  id: 'B9',
  title: 'A look at the record, and a change of it',
  meaning:
    'Stated, without a bar: what a renewal waits for at its store (two swaps), and a process that looks for another’s token (one read).',
  method: `Each operation alone, one after the other, from one process on records of 1 500 bytes; swaps ask for durability. ${rounds} interleaved rounds of ${perRound} operations. Servers run on this machine, so a network comes on top.`,
  run,
}

type Operation = (typeof operations)[number]

interface Entry {
  readonly name: string
  /** Undefined: not installed. */
  readonly child: Answering | undefined
  readonly times: Readonly<Record<Operation, number[]>>
}

async function run(context: Context): Promise<Outcome> {
  const places = createPlaces()
  const entries: Entry[] = []
  const total = context.quick ? 2 : rounds
  try {
    for (const [name, place] of await stores(places)) {
      entries.push({ name, child: await open(place, context), times: { read: [], swap: [] } })
    }
    for (let round = 1; round <= total; round += 1) {
      context.say(`B9 round ${round} of ${total}`)
      for (const { child, times } of rotated(entries, round)) {
        for (const operation of operations) {
          const taken = await child?.ask('time', { operation, count: perRound })
          times[operation].push(...((taken as number[] | undefined) ?? [])) // Microseconds, as the process answers.
        }
      }
    }
  } finally {
    for (const { child } of entries) {
      await child?.ask('close').catch(() => undefined) // It ends either way.
      await child?.end()
    }
    await places.end()
  }
  return report(entries, places.versions)
}

async function stores(places: Places): Promise<[string, StorePlace | undefined][]> {
  return [
    ['memory', { kind: 'memory' }],
    ['file', { kind: 'file', directory: await places.directory(), sync: true }],
    ['file, `sync: false`', { kind: 'file', directory: await places.directory(), sync: false }],
    ['PostgreSQL', await places.postgres()],
    ['Redis', await places.redis(false)],
    ['Redis, synced to disk', await places.redis(true)],
  ]
}

async function open(place: StorePlace | undefined, { machine }: Context): Promise<Answering | undefined> {
  if (place === undefined) return undefined
  const child = start('store', machine.measuringCore)
  try {
    await child.ask('open', place)
    await child.ask('time', { operation: 'read', count: perRound })
    await child.ask('time', { operation: 'swap', count: perRound })
    return child
  } catch (error) {
    await child.end()
    throw error
  }
}

function report(entries: readonly Entry[], versions: readonly string[]): Outcome {
  return {
    table: {
      columns: operations.flatMap((operation) => [`${operation}, median`, 'p90']),
      rows: entries.map(({ name, child, times }) => ({
        name,
        cells: operations.flatMap((operation) => cells(child === undefined ? undefined : times[operation])),
      })),
    },
    bars: [],
    notes: [
      'Redis: no file and no replica, so no swap is durable. "synced to disk": `appendfsync always`, and `acceptedBySingleServer`. PostgreSQL: `fsync` and `synchronous_commit` on.',
      ...(versions.length === 0 ? [] : [`Servers: ${versions.join(', ')}.`]),
    ],
  }
}

function cells(times: readonly number[] | undefined): Cell[] {
  if (times === undefined) return [{ text: 'not installed', raw: null }, { text: '–' }]
  const [median, high] = [percentile(times, 0.5), percentile(times, 0.9)]
  return [
    { text: amount(median, 'µs'), raw: median },
    { text: amount(high, 'µs'), raw: high },
  ]
}
