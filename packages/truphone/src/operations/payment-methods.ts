/**
 * How end customers pay; for the role `ACCOUNT_MANAGER`.
 *
 * @see spec/truphone.md section 7.8
 * @module
 */
import type { Secret } from '@latchkey/core'
import { parseRequest, textMember } from '@latchkey/http'
import type { PaymentMethod } from '../values/customer.ts'
import { decodePaymentMethods } from '../wire/entities.ts'
import { send } from './context.ts'
import type { CallOptions, Context } from './context.ts'
import { decoded } from './decoded.ts'
import { goneIsDone } from './gone.ts'
import { operations } from './table.ts'

/** A payment method to store. */
export interface NewPaymentMethod {
  readonly customerId: string
  /** The payment gateway's token. */
  readonly token: string | Secret
  /** Of the card holder. */
  readonly name?: string | undefined
  /** `VISA`, for one. */
  readonly type: string
  readonly lastDigits: string
  /** Two digits. */
  readonly expiryMonth: string
  /** Four digits. */
  readonly expiryYear: string
  /** `CYBERSOURCE` or `TRUPHONE`, for two. */
  readonly gateway: string
}

/** `truphone.paymentMethods` */
export interface PaymentMethods {
  /**
   * Lists how a customer pays. The list has no ids: keep the one that {@link PaymentMethods.add} answers.
   *
   * Source: spec/truphone.md section 7.8. `GET /v1/customer/{customerId}/payment-method`
   */
  list(customerId: string, run?: CallOptions): Promise<readonly PaymentMethod[]>
  /**
   * Adds a payment method.
   *
   * @returns Its id, the only documented way to remove it again; `undefined` where the answer had none.
   * @throws {OutcomeUnknownError} The answer was lost: compare {@link PaymentMethods.list}.
   *
   * Source: spec/truphone.md section 7.8. `POST /v1/customer/{customerId}/payment-method`
   */
  add(method: NewPaymentMethod, run?: CallOptions): Promise<{ readonly id: string | undefined }>
  /**
   * Removes a payment method.
   *
   * Source: spec/truphone.md section 7.8. `DELETE /v1/customer/{customerId}/payment-method/{paymentMethodId}`
   */
  remove(method: { readonly customerId: string; readonly paymentMethodId: string }, run?: CallOptions): Promise<void>
}

export function paymentMethodsOf(context: Context): PaymentMethods {
  const methods: PaymentMethods = {
    async list(customerId, run) {
      const operation = operations['paymentMethods.list']
      const params = parseRequest(operation, { customerId }, [])
      const { json } = await send(context, operation, { params }, run)
      return decoded(decodePaymentMethods(json))
    },
    async add(method, run) {
      const operation = operations['paymentMethods.add']
      const { customerId, token, name, type, lastDigits, expiryMonth, expiryYear, gateway } = parseRequest(
        operation,
        method,
        [],
      )
      const dates = { last_digits: lastDigits, expiry_month: expiryMonth, expiry_year: expiryYear }
      const body = { token: token.reveal(), name, type, ...dates, gateway }
      const unknown = { advice: 'Compare paymentMethods.list() with what you know before adding it again.' }
      const { json } = await send(context, operation, { params: { customerId }, body, unknown }, run)
      return { id: textMember(json, 'id') }
    },
    async remove(method, run) {
      const operation = operations['paymentMethods.remove']
      const params = parseRequest(operation, method, [])
      const unknown = { advice: 'Sending it again is harmless: the end is the same.' }
      await goneIsDone(send(context, operation, { params, unknown }, run))
    },
  }
  return Object.freeze(methods)
}
