import { Secret } from '@latchkey/core'
import type { GrantRun } from '@latchkey/core'
import { virtualClock } from '@latchkey/testkit'
import { describe, expect, test } from 'vitest'
import { oauth2Grant } from '../src/index.ts'
import type { OAuth2GrantOptions } from '../src/index.ts'
import { client, issues, says, scripted, tokenUrl } from './support/source.ts'

const refreshing = { refresh_token: 'R1', refresh_expires_in: 1800 }

describe('requests', () => {
  test('the first token is asked for with id and secret in the form (RFC 6749 section 4.4)', async () => {
    const { source, fetch, clock, forms } = scripted([issues('A1')])
    expect((await clock.drive(source.get())).header()).toBe('Bearer A1')
    expect(forms()).toEqual([
      { grant_type: 'client_credentials', client_id: 'demo', client_secret: 'not-a-real-secret-0001' },
    ])
    expect(fetch.calls[0]?.headers.get('authorization')).toBeNull()
    expect(fetch.calls[0]?.headers.get('content-type')).toContain('application/x-www-form-urlencoded')
    expect(fetch.calls[0]?.headers.get('user-agent')).toMatch(/^Latchkey/)
    expect(fetch.calls[0]?.redirect).toBe('manual')
    fetch.done()
  })

  test('odd characters of a secret survive the form (T17)', async () => {
    const { source, clock, forms } = scripted([issues('A1')], { clientSecret: 'n0t+a/real%secret&=:5' })
    await clock.drive(source.get())
    expect(forms()[0]).toMatchObject({ client_secret: 'n0t+a/real%secret&=:5' })
  })

  test('basic encodes both halves as forms do, and leaves hyphens alone (T16)', async () => {
    const options: Partial<OAuth2GrantOptions> = {
      clientAuthentication: 'basic',
      clientSecret: new Secret('a-b+c:d%e f'),
    }
    const { source, fetch, clock, forms } = scripted([issues('A1')], options)
    await clock.drive(source.get())
    const header = fetch.calls[0]?.headers.get('authorization') ?? ''
    expect(Buffer.from(header.replace(/^Basic /, ''), 'base64').toString()).toBe('demo:a-b%2Bc%3Ad%25e+f')
    expect(forms()).toEqual([{ grant_type: 'client_credentials' }])
  })

  test('scopes, audience and parameters are sent when a token is obtained', async () => {
    const { source, fetch, clock } = scripted([issues('A1', { scope: 'b a' })], {
      scopes: ['a', 'b'],
      audience: ['https://one.example.com', 'https://two.example.com'],
      parameters: { resource: 'urn:x' },
    })
    const token = await clock.drive(source.get())
    const form = new URLSearchParams(fetch.calls[0]?.text)
    expect(form.get('scope')).toBe('a b')
    expect(form.getAll('audience')).toEqual(['https://one.example.com', 'https://two.example.com'])
    expect(form.get('resource')).toBe('urn:x')
    expect(token.scopes).toEqual(['b', 'a'])
  })

  test('a refresh token in hand is spent instead of the secret alone (RFC 6749 section 6)', async () => {
    const { source, fetch, clock, forms } = scripted([
      issues('A1', refreshing),
      issues('A2', { refresh_token: 'R2', refresh_expires_in: 1800 }),
      issues('A3'),
      issues('A4'),
    ])
    for (const name of ['A1', 'A2', 'A3', 'A4']) {
      expect((await clock.drive(source.get())).reveal()).toBe(name)
      await clock.advance(300_000)
    }
    expect(forms().map((form) => [form['grant_type'], form['refresh_token'], form['client_secret']])).toEqual([
      ['client_credentials', undefined, client.clientSecret],
      ['refresh_token', 'R1', client.clientSecret],
      ['refresh_token', 'R2', client.clientSecret],
      ['refresh_token', 'R2', client.clientSecret], // No new one came, so the old one is kept.
    ])
    fetch.done()
  })

  test("renewal 'none' drops refresh tokens and logs in again", async () => {
    const { source, clock, forms } = scripted([issues('A1', refreshing), issues('A2', refreshing)], {
      traits: { renewal: 'none' },
    })
    await clock.drive(source.get())
    await clock.advance(300_000)
    await clock.drive(source.get())
    expect(forms().map((form) => form['grant_type'])).toEqual(['client_credentials', 'client_credentials'])
  })
})

describe('refresh tokens that do not help', () => {
  test('invalid_grant falls back to one new login (T4)', async () => {
    const { source, fetch, clock, forms } = scripted([
      issues('A1', refreshing),
      says({ status: 400, json: { error: 'invalid_grant', error_description: 'Session not active' } }),
      issues('A2'),
    ])
    await clock.drive(source.get())
    await clock.advance(300_000)
    expect((await clock.drive(source.get())).reveal()).toBe('A2')
    expect(forms().map((form) => form['grant_type'])).toEqual([
      'client_credentials',
      'refresh_token',
      'client_credentials',
    ])
    fetch.done()
  })

  test('invalid_grant on the new login is final: there is no way back to the refresh token', async () => {
    const refused = says({ status: 400, json: { error: 'invalid_grant' } })
    const { source, fetch, clock } = scripted([issues('A1', refreshing), refused, refused])
    await clock.drive(source.get())
    await clock.advance(300_000)
    await expect(clock.drive(source.get())).rejects.toMatchObject({ providerCode: 'invalid_grant', retryable: false })
    fetch.done()
  })

  test.each([
    ['a broken connection', Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNRESET' } })],
    ['HTTP 502', { status: 502, text: '<html>bad gateway</html>' }],
  ])('%s after a refresh was sent taints it: it is never sent again (T9)', async (_, answer) => {
    const { source, fetch, clock, forms, events } = scripted([
      issues('A1', refreshing),
      { request: `POST ${tokenUrl}`, answer },
      issues('A2'),
    ])
    await clock.drive(source.get())
    await clock.advance(300_000)
    await expect(clock.drive(source.get())).rejects.toMatchObject({ retryable: true })
    expect((await clock.drive(source.get({ patience: 60_000 }))).reveal()).toBe('A2')
    expect(forms().map((form) => form['grant_type'])).toEqual([
      'client_credentials',
      'refresh_token',
      'client_credentials',
    ])
    expect(events.some(({ type }) => type === 'latchkey.renewal.tainted')).toBe(true)
    fetch.done()
  })

  test('a refresh lifetime of 0 beside a token means unlimited, without one means none (T3)', async () => {
    const { source, clock, forms } = scripted([
      issues('A1', { refresh_token: 'R1', refresh_expires_in: 0 }),
      issues('A2', { refresh_expires_in: 0 }),
    ])
    await clock.drive(source.get())
    await clock.advance(3_000_000)
    await clock.drive(source.get())
    expect(forms()[1]).toMatchObject({ grant_type: 'refresh_token', refresh_token: 'R1' })

    const none = scripted([issues('A1', { refresh_expires_in: 0 }), issues('A2')])
    await none.clock.drive(none.source.get())
    await none.clock.advance(300_000)
    await none.clock.drive(none.source.get())
    expect(none.forms()[1]).toMatchObject({ grant_type: 'client_credentials' })
  })

  test('a refresh token that is known to be over is not sent', async () => {
    const { source, clock, forms } = scripted([issues('A1', refreshing), issues('A2')])
    await clock.drive(source.get())
    await clock.advance(1_801_000)
    await clock.drive(source.get())
    expect(forms()[1]).toMatchObject({ grant_type: 'client_credentials' })
  })
})

describe('shrinking lifetimes (12.7)', () => {
  const pair = (access: string, expires: number, refresh: number) =>
    issues(access, { expires_in: expires, refresh_token: `R${access}`, refresh_expires_in: refresh })

  test('a refresh lifetime below the largest and below twice the access token makes the next renewal a login', async () => {
    const { source, clock, forms } = scripted([pair('1', 300, 1800), pair('2', 300, 500), pair('3', 300, 1800)], {
      shrinkingLifetimes: true,
    })
    for (let i = 0; i < 3; i += 1) {
      await clock.drive(source.get())
      await clock.advance(300_000)
    }
    expect(forms().map((form) => form['grant_type'])).toEqual([
      'client_credentials',
      'refresh_token',
      'client_credentials',
    ])
  })

  test('an access lifetime below half of the largest does so, too', async () => {
    const { source, clock, forms } = scripted([pair('1', 300, 1800), pair('2', 120, 1700), pair('3', 300, 1800)], {
      shrinkingLifetimes: true,
    })
    await clock.drive(source.get())
    await clock.advance(300_000)
    await clock.drive(source.get())
    await clock.advance(120_000)
    await clock.drive(source.get())
    expect(forms()[2]).toMatchObject({ grant_type: 'client_credentials' })
  })

  test('short lifetimes that do not shrink stay on the refresh path', async () => {
    const { source, clock, forms } = scripted([pair('1', 300, 400), pair('2', 300, 400), pair('3', 300, 400)], {
      shrinkingLifetimes: true,
    })
    for (let i = 0; i < 3; i += 1) {
      await clock.drive(source.get())
      await clock.advance(300_000)
    }
    expect(forms().map((form) => form['grant_type'])).toEqual(['client_credentials', 'refresh_token', 'refresh_token'])
  })

  test('a new login after them is measured by its own lifetimes', async () => {
    const run = runOf([
      { access_token: 'A1', expires_in: 300, refresh_token: 'R1', refresh_expires_in: 1800 },
      { access_token: 'A2', expires_in: 60, refresh_token: 'R2', refresh_expires_in: 600 }, // Lowered by an administrator.
      { access_token: 'A3', expires_in: 60, refresh_token: 'R3', refresh_expires_in: 600 },
    ])
    const grant = oauth2Grant({ tokenUrl, ...client, shrinkingLifetimes: true })
    await grant.obtain(run)
    await grant.obtain(run)
    const renewed = await grant.renew?.({ refresh: new Secret('R2'), access: new Secret('A2') }, run)
    expect(renewed?.next).toBeUndefined()
  })

  test('without the option nothing is watched', async () => {
    const { source, clock, forms } = scripted([pair('1', 300, 1800), pair('2', 100, 100), pair('3', 300, 1800)])
    await clock.drive(source.get())
    await clock.advance(300_000)
    await clock.drive(source.get())
    await clock.advance(90_000)
    await clock.drive(source.get({ minRemaining: 20_000 }))
    expect(forms()[2]).toMatchObject({ grant_type: 'refresh_token' })
  })
})

function runOf(bodies: readonly object[]): GrantRun {
  const left = [...bodies]
  return {
    signal: new AbortController().signal,
    clock: virtualClock(),
    send: () =>
      Promise.resolve({ status: 200, headers: new Headers(), text: JSON.stringify(left.shift()), now: Date.now() }),
    extend: () => Promise.resolve(),
  }
}

describe('options', () => {
  test.each<readonly [string, object]>([
    ['did you mean "clientId"', { clientID: 'x' }],
    ['tokenUrl', { tokenUrl: 'http://login.example.com/token' }],
    ['tokenUrl', { tokenUrl: 'nonsense' }],
    ['clientId', { clientId: '' }],
    ['clientSecret', { clientSecret: 7 }],
    ['clientAuthentication', { clientAuthentication: 'jwt' }],
    ['scopes', { scopes: ['a b'] }],
    ['audience', { audience: 'x' }],
    ['parameters', { parameters: { client_secret: 'private-word' } }],
    ['parameters', { parameters: { x: 1 } }],
    ['ending', { ending: {} }],
    ['ending', { ending: { revocationUrl: 'https://a.example', logoutUrl: 'https://a.example' } }],
    ['logoutUrl', { ending: { logoutUrl: 'http://a.example' } }],
    ['renewal', { traits: { renewal: 'sometimes' } }],
    ['replay', { traits: { replay: 'never' } }],
    ['longest', { traits: { longest: 0 } }],
    ['unknown option', { traits: { longst: 5 } }],
  ])('%s: %o is refused, and no value is shown', (named, options) => {
    const attempt = () => oauth2Grant({ tokenUrl, ...client, ...options })
    expect(attempt).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG' }))
    expect(attempt).toThrow(named)
    expect(attempt).not.toThrow(/private-word|not-a-real/)
  })

  test('the default traits are the cautious ones, and one can be replaced alone', () => {
    expect(oauth2Grant({ tokenUrl, ...client }).traits).toEqual({
      exclusive: false,
      renewal: 'rotating',
      replay: 'unknown',
      longest: 15_000,
      assumedLifetime: 300_000,
    })
    const { traits } = oauth2Grant({ tokenUrl, ...client, traits: { exclusive: true, renewal: undefined } as object })
    expect(traits).toMatchObject({ exclusive: true, renewal: 'rotating' })
  })
})
