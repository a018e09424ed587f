/**
 * The traps of section 16 that the parts together must not fall into; each name says which. The others are named where
 * their part is tested.
 *
 * @see spec/truphone.md section 16
 * @module
 */
import type { Scripted } from '@latchkey/testkit'
import { describe, expect, test } from 'vitest'
import { bare, client, iccid, networkError, newEsim, on, token, tokenUrl } from './support/client.ts'

const pair = (access: string, refresh: string, more: object = {}): Scripted =>
  token(access, { refresh_token: refresh, refresh_expires_in: 1800, session_state: 's', ...more })
const spent = (description: string): Scripted => ({
  request: `POST ${tokenUrl}`,
  answer: { status: 400, json: { error: 'invalid_grant', error_description: description } },
})
const products = on('GET /v1/products', { json: [] })
const grants = (calls: readonly { readonly text: string }[]): (string | null)[] =>
  calls.map(({ text }) => new URLSearchParams(text).get('grant_type')).filter((grant) => grant !== null)

describe('tokens', () => {
  test('T1: an hour of calls is one login and refreshes from then on', async () => {
    const script = Array.from({ length: 11 }, (_, i) => [pair(`A${i + 2}`, `R${i + 2}`), products]).flat()
    const { truphone, clock, fetch } = bare([pair('A1', 'R1'), products, ...script])
    for (let i = 0; i < 12; i += 1) {
      await clock.drive(truphone.products.list())
      await clock.advance(300_000)
    }
    expect(grants(fetch.calls).filter((grant) => grant === 'client_credentials')).toHaveLength(1)
    fetch.done()
  })

  test('T2, T3: no refresh token and a refresh lifetime of 0 keep the token for its own life', async () => {
    const { truphone, clock, fetch } = bare([token('A1'), products, products, token('A2'), products])
    await clock.drive(truphone.products.list())
    await clock.advance(200_000)
    await clock.drive(truphone.products.list())
    await clock.advance(100_000)
    await clock.drive(truphone.products.list())
    expect(grants(fetch.calls)).toEqual(['client_credentials', 'client_credentials'])
    fetch.done()
  })

  test('T4, T31: after half an hour of silence the refresh token is not tried any more', async () => {
    const { truphone, clock, fetch } = bare([pair('A1', 'R1'), products, pair('A2', 'R2'), products])
    await clock.drive(truphone.products.list())
    await clock.advance(1_860_000)
    await clock.drive(truphone.products.list())
    expect(grants(fetch.calls)).toEqual(['client_credentials', 'client_credentials'])
    fetch.done()
  })

  test.each([
    'Session not active',
    'Stale token',
    'Token is not active',
    'Maximum allowed refresh token reuse exceeded',
  ])('T5, T7, T8, T9: "%s" leads to one new login', async (description) => {
    const { truphone, clock, fetch } = bare([
      pair('A1', 'R1'),
      products,
      spent(description),
      pair('A2', 'R2'),
      products,
    ])
    await clock.drive(truphone.products.list())
    await clock.advance(300_000)
    await clock.drive(truphone.products.list())
    expect(grants(fetch.calls)).toEqual(['client_credentials', 'refresh_token', 'client_credentials'])
    fetch.done()
  })

  test('T6: a login that nears its end is replaced before its tokens get short', async () => {
    const { truphone, clock, fetch } = bare([
      pair('A1', 'R1'),
      products,
      pair('A2', 'R2', { refresh_expires_in: 400 }),
      products,
      pair('A3', 'R3'),
      products,
    ])
    for (let i = 0; i < 3; i += 1) {
      await clock.drive(truphone.products.list())
      await clock.advance(300_000)
    }
    expect(grants(fetch.calls)).toEqual(['client_credentials', 'refresh_token', 'client_credentials'])
    fetch.done()
  })

  test('T9: a refresh whose answer was lost is never sent again', async () => {
    const { truphone, clock, fetch } = bare([
      pair('A1', 'R1'),
      products,
      { request: `POST ${tokenUrl}`, answer: networkError('ECONNRESET') },
      pair('A2', 'R2'),
      products,
    ])
    await clock.drive(truphone.products.list())
    await clock.advance(300_000)
    await expect(clock.drive(truphone.products.list())).rejects.toMatchObject({ retryable: true })
    await clock.advance(60_000)
    await clock.drive(truphone.products.list())
    const refreshes = fetch.calls.filter(({ text }) => text.includes('refresh_token=R1'))
    expect(refreshes).toHaveLength(1)
    fetch.done()
  })

  test('T12: one caller who leaves does not take the others’ token away', async () => {
    const stop = new AbortController()
    const reason = new Error('mine')
    const { truphone, clock, fetch } = bare([
      {
        ...token('A1'),
        answer: () => {
          stop.abort(reason)
          return Response.json({ access_token: 'A1', token_type: 'Bearer', expires_in: 300 })
        },
      },
      products,
    ])
    const leaver = truphone.products.list({}, { signal: stop.signal }).catch((thrown: unknown) => thrown)
    await clock.drive(truphone.products.list())
    expect(await leaver).toBe(reason)
    fetch.done()
  })

  test('T15: a token that lives 60 s is not renewed at each call', async () => {
    const { truphone, clock, fetch } = bare([
      token('A1', { expires_in: 60 }),
      ...Array.from({ length: 20 }, () => products),
    ])
    for (let i = 0; i < 20; i += 1) await clock.drive(truphone.products.list())
    fetch.done()
  })

  test('T25: an unknown realm is a matter of configuration, with the host and without the secret', async () => {
    const answer = { status: 404, json: { error: 'Realm does not exist' } }
    const { truphone, clock } = bare([{ request: `POST ${tokenUrl}`, answer }])
    const error: unknown = await clock.drive(truphone.products.list()).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'LATCHKEY_CREDENTIALS_DENIED', reason: 'not_found', retryable: false })
    expect(String(error)).toMatch(/token endpoint/)
  })
})

describe('API', () => {
  test('A6: an order for now has no activation date', async () => {
    const { truphone, clock, bodies } = client([on('POST /v1/order', { status: 201, json: { id: 'o' } })])
    await clock.drive(truphone.orders.newEsim(newEsim, { snapshot: false }))
    expect(JSON.stringify(bodies()[1])).not.toContain('activationDate')
  })

  test('A10: what is undefined is left out, and only null deletes', async () => {
    const { truphone, clock, bodies } = client([on('PATCH /v1/customer/c1', { text: '' })])
    await clock.drive(truphone.customer.update('c1', { firstName: undefined, lastName: null }))
    expect(bodies()[1]).toEqual({ lastName: null })
  })

  test('A19: a top-up has no matching id; the SIM has', async () => {
    const { truphone, clock } = client([
      on('GET /v1/order/o', { json: { id: 'o', status: 'COMPLETED', output: { iccid } } }),
      on(`GET /v1/sim/${iccid}`, { json: { iccid, matchingId: 'F-00AAA-FICTIV' } }),
    ])
    const { output } = await clock.drive(truphone.orders.get('o'))
    expect(output).toEqual({ iccid })
    expect((await clock.drive(truphone.sims.get(iccid))).matchingId).toBe('F-00AAA-FICTIV')
  })

  test('A20: a 401 counts by its status, however its type is spelled', async () => {
    const refused = { status: 401, json: { type: 'UNAUTHORIZED', messages: [] } }
    const { truphone, clock, fetch } = client([on('GET /v1/products', refused), token('A2-access-token'), products])
    await clock.drive(truphone.products.list())
    fetch.done()
  })
})
