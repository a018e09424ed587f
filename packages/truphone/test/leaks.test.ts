/**
 * Makes every code happen at a server that echoes secrets wherever it can, and searches everything that an error, an
 * event and the objects themselves show.
 *
 * @module
 */
import { randomBytes } from 'node:crypto'
import { Secret } from '@latchkey/core'
import type { EngineEvent } from '@latchkey/core'
import { assertNoSecrets } from '@latchkey/testkit'
import type { Answer, Scripted } from '@latchkey/testkit'
import { expect, test } from 'vitest'
import { parseWebhookDelivery, TokenManager, truphoneErrorCodes } from '../src/index.ts'
import type { TruphoneClient, TruphoneErrorCode } from '../src/index.ts'
import { bare, networkError, newEsim, on, orderId, token, tokenUrl } from './support/client.ts'

const random = (): string => randomBytes(21).toString('base64url').replace(/[-_]/g, 'x')

// The matching id and the LPA string open the door to somebody's eSIM, so they count as secrets here.
const secrets = {
  secret: `s/${random()}`,
  access: random(),
  newer: random(),
  refresh: random(),
  matchingId: `F-${random()}`,
  email: `${random()}@example.org`,
}
const all = [...Object.values(secrets), `LPA:1$rsp.truphone.com$${secrets.matchingId}`].join(' ')

const echo = (status: number): Answer => ({
  status,
  json: { type: all, messages: [all, `${all}: bad`], message: all, error: all, note: all, id: undefined },
  headers: { 'x-echo': all.replace(/[^\x20-\x7e]/g, ''), 'x-next-page': 'http://[' },
})
const first = token(secrets.access, { refresh_token: secrets.refresh })
const get = (answer: Scripted['answer']): Scripted => on(`GET /v1/order/${orderId}`, answer)
const order = (truphone: TruphoneClient): Promise<unknown> => truphone.orders.get(orderId)
const times = (count: number, scripted: Scripted): Scripted => ({ ...scripted, times: count })
const silence = (): Promise<Response> => new Promise(() => undefined)

type Maker = readonly [script: readonly Scripted[], call: (truphone: TruphoneClient) => Promise<unknown>]

async function walk(truphone: TruphoneClient, pagesMax: number): Promise<number> {
  let count = 0
  for await (const page of truphone.subscriptions.pages({}, { pagesMax })) count += page.length
  return count
}

const makers: Record<Exclude<TruphoneErrorCode, 'TRUPHONE_ROLE_MISSING'>, Maker> = {
  AUTH_INVALID_CREDENTIALS: [[{ request: `POST ${tokenUrl}`, answer: echo(401) }], order],
  TRUPHONE_TOKEN_REJECTED: [[first, get(echo(401)), token(secrets.newer), get(echo(401))], order],
  TRUPHONE_INVALID_REQUEST: [[first, get(echo(400))], order],
  TRUPHONE_ACCESS_DENIED: [[first, get(echo(403))], order],
  TRUPHONE_NOT_FOUND: [[first, get(echo(404))], order],
  TRUPHONE_REJECTED: [[first, get(echo(422))], order],
  TRUPHONE_QUOTA_EXHAUSTED: [[first, get(echo(406))], order],
  TRUPHONE_UNEXPECTED_ANSWER: [[first, get(echo(418))], order],
  TRUPHONE_ORDER_FAILED: [
    [first, get({ json: { id: orderId, status: 'FAILED', output: { matchingId: secrets.matchingId, lpa_url: all } } })],
    (truphone) => truphone.orders.waitForOrder(orderId),
  ],
  TRUPHONE_NOT_FINISHED: [
    [first, get({ json: { id: orderId, status: 'ACCEPTED', output: { matchingId: secrets.matchingId } } })],
    (truphone) => truphone.orders.waitForOrder(orderId, { timeoutMs: 500 }),
  ],
  TRUPHONE_THROTTLED: [[first, times(3, get(echo(429)))], order],
  TRUPHONE_UNAVAILABLE: [[first, times(3, get(echo(500)))], order],
  TRUPHONE_UNREACHABLE: [[first, times(3, get(networkError('ECONNREFUSED')))], order],
  TRUPHONE_TIMEOUT: [[first, times(3, get(silence))], order],
  TRUPHONE_MALFORMED_ANSWER: [[first, times(3, get({ status: 200, text: `<html>${all}` }))], order],
  TRUPHONE_ANSWER_TOO_LARGE: [[first, get({ status: 200, text: all.repeat(10_000) })], order],
  TRUPHONE_TOO_MANY_PAGES: [
    [first, on('GET /v1/subscription', { json: [], headers: { 'x-next-page': `?page=${secrets.access}` } })],
    (truphone) => walk(truphone, 1),
  ],
  TRUPHONE_MALFORMED_DELIVERY: [[], async () => parseWebhookDelivery(`{"note":"${all}"}`)],
  TRUPHONE_OUTCOME_UNKNOWN: [
    [first, on('POST /v1/order', echo(502))],
    (truphone) => truphone.orders.newEsim({ ...newEsim, customer: { email: secrets.email } }, { snapshot: false }),
  ],
}

test.each(Object.entries(makers))('%s shows no secret in any form', async (code, [script, call]) => {
  const events: EngineEvent[] = []
  const tries: unknown[] = []
  const { truphone, clock, fetch } = bare(script, {
    clientSecret: new Secret(secrets.secret),
    observer: { event: (event: EngineEvent) => events.push(event) },
    log: (event: unknown) => tries.push(event),
    timeoutMs: 5_000,
  })
  const error: unknown = await clock.drive(call(truphone)).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code })
  expect(error).toBeInstanceOf(Error)
  assertNoSecrets([error, events, tries, truphone], Object.values(secrets))
  fetch.done()
})

test('every code of the table is made above, or has a test of its own', () => {
  expect(Object.keys(makers).concat('TRUPHONE_ROLE_MISSING').sort()).toEqual(Object.keys(truphoneErrorCodes).sort())
})

test('a manager and a client print nothing of their credential', async () => {
  const { truphone, clock } = bare([first, on('GET /v1/products', { json: [] })], { clientSecret: secrets.secret })
  await clock.drive(truphone.products.list())
  const tokens = new TokenManager({
    clientId: 'truphone',
    clientSecret: secrets.secret,
    environment: 'production',
  })
  assertNoSecrets([truphone, truphone.tokenSource, tokens], Object.values(secrets))
})
