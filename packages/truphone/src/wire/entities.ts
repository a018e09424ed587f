/**
 * Decoders of what the API answers with. Truphone mixes `camelCase` and `snake_case`, sends some fields under two names
 * and numbers as text; each decoder turns one object into ours and keeps the original as `raw`.
 *
 * @see spec/truphone.md sections 2.2 and 7
 * @module
 */
import { isObject, member, textMember } from '@latchkey/http'
import type { Address, Customer, PaymentMethod } from '../values/customer.ts'
import { hostOf } from '../values/lpa.ts'
import { normalizeNotificationType } from '../values/notification.ts'
import type { WebhookRegistration } from '../values/notification.ts'
import type { Order, OrderOutput, OrderStatus } from '../values/order.ts'
import type { Product } from '../values/product.ts'
import type { Sim, SimStatus } from '../values/sim.ts'
import type { Subscription } from '../values/subscription.ts'
import { booleanMember, dateMember, firstText, listWith, numberMember, present, textsMember } from './json.ts'

/** `undefined` without an id, which nothing can be done without. */
export function decodeProduct(json: unknown): Product | undefined {
  const id = textMember(json, 'id')
  if (id === undefined) return undefined
  const data = member(json, 'data')
  const [value, unit] = [numberMember(data, 'value'), textMember(data, 'unit')]
  return present({
    id,
    name: textMember(json, 'name'),
    description: textMember(json, 'description'),
    period: numberMember(json, 'period'),
    periodUnit: textMember(json, 'period_unit'),
    data: value === undefined || unit === undefined ? undefined : { value, unit },
    footprint: textsMember(json, 'footprint') ?? [],
    activeCountries: textsMember(json, 'activeCountries') ?? textsMember(json, 'active_countries'),
    pricing: decodePricing(member(json, 'pricing')),
    region: textMember(json, 'region'),
    planId: textMember(json, 'plan_id'),
    raw: json,
  })
}

/** `undefined` where the answer is no list. */
export function decodeProducts(json: unknown): readonly Product[] | undefined {
  return listWith(json, ['id'])?.flatMap((each) => decodeProduct(each) ?? [])
}

/** `undefined` without an id under either of its names. */
export function decodeOrder(json: unknown): Order | undefined {
  const id = firstText(json, 'id', 'externalId')
  if (id === undefined) return undefined
  const output = member(json, 'output')
  return present({
    id,
    status: orderStatus(textMember(json, 'status')),
    output: isObject(output) ? decodeOutput(output) : undefined,
    raw: json,
  })
}

/** `undefined` without an ICCID. */
export function decodeSim(json: unknown): Sim | undefined {
  const iccid = textMember(json, 'iccid')
  if (iccid === undefined) return undefined
  return present({
    iccid,
    matchingId: firstText(json, 'matchingId', 'matching_id'),
    status: simStatus(firstText(json, 'status', 'profileStatus', 'profile_status')),
    eid: textMember(json, 'eid'),
    lpaUrl: textMember(json, 'lpa_url'),
    lastModified: dateMember(json, 'last_modified'),
    raw: json,
  })
}

/** `undefined` without an id. */
export function decodeSubscription(json: unknown): Subscription | undefined {
  const id = textMember(json, 'id')
  if (id === undefined) return undefined
  const product = member(json, 'product')
  return present({
    id,
    status: textMember(json, 'status'),
    initialBalance: textMember(json, 'initialBalance'),
    spentBalance: textMember(json, 'spentBalance'),
    activationDate: dateMember(json, 'activationDate'),
    expirationDate: dateMember(json, 'expirationDate'),
    createdDate: dateMember(json, 'createdDate'),
    product: present({
      id: textMember(product, 'id'),
      name: textMember(product, 'name'),
      planId: textMember(product, 'plan_id'),
    }),
    iccid: textMember(json, 'iccid'),
    deviceId: textMember(json, 'device_id'),
    autoRenew: booleanMember(json, 'auto_renew'),
    raw: json,
  })
}

/** `undefined` where the answer is no list. */
export function decodeSubscriptions(json: unknown): readonly Subscription[] | undefined {
  return listWith(json, ['id'])?.flatMap((each) => decodeSubscription(each) ?? [])
}

/** No registration is an empty list; the first draft of the API answered with a bare one. */
export function decodeRegistrations(json: unknown): readonly WebhookRegistration[] {
  const list = listWith(Array.isArray(json) ? json : member(json, 'notifications'), ['type']) ?? []
  return list.flatMap((each) => {
    const [type, webhookUrl] = [textMember(each, 'type'), textMember(each, 'webhook_url')]
    return type === undefined || webhookUrl === undefined ? [] : [{ type: normalizeNotificationType(type), webhookUrl }]
  })
}

/** Tolerates an empty answer, which some writes may have. */
export function decodeCustomer(json: unknown): Customer {
  const text = (name: string): string | undefined => textMember(json, name)
  return present({
    id: text('id'),
    email: text('email'),
    type: text('type'),
    firstName: text('firstName'),
    lastName: text('lastName'),
    language: text('language'),
    countryOfResidence: text('countryOfResidence'),
    phoneNumber: text('phoneNumber'),
    defaultCurrency: text('defaultCurrency'),
    verified: booleanMember(json, 'verified'),
    billingAddress: decodeAddress(member(json, 'billingAddress')),
    shippingAddress: decodeAddress(member(json, 'shippingAddress')),
    companyName: text('companyName'),
    companyNumber: text('companyNumber'),
    jobTitle: text('jobTitle'),
    raw: json,
  })
}

/** `undefined` where the answer is no list. */
export function decodePaymentMethods(json: unknown): readonly PaymentMethod[] | undefined {
  return listWith(json, [])?.map((each) =>
    present({
      id: textMember(each, 'id'),
      name: textMember(each, 'name'),
      type: textMember(each, 'type'),
      lastDigits: firstText(each, 'last_digits', 'lastDigits'),
      expiryMonth: firstText(each, 'expiry_month', 'expiryMonth'),
      expiryYear: firstText(each, 'expiry_year', 'expiryYear'),
      gateway: textMember(each, 'gateway'),
    }),
  )
}

function decodePricing(json: unknown): Readonly<Record<string, number>> {
  const prices = Object.keys(isObject(json) ? json : {}).flatMap((currency) => {
    const price = numberMember(json, currency)
    return price === undefined ? [] : [[currency, price] as const]
  })
  return Object.fromEntries(prices)
}

function decodeOutput(json: unknown): OrderOutput {
  const smdpUrl = textMember(json, 'smdpUrl')
  return present({
    iccid: textMember(json, 'iccid'),
    matchingId: firstText(json, 'matchingId', 'matching_id'),
    smdpHost: smdpUrl === undefined ? undefined : hostOf(smdpUrl),
    lpaUrl: textMember(json, 'lpa_url'),
    subscriptionId: textMember(json, 'subscription_id'),
  })
}

// The property table misprints it. Without a status nothing is known to be final.
function orderStatus(status = 'ACCEPTED'): OrderStatus {
  return status === 'FULFILING' ? 'FULFILLING' : status
}

const simStatuses = ['Released', 'Downloaded', 'Installed', 'Unavailable']

function simStatus(status: string | undefined): SimStatus | undefined {
  return simStatuses.find((known) => known.toLowerCase() === status?.toLowerCase()) ?? status
}

function decodeAddress(json: unknown): Address | undefined {
  if (!isObject(json)) return undefined
  const names = ['streetAddress1', 'streetAddress2', 'city', 'state', 'postCode', 'country']
  return Object.fromEntries(names.flatMap((name) => (typeof json[name] === 'string' ? [[name, json[name]]] : [])))
}
