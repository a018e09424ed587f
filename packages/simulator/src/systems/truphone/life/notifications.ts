/**
 * The webhooks: put aside when something happens, sent over HTTP when they fall due, one SIM's after another.
 *
 * @see spec/truphone.md section 7.5
 * @module
 */
import type { Notification, NotificationType, Store, Subscription } from '../rows.ts'
import type { World } from '../world.ts'

/** The used share of the capacity at which a notification is sent, in percent. */
export const thresholdPercent = 80

/** How many webhooks may wait in an environment; further ones are dropped. */
const waitingMax = 10_000

/** Puts the webhooks of what happened aside, in this order, where a URL is registered. */
export function notify(
  world: World,
  store: Store,
  subscription: Subscription,
  types: readonly NotificationType[],
  at: number,
): void {
  const { iccid, id: subscriptionId } = subscription
  const hooks = store.sims.get(iccid)?.hooks
  for (const type of types) {
    const url = hooks?.[type] ?? null
    if (url === null) continue
    const dueAt = at + world.switches.webhookDelayMs
    putAside(store, { id: world.ids.notification(), type, url, iccid, subscriptionId, dueAt, attempt: 0 })
  }
}

/** Sends one; after a failure it is put aside again if further tries are wanted. */
export function send(world: World, store: Store, notification: Notification): void {
  const { id, type, url, iccid, subscriptionId, dueAt, attempt } = notification
  const carriesThreshold = (type === 'USAGE_THRESHOLD') !== world.switches.swappedThreshold
  const threshold = carriesThreshold ? { threshold: thresholdPercent } : {}
  const body = { id, type, iccid, subscription_id: subscriptionId, ...threshold }
  const order = {
    system: 'truphone',
    kind: type,
    reference: id,
    url,
    headers: { 'Content-Type': 'application/json', 'User-Agent': 'truphone-simulator' },
    body,
    // A number of 19 digits is more than JSON.stringify can write.
    text: world.switches.iccidAsNumber
      ? JSON.stringify(body).replace(`"iccid":"${iccid}"`, `"iccid":${iccid}`)
      : undefined,
    at: dueAt,
  }
  const times = world.switches.webhookDuplicates ? 2 : 1
  for (let time = 1; time <= times; time += 1) {
    const sent = world.callbacks.deliver(order, world.underWay.get(iccid))
    world.underWay.set(iccid, sent)
    void sent.then(() => {
      if (world.underWay.get(iccid) === sent) world.underWay.delete(iccid)
      if (time === 1) retry(world, store, notification, attempt)
    })
  }
}

function retry(world: World, store: Store, notification: Notification, attempt: number): void {
  const wait = world.switches.webhookRetriesMs[attempt]
  if (wait === undefined) return
  const isIt = ({ system, reference }: { system: string; reference: string }): boolean =>
    system === 'truphone' && reference === notification.id
  const status = world.callbacks.list().findLast(isIt)?.status // None after a reset.
  if (status !== 'refused' && status !== 'failed') return
  putAside(store, { ...notification, dueAt: world.clock.now() + wait, attempt: attempt + 1 })
  world.wakeUp()
}

function putAside(store: Store, notification: Notification): void {
  if (store.notifications.length < waitingMax) store.notifications = [...store.notifications, notification]
}
