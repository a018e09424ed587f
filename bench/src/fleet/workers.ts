/**
 * The processes of one fleet: started together, killed one by one on a schedule, replaced at once, and heard out.
 *
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Setting } from '../adapter.ts'
import type { Library } from '../harness/catalogue.ts'
import { start } from '../harness/processes.ts'
import type { Answering } from '../harness/processes.ts'

/** One call of the resource, as a worker tells it. */
export interface WorkerCall {
  readonly ms: number
  /** Absent where the last answer was 200: a status or an error's code. */
  readonly failed?: string
}

export interface Kill {
  /** Since the beginning. */
  readonly atMs: number
  readonly worker: number
}

export interface FleetPlan {
  readonly library: Library
  readonly setting: Setting
  readonly workers: number
  readonly core: number | undefined
  /** Each worker begins a call so often. */
  readonly everyMs: number
  readonly lastsMs: number
  readonly kills: readonly Kill[]
}

export interface FleetSample {
  readonly calls: readonly WorkerCall[]
  /** Calls without an answer some time after the end. */
  readonly unanswered: number
  readonly killed: number
}

/** A fleet whose processes have loaded their library and wait. */
export interface ReadyFleet {
  run(): Promise<FleetSample>
  end(): Promise<void>
}

const patienceMs = 12_000 // After the end, for calls under way.
const loadLimitMs = 120_000 // Dozens of processes load at once.

export async function readyFleet(plan: FleetPlan): Promise<ReadyFleet> {
  const { library, setting, workers, core, everyMs, lastsMs, kills } = plan
  const calls: WorkerCall[] = []
  const started: Answering[] = []
  const over = new AbortController()

  async function load(): Promise<Answering> {
    const child = start('worker', core, { heard: (call) => void calls.push(call as WorkerCall) }) // As workers tell.
    started.push(child)
    await child.ask('load', { adapterUrl: library.adapterUrl }, loadLimitMs)
    return child
  }

  async function begin(child: Answering): Promise<Answering> {
    await child.ask('begin', { setting, everyMs }, loadLimitMs)
    return child
  }

  // Waits for a replacement that is still on its way, so that each kill has a victim.
  async function replaced(previous: Promise<Answering>): Promise<Answering> {
    await (await previous).kill()
    over.signal.throwIfAborted()
    return begin(await load())
  }

  async function end(): Promise<void> {
    over.abort(new Error('The fleet has ended.'))
    await Promise.all(started.map((child) => child.end()))
  }

  async function run(): Promise<FleetSample> {
    const places = await Promise.all(loaded.map(begin)).then((all) => all.map((child) => Promise.resolve(child)))
    const killing = kills.map(async ({ atMs, worker }) => {
      await sleep(atMs, undefined, { signal: over.signal })
      await (places[worker] = replaced(places[worker] ?? load()))
    })
    await Promise.all([sleep(lastsMs, undefined, { signal: over.signal }), ...killing])
    const running = await Promise.all(places)
    const left = await Promise.all(running.map((child) => child.ask('finish', { limitMs: patienceMs }, loadLimitMs)))
    return { calls, unanswered: left.reduce<number>((sum, one) => sum + Number(one), 0), killed: kills.length }
  }

  let loaded: Answering[]
  try {
    loaded = await Promise.all(Array.from({ length: workers }, load))
  } catch (error) {
    await end()
    throw error
  }
  return { run, end }
}
