/**
 * One cell of the matrix: a fleet at work, one of its workers caught at a step of an attempt and killed, or stopped
 * until its lease is over; then the fleet goes on, and the run is judged.
 *
 * @see engine.md sections 6.5, 6.6, 14 and 15 ("Fleet")
 * @module
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Step } from '../worker/messages.ts'
import { conduct, shared } from './conduct.ts'
import type { Conducted, Place } from './conduct.ts'
import { longestMs } from './provider.ts'
import type { Exchange, Habits } from './provider.ts'
import { oneMoreRenewal, servedSince } from './service.ts'
import type { WorkerProcess } from './worker-process.ts'

const graceMs = 2_000
/** From the acquiring swap until others may take over: the lease and the grace after it. */
export const leaseOverMs = longestMs + 2 * graceMs
const pollMaxMs = 500
/** A poll, an attempt, and a machine that is busy with other cells. */
const slackMs = pollMaxMs + 2_000

export interface Interruption {
  readonly place: Place
  readonly habits: Habits
  readonly signal: 'SIGKILL' | 'SIGSTOP'
  readonly step: Step
}

/** What the caught attempt's answer states, so that a renewal by age comes soon. */
const shortLifeMs = 3_000
/** Long enough for refusals to go round the fleet, if they did. */
const oscillationMs = 700

/**
 * An exclusive provider's worker is caught in a renewal that a refusal caused, while nobody has a usable token; a
 * rotating one's in a renewal by age, while the others are served.
 */
export function interrupt({ place, habits, signal, step }: Interruption): Promise<Conducted> {
  const plan = { test: 'interruption', signal: signal === 'SIGSTOP' ? 'SIGSTOP+CONT' : signal, step }
  const refusalBudget = { renewals: 4, per: 60_000 } // The test itself ends tokens, up to twice.
  return conduct({ ...plan, open: shared(place), habits, workers: 4, refusalBudget }, async (fleet, notes) => {
    const { provider } = fleet
    const { exchanges } = provider
    fleet.call()
    await servedSince(fleet, 0)
    provider.stateLifetime(shortLifeMs)
    if (habits.renewal === 'rotating') await oneMoreRenewal(fleet)
    const catching = fleet.catchAt(step, 2 * shortLifeMs)
    if (habits.exclusive) provider.endTokens()
    const victim = await catching
    const caughtAt = performance.now()
    provider.stateLifetime()
    const first = exchanges.length - (step === 'beforeSend' ? 0 : 1) // The caught attempt's own request counts.
    if (signal === 'SIGKILL') await victim.kill()
    else victim.stop()
    Object.assign(notes, signal === 'SIGKILL' ? { kills: 1 } : { stalls: 1 })

    const recovered = (): number | undefined => recoveredAt(exchanges.slice(first), victim)
    notes.recoveryMaxMs = leaseOverMs + slackMs
    // Only a request that stalls between check and wire may do harm; what comes late after that is refused (6.8, G4).
    notes.needlessAllowed = signal === 'SIGSTOP' && step === 'beforeSend' ? 1 : 0
    await fleet.until(
      'another worker is served a newer token',
      () => recovered() !== undefined,
      leaseOverMs + slackMs + 3_000,
    )
    notes.recoveryMs = (recovered() ?? Infinity) - caughtAt

    if (signal === 'SIGSTOP') {
      await pause(Math.max(caughtAt + leaseOverMs + 300 - performance.now(), 500))
      const continuedAt = performance.now()
      victim.continue()
      await servedSince(fleet, continuedAt)
      if (step === 'beforeSend') {
        notes.overlapsAllowed = 1
        const arrived = (): boolean =>
          exchanges.some(({ worker, arrivedAt }) => worker === victim.id && arrivedAt > continuedAt)
        await fleet.until('the stalled request arrives', arrived, 5_000)
      }
    }
    await servedSince(fleet, performance.now())
    await pause(oscillationMs)
    const next = await oneMoreRenewal(fleet)
    if (habits.renewal !== 'rotating') return
    const { obtains } = provider.double.report()
    // Nobody knows whether a caught attempt spent its refresh token, unless its answer is in the record.
    const expected = step === 'duringCommit' ? 1 : 2
    if (obtains !== expected) notes.problems.push(`${obtains} logins, expected ${expected} (G7, G8)`)
    if (next.grant !== 'renew') notes.problems.push('the refresh token in the record was of no use (G8)')
  })
}

/**
 * The holder is stopped with the answer in hand, and continued where nobody has overtaken it: because nobody else is
 * there, or because the others still respect its lease.
 */
export function commitLate(place: Place, others: boolean): Promise<Conducted> {
  const habits: Habits = { renewal: 'rotating', replay: 'fatal', lifetimeMs: 60_000 }
  const plan = { test: 'late commit', signal: 'SIGSTOP+CONT', step: 'afterAnswer', habits, open: shared(place) }
  return conduct({ ...plan, workers: others ? 4 : 1 }, async (fleet, notes) => {
    const { exchanges } = fleet.provider
    fleet.call()
    await servedSince(fleet, 0)
    const catching = fleet.catchAt('afterAnswer', 5_000)
    fleet.provider.endTokens()
    const victim = await catching
    Object.assign(notes, { stalls: 1, needlessAllowed: 0 })
    victim.stop()
    await pause(leaseOverMs + (others ? -graceMs / 2 : graceMs / 2))
    victim.continue()
    await servedSince(fleet, performance.now())
    if (exchanges.length !== 2) notes.problems.push(`${exchanges.length} token requests: the late answer was not kept`)
    const next = await oneMoreRenewal(fleet)
    if (next.grant !== 'renew') notes.problems.push('the refresh token that came late was lost (G8)')
  })
}

/** When a worker other than the victim was first served with one of these tokens. */
function recoveredAt(exchanges: readonly Exchange[], victim: WorkerProcess): number | undefined {
  const times = exchanges.flatMap(({ servedTo }) =>
    [...servedTo].flatMap(([worker, at]) => (worker === victim.id ? [] : [at])),
  )
  return times.length > 0 ? Math.min(...times) : undefined
}
