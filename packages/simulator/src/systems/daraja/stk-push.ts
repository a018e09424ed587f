/**
 * STK push: puts a prompt on a phone, and later tells how it ended.
 *
 * Source: spec/daraja.md section 3.1. `POST /mpesa/stkpush/v1/processrequest`
 * @module
 */
import { type Answer, jsonAnswer } from '../../answers.ts'
import type { CallbackOrder } from '../../callbacks.ts'
import type { SystemRequest } from '../../system.ts'
import { authorize, type FieldTable, hasLength, isPhone, isShortCode, matches, readFields } from './checks.ts'
import { refuse, stkFamily } from './errors.ts'
import { storyOf } from './magic.ts'
import type { Payment } from './payments.ts'
import { type ResultCode, resultText } from './results.ts'
import { checkPassword } from './stk-password.ts'
import { compactTime, isCompactTime } from './times.ts'
import { isCallbackUrl } from './url-rules.ts'
import type { World } from './world.ts'

/** The most that one payment may move, in shillings. */
const amountMax = 250_000

/** Accepts a push, or refuses it. */
export function stkPush(world: World, request: SystemRequest): Answer | Promise<Answer> {
  const refusal = authorize(world, request, stkFamily, 'stkPush')
  if (refusal !== undefined) return refusal
  const read = readFields(world, request, pushFields(world))
  if ('refused' in read) return read.refused
  const { fields } = read
  if (fields.BusinessShortCode !== world.credentials.shortCode) {
    return refuse(world, 'unknown merchant', '500.001.1001', 'Merchant does not exist')
  }
  const wrongPassword = checkPassword(world, fields)
  if (wrongPassword !== undefined) return wrongPassword

  const now = world.clock.now()
  const phone = fields.PhoneNumber
  const story = storyOf(phone)
  if (story.does === 'lock' || world.payments.isPrompted(phone, now)) {
    const message = 'Unable to lock subscriber, a transaction is already in process for the current subscriber'
    return refuse(world, 'subscriber locked', '500.001.1001', message)
  }

  const isOrphan = fields.TransactionType === 'CustomerPayBillOnline' && fields.PartyB !== fields.BusinessShortCode
  const isAnswered = story.does === 'result'
  const amount = Number(fields.Amount)
  const delay = isAnswered ? world.switches.callbackDelayMs : world.switches.promptTimeoutMs
  const payment: Omit<Payment, 'outcome'> = {
    checkoutRequestId: world.ids.checkout(now, phone),
    merchantRequestId: world.ids.request(),
    shortCode: fields.BusinessShortCode,
    phone,
    amount,
    startedAt: now,
    promptEndsAt: now + world.switches.promptTimeoutMs,
    plan: {
      at: now + delay,
      code: isAnswered ? codeOf(world, phone, amount, isOrphan ? 2028 : story.code) : 1037,
      callbackUrl: fields.CallBackURL,
      isSilent: story.does === 'silent',
    },
  }
  const acknowledgement = acknowledge(payment)

  if (world.switches.stkCallback === 'beforeAck' && isAnswered) {
    world.payments.start(payment)
    const order = finish(world, payment, now)
    return (order === undefined ? Promise.resolve() : world.callbacks.deliver(order)).then(() => acknowledgement)
  }
  if (!awaitOutcome(world, payment, request.answered)) {
    return refuse(world, 'busy', '500.003.02', 'System is busy. Please try again in few minutes.')
  }
  world.payments.start(payment)
  return acknowledgement
}

/** Ends a payment when its plan says so, and then calls back. False when too much is waiting already. */
export function awaitOutcome(world: World, payment: Omit<Payment, 'outcome'>, answered: Promise<void>): boolean {
  const { at, isSilent } = payment.plan
  return world.clock.schedule(at - world.clock.now(), (due) => {
    const order = finish(world, payment, due)
    if (order !== undefined) deliver(world, order, answered, isSilent)
  })
}

function pushFields(world: World) {
  const isEnforced = world.switches.fieldLengths === 'enforced'
  return {
    BusinessShortCode: isShortCode,
    Password: hasLength(1, 1000),
    Timestamp: isCompactTime,
    TransactionType: matches(/^Customer(PayBill|BuyGoods)Online$/),
    Amount: matches(/^0*[1-9]\d{0,11}$/),
    PartyA: isPhone,
    PartyB: isShortCode,
    PhoneNumber: isPhone,
    CallBackURL: (text) => isCallbackUrl(text, world.strictUrls),
    AccountReference: hasLength(1, isEnforced ? 12 : 10_000),
    TransactionDesc: hasLength(0, isEnforced ? 13 : 10_000),
  } satisfies FieldTable
}

/** What M-PESA decides before the customer does. */
function codeOf(world: World, phone: string, amount: number, wished: ResultCode): ResultCode {
  if (amount > amountMax) return 3
  if (wished !== 0) return wished
  return world.payments.isRepeat(phone, amount, world.clock.now()) ? 17 : 0
}

function acknowledge(payment: Omit<Payment, 'outcome'>): Answer {
  return jsonAnswer(200, {
    MerchantRequestID: payment.merchantRequestId,
    CheckoutRequestID: payment.checkoutRequestId,
    ResponseCode: '0',
    ResponseDescription: 'Success. Request accepted for processing',
    CustomerMessage: 'Success. Request accepted for processing',
  })
}

/** Ends the payment and makes the callback; undefined when a reset came between. */
function finish(
  world: World,
  { checkoutRequestId, plan }: Pick<Payment, 'checkoutRequestId' | 'plan'>,
  at: number,
): CallbackOrder | undefined {
  const { code, callbackUrl: url } = plan
  const receipt = code === 0 ? world.ids.receipt(at) : null
  const payment = world.payments.finish(checkoutRequestId, { at, code, receipt })
  if (payment === undefined) return undefined
  if (receipt !== null) world.ledger.credit(payment.amount)
  const stkCallback = {
    MerchantRequestID: payment.merchantRequestId,
    CheckoutRequestID: checkoutRequestId,
    ResultCode: code,
    ResultDesc: resultText(code, 'callback'),
  }
  const Item = [
    { Name: 'Amount', Value: payment.amount },
    { Name: 'MpesaReceiptNumber', Value: receipt },
    { Name: 'Balance' },
    { Name: 'TransactionDate', Value: Number(compactTime(at)) },
    { Name: 'PhoneNumber', Value: Number(payment.phone) },
  ]
  return {
    system: 'daraja',
    kind: 'stkCallback',
    reference: checkoutRequestId,
    url,
    headers: { Businessshortcode: payment.shortCode },
    body: { Body: { stkCallback: receipt === null ? stkCallback : { ...stkCallback, CallbackMetadata: { Item } } } },
    at,
  }
}

/** Nobody waits here: the queue keeps the record, and moving the clock waits for the queue. */
function deliver(world: World, order: CallbackOrder, answered: Promise<void>, isSilent: boolean): void {
  const { stkCallback } = world.switches
  if (isSilent) return world.callbacks.skip(order, 'this phone gets no callback')
  if (stkCallback === 'never') return world.callbacks.skip(order, 'the switch stkCallback is "never"')
  void world.callbacks.deliver(order, answered)
  if (stkCallback === 'duplicate') void world.callbacks.deliver(order, answered)
}
