/**
 * End customers; for the role `ACCOUNT_MANAGER`.
 *
 * @see spec/truphone.md section 7.7
 * @module
 */
import { invalidArgument, isLatchkeyError } from '@latchkey/core'
import { parseRequest } from '@latchkey/http'
import type { Resolution } from '@latchkey/http'
import type { Customer, CustomerPatch, NewCustomer } from '../values/customer.ts'
import { decodeCustomer } from '../wire/entities.ts'
import { send } from './context.ts'
import type { CallOptions, Context } from './context.ts'
import { operations } from './table.ts'

/** `truphone.customer` */
export interface Customers {
  /**
   * Creates a customer. The answer may be empty: use {@link Customers.getByEmail} for the id then.
   *
   * @throws {ProviderError} `TRUPHONE_REJECTED` with `UNABLE_TO_CREATE_CUSTOMER`: the e-mail is taken.
   * @throws {OutcomeUnknownError} The answer was lost; `resolve()` looks for the e-mail.
   *
   * Source: spec/truphone.md section 7.7. `POST /v1/customer`
   */
  create(customer: NewCustomer, run?: CallOptions): Promise<Customer>
  /**
   * Finds a customer.
   *
   * @throws {ProviderError} `TRUPHONE_NOT_FOUND`
   *
   * Source: spec/truphone.md section 7.7. `GET /v1/customer?email=…`
   */
  getByEmail(email: string, run?: CallOptions): Promise<Customer>
  /**
   * Changes a customer: what is left out or `undefined` stays, `null` deletes. Give addresses whole.
   *
   * Source: spec/truphone.md section 7.7. `PATCH /v1/customer/{id}`
   */
  update(id: string, patch: CustomerPatch, run?: CallOptions): Promise<Customer>
}

const askAgainMs = 10_000

export function customersOf(context: Context): Customers {
  const customers: Customers = {
    async create(customer, run) {
      const operation = operations['customer.create']
      const parsed = parseRequest(operation, customer, [])
      const body = { type: 'PERSONAL', ...withoutUndefined(parsed) }
      const unknown = {
        resolve: () => resolveCreation(context, parsed.email),
        advice: 'Look for the e-mail, with resolve() or customer.getByEmail(), before creating it again.',
      }
      const { json } = await send(context, operation, { body, unknown }, run)
      return decodeCustomer(json)
    },
    async getByEmail(email, run) {
      return getByEmail(context, email, run)
    },
    async update(id, patch, run) {
      const operation = operations['customer.update']
      const { id: known, ...changes } = parseRequest(operation, { ...patch, id }, [])
      const body = withoutUndefined(changes)
      if (Object.keys(body).length === 0)
        throw invalidArgument('customer.update: nothing was sent: it changes nothing.')
      const unknown = { advice: 'Sending it again is harmless: the end is the same.' }
      const { json } = await send(context, operation, { params: { id: known }, body, unknown }, run)
      return decodeCustomer(json)
    },
  }
  return Object.freeze(customers)
}

async function getByEmail(context: Context, email: string, run?: CallOptions): Promise<Customer> {
  const operation = operations['customer.getByEmail']
  const query = parseRequest(operation, { email }, [])
  const { json } = await send(context, operation, { query }, run)
  return decodeCustomer(json)
}

async function resolveCreation(context: Context, email: string): Promise<Resolution<Customer>> {
  try {
    return { state: 'settled', result: await getByEmail(context, email) }
  } catch (error) {
    if (!isLatchkeyError(error) || error.status !== 404) throw error
    return { state: 'unknown', askAgainAt: context.clock.wall() + askAgainMs }
  }
}

// `null` means "delete", so it must stay, and `undefined` must not turn into it.
function withoutUndefined(fields: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
