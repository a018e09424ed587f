/**
 * Eight processes on one store, 10 s tokens, 60 s logins, rotation and revocation on, and one kill every 5 s: what it
 * counts is what the report and the tests judge.
 *
 * @see engine.md section 14
 * @module
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { WorkerProcess } from '../../fleet/harness/worker-process.ts'
import { startCrew } from './crew.ts'
import type { Crew } from './crew.ts'
import type { Keycloak } from './keycloak.ts'
import { startResource } from './resource.ts'

const processes = 8
const callEveryMs = 250
const killEveryMs = 5_000
const longestMs = 3_000 // With tokens of 10 s nobody waits 15 s and more for a dead process.
const pollMs = 2
const settleMs = 5_000 // At the end nobody is killed any more.

export interface FleetReport {
  readonly seconds: number
  readonly processes: number
  readonly kills: number
  /** Kills of a process that was renewing at that moment. */
  readonly killsWhileRenewing: number
  readonly served: number
  readonly failed: readonly string[]
  readonly slowestMs: number
  /** As the resource counted. */
  readonly refusals: number
  readonly logins: number
  readonly refreshes: number
  readonly refreshesRefused: number
  readonly loginsRefused: number
  /** Of Keycloak, the most at any of the samples, and at the end. */
  readonly sessionsMost: number
  readonly sessionsLast: number
  /** Rows at the end, with sessions that ran out and were not cleaned up yet. */
  readonly sessionRowsLast: number
  readonly complaints: readonly string[]
}

/** Ends all logins of the realm's partner first, and leaves its settings changed. */
export async function runFleet(keycloak: Keycloak, seconds: number): Promise<FleetReport> {
  await keycloak.reset({ accessSeconds: 10, refreshSeconds: 60, rotates: true })
  await using resource = await startResource(keycloak.issuer)
  await using crew = await startCrew(keycloak, resource, processes, callEveryMs, longestMs)
  const since = performance.now()
  const sessions: number[] = []
  let kills = 0
  let killsWhileRenewing = 0
  for (let next = since + killEveryMs; next < since + seconds * 1000 - settleMs; next += killEveryMs) {
    // Every third kill waits for a process that is renewing, for as long as the rhythm lets it.
    const wasRenewing = kills % 3 === 0 ? await killRenewing(crew, next) : await killOther(crew, kills)
    kills += 1
    if (wasRenewing) killsWhileRenewing += 1
    await crew.add()
    sessions.push(await keycloak.sessions())
    await pause(Math.max(0, next - performance.now()))
  }
  await pause(Math.max(0, since + seconds * 1000 - performance.now()))
  await crew.end()
  const counts = await keycloak.counts()
  return {
    seconds: Math.round((performance.now() - since) / 1000),
    processes,
    kills,
    killsWhileRenewing,
    ...crew.calls(),
    refusals: resource.answers.refused,
    ...counts,
    sessionsMost: Math.max(...sessions),
    sessionsLast: await keycloak.sessions(),
    sessionRowsLast: await keycloak.sessionRows(),
    complaints: crew.complaints(),
  }
}

/** Where nobody renews in time, somebody else is killed. */
async function killRenewing(crew: Crew, until: number): Promise<boolean> {
  const renewing = (): WorkerProcess | undefined => crew.present().find((worker) => worker.renewing)
  while (performance.now() < until && renewing() === undefined) await pause(pollMs)
  const victim = renewing()
  if (victim === undefined) return killOther(crew, 0)
  await victim.kill()
  return true
}

async function killOther(crew: Crew, turn: number): Promise<false> {
  const others = crew.present().filter((worker) => !worker.renewing)
  await others[(turn * 5) % others.length]?.kill()
  return false
}
