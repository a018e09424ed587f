/**
 * Payment methods of a customer, for account managers.
 *
 * Source: spec/truphone.md section 7.8. `/v1/customer/{customerId}/payment-method…`
 * @module
 */
import { type Answer, jsonAnswer } from '../../../answers.ts'
import { type Call, findCustomer, param } from './call.ts'
import { readText, requireText } from './fields.ts'
import { Refusal } from './refusal.ts'

const requiredFields = ['token', 'type', 'last_digits', 'expiry_month', 'expiry_year', 'gateway']

/** Those of a customer. */
export function listPaymentMethods(call: Call): Answer {
  const customer = findCustomer(call, param(call), () => refusal('UNABLE_TO_GET_PAYMENT_METHODS'))
  const found = [...call.store.paymentMethods.values()].filter(({ customerId }) => customerId === customer.id)
  for (const each of found) each.usedAt = call.now
  const hasIds = call.world.switches.paymentMethodIds
  return jsonAnswer(
    200,
    found.map(({ id, fields }) => (hasIds ? { id, ...fields } : fields)),
  )
}

/** Adds one. Its id is told only here. */
export function createPaymentMethod(call: Call): Answer {
  const { world, store, client, body, now } = call
  const name = readText(body, 'name')
  const required = requiredFields.map((field) => [field, requireText(body, field)] as const)
  const customer = findCustomer(call, param(call), () => refusal('UNABLE_TO_CREATE_PAYMENT_METHOD'))
  const id = world.ids.paymentMethod()
  const fields = { ...Object.fromEntries(required), ...(name === undefined ? {} : { name }) }
  store.paymentMethods.set(id, { id, clientId: client.clientId, usedAt: now, customerId: customer.id, fields })
  return jsonAnswer(201, { id })
}

/** Removes one. */
export function deletePaymentMethod(call: Call): Answer {
  const missing = (): Refusal => refusal('UNABLE_TO_DELETE_PAYMENT_TOKEN')
  const customer = findCustomer(call, param(call), missing)
  const method = call.store.paymentMethods.get(param(call, 1))
  if (method?.customerId !== customer.id) throw missing()
  call.store.paymentMethods.delete(method.id)
  return jsonAnswer(200, {})
}

function refusal(type: string): Refusal {
  return new Refusal(422, type, 'Customer or payment method not found')
}
