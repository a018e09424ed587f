/**
 * A call of the API after the checks that all share, and how its resources are found.
 *
 * @see spec/truphone.md section 3.5
 * @module
 */
import type { Answer } from '../../../answers.ts'
import type { SystemRequest } from '../../../system.ts'
import type { Client } from '../credentials.ts'
import type { Customer, Sim, Store, Subscription } from '../rows.ts'
import type { World } from '../world.ts'
import type { Fields } from './fields.ts'
import { denied, type Refusal, ruled } from './refusal.ts'

/** A call that may be carried out. */
export interface Call {
  readonly world: World
  readonly store: Store
  readonly client: Client
  readonly request: SystemRequest
  /** The API's base path: `/connect-api`, `/connect-api-preprod` or `/esim`. */
  readonly basePath: string
  /** The variable parts of the path, decoded. */
  readonly params: readonly string[]
  /** Empty where the operation takes no body. */
  readonly body: Fields
  readonly now: number
}

/** An operation. Whatever it refuses, it throws as a {@link Refusal}, before it changes anything. */
export type Operation = (call: Call) => Answer

/** The variable part at a position. */
export function param({ params }: Call, index = 0): string {
  return params[index] ?? ''
}

/** Checks that a resource exists and belongs to the client, and notes that it is used. */
export function owned<Row extends { readonly clientId: string; usedAt: number }>(
  { client, now }: Call,
  row: Row | undefined,
  missing: () => Refusal,
): Row {
  if (row === undefined) throw missing()
  if (row.clientId !== client.clientId) throw denied('The resource belongs to another API client')
  row.usedAt = now
  return row
}

/** The SIM of an ICCID. @throws {Refusal} */
export function findSim(call: Call, iccid: string): Sim {
  return owned(call, call.store.sims.get(iccid), () => ruled(call.world, 'unknownSim', 'SIM not found'))
}

/** A subscription; its SIM counts as used, too. @throws {Refusal} */
export function findSubscription(call: Call, id: string): Subscription {
  const found = owned(call, call.store.subscriptions.get(id), () =>
    ruled(call.world, 'unknownSubscription', 'Subscription not found'),
  )
  const sim = call.store.sims.get(found.iccid)
  if (sim !== undefined) sim.usedAt = call.now
  return found
}

/** A customer. @throws {Refusal} */
export function findCustomer(call: Call, id: string, missing: () => Refusal): Customer {
  return owned(call, call.store.customers.get(id), missing)
}
