/**
 * What scenarios wait for: that everybody is served, and that the fleet can still renew its token.
 *
 * @module
 */
import type { Fleet } from './fleet.ts'
import type { Exchange } from './provider.ts'
import type { WorkerProcess } from './worker-process.ts'

const servedMaxMs = 10_000
const settledMaxMs = 25_000 // As long as a lease and an attempt, and once more.

/** Every worker that takes part has been served in a call that it began after this instant. */
export async function servedSince(fleet: Fleet, since: number): Promise<void> {
  const served = ({ calls }: WorkerProcess): boolean =>
    calls.some(({ failed, heardAt, ms }) => failed === undefined && heardAt - ms > since)
  await fleet.until('everybody is served', () => fleet.present().every(served), servedMaxMs)
}

/** Every call that is under way now has ended: none of them can meet the end of two tokens. */
export async function callsSettled(fleet: Fleet): Promise<void> {
  const waited = new Map(fleet.present().map((worker) => [worker, worker.settled]))
  for (const worker of waited.keys()) worker.tell({ do: 'settle' })
  const settled = (): boolean => [...waited].every(([worker, before]) => !worker.present || worker.settled > before)
  await fleet.until('the calls under way end', settled, settledMaxMs)
}

/** All tokens are ended; one request brings a new one, with which everybody is served. */
export async function oneMoreRenewal(fleet: Fleet): Promise<Exchange> {
  const { exchanges } = fleet.provider
  await callsSettled(fleet)
  const count = exchanges.length
  fleet.provider.endTokens()
  await servedSince(fleet, performance.now())
  const [renewed, ...more] = exchanges.slice(count)
  if (renewed === undefined || more.length > 0) throw new Error(`${more.length + 1} token requests after one refusal.`)
  return renewed
}

/** Nobody does anything to the fleet, and it renews its token by age. */
export async function renewsByAge(fleet: Fleet, withinMs: number): Promise<Exchange> {
  const { exchanges } = fleet.provider
  const count = exchanges.length
  let renewed: Exchange | undefined
  const look = (): boolean => (renewed = exchanges.slice(count).find(({ servedTo }) => servedTo.size > 0)) !== undefined
  await fleet.until('the fleet renews its token', look, withinMs)
  await servedSince(fleet, performance.now())
  return renewed as unknown as Exchange // Just waited for.
}

/** Of the tokens in use only the record's stays good; everybody finds it there, and nobody asks for another. */
export async function recordsTokenOnly(fleet: Fleet): Promise<void> {
  const { exchanges } = fleet.provider
  await callsSettled(fleet)
  const count = exchanges.length
  const best = Math.max(...fleet.workers.map(highestCommit))
  const holder = fleet.workers.find((worker) => highestCommit(worker) === best)
  const record = exchanges.findLast(({ worker }) => worker === holder?.id)
  fleet.provider.endTokens(exchanges.filter((each) => each !== record))
  await servedSince(fleet, performance.now())
  if (exchanges.length > count) throw new Error('A new token was asked for although the record had one.')
}

function highestCommit({ course }: WorkerProcess): number {
  const commits = course.filter((line) => line.said === 'event' && line.name === 'commit.accepted')
  return Math.max(0, ...commits.map((line) => (line.said === 'event' && line.generation) || 0))
}
