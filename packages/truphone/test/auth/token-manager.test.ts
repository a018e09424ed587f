import { memoryStore } from '@latchkey/core'
import type { Scripted } from '@latchkey/testkit'
import { scriptedFetch, virtualClock } from '@latchkey/testkit'
import { describe, expect, test } from 'vitest'
import { TokenManager, TruphoneClient, truphoneTraits } from '../../src/index.ts'
import type { TokenManagerOptions } from '../../src/index.ts'
import { api, credential, logoutUrl, on, token, tokenUrl } from '../support/client.ts'

const pair = { refresh_token: 'R1-refresh', refresh_expires_in: 1800 }

function manager(script: readonly Scripted[], options: Partial<TokenManagerOptions> = {}) {
  const fetch = scriptedFetch(script)
  const clock = virtualClock()
  const tokens = new TokenManager({ ...credential, environment: 'production', fetch, clock, ...options })
  const forms = () => fetch.calls.map(({ text }) => Object.fromEntries(new URLSearchParams(text)))
  return { tokens, fetch, clock, forms }
}

describe('tokens (sections 6 and 12)', () => {
  test('the traits are those of engine.md section 18', () => {
    expect(truphoneTraits).toEqual({
      exclusive: false,
      renewal: 'rotating',
      replay: 'unknown',
      longest: 15_000,
      settle: 0,
      assumedLifetime: 300_000,
    })
  })

  test('getToken gives a string and caches it; forceRefresh gives a newer one by refresh', async () => {
    const { tokens, clock, forms, fetch } = manager([token('A1', pair), token('A2', pair)])
    expect(await clock.drive(tokens.getToken())).toBe('A1')
    expect(await clock.drive(tokens.getToken())).toBe('A1')
    expect(await clock.drive(tokens.getToken({ forceRefresh: true }))).toBe('A2')
    expect(forms()).toEqual([
      { grant_type: 'client_credentials', client_id: 'truphone', client_secret: 'not-a-real-secret-0001' },
      {
        grant_type: 'refresh_token',
        refresh_token: 'R1-refresh',
        client_id: 'truphone',
        client_secret: 'not-a-real-secret-0001',
      },
    ])
    fetch.done()
  })

  test('a pasted newline around id and secret is trimmed', async () => {
    const { tokens, clock, forms } = manager([token('A1')], { clientId: ' truphone\n', clientSecret: 'secret-x\n' })
    await clock.drive(tokens.getToken())
    expect(forms()[0]).toMatchObject({ client_id: 'truphone', client_secret: 'secret-x' })
  })

  test('basic can be chosen, and then nothing is in the form (12.8)', async () => {
    const { tokens, clock, forms, fetch } = manager([token('A1')], { clientAuthentication: 'basic' })
    await clock.drive(tokens.getToken())
    expect(forms()[0]).toEqual({ grant_type: 'client_credentials' })
    expect(fetch.calls[0]?.headers.get('authorization')).toMatch(/^Basic /)
  })

  test('a wrong secret is AUTH_INVALID_CREDENTIALS', async () => {
    const denied = { status: 401, json: { error: 'unauthorized_client', error_description: 'Invalid client' } }
    const { tokens, clock } = manager([{ request: `POST ${tokenUrl}`, answer: denied }])
    await expect(clock.drive(tokens.getToken())).rejects.toMatchObject({
      code: 'AUTH_INVALID_CREDENTIALS',
      provider: 'truphone',
      keyLabel: 'truphone',
      retryable: false,
    })
  })

  test('two managers on one store share one login; without it each has its own', async () => {
    const clock = virtualClock()
    const store = memoryStore({ clock })
    const fetch = scriptedFetch([token('A1')])
    const options = { ...credential, environment: 'production', clock, fetch, store } as const
    for (const tokens of [new TokenManager(options), new TokenManager(options)]) {
      expect(await clock.drive(tokens.getToken())).toBe('A1')
    }
    fetch.done()
  })
})

describe('section 13.8: close', () => {
  test('drops the token and sends nothing', async () => {
    const { tokens, clock, fetch } = manager([token('A1', pair)])
    await clock.drive(tokens.getToken())
    await clock.drive(tokens.close())
    await expect(tokens.getToken()).rejects.toMatchObject({ code: 'LATCHKEY_CLOSED' })
    fetch.done()
  })

  test('endLogin logs out with the refresh token and never revokes (T13)', async () => {
    const { tokens, clock, forms, fetch } = manager([
      token('A1', pair),
      { request: `POST ${logoutUrl}`, answer: { status: 204 } },
    ])
    await clock.drive(tokens.getToken())
    await clock.drive(tokens.close({ endLogin: true }))
    expect(forms()[1]).toEqual({
      refresh_token: 'R1-refresh',
      client_id: 'truphone',
      client_secret: 'not-a-real-secret-0001',
    })
    fetch.done()
  })

  test('endLogin without a login or a refresh token sends nothing', async () => {
    const none = manager([])
    await none.clock.drive(none.tokens.close({ endLogin: true }))
    const { tokens, clock, fetch } = manager([token('A1')])
    await clock.drive(tokens.getToken())
    await clock.drive(tokens.close({ endLogin: true }))
    fetch.done()
  })

  test.each([
    ['refuses', { status: 400, json: { error: 'invalid_grant' } }],
    ['fails', { status: 500, text: '<html>' }],
  ])('a server that %s the logout does not make close fail', async (_, answer) => {
    const { tokens, clock, fetch } = manager([token('A1', pair), { request: `POST ${logoutUrl}`, answer }])
    await clock.drive(tokens.getToken())
    await clock.drive(tokens.close({ endLogin: true }))
    fetch.done()
  })

  test('a silent server is waited for 2 s', async () => {
    const silent = { request: `POST ${logoutUrl}`, answer: () => new Promise<Response>(() => undefined) }
    const { tokens, clock } = manager([token('A1', pair), silent])
    await clock.drive(tokens.getToken())
    const from = clock.elapsed()
    await clock.drive(tokens.close({ endLogin: true }))
    expect(clock.elapsed() - from).toBe(2_000)
  })

  test('a client ends the login of the manager that it made, and never that of one that it was given', async () => {
    const clock = virtualClock()
    const fetch = scriptedFetch([
      token('A1', pair),
      { request: `GET ${api}/v1/products`, answer: { json: [] } },
      { request: `POST ${logoutUrl}`, answer: { status: 204 } },
    ])
    const own = new TruphoneClient({ ...credential, environment: 'production', fetch, clock })
    await clock.drive(own.products.list())
    await clock.drive(own.close({ endLogin: true }))
    fetch.done()

    const given = manager([token('A1', pair), on('GET /v1/products', { json: [] })])
    const { tokens } = given
    const client = new TruphoneClient({ tokens })
    await given.clock.drive(client.products.list())
    await client.close({ endLogin: true })
    expect(await tokens.getToken()).toBe('A1')
    given.fetch.done()
  })
})
