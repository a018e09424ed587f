/**
 * Subscriptions: one, those of a SIM, those of the client by filter and page, and activation.
 *
 * Source: spec/truphone.md sections 2.5, 7.6. `/v1/subscription…`, `/v1/sim/{iccid}/subscriptions`
 * @module
 */
import { type Answer, jsonAnswer } from '../../../answers.ts'
import { soldProduct } from '../catalogue.ts'
import { originOf } from '../keycloak/issuer.ts'
import { activate } from '../life/subscriptions.ts'
import type { Subscription } from '../rows.ts'
import { type Call, findSim, findSubscription, param } from './call.ts'
import { formatDate, parseDate } from './dates.ts'
import { invalid, ruled } from './refusal.ts'

const sizeDefault = 20
const sizeMax = 100

/** One subscription, with balances and without the date of its creation. */
export function getSubscription(call: Call): Answer {
  const subscription = findSubscription(call, param(call))
  return jsonAnswer(200, describe(call, subscription, { hasBalances: true, hasCreatedDate: false }))
}

/** All subscriptions that a SIM ever had. */
export function listSimSubscriptions(call: Call): Answer {
  const { iccid } = findSim(call, param(call))
  const found = oldestFirst(call, (each) => each.iccid === iccid)
  for (const each of found) each.usedAt = call.now
  return jsonAnswer(
    200,
    found.map((each) => describe(call, each, { hasBalances: true, hasCreatedDate: true })),
  )
}

/** Those of the client, by filter, a page at a time. The neighbouring pages are named in headers, where they exist. */
export function listSubscriptions(call: Call): Answer {
  const { query } = call.request
  const { firstPage } = call.world.switches
  const size = readWhole(query, 'size', 1, sizeMax) ?? sizeDefault
  const page = readWhole(query, 'page', firstPage, Number.MAX_SAFE_INTEGER) ?? firstPage
  const matches = readFilter(query)
  const found = oldestFirst(call, (each) => each.clientId === call.client.clientId && matches(each))
  const start = (page - firstPage) * size
  const shown = found.slice(start, start + size)
  for (const each of shown) each.usedAt = call.now

  const answer = jsonAnswer(
    200,
    shown.map((each) => describe(call, each, { hasBalances: false, hasCreatedDate: true })),
  )
  const headers = {
    ...(page > firstPage ? { 'X-Previous-Page': pageUrl(call, page - 1, size) } : {}),
    ...(start + size < found.length ? { 'X-Next-Page': pageUrl(call, page + 1, size) } : {}),
  }
  return { ...answer, headers }
}

/** Starts a plan that was ordered for later. */
export function activateSubscription(call: Call): Answer {
  const subscription = findSubscription(call, param(call))
  if (subscription.status !== 'PENDING') {
    throw ruled(call.world, 'notPending', `The subscription is ${subscription.status}, not PENDING`)
  }
  activate(call.world, subscription, call.now)
  return jsonAnswer(200, {})
}

function oldestFirst({ store }: Call, matches: (each: Subscription) => boolean): readonly Subscription[] {
  return [...store.subscriptions.values()].filter(matches).sort((left, right) => left.createdAt - right.createdAt)
}

function readFilter(query: URLSearchParams): (each: Subscription) => boolean {
  const iccid = query.get('iccid')
  const email = query.get('email')
  const productId = query.get('product-id')
  const before = readInstant(query, 'before')
  const after = readInstant(query, 'after')
  return (each) =>
    (iccid === null || each.iccid === iccid) &&
    (email === null || each.email === email) &&
    (productId === null || each.productId === productId) &&
    (before === null || each.createdAt < before) &&
    (after === null || each.createdAt > after)
}

function readInstant(query: URLSearchParams, name: string): number | null {
  const text = query.get(name)
  const instant = text === null ? null : parseDate(text)
  if (text !== null && instant === null) throw invalid(`${name}: must be a date such as 2031-05-01T12:00:00Z`)
  return instant
}

function readWhole(query: URLSearchParams, name: string, min: number, max: number): number | undefined {
  const text = query.get(name)
  if (text === null) return undefined
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  const end = max === Number.MAX_SAFE_INTEGER ? 'on' : `to ${String(max)}`
  if (!(value >= min && value <= max)) throw invalid(`${name}: must be a whole number from ${String(min)} ${end}`)
  return value
}

function pageUrl({ request, basePath }: Call, page: number, size: number): string {
  const query = new URLSearchParams(request.query)
  query.set('size', String(size))
  query.set('page', String(page))
  return `${originOf(request)}${basePath}/v1/subscription?${query.toString()}`
}

function describe(
  { world }: Call,
  subscription: Subscription,
  shown: { hasBalances: boolean; hasCreatedDate: boolean },
): object {
  const product = soldProduct(subscription.productId)
  return {
    id: subscription.id,
    ...(world.switches.subscriptionStatus === 'sent' ? { status: subscription.status } : {}),
    ...(shown.hasBalances
      ? { initialBalance: String(subscription.initialBytes), spentBalance: String(subscription.spentBytes) }
      : {}),
    activationDate: formatDate(subscription.activationAt),
    expirationDate: formatDate(subscription.expiresAt),
    ...(shown.hasCreatedDate ? { createdDate: formatDate(subscription.createdAt) } : {}),
    // The period is 0 in all examples, whatever the plan.
    product: { id: product.id, name: product.name, period: 0, period_unit: 'DAYS', plan_id: product.planId },
    iccid: subscription.iccid,
    device_id: subscription.deviceId,
    auto_renew: 'false',
  }
}
