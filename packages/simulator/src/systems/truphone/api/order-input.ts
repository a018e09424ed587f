/**
 * What an order asks for, read and checked as far as the request alone can tell.
 *
 * @see spec/truphone.md sections 7.2.1 to 7.2.3
 * @module
 */
import { type Call } from './call.ts'
import { isCountry } from './codes.ts'
import { checkEid } from './eid.ts'
import { type Fields, readInstant, readNumber, readObject, readObjects, readText } from './fields.ts'
import { requireObject, requireText } from './fields.ts'
import { isSupportedCurrency } from './products.ts'
import { invalid } from './refusal.ts'

/** An order that makes sense. */
export interface OrderInput {
  readonly kind: 'NEW_ESIM' | 'TOPUP'
  /** Of a new eSIM. */
  readonly customer: { readonly email: string; readonly fields: Fields } | null
  readonly deviceId: string
  readonly eid: string | null
  /** Of a top-up. */
  readonly iccid: string | null
  readonly items: readonly { readonly productId: string; readonly activationAt: number | null }[]
}

/** How far in the past an activation date may be, so that "now" is accepted. */
const pastMaxMs = 60_000

/** Reads the order. @throws {Refusal} */
export function readOrder(call: Call): OrderInput {
  const input = requireObject(call.body, 'input')
  const kind = readKind(requireText(input, 'operationType', 'input.operationType'))
  const isNew = kind === 'NEW_ESIM'
  checkCountry(input, isNew || call.world.switches.topUpCountry === 'required')
  const customer = isNew ? readCustomer(requireObject(input, 'customer', 'input.customer')) : null
  const device = requireObject(input, 'device', 'input.device')
  const deviceId = requireText(device, 'id', 'input.device.id')
  const type = isNew ? requireText(device, 'type', 'input.device.type') : readText(device, 'type', 'input.device.type')
  if (type !== undefined && !['ios', 'android', 'iot'].includes(type)) {
    throw invalid('input.device.type: must be ios, android or iot')
  }
  const eidText = isNew && type === 'ios' ? readText(device, 'eid', 'input.device.eid') : undefined
  const eid = eidText === undefined ? null : checkEid(call.world, eidText, 'input.device.eid')
  const esim = isNew ? undefined : readObject(input, 'esim', 'input.esim')
  const iccid = isNew ? null : requireText(esim ?? {}, 'iccid', 'input.esim.iccid')
  const list = readObjects(input, 'subscriptions', 'input.subscriptions')
  if (list.length === 0) throw invalid('input.subscriptions: must not be empty')
  const items = list.map((item, index) => readItem(call, item, `input.subscriptions[${String(index)}]`))
  return { kind, customer, deviceId, eid, iccid, items }
}

function readKind(operationType: string): OrderInput['kind'] {
  switch (operationType) {
    case 'NEW_ESIM':
      return 'NEW_ESIM'
    case 'TOPUP':
    case 'TOPUP_ACTIVATION': // The deprecated name, which the vendor's example still has.
      return 'TOPUP'
    default:
      throw invalid('input.operationType: must be NEW_ESIM or TOPUP')
  }
}

function checkCountry(input: Fields, isRequired: boolean): void {
  const place = 'input.countryCode'
  const country = isRequired ? requireText(input, 'countryCode', place) : readText(input, 'countryCode', place)
  if (country !== undefined && !isCountry(country)) throw invalid(`${place}: unknown country`)
}

function readCustomer(customer: Fields): NonNullable<OrderInput['customer']> {
  const place = 'input.customer'
  const email = requireText(customer, 'email', `${place}.email`)
  const residence = readText(customer, 'countryOfResidence', `${place}.countryOfResidence`)
  if (residence !== undefined && !isCountry(residence)) {
    throw invalid(`${place}.countryOfResidence: unknown country`)
  }
  const lastName = readText(customer, 'lastName', `${place}.lastName`)
  const fields = {
    type: 'PERSONAL',
    firstName: readText(customer, 'firstName', `${place}.firstName`) ?? email,
    ...(lastName === undefined ? {} : { lastName }),
    language: readText(customer, 'language', `${place}.language`) ?? 'EN',
    ...(residence === undefined ? {} : { countryOfResidence: residence }),
  }
  return { email, fields }
}

function readItem({ now }: Call, item: Fields, place: string): OrderInput['items'][number] {
  const productId =
    readText(item, 'product_id', `${place}.product_id`) ??
    readText(item, 'id', `${place}.id`) ?? // Earlier names.
    requireText(item, 'allowanceId', `${place}.product_id`)
  const activationAt = readInstant(item, 'activationDate', `${place}.activationDate`) ?? null
  const price = readNumber(item, 'price', `${place}.price`)
  const currency = readText(item, 'currency', `${place}.currency`)
  if (activationAt !== null && activationAt < now - pastMaxMs) {
    throw invalid(`${place}.activationDate: must not be in the past`)
  }
  if (price !== undefined && price < 0) throw invalid(`${place}.price: must not be negative`)
  if (price === undefined && currency !== undefined)
    throw invalid(`${place}.price: must be sent together with currency`)
  if (price !== undefined && currency === undefined)
    throw invalid(`${place}.currency: must be sent together with price`)
  if (currency !== undefined && !isSupportedCurrency(currency)) throw invalid(`${place}.currency: not supported`)
  return { productId, activationAt }
}
