/**
 * Judges a run from what the provider saw and what the workers said: one row for the report, and a sentence for each
 * guarantee that did not hold.
 *
 * @see engine.md section 14
 * @module
 */
import { assertNoSecrets } from '@latchkey/testkit'
import { courseOf } from './course.ts'
import type { Fleet } from './fleet.ts'
import type { Exchange } from './provider.ts'
import type { WorkerProcess } from './worker-process.ts'

/** What the run did to the fleet, and what that may cost. */
export interface Circumstances {
  readonly test: string
  readonly store: string
  readonly signal?: string
  readonly step?: string
  readonly kills?: number
  readonly stalls?: number
  /** Living tokens in use that a token request may end or make useless (G4). @default one per stall */
  readonly needlessAllowed?: number
  /** Token requests that may meet another one in flight (G3). @default 0 */
  readonly overlapsAllowed?: number
  /** Calls that may fail. @default those refused twice that were under way in a process while it was stopped */
  readonly pardon?: (worker: WorkerProcess, call: WorkerProcess['calls'][number]) => boolean
  readonly recoveryMs?: number | undefined
  readonly recoveryMaxMs?: number
  /** What the test itself found. */
  readonly problems?: readonly string[]
}

/** One line of the report. */
export interface Row {
  readonly test: string
  readonly store: string
  readonly provider: string
  readonly signal: string
  readonly step: string
  readonly workers: number
  readonly kills: number
  readonly stalls: number
  readonly calls: number
  readonly failedCalls: number
  readonly pardonedCalls: number
  readonly tokensLost: number
  readonly needless: number
  readonly needlessAllowed: number
  readonly tokenRequests: number
  readonly recoveryMs: number | undefined
  readonly problems: readonly string[]
  /** The machine itself stood still for so long. */
  readonly disturbedMs?: number
  /** Disturbed and with a problem: it proves nothing, and was conducted again. */
  readonly isVoid?: boolean
  /** What happened when, where there is a problem. */
  readonly course?: string
}

export function judge(fleet: Fleet, run: Circumstances): Row {
  const { workers, provider } = fleet
  const { kills = 0, stalls = 0, recoveryMs, recoveryMaxMs = Infinity, pardon = refusedWhileStopped } = run
  const { needlessAllowed = stalls, overlapsAllowed = 0 } = run
  const problems = [...(run.problems ?? [])]
  const report = provider.double.report()

  const violations = report.violations.filter(({ kind }) => kind !== 'deadToken') // A refused call is counted as such.
  const overlaps = violations.filter(({ kind }) => kind === 'overlap').length
  for (const { kind, about, at } of violations) {
    if (kind !== 'overlap') problems.push(`the provider recorded ${kind} after ${Math.round(at)} ms: ${about}`)
  }
  if (overlaps > overlapsAllowed) problems.push(`${overlaps} token requests met another one in flight (G3)`)
  if (report.violationsMissed > 0) problems.push('too many violations to record')

  const needless = needlessRequests(fleet).length
  if (needless > needlessAllowed) problems.push(`${needless} needless token requests, ${needlessAllowed} allowed (G4)`)

  const failures = workers.flatMap((worker) =>
    worker.calls.flatMap((call) => (call.failed === undefined ? [] : [{ worker, call }])),
  )
  const unpardoned = failures.filter(({ worker, call }) => !pardon(worker, call))
  if (unpardoned.length > 0) {
    const told = unpardoned.slice(0, 3).map(({ worker: { id }, call: { failed = '', reason = '', ms, used } }) => {
      return `worker ${id}: ${failed} after ${ms} ms with (${used.join(', ')}) ${reason}`
    })
    problems.push(`${unpardoned.length} failed calls: ${told.join('; ')}`)
  }

  const lost = workers.flatMap(lostAnswers)
  if (lost.length > 0) problems.push(`lost tokens (G8): ${lost.join('; ')}`)
  problems.push(...disorder(workers))
  if (recoveryMs !== undefined && recoveryMs > recoveryMaxMs) {
    problems.push(`recovered after ${Math.round(recoveryMs)} ms, at most ${recoveryMaxMs} allowed (G14)`)
  }
  for (const { id, complaints } of workers) problems.push(...complaints.map((each) => `worker ${id}: ${each}`))
  try {
    assertNoSecrets(workers.map(({ text }) => text).join('\n'), fleet.secrets())
  } catch (error) {
    problems.push(`a worker showed a secret: ${String(error)}`)
  }
  return {
    test: run.test,
    store: run.store,
    provider: provider.traits.exclusive ? 'exclusive' : `${provider.traits.renewal}, ${provider.traits.replay}`,
    signal: run.signal ?? '',
    step: run.step ?? '',
    workers: workers.length,
    kills,
    stalls,
    calls: workers.reduce((sum, { calls }) => sum + calls.length, 0),
    failedCalls: unpardoned.length,
    pardonedCalls: failures.length - unpardoned.length,
    tokensLost: lost.length,
    needless,
    needlessAllowed,
    tokenRequests: report.tokenRequests,
    recoveryMs: recoveryMs && Math.round(recoveryMs),
    problems,
    ...(problems.length > 0 && { course: courseOf(fleet) }),
  }
}

/** A token that a process took before it was stopped may be over when it is used after that. */
function refusedWhileStopped(worker: WorkerProcess, { failed, heardAt, ms }: WorkerProcess['calls'][number]): boolean {
  return failed === 'refused twice' && worker.stops.some(({ from, to }) => from < heardAt && to > heardAt - ms)
}

/** Milliseconds before its end at which a token may be renewed at the earliest (engine.md section 4). */
function renewalWindowMs(lifetimeMs: number, exclusive: boolean): number {
  return exclusive
    ? Math.min(60_000, lifetimeMs / 10)
    : Math.min(Math.max(lifetimeMs / 5, 30_000), 300_000, lifetimeMs / 2)
}

/**
 * The store's round trips count against a token's life (engine.md 3.3): this share of it where they were quick, and
 * the two longest that there can have been where the machine was busy.
 */
const roundTripsShare = 0.25
const longTrips = 2

/** Token requests that brought a token while another one was in use, alive and not yet due. */
function needlessRequests({ provider, workers }: Fleet): Exchange[] {
  const issues = provider.exchanges.filter(({ status }) => status === 200)
  const slowestMs = Math.max(0, ...workers.map(({ slowestStoreMs }) => slowestStoreMs))
  return issues.filter((each, index) => {
    const before = issues[index - 1]
    const { answeredAt = 0 } = each
    if (before === undefined || (before.endedAt ?? Infinity) < answeredAt) return false
    const inUse = [...before.servedTo.values()].some((servedAt) => servedAt < answeredAt)
    const { lifetimeMs = 0 } = before
    const tripsMs = Math.max(lifetimeMs * roundTripsShare, slowestMs * longTrips)
    const dueAfter = lifetimeMs - tripsMs - renewalWindowMs(lifetimeMs, provider.traits.exclusive)
    return inUse && each.arrivedAt - sentAt(before, workers) < dueAfter
  })
}

/** When its worker began to ask: from then on the token lives (engine.md 3.1). */
function sentAt({ worker, arrivedAt }: Exchange, workers: readonly WorkerProcess[]): number {
  const { course = [] } = workers.find(({ id }) => id === worker) ?? {}
  const starts = course.flatMap((line) =>
    line.said === 'event' && line.name === 'refresh.start' ? [line.heardAt] : [],
  )
  return Math.min(arrivedAt, starts.findLast((at) => at <= arrivedAt) ?? arrivedAt)
}

/** Token answers that reached a process which is alive, and that it neither committed nor saw overtaken (G8). */
function lostAnswers({ id, state, course }: WorkerProcess): string[] {
  if (state === 'killed') return []
  const open = new Map<number, string>()
  let fence = 0
  for (const line of course) {
    if (line.said === 'answered') {
      if (line.status === 200) open.set(fence, 'answered')
    } else if (line.name === 'refresh.start') fence = line.fence ?? 0
    else if (line.name === 'commit.deferred') open.set(line.fence ?? 0, 'deferred')
    else if (/^commit\.(accepted|refused|recovered)$/.test(line.name)) {
      if (open.delete(line.fence ?? 0)) continue
      // One that was obtained without the store gets its true fence when the store judges it.
      for (const [at, how] of open) if (how === 'deferred') open.delete(at)
    }
  }
  return [...open].map(([at, how]) => `worker ${id}, fence ${at}, ${how}`)
}

/** Generations and fences that did not rise (G1). */
function disorder(workers: readonly WorkerProcess[]): string[] {
  const problems: string[] = []
  const swaps = workers.flatMap((worker) => worker.swaps).sort((a, b) => a.at - b.at || a.fence - b.fence)
  let fence = 0
  for (const swap of swaps) {
    if (swap.fence < fence) problems.push(`a fence fell from ${fence} to ${swap.fence} (G1)`)
    fence = swap.fence
  }
  const commits = workers.flatMap(commitsOf).sort((a, b) => a.at - b.at)
  let generation = 0
  for (const commit of commits) {
    if (commit.gen <= generation) problems.push(`generation ${commit.gen} was committed after ${generation} (G1)`)
    generation = commit.gen
  }
  for (const { id, calls } of workers) {
    const ended = [...calls].sort((a, b) => a.heardAt - b.heardAt)
    const begun = calls.map((call) => ({ used: call.used, at: call.heardAt - call.ms })).sort((a, b) => a.at - b.at)
    let next = 0
    let highest = 0
    for (const { at, used } of begun) {
      for (; (ended[next]?.heardAt ?? Infinity) < at - 50; next += 1)
        highest = Math.max(highest, ...(ended[next]?.used ?? []))
      if ((used[0] ?? Infinity) < highest)
        problems.push(`worker ${id} went back from generation ${highest} to ${String(used[0])} (G1)`)
    }
  }
  return problems.slice(0, 5)
}

function commitsOf({ swaps, course }: WorkerProcess): { readonly at: number; readonly gen: number }[] {
  return course.flatMap((line) => {
    if (line.said !== 'event' || line.name !== 'commit.accepted') return []
    const swap = swaps.find(({ gen }) => gen === line.generation) // The first one with it is the commit.
    return swap ? [{ at: swap.at, gen: swap.gen }] : []
  })
}
