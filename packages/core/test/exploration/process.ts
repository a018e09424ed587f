/**
 * One process of the fleet: makes the same calls of the pure core, in the same order and with the same memory, as the
 * runner does (flight.ts, acquire.ts, slot.ts). Between two of its steps anything may happen to the world.
 *
 * A loop that reads, reduces and swaps until it succeeds (`take`, `commit`) is one step here: its failed rounds only
 * read, and its last round is atomic. For the same reason a flight that reads, decides and acquires without a stall is
 * one step: a swap that succeeds proves that the record read is the record replaced. Checking the lease and sending are
 * one step unless time passes between them, since the check looks at clocks alone.
 *
 * @see engine.md sections 6 and 7
 * @module
 */
import { leewayMs } from '../../src/freshness.ts'
import type { Asks, Cool, Decision, Memory, Self, TokenRecord } from '../../src/protocol.ts'
import { commit, forget, recommit } from './commit.ts'
import * as check from './guarantees.ts'
import { known, learn, meet, told } from './memory.ts'
import { processRequest } from './provider.ts'
import type { Answer, Attempt, Emit, Held, History, Phase, Process, Request, Setting, Want, World } from './world.ts'
import { aheadMs, idle, isLive, leaseMs, lifeMs, longestMs, putStore, recordSalt, spend, withProcess } from './world.ts'

const plain: Want = { after: -1, ahead: false }
const ahead: Want = { after: -1, ahead: true }
const budget = { renewals: 99, per: 1 } // Out of reach: the budget only ever keeps requests back.

/** All that this process can do next. */
export function steps(setting: Setting, world: World, index: number, emit: Emit): void {
  const found = world.processes[index]
  if (!found) return
  const process: Process = found.stalled ? { ...found, stalled: false } : found
  const { name, phase } = process
  if (world.left.forgets > 0) forget(setting, world, index, process, emit)
  switch (phase.at) {
    case 'idle':
      return start(setting, world, index, process, emit)
    case 'decided':
      return found.stalled ? wake(setting, world, index, process, phase, emit) : undefined
    case 'again':
      return again(setting, world, index, process, phase, emit)
    case 'leased':
      return leased(setting, world, index, process, phase, emit)
    case 'cleared':
      return found.stalled ? send(setting, world, index, process, phase.attempt, true, emit) : undefined
    case 'sent':
      return sent(setting, world, index, process, phase, emit)
    case 'failed':
      return failed(setting, world, index, process, phase.attempt, emit)
    case 'committing':
      return recommit(setting, world, index, process, phase.answer, emit)
    case 'learning': {
      const after = learn(setting, process, phase.record, phase.answer, phase.forgotten)
      return emit(name, 'learns what the store answered', withProcess(world, index, after))
    }
    case 'repairing': {
      const next = world.store && setting.rules.reduce(world.store, { step: 'repair', known: phase.known })
      if (next) check.checkWritten(setting, world, next)
      const repaired = { ...putStore(world, next), history: afterRepair(world, next) }
      return emit(name, 'writes back what it knows', withProcess(repaired, index, { ...process, phase: idle }))
    }
    default:
      return phase satisfies never
  }
}

/** A forget that a fail-over lost is repeated with all its consequences: whatever was written meanwhile is displaced. */
function afterRepair({ store, history }: World, next: TokenRecord | null): History {
  const calm = { ...history, calmMarks: 0 }
  if (!next || next.epoch <= (store?.epoch ?? 0)) return calm
  return {
    ...calm,
    era: history.era + 1,
    extra: history.extra + 1,
    doomed: Math.max(history.doomed, store?.gen ?? 0),
    topGen: next.gen,
    lostGen: Math.max(history.lostGen, history.topGen),
  }
}

function start(setting: Setting, world: World, index: number, process: Process, emit: Emit): void {
  const { pending, token } = process
  const { now, store, left } = world
  if (pending) return commit(setting, world, index, process, pending, true, emit)
  const remaining = token ? token.until - now : 0
  if (remaining <= leewayMs(lifeMs)) fly(setting, world, index, process, plain, store, emit)
  else if (remaining <= aheadMs) fly(setting, world, index, process, ahead, store, emit)
  else if (token && isRefused(setting, world, token))
    turn(setting, world, index, process, plain, store, token.gen, emit)
  if (token && left.demands > 0) fly(setting, world, index, process, { after: token.gen, ahead: false }, store, emit)
}

/**
 * A flight reads and decides: as one whose resources refused nothing, and, where the provider no longer lets the token
 * in hand pass, as one that was refused with it. That is drawn anew each time, since a token that ended stays so.
 */
function fly(
  setting: Setting,
  world: World,
  index: number,
  process: Process,
  want: Want,
  local: TokenRecord | null,
  emit: Emit,
): void {
  const { token } = process
  turn(setting, world, index, process, want, local, 0, emit)
  if (token && isRefused(setting, world, token))
    turn(setting, world, index, process, { ...want, ahead: false }, local, token.gen, emit)
}

function isRefused({ scenario }: Setting, { provider, now }: World, { id, until }: Held): boolean {
  return until > now && !isLive(scenario, provider, id)
}

/** Reads, decides, and does what was decided. `local`: the page, without an own lease under which nothing was sent. */
function turn(
  setting: Setting,
  world: World,
  index: number,
  before: Process,
  want: Want,
  local: TokenRecord | null,
  refusal: number,
  emit: Emit,
): void {
  const { rules, traits } = setting
  const { now, store, left } = world
  let process: Process = before.phase === idle ? before : { ...before, phase: idle }
  if (local) process = meet(process, local)
  const record = known(process, local ?? rules.blankRecord(recordSalt, process.seen))
  const { name, seen } = process
  const refused = refusal > Math.max(record.gen, process.token?.gen ?? 0) ? 0 : refusal // Nobody knows of it any more.
  const asks: Asks = {
    after: Math.max(0, want.after),
    minRemaining: 0,
    refused,
    ahead: want.ahead ? aheadMs : 0,
    demanded: want.after >= record.gen,
  }
  const memory: Memory = { ...seen, gen: local ? (process.record?.gen ?? 0) : 0 }
  const self: Self = { holder: name, traits, canRenew: setting.scenario.kind === 'rotating', budget }
  const decision = rules.decide(record, now, asks, self, memory)
  switch (decision.do) {
    case 'adopt':
      check.checkKept(setting, process, local)
      process = told(setting, world, process, record)
      return emit(name, 'reads the record and adopts its token', withProcess(world, index, process))
    case 'repair': {
      const phase: Phase = { at: 'repairing', known: process.record ?? rules.blankRecord(record.salt, seen) }
      return emit(name, 'finds the record rolled back', withProcess(world, index, { ...process, phase }))
    }
    case 'wait':
    case 'cool':
      return process === before ? undefined : emit(name, 'reads, and waits', withProcess(world, index, process))
    case 'acquire': {
      check.checkKept(setting, process, local)
      const charged = want.after >= 0 ? { ...world, left: spend(left, 'demands') } : world
      swapIn(setting, charged, index, process, { ...decision, want, refused, page: record }, now, emit)
      if (left.stalls > 0 && left.ticks > 0) {
        const phase: Phase = { at: 'decided', page: store, decidedAt: now, want, refused, ...decision }
        emit(name, 'decides to acquire, and stalls', withProcess(charged, index, { ...process, phase }))
      }
      return
    }
    default:
      throw new Error(`The exploration leaves no room for the decision ${decision.do}.`)
  }
}

interface Bid extends Pick<Extract<Decision, { do: 'acquire' }>, 'record' | 'lease' | 'path'> {
  readonly want: Want
  readonly refused: number
  /** The record that is replaced, as this process sees it. */
  readonly page: TokenRecord
}

/** The acquiring swap, on a page that is known to be the store's present one. */
function swapIn(
  setting: Setting,
  world: World,
  index: number,
  process: Process,
  { record: next, lease, path: intended, want, refused, page }: Bid,
  since: number,
  emit: Emit,
): void {
  const { rules, scenario } = setting
  const { name, seen, record } = process
  const { history: before } = world
  check.checkAcquired(setting, world, refused, want, page, next, world.store === null && since < world.now)
  const mark = next.refused === page.refused ? 0 : (next.refused?.gen ?? 0)
  const marked = mark > before.marked ? 1 : 0
  const history: History = {
    ...before,
    topFence: Math.max(before.topFence, next.fence),
    marked: Math.max(before.marked, mark),
    marks: before.marks + marked,
    calmMarks: before.calmMarks + marked,
    doomed: Math.max(before.doomed, lease.base),
  }
  const written = { ...world, store: next, history }
  check.checkHarm(setting, written)
  const durable = world.replica === undefined || scenario.kind !== 'rotating' || !rules.waitsForDurable
  const path = intended === 'renewal' && durable ? 'renewal' : 'primary'
  const refresh = path === 'renewal' ? Number(next.token) : 0
  const { forgets, era } = before
  const attempt: Attempt = { lease, epoch: next.epoch, path, since, refresh, forgotten: false, forgets, era }
  const after: Process = {
    ...process,
    seen: { ...seen, fence: Math.max(seen.fence, next.fence) },
    record: record?.gen === next.gen ? next : record,
    phase: { at: 'leased', want, attempt },
  }
  emit(name, `takes the lease ${lease.fence} (${path})`, withProcess(written, index, after))
  if (world.left.unclear === 0) return
  const left = spend(world.left, 'unclear')
  const unclear: Process = { ...process, phase: { at: 'again', want, fence: lease.fence } }
  emit(name, `takes the lease ${lease.fence} without learning of it`, withProcess({ ...written, left }, index, unclear))
  emit(name, 'fails to take the lease without learning of it', withProcess({ ...world, left }, index, unclear))
}

/** Goes on after a stall between decision and swap: its clocks were noted before the stall or, against the rule, after. */
function wake(
  setting: Setting,
  world: World,
  index: number,
  process: Process,
  phase: Extract<Phase, { at: 'decided' }>,
  emit: Emit,
): void {
  const { rules } = setting
  const { want, page, decidedAt } = phase
  if (page !== world.store) return fly(setting, world, index, process, want, world.store, emit)
  const bid = { ...phase, page: page ?? rules.blankRecord(recordSalt, process.seen) }
  swapIn(setting, world, index, process, bid, decidedAt, emit)
  if (!rules.notesClocksFirst) swapIn(setting, world, index, process, bid, world.now, emit)
}

/** Reads again and frees an own lease under which nothing was sent (acquire.ts `disown`). */
function again(
  setting: Setting,
  world: World,
  index: number,
  process: Process,
  { want, fence }: Extract<Phase, { at: 'again' }>,
  emit: Emit,
): void {
  const { store } = world
  const own = store?.lease?.holder === process.name || !setting.rules.knowsItsLease
  const local = own && store ? (setting.rules.reduce(store, { step: 'release', fence }) ?? store) : store
  fly(setting, world, index, process, want, local, emit)
}

function leased(
  setting: Setting,
  world: World,
  index: number,
  process: Process,
  { want, attempt }: Extract<Phase, { at: 'leased' }>,
  emit: Emit,
): void {
  const { name } = process
  if (world.now - attempt.since + longestMs > leaseMs) {
    const phase: Phase = { at: 'again', want, fence: attempt.lease.fence }
    return emit(name, 'finds its lease too short to send', withProcess(world, index, { ...process, phase }))
  }
  send(setting, world, index, process, attempt, false, emit)
  if (world.left.stalls > 0 && world.left.ticks > 0) {
    const phase: Phase = { at: 'cleared', attempt }
    emit(name, 'checks its lease, and stalls before the wire', withProcess(world, index, { ...process, phase }))
  }
}

function send(
  setting: Setting,
  world: World,
  index: number,
  process: Process,
  attempt: Attempt,
  excused: boolean,
  emit: Emit,
): void {
  const { path, refresh, lease, forgets, era } = attempt
  const { fence, base } = lease
  const request: Request = { path, refresh, fence, base, forgets, era, excused, result: 0, sentAt: world.now }
  check.checkSent(setting, world, request)
  const { provider: before } = world
  const tokens = before.tokens.map((token) => (token.id === refresh ? { ...token, wired: true } : token))
  const provider = refresh === 0 ? before : { ...before, tokens }
  const after: Process = { ...process, phase: { at: 'sent', attempt, request } }
  const what = refresh === 0 ? 'asks with the main credential' : `sends R${refresh}`
  emit(process.name, what, withProcess(world, index, after, { provider }))
}

function sent(
  setting: Setting,
  world: World,
  index: number,
  process: Process,
  { attempt, request }: Extract<Phase, { at: 'sent' }>,
  emit: Emit,
): void {
  const { name } = process
  const { result } = request
  if (result === 0) {
    const { result: now, ...more } = processRequest(setting, world, request)
    const after: Process = { ...process, phase: { at: 'sent', attempt, request: { ...request, result: now } } }
    emit('provider', now > 0 ? `issues T${now} to ${name}` : `denies ${name}`, withProcess(world, index, after, more))
  }
  if (result > 0) commit(setting, world, index, process, answerOf(attempt, request), true, emit)
  if (result === -1) {
    const next = world.store && setting.rules.reduce(world.store, { step: 'spent', lease: attempt.lease })
    emit(name, 'drops a denied refresh token', withProcess(putStore(world, next), index, { ...process, phase: idle }))
  }
  const gone: Process = { ...process, phase: { at: 'failed', attempt } }
  if (result === -2) return emit(name, 'times out', withProcess(world, index, gone))
  const { left, history, provider } = world
  if (left.lost === 0) return
  const lost = { left: spend(left, 'lost'), history: { ...history, calmMarks: 0 } }
  emit(name, result === 0 ? 'loses the connection' : 'loses the answer', withProcess(world, index, gone, lost))
  if (result !== 0 || left.late === 0) return
  const zombies = [...provider.zombies, { ...request, excused: true }]
  const late = { ...lost, left: spend(lost.left, 'late'), provider: { ...provider, zombies } }
  emit(name, 'loses the connection, and the provider works on', withProcess(world, index, gone, late))
}

function answerOf({ path, epoch, forgotten, forgets }: Attempt, { result, fence, sentAt }: Request): Answer {
  const until = sentAt + lifeMs
  return { id: result, fence, epoch, until, login: path === 'primary', forgotten, forgets, tried: 0 }
}

/** Writes down that no answer came, unless the store is silent: then the lease runs out by itself. */
function failed({ rules }: Setting, world: World, index: number, process: Process, attempt: Attempt, emit: Emit): void {
  const { store, now, left } = world
  const cool: Cool = { until: now, step: 0, class: 'transient', code: 'LATCHKEY_ENDPOINT_FAILED' } // Full jitter drew 0.
  const taint = attempt.path === 'renewal'
  const next = store && rules.reduce(store, { step: 'fail', lease: attempt.lease, cool, taint })
  const after: Process = { ...process, phase: idle }
  emit(process.name, 'writes down that no answer came', withProcess(putStore(world, next), index, after))
  if (left.unclear === 0) return
  const silent = { left: spend(left, 'unclear') }
  emit(process.name, 'cannot write down that no answer came', withProcess(world, index, after, silent))
}
