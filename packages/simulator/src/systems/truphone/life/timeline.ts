/**
 * Time: brings every row up to date with the clock, in order of what falls due, and lets the clock wake the imitation
 * for what falls due next. One scheduled job is enough for all rows.
 *
 * @see spec/truphone.md sections 14.3 to 14.6
 * @module
 */
import type { Notification, Store } from '../rows.ts'
import { environments, type World } from '../world.ts'
import { send } from './notifications.ts'
import { advanceOrder } from './orders.ts'
import { recycle, recyclesAt } from './recycling.ts'
import { advanceSim } from './sims.ts'
import { advanceSubscription } from './subscriptions.ts'

/** Does what has fallen due by `now`, and asks to be woken for the rest. */
export function catchUp(world: World, now: number): void {
  for (let event = earliest(world); event !== null && event.at <= now; event = earliest(world)) event.run()
  wakeUp(world)
}

/** Asks the clock for a call at the next instant at which something falls due. To be called after every change. */
function wakeUp(world: World): void {
  const at = earliest(world)?.at ?? null
  if (at === null || (world.wakesAt !== null && world.wakesAt <= at)) return
  const isScheduled = world.clock.schedule(Math.max(at - world.clock.now(), 0), (due) => {
    if (world.wakesAt === at) world.wakesAt = null
    catchUp(world, Math.max(due, at))
  })
  if (isScheduled) world.wakesAt = at // Otherwise the next request catches up.
}

interface Event {
  readonly at: number
  readonly run: () => void
}

function earliest(world: World): Event | null {
  let at = recyclesAt(world)
  let run: (at: number) => void = (due) => recycle(world, due)
  const isNext = (due: number | null): due is number => due !== null && (at === null || due < at)
  for (const environment of environments) {
    const store = world.stores[environment]
    for (const row of store.orders.values()) {
      if (isNext(row.dueAt)) [at, run] = [row.dueAt, (due) => advanceOrder(world, store, row, due)]
    }
    for (const row of store.sims.values()) {
      if (isNext(row.dueAt)) [at, run] = [row.dueAt, (due) => advanceSim(world, row, due)]
    }
    for (const row of store.subscriptions.values()) {
      if (isNext(row.dueAt)) [at, run] = [row.dueAt, (due) => advanceSubscription(world, store, row, due)]
    }
    for (const row of store.notifications) {
      if (isNext(row.dueAt)) [at, run] = [row.dueAt, () => take(world, store, row)]
    }
  }
  const due = at
  return due === null ? null : { at: due, run: () => run(due) }
}

function take(world: World, store: Store, notification: Notification): void {
  store.notifications = store.notifications.filter((each) => each !== notification)
  send(world, store, notification)
}
