/**
 * How often a context may call: the limits of production, or what the test data set instead.
 *
 * @see spec/ksef.md sections 1.3, 1.7, 1.10, 3.8
 * @module
 */
import { z } from 'zod'
import { fields, whole } from '../fields.ts'
import { publicRateLimit, type RateGroup, type RateLimit, rateLimits } from '../rate-groups.ts'
import type { World } from '../world.ts'

/** A value may be up to ten times that of production. */
const factorMax = 10

/** Groups of version 2.8.0. Clients of earlier ones do not send them, and mean the values of production. */
const laterGroups: readonly string[] = ['onlineSessionClose', 'batchSessionClose']

const groups = Object.entries(rateLimits).map(([group, production]) => {
  const { perSecond, perMinute, perHour } = production
  const values = fields({
    perSecond: whole(1, perSecond * factorMax),
    perMinute: whole(1, perMinute * factorMax),
    perHour: whole(1, perHour * factorMax),
  })
  return [group, laterGroups.includes(group) ? z.preprocess((given) => given ?? production, values) : values]
})

const rateLimitsFields = fields(Object.fromEntries(groups) as Record<RateGroup, z.ZodType<RateLimit>>) // One for each group.

/** `SetRateLimitsRequest` */
export const setRateLimits = fields({ rateLimits: rateLimitsFields })

/** The limits that the test data set for a context, by its text. */
export const rateLimitsRow = z.strictObject({ context: z.string(), limits: rateLimitsFields })

/** The limits that hold in a context, which is given as its text. */
export function rateLimitsOf(world: World, context: string): Readonly<Record<RateGroup, RateLimit>> {
  return world.tables.rateLimits.get(context)?.limits ?? rateLimits
}

/** The same as an answer shows it, with the limits per IP address that no test data change. -1: none. */
export function describeRateLimits(world: World, context: string): object {
  const unlimited = { perMinute: -1, perHour: -1 }
  const { perSecond } = publicRateLimit
  return {
    ...rateLimitsOf(world, context),
    anonymous: { perSecond, ...unlimited },
    global: { perSecond: -1, ...unlimited },
  }
}
