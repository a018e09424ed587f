/**
 * Conducts a run: a provider, a fleet, what a scenario does to them, the end and the judgement. Whatever goes wrong in
 * a scenario becomes a problem of its row, so that every run is reported.
 *
 * A run proves something only if the machine kept its part: where it let a process stand still,
 * G3 and G4 promise less. Such a run is reported, and where it has a problem it is void and conducted again, at most
 * twice.
 *
 * @module
 */
import type { StoreChoice } from '../worker/messages.ts'
import { watchStalls } from '../worker/stall-watch.ts'
import { startFleet } from './fleet.ts'
import type { Fleet, FleetOptions } from './fleet.ts'
import { judge } from './judge.ts'
import type { Circumstances, Row } from './judge.ts'
import { startProvider } from './provider.ts'
import type { Habits } from './provider.ts'
import { record } from './report.ts'

const triesMax = 3

/** Where the fleet of one run meets; ended with the run. */
export interface Place extends AsyncDisposable {
  readonly choice: StoreChoice
}

export interface Plan<Where extends Place> extends Omit<FleetOptions, 'provider' | 'store'> {
  readonly test: string
  readonly signal?: string
  readonly step?: string
  readonly habits: Habits
  readonly open: () => Promise<Where>
}

/** What a scenario notes while it goes on. */
export interface Notes extends Omit<Circumstances, 'test' | 'store' | 'signal' | 'step' | 'problems'> {
  readonly problems: string[]
}
type Mutable<T> = { -readonly [Name in keyof T]: T[Name] }

export type Scenario<Where extends Place> = (fleet: Fleet, notes: Mutable<Notes>, place: Where) => Promise<void>

export interface Conducted {
  readonly row: Row
  /** Everything that was secret in the run. */
  readonly secrets: readonly string[]
}

export async function conduct<Where extends Place>(plan: Plan<Where>, scenario: Scenario<Where>): Promise<Conducted> {
  const secrets: string[] = []
  for (let tries = 1; ; tries += 1) {
    const { row, seen, disturbedMs } = await once(plan, scenario)
    secrets.push(...seen)
    const isVoid = row.problems.length > 0 && disturbedMs > 0 && tries < triesMax
    record({ ...row, ...(disturbedMs > 0 && { disturbedMs }), isVoid })
    if (!isVoid) return { row, secrets }
  }
}

async function once<Where extends Place>(plan: Plan<Where>, scenario: Scenario<Where>) {
  const { test, signal, step, habits, open, ...options } = plan
  const notes: Mutable<Notes> = { problems: [] }
  await using place = await open()
  await using provider = await startProvider(habits)
  using watch = watchStalls()
  await using fleet = await startFleet({ ...options, provider, store: place.choice })
  try {
    await scenario(fleet, notes, place)
  } catch (error) {
    notes.problems.push(error instanceof Error ? error.message : String(error))
  }
  await fleet.end()
  const about = { test, store: place.choice.kind, ...(signal && { signal }), ...(step && { step }) }
  const row = judge(fleet, { ...about, ...notes })
  const stalls = [...watch.stalls, ...fleet.workers.flatMap((worker) => worker.stalls)]
  return { row, seen: fleet.secrets(), disturbedMs: Math.round(Math.max(0, ...stalls)) }
}

/** A place that several runs share, one after another or at once, and that its owner ends. */
export function shared({ choice }: Place): () => Promise<Place> {
  return () => Promise.resolve({ choice, [Symbol.asyncDispose]: () => Promise.resolve() })
}
