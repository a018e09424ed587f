/**
 * What each operation takes, as schemas: the source of validation, and of whatever else lists an operation's fields.
 *
 * @see spec/truphone.md section 7
 * @module
 */
import { z } from 'zod'
import { eid, iccid, id, instant, notificationType, secretText, text, webhookUrl } from './fields.ts'

const notAnObject = 'must be an object'
const object = <Shape extends z.ZodRawShape>(shape: Shape) => z.strictObject(shape, { error: notAnObject })
const deviceTypeRule = "must be 'ios', 'android' or 'iot'"
const deviceType = z.enum(['ios', 'android', 'iot'], deviceTypeRule)

const item = object({
  productId: id,
  activationDate: instant.optional(),
  price: z.number('must be a number').nonnegative('must not be negative').optional(),
  currency: text(3).optional(),
}).superRefine(({ price, currency }, context) => {
  if ((price === undefined) === (currency === undefined)) return
  const path = [price === undefined ? 'price' : 'currency']
  context.addIssue({ code: 'custom', path, message: 'must be given together with the other one of price and currency' })
})

const items = z.array(item, 'must be a list').min(1, 'must have at least one product').max(15, 'must have at most 15')

const orderCustomer = object({
  email: text(), // "Email or identifier": not checked as one.
  firstName: text().optional(),
  lastName: text().optional(),
  countryOfResidence: text(2).optional(),
  language: text(16).optional(),
})

const deviceNames = { make: text().optional(), model: text().optional() }

export const newEsimRequest = object({
  countryCode: text(2),
  customer: orderCustomer,
  device: object({ type: deviceType, id, ...deviceNames, eid: eid.optional() }),
  subscriptions: items,
})

export const topUpRequest = object({
  countryCode: text(2).optional(),
  customer: orderCustomer.optional(),
  device: object({ id, type: deviceType.optional(), ...deviceNames }),
  esim: object({ iccid }),
  subscriptions: items,
})

export const listProductsRequest = object({ currency: text(3).optional(), planId: id.optional() })
export const getProductRequest = object({ id, currency: text(3).optional() })
export const byIdRequest = object({ id })
export const byIccidRequest = object({ iccid })
export const updateEidRequest = object({ iccid, eid })
export const registerWebhookRequest = object({ iccid, type: notificationType, webhookUrl })
export const unregisterWebhookRequest = object({ iccid, type: notificationType })

export const listSubscriptionsRequest = object({
  iccid: iccid.optional(),
  email: text().optional(),
  productId: id.optional(),
  before: instant.optional(),
  after: instant.optional(),
  size: z.int('must be a whole number').min(1, 'must be 1 or more').max(1000, 'must be at most 1000').optional(),
})

const postalAddress = object({
  streetAddress1: z.string('must be text').optional(),
  streetAddress2: z.string('must be text').optional(),
  city: z.string('must be text').optional(),
  state: z.string('must be text').optional(),
  postCode: z.string('must be text').optional(),
  country: z.string('must be text').optional(),
})

const customerType = z.enum(['PERSONAL', 'BUSINESS'], "must be 'PERSONAL' or 'BUSINESS'")
const customerFields = {
  email: text().optional(),
  type: customerType.optional(),
  firstName: text().optional(),
  lastName: text().optional(),
  language: text(16).optional(),
  countryOfResidence: text(2).optional(),
  phoneNumber: text(64).optional(),
  defaultCurrency: text(3).optional(),
  verified: z.boolean('must be true or false').optional(),
  billingAddress: postalAddress.optional(),
  shippingAddress: postalAddress.optional(),
  companyName: text().optional(),
  companyNumber: text().optional(),
  jobTitle: text().optional(),
}

export const createCustomerRequest = object({ ...customerFields, email: text() })
export const getCustomerRequest = object({ email: text() })

// `null` deletes and absence leaves as it is, so each field may be either.
export const updateCustomerRequest = object({
  id,
  email: customerFields.email.nullable(),
  type: customerFields.type.nullable(),
  firstName: customerFields.firstName.nullable(),
  lastName: customerFields.lastName.nullable(),
  language: customerFields.language.nullable(),
  countryOfResidence: customerFields.countryOfResidence.nullable(),
  phoneNumber: customerFields.phoneNumber.nullable(),
  defaultCurrency: customerFields.defaultCurrency.nullable(),
  verified: customerFields.verified.nullable(),
  billingAddress: customerFields.billingAddress.nullable(),
  shippingAddress: customerFields.shippingAddress.nullable(),
  companyName: customerFields.companyName.nullable(),
  companyNumber: customerFields.companyNumber.nullable(),
  jobTitle: customerFields.jobTitle.nullable(),
})

export const listPaymentMethodsRequest = object({ customerId: id })
export const removePaymentMethodRequest = object({ customerId: id, paymentMethodId: id })

export const addPaymentMethodRequest = object({
  customerId: id,
  token: secretText,
  name: text().optional(),
  type: text(64),
  lastDigits: text(16),
  expiryMonth: text(2),
  expiryYear: text(4),
  gateway: text(64),
})
