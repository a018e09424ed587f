/** Customers and payment methods: spec/truphone.md sections 7.7, 7.8. @module */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startSimulator, type Simulator } from '../../src/index.ts'
import { type Caller, createCaller, newEsim } from './support.ts'

let simulator: Simulator
let caller: Caller
let token: string
beforeAll(async () => {
  simulator = await startSimulator()
  caller = createCaller(simulator)
})
beforeEach(async () => {
  simulator.reset()
  token = await caller.token('truphone-am')
})
afterAll(() => simulator.close())

const fault = (reply: { status: number; json: Record<string, unknown> }) => [reply.status, reply.json['type']]
const invalid = [400, 'INVALID_REQUEST_PARAMS']
const create = (body: object) => caller.api('POST', 'customer', token, body)
const get = (email: string) => caller.api('GET', `customer?email=${encodeURIComponent(email)}`, token)

describe('customers (7.7)', () => {
  test('are created with defaults and found by their e-mail address', async () => {
    const created = await create({ email: 'novo+1@example.org', unknownField: 1 })
    expect(created.status).toBe(201)
    expect(created.json).toEqual({
      id: expect.any(String) as string,
      email: 'novo+1@example.org',
      type: 'PERSONAL',
      language: 'EN',
    })
    expect((await get('novo+1@example.org')).json).toEqual(created.json)
    expect(fault(await get('nobody@example.org'))).toEqual([404, 'CUSTOMER_NOT_FOUND'])
    expect(fault(await caller.api('GET', 'customer', token))).toEqual(invalid)
    expect(await create({ email: 'novo+1@example.org' })).toMatchObject({
      status: 422,
      json: { type: 'UNABLE_TO_CREATE_CUSTOMER', messages: ['Email already registered.'] },
    })
  })

  test('are also created by an order (7.2.1)', async () => {
    await caller.api('POST', 'order', token, newEsim())
    expect((await get('ana.ficticia@example.org')).json).toMatchObject({
      firstName: 'ana.ficticia@example.org',
      language: 'EN',
      type: 'PERSONAL',
    })
  })

  test.each([
    ['no e-mail address', {}],
    ['the misspelt type', { email: 'x', type: 'BUSSINESS' }],
    ['an unknown country', { email: 'x', countryOfResidence: 'Portugal' }],
    ['an unknown currency', { email: 'x', defaultCurrency: 'EURO' }],
  ])('are refused with %s', async (_what, body) => {
    expect(fault(await create(body))).toEqual(invalid)
  })

  test('keep what an update leaves out, lose what is null, and get addresses whole', async () => {
    const { json } = await create({
      email: 'x@example.org',
      firstName: 'Ana',
      phoneNumber: '00351210000000',
      billingAddress: { city: 'Lisboa', country: 'Portugal' },
    })
    const patch = (body: object) =>
      caller.api('PATCH', `customer/${encodeURIComponent(String(json['id']))}`, token, body)
    const changed = await patch({ phoneNumber: null, lastName: 'Nova', billingAddress: { city: 'Porto' } })
    expect(changed.status).toBe(200)
    expect(changed.json).toEqual({
      id: json['id'],
      email: 'x@example.org',
      type: 'PERSONAL',
      language: 'EN',
      firstName: 'Ana',
      lastName: 'Nova',
      billingAddress: { city: 'Porto' },
    })
    expect((await get('x@example.org')).json).toEqual(changed.json)
    expect(fault(await patch({ email: null }))).toEqual(invalid)
    expect(fault(await patch({ type: null }))).toEqual(invalid)
    expect(fault(await patch({ email: 'ana+esim@example.org' }))).toEqual(invalid)
    expect(fault(await patch({ firstName: {} }))).toEqual([400, 'INVALID_HTTP_MESSAGE'])
  })

  test('are updated under both forms of the path, with awkward ids (C9, 2.4)', async () => {
    const id = encodeURIComponent('++++AQID//4=')
    for (const path of [`customer/${id}`, `customer?id=${id}`]) {
      expect((await caller.api('PATCH', path, token, { jobTitle: path })).json['jobTitle']).toBe(path)
    }
    expect(fault(await caller.api('PATCH', 'customer/unknown', token, {}))).toEqual([404, 'CUSTOMER_NOT_FOUND'])
    expect(fault(await caller.api('PATCH', 'customer', token, {}))).toEqual(invalid)
  })
})

describe('payment methods (7.8)', () => {
  const path = `customer/${encodeURIComponent('++++AQID//4=')}/payment-method`
  const card = {
    token: 'fictional-gateway-token',
    name: 'Ana Fictícia',
    type: 'VISA',
    last_digits: '0000',
    expiry_month: '12',
    expiry_year: '2031',
    gateway: 'TRUPHONE',
  }

  test('are added, listed without ids, and deleted by id', async () => {
    const added = await caller.api('POST', path, token, card)
    expect(added).toMatchObject({ status: 201, json: { id: expect.stringMatching(/^pm\d{16}$/) as string } })
    expect(JSON.parse((await caller.api('GET', path, token)).text)).toEqual([card])
    simulator.set({ truphone: { paymentMethodIds: true } })
    expect(JSON.parse((await caller.api('GET', path, token)).text)).toEqual([{ id: added.json['id'], ...card }])
    const one = `${path}/${String(added.json['id'])}`
    expect((await caller.api('DELETE', one, token)).status).toBe(200)
    expect(fault(await caller.api('DELETE', one, token))).toEqual([422, 'UNABLE_TO_DELETE_PAYMENT_TOKEN'])
  })

  test.each(['token', 'type', 'last_digits', 'expiry_month', 'expiry_year', 'gateway'])('need %s', async (name) => {
    expect(fault(await caller.api('POST', path, token, { ...card, [name]: '' }))).toEqual(invalid)
  })

  test('of an unknown customer are a 422 of each kind', async () => {
    const unknown = 'customer/unknown/payment-method'
    expect(fault(await caller.api('GET', unknown, token))).toEqual([422, 'UNABLE_TO_GET_PAYMENT_METHODS'])
    expect(fault(await caller.api('POST', unknown, token, card))).toEqual([422, 'UNABLE_TO_CREATE_PAYMENT_METHOD'])
    expect(fault(await caller.api('DELETE', `${unknown}/x`, token))).toEqual([422, 'UNABLE_TO_DELETE_PAYMENT_TOKEN'])
  })
})
