/**
 * The plans that SIMs have and had.
 *
 * @see spec/truphone.md sections 2.5 and 7.6
 * @module
 */
import { parseRequest, poll } from '@latchkey/http'
import type { Resolution, WaitOptions } from '@latchkey/http'
import { truphoneError } from '../errors.ts'
import type { Subscription, SubscriptionStatus } from '../values/subscription.ts'
import { decodeSubscription, decodeSubscriptions } from '../wire/entities.ts'
import { send } from './context.ts'
import type { CallOptions, Context } from './context.ts'
import { decoded } from './decoded.ts'
import { subscriptionPages } from './pages.ts'
import type { PageOptions } from './pages.ts'
import { operations } from './table.ts'

/** Which subscriptions; filters combine with "and". */
export interface SubscriptionFilter {
  readonly iccid?: string | undefined
  readonly email?: string | undefined
  readonly productId?: string | undefined
  /** Text needs its zone. */
  readonly before?: Date | string | undefined
  /** Text needs its zone. */
  readonly after?: Date | string | undefined
  /** Of a page; Truphone decides how many it sends. */
  readonly size?: number | undefined
}

/** `truphone.subscriptions` */
export interface Subscriptions {
  /**
   * Goes through the subscriptions of a filter, without balances, page by page as far as the loop goes.
   *
   * @throws {ProviderError} From the loop. `TRUPHONE_MALFORMED_ANSWER` with `reason: 'page-loop'`: a page led back.
   *   `TRUPHONE_TOO_MANY_PAGES`: more than `pagesMax`.
   *
   * Source: spec/truphone.md section 7.6. `GET /v1/subscription`
   */
  list(filter?: SubscriptionFilter, run?: PageOptions): AsyncIterable<Subscription>
  /** The same in pages, of which some may be empty. */
  pages(filter?: SubscriptionFilter, run?: PageOptions): AsyncIterable<readonly Subscription[]>
  /**
   * Lists everything that a SIM has had, with balances.
   *
   * Source: spec/truphone.md section 7.6. `GET /v1/sim/{iccid}/subscriptions`
   */
  listBySim(iccid: string, run?: CallOptions): Promise<readonly Subscription[]>
  /**
   * Reads one subscription. A webhook is a hint: this is the confirmation.
   *
   * Source: spec/truphone.md section 7.6. `GET /v1/subscription/{id}`
   */
  get(id: string, run?: CallOptions): Promise<Subscription>
  /**
   * Activates a plan that was ordered for later. It becomes active shortly after: see
   * {@link Subscriptions.waitForStatus}. Effect `once`.
   *
   * Source: spec/truphone.md section 7.6. `POST /v1/subscription/{id}/activate`
   */
  activate(id: string, run?: CallOptions): Promise<void>
  /**
   * Asks until the subscription has this status.
   *
   * @throws {ProviderError} `TRUPHONE_NOT_FINISHED`: time is up.
   */
  waitForStatus(id: string, status: SubscriptionStatus, options?: WaitOptions): Promise<Subscription>
}

export function subscriptionsOf(context: Context): Subscriptions {
  const subscriptions: Subscriptions = {
    list: (filter = {}, run = {}) => flat(subscriptionPages(context, filter, run)),
    pages: (filter = {}, run = {}) => subscriptionPages(context, filter, run),
    async listBySim(iccid, run) {
      return listSubscriptionsBySim(context, iccid, run)
    },
    async get(id, run) {
      return getSubscription(context, id, run)
    },
    async activate(id, run) {
      const operation = operations['subscriptions.activate']
      const params = parseRequest(operation, { id }, [])
      const unknown = {
        resolve: () => resolveActivation(context, id),
        advice: 'Look at its status, with resolve() or subscriptions.get(), before sending it again.',
      }
      await send(context, operation, { params, unknown }, run)
    },
    async waitForStatus(id, status, options = {}) {
      parseRequest(operations['subscriptions.get'], { id }, [])
      return poll(
        context,
        options,
        (run) => getSubscription(context, id, run),
        (subscription) => subscription.status === status,
        (last) => notYet(id, last?.status ?? 'unknown'),
      )
    },
  }
  return Object.freeze(subscriptions)
}

/** Lists a SIM's subscriptions. */
export async function listSubscriptionsBySim(
  context: Context,
  iccid: string,
  run?: CallOptions,
  attemptsMax?: number,
): Promise<readonly Subscription[]> {
  const operation = operations['subscriptions.listBySim']
  const params = parseRequest(operation, { iccid }, [])
  const row = attemptsMax === undefined ? operation : { ...operation, attemptsMax }
  const { json } = await send(context, row, { params }, run)
  return decoded(decodeSubscriptions(json))
}

/** Reads all pages of a narrow filter. */
export async function listRecent(
  context: Context,
  filter: SubscriptionFilter,
  run: CallOptions,
): Promise<readonly Subscription[]> {
  const found: Subscription[] = []
  for await (const page of subscriptionPages(context, filter, { ...run, pagesMax: 20 })) found.push(...page)
  return found
}

async function getSubscription(context: Context, id: string, run?: CallOptions): Promise<Subscription> {
  const operation = operations['subscriptions.get']
  const params = parseRequest(operation, { id }, [])
  const { json } = await send(context, operation, { params }, run)
  return decoded(decodeSubscription(json))
}

const askAgainMs = 5_000

async function resolveActivation(context: Context, id: string): Promise<Resolution<Subscription>> {
  const subscription = await getSubscription(context, id)
  const { status } = subscription
  if (status === undefined || status === 'PENDING') {
    return { state: 'unknown', askAgainAt: context.clock.wall() + askAgainMs }
  }
  return { state: 'settled', result: subscription } // It is or was active.
}

async function* flat(pages: AsyncIterable<readonly Subscription[]>): AsyncGenerator<Subscription> {
  for await (const page of pages) yield* page
}

function notYet(id: string, status: string): Error {
  return truphoneError(
    'TRUPHONE_NOT_FINISHED',
    `subscriptions.waitForStatus: the subscription has another status still (${status.slice(0, 40)}). Wait again.`,
    { operation: 'subscriptions.waitForStatus', more: { subscriptionId: id, subscriptionStatus: status.slice(0, 40) } },
  )
}
