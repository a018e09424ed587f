/**
 * STK push query: how a payment stands.
 *
 * Source: spec/daraja.md section 3.2. `POST /mpesa/stkpushquery/v1/query`
 * @module
 */
import { type Answer, jsonAnswer } from '../../answers.ts'
import type { SystemRequest } from '../../system.ts'
import { authorize, type FieldTable, hasLength, isShortCode, matches, readFields } from './checks.ts'
import { countRefusal, refuse, spikeArrest, stkFamily } from './errors.ts'
import type { Payment } from './payments.ts'
import { resultText } from './results.ts'
import { checkPassword } from './stk-password.ts'
import { isCompactTime } from './times.ts'
import type { World } from './world.ts'

/** With the rate limit on: five in a minute, and no burst. */
const queryIntervalMs = 12_000

/** How long a young payment "does not exist", in that variant of the pending state. */
const unseenMs = 30_000

const queryFields = {
  BusinessShortCode: isShortCode,
  Password: hasLength(1, 1000),
  Timestamp: isCompactTime,
  CheckoutRequestID: matches(/^ws_CO_\d{14,40}$/),
} satisfies FieldTable

/** Answers with the payment's result, or that it is pending, or that there is no such payment. */
export function stkPushQuery(world: World, request: SystemRequest): Answer {
  const refusal = authorize(world, request, stkFamily, 'stkPushQuery')
  if (refusal !== undefined) return refusal
  if (isTooSoon(world)) {
    countRefusal(world, 'rate limit')
    return spikeArrest()
  }
  const read = readFields(world, request, queryFields)
  if ('refused' in read) return read.refused
  const wrongPassword = checkPassword(world, read.fields)
  if (wrongPassword !== undefined) return wrongPassword

  const payment = world.payments.get(read.fields.CheckoutRequestID)
  if (payment === undefined) return refuse(world, 'unknown payment', '500.001.1001', 'The transaction does not Exist')
  if (payment.outcome === null) return pending(world, payment)
  return state(payment, String(payment.outcome.code), resultText(payment.outcome.code, 'query'))
}

function isTooSoon(world: World): boolean {
  if (!world.switches.queryRateLimit) return false
  const now = world.clock.now()
  const { lastQueryAt } = world.counters
  if (lastQueryAt !== null && now - lastQueryAt < queryIntervalMs) return true
  world.counters.lastQueryAt = now
  return false
}

function pending(world: World, payment: Payment): Answer {
  switch (world.switches.stkPending) {
    case '4999':
      return state(payment, '4999', 'The transaction is still under processing')
    case 'error-500':
      return refuse(world, 'pending', '500.001.1001', 'The transaction is being processed')
    case 'error-200':
      return { ...refuse(world, 'pending', '500.001.1001', 'The transaction is being processed'), status: 200 }
    case 'empty-error':
      return refuse(world, 'pending', '500.001.1001', '')
    case 'not-found':
      return world.clock.now() - payment.startedAt < unseenMs
        ? refuse(world, 'pending', '500.001.1001', 'The transaction does not Exist')
        : state(payment, '4999', 'The transaction is still under processing')
  }
}

/** The code is text here, unlike in the callback. */
function state(payment: Payment, ResultCode: string, ResultDesc: string): Answer {
  return jsonAnswer(200, {
    ResponseCode: '0',
    ResponseDescription: 'The service request has been accepted successsfully', // Spelled so by the real one.
    MerchantRequestID: payment.merchantRequestId,
    CheckoutRequestID: payment.checkoutRequestId,
    ResultCode,
    ResultDesc,
  })
}
