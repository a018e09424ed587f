/**
 * The API's rate limits, off by default as they are at the vendor.
 *
 * @see spec/truphone.md section 4
 * @module
 */
import { ruled } from './api/refusal.ts'
import type { Client } from './credentials.ts'
import type { World } from './world.ts'

/** Counts a request, and refuses it past a limit. What is refused does not count. @throws {Refusal} */
export function checkRate(world: World, client: Client): void {
  const { ratePerSecond, dailyQuota } = world.switches
  const now = world.clock.now()
  const second = Math.floor(now / 1000)
  const day = Math.floor(now / 86_400_000)
  const known = world.rates.get(client.clientId)
  const inSecond = known?.second === second ? known.inSecond : 0
  const inDay = known?.day === day ? known.inDay : 0
  if (dailyQuota !== null && inDay >= dailyQuota) {
    throw ruled(world, 'rateLimited', 'The daily quota is used up')
  }
  if (ratePerSecond !== null && inSecond >= ratePerSecond) throw ruled(world, 'rateLimited', 'Too many requests')
  world.rates.set(client.clientId, { second, inSecond: inSecond + 1, day, inDay: inDay + 1 })
}
