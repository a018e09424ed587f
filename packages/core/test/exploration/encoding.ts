/**
 * A world as a row of small numbers that is the same for worlds which cannot be told apart by what follows from them.
 *
 * Generations, epochs and fences of the past are replaced by their rank, since the core only compares them; those of
 * the present and the future by their distance from now. Ends that have passed are all the same, and so are tokens
 * that nobody refers to. Processes are interchangeable: their rows are sorted, and a lease is marked in its holder's row.
 *
 * Left out is what is never looked at again: a fence below the clock, from which the next draw does not depend; the
 * record that a process remembers, once no roll-back can make it write that record back; a cool-down that is over.
 *
 * @module
 */
import { leewayMs } from '../../src/freshness.ts'
import type { TokenRecord } from '../../src/protocol.ts'
import { graceMs } from '../../src/protocol.ts'
import type { Answer, Attempt, Phase, Process, Request, World } from './world.ts'
import { leaseMs, lifeMs, longestMs, tickMs } from './world.ts'

const row = new Int32Array(4096)
let end = 0
const scratch = new Int32Array(2048)
const stamps: number[] = []
const ids: number[] = []
const leeway = leewayMs(lifeMs)

/** Writes the world's row; the next call writes over it. */
export function encode(world: World): Int32Array {
  const { now, store, replica, processes, provider, left, history } = world
  stamps.length = 0
  ids.length = 0
  collect(world)
  stamps.sort(rising)
  ids.sort(rising)
  end = 0
  putRecord(world, store)
  if (replica === undefined) put(-1)
  else if (replica === store) put(-2)
  else putRecord(world, replica)
  putMembers(world, processes)
  for (let at = 0; at < ids.length; at += 1) putIssue(world, ids[at] ?? 0)
  put(-5)
  put(tokenRank(provider.live))
  for (const zombie of provider.zombies) putRequest(world, zombie)
  put(-6)
  put(left.ticks | (left.stalls << 4) | (left.crashes << 8) | (left.forgets << 12) | (left.failovers << 16))
  put(left.evictions | (left.lost << 4) | (left.late << 8) | (left.unclear << 12) | (left.demands << 16))
  put(now % tickMs)
  put(history.topFence >= now ? history.topFence - now + 1 : 0)
  put(history.copyFence >= now ? history.copyFence - now + 1 : 0)
  put(rank(history.marked, now))
  put(rank(history.topGen, now))
  put(rank(history.lostGen, now))
  put(rank(history.copyGen, now))
  put(rank(history.doomed, now))
  put(tokenRank(history.topId))
  put((history.kept ? 1 : 0) | (history.extra << 4) | (history.needless << 8))
  put(history.marks | (history.calmMarks << 8))
  return row.subarray(0, end)
}

function rising(a: number, b: number): number {
  return a - b
}

function put(value: number): void {
  row[end] = value
  end += 1
}

// Every stamp of the past and every token that the world still refers to, each once.
function collect({ now, store, replica, processes, provider, history }: World): void {
  collectRecord(now, store)
  if (replica !== store) collectRecord(now, replica)
  for (const process of processes) collectProcess(now, process)
  for (const { refresh, fence, base } of provider.zombies) {
    noteToken(refresh)
    noteStamp(now, fence)
    noteStamp(now, base)
  }
  noteToken(provider.live)
  noteStamp(now, provider.tokens[provider.live - 1]?.fence)
  noteStamp(now, provider.tokens[provider.live - 1]?.known)
  noteStamp(now, history.topGen)
  noteStamp(now, history.lostGen)
  noteStamp(now, history.marked)
  noteStamp(now, history.copyGen)
  noteStamp(now, history.doomed)
  noteToken(history.topId)
}

function noteStamp(now: number, value: number | undefined): void {
  if (value !== undefined && value > 0 && value < now && !stamps.includes(value)) stamps.push(value)
}

function noteToken(id: number): void {
  if (id > 0 && !ids.includes(id)) ids.push(id)
}

function collectRecord(now: number, found: TokenRecord | null | undefined): void {
  if (!found) return
  noteStamp(now, found.gen)
  noteStamp(now, found.epoch)
  noteStamp(now, found.born)
  noteStamp(now, found.refused?.gen)
  if (found.token !== undefined) noteToken(Number(found.token))
  if (!found.lease) return
  noteStamp(now, found.lease.fence)
  if (found.lease.spends !== undefined) noteToken(refreshOf(found.lease.spends))
}

function collectAnswer(now: number, found: Answer): void {
  noteToken(found.id)
  noteStamp(now, found.fence)
  noteStamp(now, found.epoch)
  noteStamp(now, found.tried)
}

function collectProcess(now: number, { seen, record, token, pending, phase }: Process): void {
  noteStamp(now, seen.gen)
  noteStamp(now, seen.epoch)
  if (record) collectRecord(now, record)
  if (token) {
    noteToken(token.id)
    noteStamp(now, token.gen)
  }
  if (pending) collectAnswer(now, pending)
  switch (phase.at) {
    case 'idle':
      return
    case 'decided':
      noteStamp(now, phase.want.after)
      return collectRecord(now, phase.record)
    case 'again':
      noteStamp(now, phase.want.after)
      return noteStamp(now, phase.fence)
    case 'committing':
      return collectAnswer(now, phase.answer)
    case 'repairing':
      return collectRecord(now, phase.known)
    case 'learning':
      return phase.answer ? collectAnswer(now, phase.answer) : collectRecord(now, phase.record)
    default: {
      const { lease, epoch, refresh } = phase.attempt
      noteStamp(now, lease.fence)
      noteStamp(now, lease.base)
      noteStamp(now, epoch)
      noteToken(refresh)
      if (phase.at === 'sent') noteToken(phase.request.result)
      if (phase.at === 'leased') noteStamp(now, phase.want.after)
    }
  }
}

function refreshOf(print: string): number {
  return Number(print.slice(1))
}

function rank(value: number | undefined, now: number): number {
  if (value === undefined) return -7
  if (value <= 0) return value
  return value < now ? 1 + stamps.indexOf(value) : 100 + value - now
}

function tokenRank(id: number): number {
  return id > 0 ? 1 + ids.indexOf(id) : id
}

function endOf(until: number, now: number): number {
  return until - now <= leeway ? 0 : until - now
}

/** `kept`: as a process remembers it, without what a repair takes from the present record. */
function putRecord({ now, processes }: World, found: TokenRecord | null, kept = false): void {
  if (!found) return put(-8)
  const { gen, epoch, fence, born, token, until, spendable, tainted, refused, lease } = found
  put(rank(gen, now))
  put(rank(epoch, now))
  put(rank(born, now))
  put(token === undefined ? 0 : tokenRank(Number(token)))
  put(endOf(until, now))
  put((spendable === undefined ? 0 : 1) | (tainted === undefined ? 0 : 2))
  put(rank(refused?.gen, now))
  if (kept) return
  put(fence >= now ? fence - now + 1 : 0)
  if (!lease) return put(-9)
  put(rank(lease.fence, now))
  put(lease.spends === undefined ? 0 : tokenRank(refreshOf(lease.spends)))
  put(processes.some(({ name }) => name === lease.holder) ? 1 : 0)
  put(Math.max(0, lease.until + graceMs - now))
}

const starts: number[] = []

function putMembers(world: World, processes: readonly Process[]): void {
  const from = end
  starts.length = 0
  for (const process of processes) {
    starts.push(end)
    putMember(world, process)
  }
  starts.push(end)
  if (isSorted()) return
  const order = processes.map((_, index) => index).sort(compareMembers)
  scratch.set(row.subarray(from, end))
  let at = from
  for (const index of order) {
    const [start, stop] = [starts[index] ?? 0, starts[index + 1] ?? 0]
    row.set(scratch.subarray(start - from, stop - from), at)
    at += stop - start
  }
}

function isSorted(): boolean {
  for (let index = 2; index < starts.length; index += 1) if (compareMembers(index - 2, index - 1) > 0) return false
  return true
}

function compareMembers(a: number, b: number): number {
  const [startA, startB] = [starts[a] ?? 0, starts[b] ?? 0]
  const [lengthA, lengthB] = [(starts[a + 1] ?? 0) - startA, (starts[b + 1] ?? 0) - startB]
  const length = Math.min(lengthA, lengthB)
  for (let index = 0; index < length; index += 1) {
    const difference = (row[startA + index] ?? 0) - (row[startB + index] ?? 0)
    if (difference !== 0) return difference
  }
  return lengthA - lengthB
}

function putMember(world: World, { name, seen, record, token, pending, phase, stalled }: Process): void {
  const { now, store, replica, left } = world
  put(-10)
  put((store?.lease?.holder === name ? 1 : 0) | (replica?.lease?.holder === name ? 2 : 0) | (stalled ? 4 : 0))
  put(rank(seen.gen, now))
  put(rank(seen.epoch, now))
  const lossy = left.failovers + left.evictions > 0
  if (record && (lossy || store === null || seen.gen > store.gen)) putRecord(world, record, true)
  else put(-11)
  if (token) {
    put(rank(token.gen, now))
    put(tokenRank(token.id))
    put(endOf(token.until, now))
  } else put(-12)
  if (pending) putAnswer(now, pending)
  putPhase(world, phase)
}

function putPhase(world: World, phase: Phase): void {
  const { now, store, replica } = world
  switch (phase.at) {
    case 'idle':
      return put(0)
    case 'decided': {
      put(1)
      put(rank(phase.want.after, now))
      put((phase.want.ahead ? 1 : 0) | (phase.path === 'renewal' ? 2 : 0))
      put(phase.decidedAt - now)
      const apt = phase.page === store ? 1 : phase.page === replica ? 2 : 0
      put(apt)
      return apt ? putRecord(world, phase.record) : undefined // Otherwise the swap will lose, whatever it holds.
    }
    case 'again':
      put(2)
      put(rank(phase.want.after, now))
      put(phase.want.ahead ? 1 : 0)
      return put(rank(phase.fence, now))
    case 'leased':
      put(3)
      put(rank(phase.want.after, now))
      put((phase.want.ahead ? 1 : 0) | (now - phase.attempt.since + longestMs > leaseMs ? 2 : 0))
      return putAttempt(world, phase.attempt)
    case 'cleared':
      put(4)
      return putAttempt(world, phase.attempt)
    case 'sent':
      put(5)
      putAttempt(world, phase.attempt)
      return putRequest(world, phase.request)
    case 'failed':
      put(6)
      return putAttempt(world, phase.attempt)
    case 'committing':
      put(7)
      return putAnswer(now, phase.answer)
    case 'repairing':
      put(8)
      return putRecord(world, phase.known, true)
    case 'learning':
      put(9)
      put(phase.forgotten ? 1 : 0)
      putRecord(world, phase.record, true)
      return phase.answer && putAnswer(now, phase.answer)
    default:
      phase satisfies never
  }
}

function putAttempt({ now, history }: World, { lease, epoch, path, refresh, forgotten, forgets, era }: Attempt): void {
  put(rank(lease.fence, now))
  put(rank(lease.base, now))
  put(rank(epoch, now))
  put((path === 'renewal' ? 1 : 0) | (forgotten ? 2 : 0))
  put(tokenRank(refresh))
  put((history.forgets - forgets) | ((history.era - era) << 4))
}

function putRequest({ now, history }: World, request: Request): void {
  const { path, refresh, fence, base, excused, result, forgets, era, sentAt } = request
  put((path === 'renewal' ? 1 : 0) | (excused ? 2 : 0))
  put(tokenRank(refresh))
  put(rank(fence, now))
  put(rank(base, now))
  put(result > 0 ? tokenRank(result) : result)
  put((history.forgets - forgets) | ((history.era - era) << 4))
  put(endOf(sentAt + lifeMs, now))
}

function putAnswer(now: number, { id, fence, epoch, until, login, forgotten, tried }: Answer): void {
  put(tokenRank(id))
  put(rank(fence, now))
  put(rank(epoch, now))
  put(endOf(until, now))
  put((login ? 1 : 0) | (forgotten ? 2 : 0))
  put(rank(tried, now))
}

function putIssue({ now, provider, history }: World, id: number): void {
  const { tokens } = provider
  const token = tokens[id - 1]
  if (!token) return put(-15)
  // A login is named by the oldest of its tokens that matters.
  for (let at = 0; at < ids.length; at += 1) {
    if (tokens[(ids[at] ?? 0) - 1]?.family !== token.family) continue
    put(at)
    break
  }
  const { wired, spent, ended, forgets } = token
  put((wired ? 1 : 0) | (spent ? 2 : 0) | (ended ? 4 : 0) | ((history.forgets - forgets) << 4))
  if (id !== provider.live) return
  put(rank(token.fence, now))
  put(rank(token.known, now))
}
