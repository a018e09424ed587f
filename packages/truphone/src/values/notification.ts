/**
 * What Truphone can tell a webhook about.
 *
 * @see spec/truphone.md section 7.4
 * @module
 */
import type { Open } from '@latchkey/http'

/** `USAGE_THRESHOLD`: 80 % of a plan is used. `SUBSCRIPTION_END`: a plan ended by time or by use. */
export type NotificationType = 'USAGE_THRESHOLD' | 'SUBSCRIPTION_END'

/** One registration: for one SIM and one type. */
export interface WebhookRegistration {
  readonly type: Open<NotificationType>
  readonly webhookUrl: string
}

/** Truphone prints one of the types with two letters swapped. */
export function normalizeNotificationType(type: string): Open<NotificationType> {
  return type === 'SUBSCRITPION_END' ? 'SUBSCRIPTION_END' : type
}
