import { inspect } from 'node:util'
import { memoryStore } from '@latchkey/core'
import { assertNoSecrets } from '@latchkey/testkit'
import { describe, expect, it } from 'vitest'
import { Environment, KsefClient } from '../src/index.ts'
import type { WarningEvent } from '../src/index.ts'
import { clientOn, quick, signedIn } from './support/clients.ts'
import { ksefDouble, nip, refused, replied } from './support/ksef-double.ts'

describe('a client', () => {
  it('is for production where nothing else is said', async () => {
    const ksef = ksefDouble()
    const urls: string[] = []
    const fetch: typeof globalThis.fetch = async (input, init) => (
      urls.push(new Request(input, init).url),
      ksef.fetch(input, init)
    )
    const client = new KsefClient(undefined, { fetch, clock: ksef.clock })
    expect(client.environment).toBe(Environment.PRODUCTION)
    await client.authentication.challenge()
    expect(urls).toEqual(['https://api.ksef.mf.gov.pl/v2/auth/challenge'])
  })

  it.each(Object.values(Environment))('of $name reaches no other environment', async (environment) => {
    const ksef = ksefDouble()
    const hosts = new Set<string>()
    const fetch: typeof globalThis.fetch = async (input, init) => {
      hosts.add(new URL(new Request(input, init).url).host)
      return ksef.fetch(input, init)
    }
    const client = new KsefClient(environment, { fetch, clock: ksef.clock })
    const auth = await ksef.clock.drive(client.authentication.withSignedRequest(quick))
    await ksef.clock.drive(auth.sessions.query())
    await client.authentication.refresh({ refreshToken: auth.refreshToken })
    await ksef.clock.drive(auth.tokenSource.revoke())
    expect([...hosts]).toEqual([new URL(environment.apiBaseUrl).host])
  })

  it.each([
    [{ baseUrl: 'http://example.org' }, /baseUrl/],
    [{ apiBaseUrl: 'https://api.ksef.mf.gov.pl/v2' }, /apiBaseUrl: belongs to another environment/],
    [{ timeout: 1 }, /unknown option "timeout"; did you mean "timeoutMs"/],
    [{ timeoutMs: -1 }, /timeoutMs/],
    [{ directory: '/tmp/x', store: { read: () => 0, compareAndSet: () => 0 } }, /directory/],
    [{ rateLimits: { others: {} } }, /rateLimits/],
    [{ log: 1 }, /log/],
  ])('refuses %j', (options, message) => {
    expect(() => new KsefClient(Environment.TEST, options as never)).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG', message: expect.stringMatching(message) as string }),
    )
  })

  it('refuses an environment of one’s own making', () => {
    expect(() => new KsefClient({ ...Environment.TEST })).toThrow(/environment/)
  })

  it('says after its end that it is closed, and sends nothing', async () => {
    const { ksef, client, auth } = await signedIn()
    await client.close()
    const closed = { code: 'KSEF_CLIENT_CLOSED' }
    await expect(client.authentication.challenge()).rejects.toMatchObject(closed)
    await expect(client.authentication.withSignedRequest(quick)).rejects.toMatchObject(closed)
    await expect(client.peppol.query()).rejects.toMatchObject(closed)
    await expect(auth.sessions.query()).rejects.toMatchObject(closed)
    await expect(auth.tokenSource.get()).rejects.toMatchObject({ code: 'LATCHKEY_CLOSED' })
    expect(() => client.authenticated(auth.authTokens)).toThrow(expect.objectContaining(closed))
    expect(ksef.heard).toEqual([])
  })

  it('ends one sign-in and leaves the others', async () => {
    const { ksef, client, auth } = await signedIn()
    const other = await ksef.clock.drive(client.authentication.withSignedRequest(quick))
    await auth.close()
    await expect(auth.sessions.query()).rejects.toMatchObject({ code: 'LATCHKEY_CLOSED' })
    await ksef.clock.drive(other.sessions.query())
    expect(ksef.asked()).toEqual(['GET /auth/sessions'])
  })

  it.each([
    ['KSeF checks the sign-in', Array.from({ length: 9 }, () => 100), undefined],
    ['a 429 is waited out', [], '50'],
  ])('does not wait while %s, and leaves it to others', async (_name, statuses, retryAfter) => {
    const ksef = ksefDouble()
    ksef.becomes(...statuses)
    if (retryAfter !== undefined) {
      ksef.answers('POST /auth/token/redeem', replied(429, undefined, { 'retry-after': retryAfter }))
    }
    const store = memoryStore({ clock: ksef.clock })
    const client = clientOn(ksef, { store })
    const failed = client.authentication.withSignedRequest(quick).catch((error: unknown) => error)
    await ksef.clock.advance(5_000)
    const since = ksef.clock.elapsed()
    await ksef.clock.drive(client.close())
    expect(ksef.clock.elapsed() - since).toBeLessThanOrEqual(1_000)
    expect(await failed).toMatchObject({ code: 'LATCHKEY_CLOSED' })
    if (retryAfter !== undefined) await ksef.clock.advance(Number(retryAfter) * 1_000) // It holds for everybody.
    const next = clientOn(ksef, { store, rateLimits: false }).authentication.withSignedRequest(quick)
    expect(await ksef.clock.drive(next)).toHaveProperty('accessToken')
    expect(ksef.count('POST /auth/challenge')).toBe(2)
  })

  it('tells the warnings of every answer to the log, also those of signing in', async () => {
    const ksef = ksefDouble()
    const warnings: WarningEvent[] = []
    const log = (event: { readonly type?: string }): void => {
      if (event.type === 'warning') warnings.push(event as WarningEvent)
    }
    ksef.answers('POST /auth/challenge', () =>
      replied(
        200,
        {
          challenge: '20310501-CR-226FB7B000-3ACF9BE4C0-10',
          timestampMs: ksef.clock.wall(),
          timestamp: '2031-05-01T12:00:00Z',
          clientIp: '::1',
        },
        { 'x-system-warning': '[W1]: Przerwa o 16 | [W2]: Inne' },
      ),
    )
    await clientOn(ksef, { log }).authentication.challenge()
    expect(warnings).toEqual([
      {
        type: 'warning',
        provider: 'ksef',
        status: 200,
        warnings: [
          { code: 'W1', message: 'Przerwa o 16' },
          { code: 'W2', message: 'Inne' },
        ],
      },
    ])
  })

  it('takes over the effective rate limits that it was told', async () => {
    const { ksef, auth } = await signedIn()
    const groups = [
      'onlineSession',
      'batchSession',
      'invoiceSend',
      'invoiceStatus',
      'sessionList',
      'sessionInvoiceList',
    ]
    const more = ['sessionMisc', 'invoiceMetadata', 'invoiceExport', 'invoiceExportStatus', 'invoiceDownload']
    const all = [...groups, ...more, 'collectiveIdentifier', 'other']
    const figures = { perSecond: 1, perMinute: 2, perHour: 3 }
    ksef.answers('GET /rate-limits', replied(200, Object.fromEntries(all.map((name) => [name, figures]))))
    await ksef.clock.drive(auth.limits.rateLimits())
    const before = ksef.clock.elapsed()
    await ksef.clock.drive(auth.sessions.query())
    await ksef.clock.drive(auth.sessions.query())
    expect(ksef.clock.elapsed() - before).toBeGreaterThanOrEqual(1_000)
  })
})

describe('what is secret', () => {
  it('is not shown by anything that a client gives away', async () => {
    const { ksef, client, auth } = await signedIn()
    const { accessToken, refreshToken } = auth
    const secrets = [accessToken, refreshToken]
    const shown = [auth, client, auth.authTokens, auth.tokenSource, client.authenticated(auth.authTokens)]
    for (const each of shown) {
      for (const text of [inspect(each, { depth: 10, showHidden: true }), JSON.stringify(each)]) {
        for (const secret of secrets) expect(text).not.toContain(secret)
      }
    }
    ksef.answers('GET /auth/sessions', refused(21418, accessToken))
    const error: unknown = await ksef.clock.drive(auth.sessions.query()).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'KSEF_INVALID_REQUEST' })
    assertNoSecrets(error, secrets)
  })

  it('is in no event and in no error of signing in', async () => {
    const ksef = ksefDouble()
    const events: unknown[] = []
    const ksefToken = '20310501-EC-1DCE3E3000-12ECB5B36E-45|nip-5265877635|not-a-real-ksef-token'
    const client = clientOn(ksef, {
      log: (event) => events.push(event),
      observer: { event: (event) => events.push(event) },
    })
    ksef.answers('GET /security/public-key-certificates', refused(21405, ksefToken), refused(21405, ksefToken))
    const error: unknown = await ksef.clock
      .drive(client.authentication.withToken({ ksefToken, nip }))
      .catch((reason: unknown) => reason)
    expect(error).toHaveProperty('code', 'KSEF_SIGN_IN_REFUSED')
    assertNoSecrets([error, events], [ksefToken, 'not-a-real-ksef-token'])
  })
})
