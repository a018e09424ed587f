/**
 * Customers, for account managers.
 *
 * Source: spec/truphone.md section 7.7. `/v1/customer`, `/v1/customer/{id}`
 * @module
 */
import { type Answer, jsonAnswer } from '../../../answers.ts'
import type { Customer } from '../rows.ts'
import { type Call, findCustomer, owned } from './call.ts'
import { isCountry, isCurrency } from './codes.ts'
import { type Fields, readObject, readText, requireText } from './fields.ts'
import { invalid, Refusal, ruled, unreadable } from './refusal.ts'

const textFields = [
  ...['type', 'firstName', 'lastName', 'language', 'countryOfResidence', 'phoneNumber', 'defaultCurrency'],
  ...['companyName', 'companyNumber', 'jobTitle'],
]
const addressFields = ['streetAddress1', 'streetAddress2', 'city', 'state', 'postCode', 'country']

/** The customer of the client who has an e-mail address. */
export function customerWithEmail({ store, client }: Call, email: string): Customer | undefined {
  return [...store.customers.values()].find((each) => each.clientId === client.clientId && each.email === email)
}

/** Adds a customer. */
export function createCustomer(call: Call): Answer {
  const { world, store, client, body, now } = call
  const email = requireText(body, 'email')
  const fields = { type: 'PERSONAL', language: 'EN', ...readFields(body) }
  if (customerWithEmail(call, email) !== undefined) {
    throw new Refusal(422, 'UNABLE_TO_CREATE_CUSTOMER', 'Email already registered.')
  }
  const customer = { id: world.ids.customer(), clientId: client.clientId, usedAt: now, email, fields }
  store.customers.set(customer.id, customer)
  return jsonAnswer(201, describe(customer))
}

/** The customer with an e-mail address. */
export function getCustomer(call: Call): Answer {
  const email = call.request.query.get('email') ?? ''
  if (email === '') throw invalid('email: must not be empty')
  const missing = (): Refusal => new Refusal(404, 'CUSTOMER_NOT_FOUND', 'Customer not found')
  return jsonAnswer(200, describe(owned(call, customerWithEmail(call, email), missing)))
}

/** Changes what is given, deletes what is null, and leaves the rest. An address is replaced whole. */
export function patchCustomer(call: Call): Answer {
  const { body, request, world } = call
  const id = call.params[0] ?? request.query.get('id') ?? ''
  if (id === '') throw invalid('id: must not be empty')
  for (const name of ['email', 'type']) {
    if (Object.hasOwn(body, name) && readText(body, name) === undefined) throw invalid(`${name}: cannot be deleted`)
  }
  const email = readText(body, 'email')
  const changes = readFields(body)
  const customer = findCustomer(call, id, () => ruled(world, 'unknownCustomer', 'Customer not found'))
  const other = email === undefined ? undefined : customerWithEmail(call, email)
  if (other !== undefined && other !== customer) throw invalid('email: already registered')
  customer.email = email ?? customer.email
  const kept = Object.entries({ ...customer.fields, ...changes }).filter(([name]) => body[name] !== null)
  customer.fields = Object.fromEntries(kept)
  return jsonAnswer(200, describe(customer))
}

/** Reads the fields that are there, apart from the e-mail address. @throws {Refusal} */
function readFields(body: Fields): Fields {
  const fields: Record<string, unknown> = {}
  const put = (name: string, value: unknown): void => {
    if (value !== undefined) fields[name] = value
  }
  for (const name of textFields) put(name, readText(body, name))
  for (const name of ['billingAddress', 'shippingAddress']) {
    const address = readObject(body, name)
    if (address !== undefined) {
      const entries = addressFields.map((part) => [part, readText(address, part, `${name}.${part}`)] as const)
      put(name, Object.fromEntries(entries.filter(([, value]) => value !== undefined)))
    }
  }
  const verified = body['verified']
  if (verified !== undefined && verified !== null) {
    if (typeof verified !== 'boolean') throw unreadable('verified: must be true or false')
    put('verified', verified)
  }
  check(fields, 'type', (type) => type === 'PERSONAL' || type === 'BUSINESS')
  check(fields, 'countryOfResidence', isCountry)
  check(fields, 'defaultCurrency', isCurrency)
  return fields
}

function check(fields: Fields, name: string, isGood: (text: string) => boolean): void {
  const value = fields[name]
  if (typeof value === 'string' && !isGood(value)) throw invalid(`${name}: unknown value`)
}

function describe({ id, email, fields }: Customer): object {
  return { id, email, ...fields }
}
