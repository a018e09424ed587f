/**
 * What Truphone posts to a webhook. It is a hint: nothing proves who sent it, so read the subscription before acting.
 *
 * @see spec/truphone.md section 7.5
 * @module
 */
import { isObject, member, textMember } from '@latchkey/http'
import { truphoneError } from '../errors.ts'
import { normalizeNotificationType } from '../values/notification.ts'
import { numberMember, parseWire, present } from '../wire/json.ts'

interface Facts {
  /** Truphone's id of the notice; not known to be unique. */
  readonly id?: string
  readonly subscriptionId?: string
  /** The parsed body, unchanged but for an ICCID that came as a number. */
  readonly raw: unknown
}

/** A plan reached a share of its data. */
export interface UsageThresholdDelivery extends Facts {
  readonly kind: 'usage-threshold'
  readonly iccid: string
  /** Percent; 80 in practice. */
  readonly threshold?: number
}

/** A plan ended, by time or by use. */
export interface SubscriptionEndDelivery extends Facts {
  readonly kind: 'subscription-end'
  readonly iccid: string
  readonly threshold?: number
}

/** Something that Truphone added later: acknowledge it. */
export interface UnknownDelivery extends Facts {
  readonly kind: 'unknown'
  readonly type: string
  readonly iccid?: string
  readonly threshold?: number
}

export type WebhookDelivery = UsageThresholdDelivery | SubscriptionEndDelivery | UnknownDelivery

/**
 * Reads a delivery: text, bytes, or JSON that somebody parsed already. Prefer the text, since an ICCID may come as a
 * number, of which parsing has then changed the last digits.
 *
 * @throws {ProviderError} `TRUPHONE_MALFORMED_DELIVERY`: it is no JSON object, has no type, or its ICCID is missing or
 *   was spoilt by parsing.
 */
export function parseWebhookDelivery(body: unknown): WebhookDelivery {
  const raw = parseBody(body)
  if (!isObject(raw)) throw malformed('it is no JSON object')
  const type = member(raw, 'type')
  if (typeof type !== 'string' || type === '' || type.length > 100) throw malformed('it has no type')
  const iccid = iccidOf(raw)
  const facts = present({
    id: textMember(raw, 'id'),
    subscriptionId: textMember(raw, 'subscription_id'),
    threshold: numberMember(raw, 'threshold'),
    raw,
  })
  const known = normalizeNotificationType(type)
  if (known !== 'USAGE_THRESHOLD' && known !== 'SUBSCRIPTION_END') {
    return { kind: 'unknown', type, ...present({ iccid }), ...facts }
  }
  if (iccid === undefined) throw malformed('it has no iccid')
  return { kind: known === 'USAGE_THRESHOLD' ? 'usage-threshold' : 'subscription-end', iccid, ...facts }
}

/** Tells a delivery from others: the same text means the same notice, delivered again. */
export function deliveryKey(delivery: WebhookDelivery): string {
  const { id, kind, iccid, subscriptionId } = delivery
  const type = kind === 'unknown' ? delivery.type : kind
  return JSON.stringify([id, type, iccid, subscriptionId].map((part) => part ?? null))
}

function parseBody(body: unknown): unknown {
  if (typeof body === 'string') return parseWire(body)
  if (body instanceof Uint8Array) return parseWire(new TextDecoder().decode(body))
  return body
}

function iccidOf(raw: unknown): string | undefined {
  const iccid = member(raw, 'iccid')
  if (typeof iccid === 'number' && !Number.isSafeInteger(iccid)) {
    throw malformed('its iccid was a number, and parsing has changed its last digits; pass the text')
  }
  return textMember(raw, 'iccid')
}

// It names members and never shows values.
function malformed(why: string): Error {
  return truphoneError(
    'TRUPHONE_MALFORMED_DELIVERY',
    `This is not a webhook delivery: ${why}. Keep the raw body and look at who sent it.`,
  )
}
