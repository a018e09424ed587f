/**
 * A client on the test kit's scripted `fetch` and virtual clock, with the requests that most tests send.
 *
 * @module
 */
import { parseJson } from '@latchkey/http'
import { scriptedFetch, virtualClock } from '@latchkey/testkit'
import type { Answer, Scripted } from '@latchkey/testkit'
import { TruphoneClient } from '../../src/index.ts'
import type { NewEsimOrder, TopUpOrder, TruphoneClientOptions } from '../../src/index.ts'

export const host = 'https://services.truphone.com'
export const api = `${host}/connect-api`
export const tokenUrl = `${host}/auth/realms/tru-staff/protocol/openid-connect/token`
export const logoutUrl = `${host}/auth/realms/tru-staff/protocol/openid-connect/logout`
export const credential = { clientId: 'truphone', clientSecret: 'not-a-real-secret-0001' }

export const iccid = '8944000000000000019'
export const orderId = '00000000-0000-4000-8000-000000000001'
export const productId = 'cHJvZC1ldS0zZ2ItMzBk'
export const awkwardId = '++++AQID//4='

export const newEsim: NewEsimOrder = {
  countryCode: 'PT',
  customer: { email: 'ana+esim@example.org' },
  device: { id: 'device-0001', type: 'android' },
  subscriptions: [{ productId }],
}

export const topUp: TopUpOrder = {
  esim: { iccid },
  device: { id: 'device-0001', type: 'ios' },
  subscriptions: [{ productId, price: 7, currency: 'EUR' }],
}

export const subscription = (id: string, more: object = {}) => ({
  id,
  status: 'ACTIVE',
  iccid,
  product: { id: productId, period: 0, period_unit: 'DAYS' },
  ...more,
})

/** The token endpoint's answer (12.4). */
export const token = (access: string, more: object = {}): Scripted => ({
  request: `POST ${tokenUrl}`,
  answer: { json: { access_token: access, expires_in: 300, refresh_expires_in: 0, token_type: 'Bearer', ...more } },
})

/** `GET /v1/sim/…` and so on, below the production base. */
export const on = (request: string, answer: Scripted['answer']): Scripted => {
  const [method = '', path = ''] = request.split(' ')
  return { request: `${method} ${api}${path}`, answer }
}

/** An error in Truphone's own model (3.1). */
export const refusal = (status: number, type: string, ...messages: readonly string[]): Answer => ({
  status,
  json: { type, messages },
})

/** What the built-in `fetch` rejects with. */
export function networkError(code: string): Error {
  return Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error(code), { code }) })
}

/** The first request is for a token; `script` is what follows. */
export function client(script: readonly Scripted[], options: object = {}) {
  return bare([token('A1-access-token'), ...script], options)
}

/** The same without a token to begin with. */
export function bare(script: readonly Scripted[], options: object = {}) {
  const fetch = scriptedFetch(script)
  const clock = virtualClock({ wall: Date.UTC(2031, 4, 1, 12) })
  const settings = { ...credential, environment: 'production', fetch, clock, ...options }
  const truphone = new TruphoneClient(settings as TruphoneClientOptions) // One of the shapes: the tests give whole ones.
  /** Bodies of the calls, parsed. */
  const bodies = (): unknown[] => fetch.calls.map(({ text }) => parseJson(text) ?? text)
  return { truphone, fetch, clock, bodies }
}
