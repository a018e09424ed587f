/**
 * The world that is explored: a few processes, one record in a store, a provider, a clock, and what may still go
 * wrong. All values are plain and never changed in place, so that worlds share their parts.
 *
 * @see engine.md sections 5, 6 and 16.1
 * @module
 */
import type { Traits } from '../../src/grant.ts'
import type { Path } from '../../src/observer.ts'
import type { Lease, TokenRecord } from '../../src/protocol.ts'
import { graceMs } from '../../src/protocol.ts'
import type { Guarantee } from './guarantees.ts'
import type { Rules } from './rules.ts'

/** What one exploration covers. */
export interface Scenario {
  readonly name: string
  readonly kind: 'exclusive' | 'rotating'
  readonly processes: number
  /** How many of them hold the first token when the exploration begins; without any, there is no record either. */
  readonly warm: number
  /** The provider states when it issued a token (engine.md 6.8). */
  readonly statesIssueTime: boolean
  readonly bounds: Bounds
}

/** How often each of these may happen in one history. */
export interface Bounds {
  /** Steps of time, each longer than the part of a lease in which its holder may send; two outlast lease and grace. */
  readonly ticks: number
  /** A process stands still for one or more ticks in the midst of a flight, between any two of its steps. */
  readonly stalls: number
  readonly crashes: number
  readonly forgets: number
  /** The store goes on with a copy that lacks the latest swaps, durable ones excepted. */
  readonly failovers: number
  readonly evictions: number
  /** Answers of the provider that do not arrive. */
  readonly lost: number
  /** Requests that the provider processes after their sender gave up. */
  readonly late: number
  /** Swaps whose result stays unknown, whether they were applied or not. */
  readonly unclear: number
  /** `get({ after })` for which the fleet asks the provider. */
  readonly demands: number
}

export const nothing: Bounds = {
  ticks: 0,
  stalls: 0,
  crashes: 0,
  forgets: 0,
  failovers: 0,
  evictions: 0,
  lost: 0,
  late: 0,
  unclear: 0,
  demands: 0,
}

/** Beyond the last instant at which a holder may send, short of the end of its lease's grace. */
export const tickMs = graceMs + 1
/** How long the loss of a record takes: the clock is then past every fence that was drawn from it (engine.md 5.1). */
export const lossMs = 16
export const longestMs = 1
export const leaseMs = longestMs + graceMs
/** Fresh, then due after two ticks, then spent after three. */
export const lifeMs = 3 * tickMs
export const aheadMs = tickMs + graceMs / 2
export const startMs = 1_000_000
export const recordSalt = 'salt'

export interface World {
  readonly now: number
  readonly store: TokenRecord | null
  /** What a fail-over would bring back; `undefined` while the copy follows. */
  readonly replica: TokenRecord | null | undefined
  readonly processes: readonly Process[]
  readonly provider: Provider
  readonly left: Bounds
  readonly history: History
}

/** What one process knows: the fields of its slot (slot.ts), and where its flight stands. */
export interface Process {
  readonly name: string
  readonly seen: { readonly gen: number; readonly epoch: number; readonly fence: number }
  readonly record: TokenRecord | undefined
  readonly token: Held | undefined
  readonly pending: Answer | undefined
  readonly phase: Phase
  /** Time passed since its last step: more of it is the same stall. */
  readonly stalled: boolean
}

export interface Held {
  readonly gen: number
  readonly id: number
  readonly until: number
}

/** What those who wait for a flight ask for. */
export interface Want {
  /** -1 = no demand. */
  readonly after: number
  readonly ahead: boolean
}

export type Phase =
  | { readonly at: 'idle' }
  /** Decided to acquire, and stalled before the swap. `page`: what the decision was made on. */
  | {
      readonly at: 'decided'
      readonly want: Want
      readonly page: TokenRecord | null
      readonly decidedAt: number
      readonly refused: number
      readonly record: TokenRecord
      readonly lease: Lease
      readonly path: Path
    }
  /** Must read again: the acquiring swap stayed unclear, or the lease no longer allows to send. */
  | { readonly at: 'again'; readonly want: Want; readonly fence: number }
  | { readonly at: 'leased'; readonly want: Want; readonly attempt: Attempt }
  /** Checked its lease, and stalled before the wire. */
  | { readonly at: 'cleared'; readonly attempt: Attempt }
  | { readonly at: 'sent'; readonly attempt: Attempt; readonly request: Request }
  /** Got no answer, and has not yet written that down. */
  | { readonly at: 'failed'; readonly attempt: Attempt }
  /** The commit's result is unknown. */
  | { readonly at: 'committing'; readonly answer: Answer }
  | { readonly at: 'repairing'; readonly known: TokenRecord }
  /**
   * The store's answer is on its way: a record that is about to be adopted, or, with `answer`, the commit that was
   * applied. Explored apart only while the process itself may forget the key meanwhile.
   */
  | { readonly at: 'learning'; readonly record: TokenRecord; readonly answer?: Answer; readonly forgotten: boolean }

export interface Attempt {
  readonly lease: Lease
  readonly epoch: number
  readonly path: Path
  /** When the holder noted its clocks, by the store's clock. */
  readonly since: number
  /** The refresh token to be sent; 0 = none. */
  readonly refresh: number
  /** The key was forgotten by this very process since. */
  readonly forgotten: boolean
  /** How often the key had been forgotten by anybody. */
  readonly forgets: number
  readonly era: number
}

export interface Request {
  readonly path: Path
  readonly refresh: number
  readonly fence: number
  readonly base: number
  readonly forgets: number
  readonly era: number
  /** It left after a stall, or its sender gave up early, or the provider takes longer than the deadline. */
  readonly excused: boolean
  /** 0 = not processed yet, -1 = denied, -2 = it will never be processed; otherwise the token issued. */
  readonly result: number
  readonly sentAt: number
}

/** An issued token on its way into the record (slot.ts `Uncommitted`). */
export interface Answer {
  readonly id: number
  readonly fence: number
  readonly epoch: number
  readonly until: number
  readonly login: boolean
  readonly forgotten: boolean
  readonly forgets: number
  /** The generation under which a commit was tried whose result is unknown; 0 = none. */
  readonly tried: number
}

export interface Provider {
  readonly tokens: readonly Issue[]
  /** The access token that an exclusive provider accepts; 0 = none, or it is not exclusive. */
  readonly live: number
  /** On their way though nobody waits for the answer. */
  readonly zombies: readonly Request[]
}

/** An access token and its refresh token. */
export interface Issue {
  readonly id: number
  readonly family: number
  readonly fence: number
  /** The highest fence when it was first in the record or in hand; 0 = never was, -1 = a younger lease was at work then. */
  readonly known: number
  readonly forgets: number
  /** Its refresh token was put on the wire. */
  readonly wired: boolean
  /** The provider rotated its refresh token. */
  readonly spent: boolean
  /** Its login has ended. */
  readonly ended: boolean
}

/** What happened so far, as far as the guarantees ask for it. No process can see it. */
export interface History {
  /** The highest fence and generation; those that a fail-over may have lost, and those that are in the copy. */
  readonly topFence: number
  readonly topGen: number
  readonly lostFence: number
  readonly lostGen: number
  readonly copyFence: number
  readonly copyGen: number
  /** The token committed as the top generation. */
  readonly topId: number
  readonly forgets: number
  /** How often leases were lost: with a forget, or with their record. */
  readonly era: number
  /** The record of the last forget is kept as engine.md 5.3 asks. */
  readonly kept: boolean
  /** Commits deferred and forgets repeated: each counts like a loss. */
  readonly extra: number
  /** The highest generation that a lease was taken to replace, or the last forget: no loss to anybody. */
  readonly doomed: number
  readonly needless: number
  /** The highest generation that was refused, how many there were, and how many since the last disturbance. */
  readonly marked: number
  readonly marks: number
  readonly calmMarks: number
}

/** All that an exploration needs to know besides the world. */
export interface Setting {
  readonly scenario: Scenario
  readonly traits: Traits
  readonly rules: Rules
  /** The guarantees that are checked. */
  readonly watched: ReadonlySet<Guarantee>
}

/** Told of every step and the world that it leads to. */
export type Emit = (actor: string, step: string, next: World) => void

export const idle: Phase = { at: 'idle' }

export function traitsOf({ kind }: Scenario): Traits {
  return kind === 'exclusive'
    ? { exclusive: true, renewal: 'none', replay: 'unknown', longest: longestMs }
    : { exclusive: false, renewal: 'rotating', replay: 'fatal', longest: longestMs }
}

export function freshProcess(name: string): Process {
  const seen = { gen: 0, epoch: 0, fence: 0 }
  return {
    name,
    seen,
    record: undefined,
    token: undefined,
    pending: undefined,
    phase: idle,
    stalled: false,
  }
}

export function firstWorld(scenario: Scenario): World {
  const { kind, warm, statesIssueTime, bounds } = scenario
  const gen = startMs - 1
  const until = startMs + lifeMs
  const record: TokenRecord = {
    format: 1,
    epoch: 0,
    fence: gen,
    gen,
    born: gen,
    salt: recordSalt,
    token: '1',
    until,
    life: lifeMs,
    ...(kind === 'rotating' && { spendable: 'R1' }),
    ...(statesIssueTime && { issued: 1 }),
  }
  const processes = Array.from({ length: scenario.processes }, (_, index): Process => {
    const process = freshProcess(`P${index + 1}`)
    if (index >= warm) return process
    return { ...process, seen: { gen, epoch: 0, fence: gen }, record, token: { gen, id: 1, until } }
  })
  const first: Issue = {
    id: 1,
    family: 1,
    fence: gen,
    known: gen,
    forgets: 0,
    wired: false,
    spent: false,
    ended: false,
  }
  const cold = warm === 0
  return {
    now: startMs,
    store: cold ? null : record,
    replica: undefined,
    processes,
    provider: { tokens: cold ? [] : [first], live: cold || kind === 'rotating' ? 0 : 1, zombies: [] },
    left: bounds,
    history: {
      topFence: cold ? 0 : gen,
      topGen: cold ? 0 : gen,
      lostFence: 0,
      lostGen: 0,
      copyFence: 0,
      copyGen: 0,
      topId: cold ? 0 : 1,
      forgets: 0,
      era: 0,
      kept: true,
      extra: 0,
      doomed: 0,
      needless: 0,
      marked: 0,
      marks: 0,
      calmMarks: 0,
    },
  }
}

/** The world with another process in that place. */
export function withProcess(world: World, index: number, process: Process, more: Partial<World> = {}): World {
  const processes = world.processes.slice()
  processes[index] = process
  return { ...world, ...more, processes }
}

/** The world with that record, if there is one to be written. */
export function putStore(world: World, next: TokenRecord | null): World {
  return next ? { ...world, store: next } : world
}

/** The bounds with one less of that. */
export function spend(left: Bounds, what: keyof Bounds): Bounds {
  return { ...left, [what]: left[what] - 1 }
}

export function issueOf(provider: Provider, id: number): Issue | undefined {
  return provider.tokens[id - 1] // Numbered from 1 in the order in which they were issued.
}

/** True where the resource lets this token in, apart from its age. */
export function isLive(scenario: Scenario, provider: Provider, id: number): boolean {
  return scenario.kind === 'exclusive' ? provider.live === id : issueOf(provider, id)?.ended === false
}
