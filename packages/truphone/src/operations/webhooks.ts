/**
 * Registration of webhooks: for each SIM and each type of event; there is none for the whole account.
 *
 * @see spec/truphone.md section 7.4
 * @module
 */
import { parseRequest } from '@latchkey/http'
import type { NotificationType, WebhookRegistration } from '../values/notification.ts'
import { decodeRegistrations } from '../wire/entities.ts'
import { send } from './context.ts'
import type { CallOptions, Context } from './context.ts'
import { goneIsDone } from './gone.ts'
import { operations } from './table.ts'

/** `truphone.webhooks` */
export interface Webhooks {
  /**
   * Lists the webhooks of a SIM.
   *
   * Source: spec/truphone.md section 7.4. `GET /v1/sim/{iccid}/preferences`
   */
  list(iccid: string, run?: CallOptions): Promise<readonly WebhookRegistration[]>
  /**
   * Registers a webhook; it replaces the one of that SIM and type.
   *
   * @param registration - `webhookUrl`: end it with an unguessable token, since deliveries are not signed; see
   *   `createWebhookToken` and `createWebhookReceiver`.
   *
   * Source: spec/truphone.md section 7.4. `POST /v1/sim/{iccid}/preferences/notifications/{type}`
   */
  register(
    registration: { readonly iccid: string; readonly type: NotificationType; readonly webhookUrl: string },
    run?: CallOptions,
  ): Promise<void>
  /**
   * Removes a webhook.
   *
   * Source: spec/truphone.md section 7.4. `DELETE /v1/sim/{iccid}/preferences/notifications/{type}`
   */
  unregister(
    registration: { readonly iccid: string; readonly type: NotificationType },
    run?: CallOptions,
  ): Promise<void>
}

const harmless = 'Sending it again is harmless: the end is the same.'

export function webhooksOf(context: Context): Webhooks {
  const webhooks: Webhooks = {
    async list(iccid, run) {
      const operation = operations['webhooks.list']
      const params = parseRequest(operation, { iccid }, [])
      const { json } = await send(context, operation, { params }, run)
      return decodeRegistrations(json)
    },
    async register(registration, run) {
      const operation = operations['webhooks.register']
      const { webhookUrl, ...params } = parseRequest(operation, registration, [])
      const body = { webhook_url: webhookUrl }
      await send(context, operation, { params, body, unknown: { advice: harmless } }, run)
    },
    async unregister(registration, run) {
      const operation = operations['webhooks.unregister']
      const params = parseRequest(operation, registration, [])
      await goneIsDone(send(context, operation, { params, unknown: { advice: harmless } }, run))
    },
  }
  return Object.freeze(webhooks)
}
