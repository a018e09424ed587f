/**
 * B4. If the requests rise above one per lifetime, the processes of a fleet end each other's tokens; if calls fail,
 * users see errors because a process died that was none of theirs.
 *
 * @module
 */
import { generateSealingKey } from '@latchkey/core/seal'
import type { StorePlace } from '../adapter.ts'
import type { Benchmark, Context } from '../harness/benchmark.ts'
import { badgateway, google, latchkeyFleet, msal, properLockfile } from '../harness/catalogue.ts'
import type { Library } from '../harness/catalogue.ts'
import { calm } from '../harness/provider.ts'
import type { Habits } from '../harness/provider.ts'
import { seeded } from '../harness/random.ts'
import { amount } from '../harness/result.ts'
import type { Bar, Cell, Outcome } from '../harness/result.ts'
import { percentile } from '../harness/statistics.ts'
import { longestMs } from '../latchkey-fleet.ts'
import { createPlaces } from './places.ts'
import type { Places } from './places.ts'
import { readyFleet } from './workers.ts'
import type { Kill, ReadyFleet, WorkerCall } from './workers.ts'

const sizes = [2, 4, 8] as const
const seconds = 30
const killEverySeconds = 5
const everyMs = 100
const lifeSeconds = 5
const seed = 4
// Processes of a fleet up to which all fleets run at the same time.
const togetherMost = 4
const habits: Habits = { ...calm, lifetimeSeconds: lifeSeconds, tokenDelayMs: 50, resourceDelayMs: 10 }
// Both take a token for run out five minutes before its end, which nothing in their options for this use changes.
const googleLead = 300
const msalLead = 300
// An exclusive token is renewed in the last tenth of its life (engine.md 4).
const usedSeconds = lifeSeconds * 0.9

export const killedProcesses: Benchmark = {
  id: 'B4',
  title: 'Processes that die',
  meaning:
    'If the requests rise above one per lifetime, the processes of a fleet end each other’s tokens; if calls fail, users see errors because a process died that was none of theirs.',
  method: `${sizes.join(', ')} processes share one credential of an exclusive provider for ${seconds} s. Each begins a call of the resource every ${everyMs} ms. A token lives for ${lifeSeconds} s; the token endpoint takes ${habits.tokenDelayMs} ms, the resource ${habits.resourceDelayMs} ms before it looks at the token. Once in each ${killEverySeconds} s, a process that a seed draws, alike for all, gets SIGKILL and is started again at once. Fleets of up to ${togetherMost} processes run at the same time, each with a provider of its own, and their kills are spread over the ${killEverySeconds} s, so that processes do not all start at once; larger ones run one after the other. A call has failed when its last answer, after the library's own repeat, is not 200, or when it has none 12 s after the end; a call of a killed process is not counted. p99 is over all calls.`,
  run,
}

type Size = (typeof sizes)[number]

interface Entry {
  readonly library: Library
  /** How many seconds more the provider states, for a library that renews a fixed time ahead. */
  readonly lead: number
  /** Where it shares its record; undefined: each process for itself. */
  readonly place: () => Promise<StorePlace | undefined>
  readonly sharing: boolean
  readonly samples: Map<Size, Sample>
  /** Why a size has no sample. */
  readonly stopped: Map<Size, string>
  missing?: true
}

interface Sample {
  readonly requests: number
  readonly calls: readonly WorkerCall[]
  readonly unanswered: number
  readonly kills: number
  readonly allowed: number
}

async function run(context: Context): Promise<Outcome> {
  const places = createPlaces()
  const entries = fleets(places)
  try {
    for (const size of context.quick ? ([2] as const) : sizes) {
      context.say(`B4 ${size} processes: ${entries.length} fleets`)
      await measure(entries, size, context)
    }
  } finally {
    await places.end()
  }
  return report(entries, places.versions)
}

function fleets(places: Places): Entry[] {
  const file = async (): Promise<StorePlace> => ({ kind: 'file', directory: await places.directory(), sync: true })
  const nowhere = async (): Promise<undefined> => undefined
  let postgres: Promise<StorePlace | undefined> | undefined
  let redis: Promise<StorePlace | undefined> | undefined
  const entry = (library: Library, place: Entry['place'], lead = 0): Entry => {
    return { library, lead, place, sharing: place !== nowhere, samples: new Map(), stopped: new Map() }
  }
  return [
    entry(latchkeyFleet('file'), file),
    entry(latchkeyFleet('PostgreSQL'), () => (postgres ??= places.postgres())),
    entry(latchkeyFleet('Redis'), () => (redis ??= places.redis(false))),
    entry(badgateway, nowhere),
    entry(google, nowhere, googleLead),
    entry(properLockfile, file),
    entry(msal, file, msalLead),
  ]
}

async function measure(entries: readonly Entry[], size: Size, context: Context): Promise<void> {
  // Together they would need more processors than machines have, and then it is those that are measured.
  const groups = size <= togetherMost ? [entries] : entries.map((entry) => [entry])
  for (const group of groups) await measureTogether(group, entries, size, context)
}

async function measureTogether(
  group: readonly Entry[],
  entries: readonly Entry[],
  size: Size,
  context: Context,
): Promise<void> {
  const lastsMs = (context.quick ? 2 * killEverySeconds : seconds) * 1_000
  const ready: { entry: Entry; namespace: string; fleet: ReadyFleet }[] = []
  try {
    for (const entry of group) {
      const place = await entry.place()
      if (entry.sharing && place === undefined) {
        entry.missing = true
        continue
      }
      const namespace = `b4-${size}-${entry.library.name.replaceAll(/\W+/g, '-')}`
      await context.provider.reset(namespace, { ...habits, lifetimeSeconds: lifeSeconds + entry.lead })
      const setting = {
        ...context.provider.setting(namespace),
        ...(place === undefined ? {} : { shared: { place, sealingKey: generateSealingKey().reveal() } }),
      }
      const { library } = entry
      const core = context.machine.measuringCore
      const kills = schedule(size, lastsMs, entries.indexOf(entry) / entries.length)
      ready.push({
        entry,
        namespace,
        fleet: await readyFleet({ library, setting, workers: size, core, everyMs, lastsMs, kills }),
      })
    }
    await Promise.all(
      ready.map(async ({ entry, namespace, fleet }) => {
        const sample = await fleet.run().catch((error: unknown) => String(error))
        if (typeof sample === 'string') return void entry.stopped.set(size, sample)
        const { calls, unanswered, killed } = sample
        const { tokenRequests } = await context.provider.counts(namespace)
        const allowed = Math.ceil(lastsMs / 1_000 / usedSeconds) + killed
        entry.samples.set(size, { requests: tokenRequests, calls, unanswered, kills: killed, allowed })
      }),
    )
  } finally {
    await Promise.all(ready.map(({ fleet }) => fleet.end()))
  }
}

// `shift`: this fleet's part of the span, 0 to 1.
function schedule(size: Size, lastsMs: number, shift: number): Kill[] {
  const random = seeded(seed * 100 + size)
  const spanMs = killEverySeconds * 1_000
  return Array.from({ length: lastsMs / spanMs }, (_, span) => ({
    atMs: Math.round((span + 0.1 + 0.8 * ((random() + shift) % 1)) * spanMs),
    worker: Math.floor(random() * size),
  }))
}

function report(entries: readonly Entry[], versions: readonly string[]): Outcome {
  const taken = sizes.filter((size) => entries.some(({ samples, stopped }) => samples.has(size) || stopped.has(size)))
  const ours = entries.filter(({ library, sharing }) => sharing && library.packageName === '@latchkey/http')
  return {
    table: {
      columns: taken.flatMap((size) => [`${size} processes: requests`, 'failed calls', 'p99']),
      rows: entries.map((entry) => ({
        name: entry.sharing ? entry.library.name : `${entry.library.name}, each for itself`,
        cells: taken.flatMap((size) => cells(entry, size)),
      })),
    },
    bars: ours.filter(({ missing }) => !missing).flatMap((entry) => bars(entry)),
    notes: [
      `A token that is renewed in the last tenth of its life makes ${Math.ceil(seconds / usedSeconds)} requests in ${seconds} s. Ours states that an attempt takes at most ${longestMs / 1_000} s, and waits for a holder that died for that and 4 s more.`,
      'The provider states 300 s more to google-auth-library and @azure/msal-node, which take a token for run out 300 s before its end; so their tokens too last 5 s.',
      '@azure/msal-node, proper-lockfile: the calls and their repeat are our lines, since neither has requests. Both repeat once, with a token that another process may have fetched meanwhile.',
      ...(versions.length === 0 ? [] : [`Servers: ${versions.join(', ')}.`]),
      ...entries.flatMap(reasons),
      ...entries.flatMap(({ library, stopped }) =>
        [...stopped].map(([size, reason]) => `${library.name}, ${size} processes: stopped. ${reason}`),
      ),
    ],
  }
}

function cells(entry: Entry, size: Size): Cell[] {
  if (entry.missing) return [{ text: 'not installed', raw: null }, { text: '–' }, { text: '–' }]
  const sample = entry.samples.get(size)
  if (sample === undefined) return [{ text: 'stopped', raw: null }, { text: '–' }, { text: '–' }]
  const failed = failures(sample)
  const p99 = percentile(times(sample), 0.99)
  return [
    { text: amount(sample.requests), raw: sample.requests },
    { text: `${amount(failed)} of ${amount(sample.calls.length + sample.unanswered)}`, raw: failed },
    { text: amount(Math.round(p99), 'ms'), raw: p99 },
  ]
}

function bars({ library, samples, stopped }: Entry): Bar[] {
  const all = [...samples.values()]
  const whole = stopped.size === 0 && all.length > 0
  return [
    {
      claim: `${library.name}: 1 token request per lifetime, at most 1 more per kill`,
      measured: all.map(({ requests, allowed }) => `${requests} of at most ${allowed}`).join(', '),
      reached: whole && all.every(({ requests, allowed }) => requests <= allowed),
    },
    {
      claim: `${library.name}: 0 failed calls`,
      measured: all.map(failures).join(', '),
      reached: whole && all.every((sample) => failures(sample) === 0),
    },
  ]
}

function failures({ calls, unanswered }: Sample): number {
  return calls.filter(({ failed }) => failed !== undefined).length + unanswered
}

// One without an answer waited for at least as long as anybody looked at it.
function times({ calls, unanswered }: Sample): number[] {
  return [...calls.map(({ ms }) => ms), ...Array.from({ length: unanswered }, () => 12_000)]
}

/** What the failed calls said, most frequent first. */
function reasons({ library, samples }: Entry): string[] {
  const counts = new Map<string, number>()
  for (const { failed } of [...samples.values()].flatMap(({ calls }) => calls)) {
    if (failed !== undefined) counts.set(failed, (counts.get(failed) ?? 0) + 1)
  }
  const said = [...counts].sort(([, a], [, b]) => b - a).slice(0, 3)
  if (said.length === 0) return []
  return [`${library.name}, failed calls: ${said.map(([reason, count]) => `${amount(count)} × ${reason}`).join(', ')}.`]
}
