/**
 * What happens outside the API: data is used, a handset installs a profile, an administrator ends sessions. Given as
 * the switch `actions`, done at once and in order.
 *
 * @see spec/truphone.md sections 14.4 to 14.7
 * @module
 */
import { z } from 'zod'
import { InputError } from '../../input-error.ts'
import { endSessions } from './keycloak/realm.ts'
import { releaseOrder } from './life/orders.ts'
import { recycle } from './life/recycling.ts'
import { moveSim } from './life/sims.ts'
import { useData } from './life/subscriptions.ts'
import { type Order, type Sim, simStatuses, type Store, type Subscription } from './rows.ts'
import { environments, type World } from './world.ts'

const id = z.string().min(1).max(200)

/** One action. */
export const actionSchema = z.discriminatedUnion('do', [
  /** Uses data of an active subscription; past its capacity it is depleted. */
  z.strictObject({ do: z.literal('useData'), subscriptionId: id, bytes: z.int().min(1) }),
  /** Puts an eSIM into an install state. */
  z.strictObject({ do: z.literal('moveSim'), iccid: id, status: z.enum(simStatuses) }),
  /** Lets an order that stays `FULFILLING` go on. */
  z.strictObject({ do: z.literal('releaseOrder'), orderId: id, outcome: z.enum(['COMPLETED', 'FAILED']) }),
  /** Ends all KC sessions, of one client or of all: what a restart or "sign out all" does. */
  z.strictObject({ do: z.literal('endSessions'), clientId: id.optional() }),
  /** Removes what pre-production has not used for 72 hours, now. */
  z.strictObject({ do: z.literal('recycle') }),
])

/** See {@link actionSchema}. */
export type Action = z.infer<typeof actionSchema>

/**
 * Does the actions, or none: what they name is looked up first.
 *
 * @throws {InputError} Something does not exist, or is not in a state for it.
 */
export function perform(world: World, actions: readonly Action[], now: number): void {
  const steps = actions.map((action) => prepare(world, action))
  for (const step of steps) step(now)
}

function prepare(world: World, action: Action): (now: number) => void {
  switch (action.do) {
    case 'useData': {
      const { store, row } = find(world, 'subscription', (each) => each.subscriptions.get(action.subscriptionId))
      if (row.status !== 'ACTIVE') throw new InputError(`The subscription is ${row.status}, so no data can be used.`)
      return (now) => useData(world, store, row, action.bytes, now)
    }
    case 'moveSim': {
      const { row } = find(world, 'SIM', (each) => each.sims.get(action.iccid))
      return (now) => moveSim(world, row, action.status, now)
    }
    case 'releaseOrder': {
      const { store, row } = find(world, 'order', (each) => each.orders.get(action.orderId))
      if (row.status !== 'FULFILLING') throw new InputError(`The order is ${row.status}, not FULFILLING.`)
      return (now) => releaseOrder(world, store, row, action.outcome, now)
    }
    case 'endSessions':
      return () => void endSessions(world.realm, action.clientId)
    case 'recycle':
      return (now) => recycle(world, now)
    default:
      return action satisfies never
  }
}

function find<Row extends Order | Sim | Subscription>(
  world: World,
  what: string,
  get: (store: Store) => Row | undefined,
): { store: Store; row: Row } {
  for (const environment of environments) {
    const row = get(world.stores[environment])
    if (row !== undefined) return { store: world.stores[environment], row }
  }
  throw new InputError(`There is no such ${what}.`)
}
