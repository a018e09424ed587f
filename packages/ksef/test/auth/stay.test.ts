import { describe, expect, it } from 'vitest'
import { clientOn, quick, signedIn } from '../support/clients.ts'
import { base, ksefDouble, networkError, nip, refused, replied, unauthorized } from '../support/ksef-double.ts'

describe('staying in (2.10)', () => {
  it('makes one refresh for 100 callers at expiry', async () => {
    const { ksef, auth } = await signedIn()
    await ksef.clock.advance(899_000)
    const sources = await ksef.clock.drive(Promise.all(Array.from({ length: 100 }, () => auth.tokenSource.get())))
    expect(new Set(sources.map((token) => token.reveal())).size).toBe(1)
    expect(ksef.asked()).toEqual(['POST /auth/token/refresh'])
  })

  it('sends 100 requests at expiry with one refresh', async () => {
    const { ksef, auth } = await signedIn({ rateLimits: false })
    await ksef.clock.advance(900_000)
    await ksef.clock.drive(Promise.all(Array.from({ length: 100 }, () => auth.sessions.query())))
    expect(ksef.count('POST /auth/token/refresh')).toBe(1)
    expect(ksef.count('GET /auth/sessions')).toBe(100)
  })

  it('refreshes with the refresh token, which stays the same, without a body', async () => {
    const { ksef, auth } = await signedIn()
    const { accessToken, refreshToken } = auth
    for (let round = 0; round < 3; round += 1) {
      await ksef.clock.advance(900_000)
      await ksef.clock.drive(auth.sessions.query())
    }
    const refreshes = ksef.heard.filter(({ asked }) => asked === 'POST /auth/token/refresh')
    expect(refreshes.map(({ headers, text }) => [headers.get('authorization'), text])).toEqual(
      [1, 2, 3].map(() => [`Bearer ${refreshToken}`, '']),
    )
    expect(auth.refreshToken).toBe(refreshToken)
    expect(auth.accessToken).not.toBe(accessToken)
  })

  it('refreshes once and repeats once after a 401 with a token that should live', async () => {
    const { ksef, auth } = await signedIn()
    ksef.revoke()
    await ksef.clock.drive(auth.sessions.query())
    expect(ksef.asked()).toEqual(['GET /auth/sessions', 'POST /auth/token/refresh', 'GET /auth/sessions'])
  })

  it('gives up where the newer token is refused, too', async () => {
    const { ksef, auth } = await signedIn()
    ksef.answers(
      'GET /auth/sessions',
      () => unauthorized(),
      () => unauthorized(),
    )
    await expect(ksef.clock.drive(auth.sessions.query())).rejects.toMatchObject({ code: 'KSEF_TOKEN_REJECTED' })
    expect(ksef.count('GET /auth/sessions')).toBe(2)
    expect(ksef.count('POST /auth/token/refresh')).toBe(1)
  })

  it('never takes a 403 for a refused token', async () => {
    const { ksef, auth } = await signedIn()
    ksef.answers('GET /auth/sessions', replied(403, { status: 403, reasonCode: 'missing-permissions' }))
    await expect(ksef.clock.drive(auth.sessions.query())).rejects.toMatchObject({ code: 'KSEF_ACCESS_DENIED' })
    expect(ksef.asked()).toEqual(['GET /auth/sessions'])
  })

  it.each([
    ['of a revoked session (21301)', () => refused(21301, 'Status uwierzytelnienia (425) nie pozwala.')],
    ['of a revoked KSeF token (21301)', () => refused(21301, 'Token KSeF został unieważniony.')],
    ['that is unknown (21304)', () => refused(21304)],
    ['of a deceased person (21308)', () => refused(21308)],
    ['that is refused as such (401)', () => unauthorized()],
    ['of a sign-in that KSeF forgot (410)', () => replied(410, { status: 410 })],
  ])('signs in anew, once, where the refresh token is one %s', async (_name, reply) => {
    const { ksef, auth } = await signedIn()
    ksef.answers('POST /auth/token/refresh', reply)
    await ksef.clock.advance(900_000)
    await ksef.clock.drive(auth.sessions.query())
    expect(ksef.count('POST /auth/token/refresh')).toBe(1)
    expect(ksef.count('POST /auth/challenge')).toBe(1)
    expect(ksef.count('GET /auth/sessions')).toBe(1)
  })

  it('signs in anew when the refresh token has run out, without sending it', async () => {
    const { ksef, auth } = await signedIn()
    await ksef.clock.advance(604_800_000)
    await ksef.clock.drive(auth.sessions.query())
    expect(ksef.count('POST /auth/token/refresh')).toBe(0)
    expect(ksef.count('POST /auth/challenge')).toBe(1)
  })

  it('tries the refresh again after trouble, since the refresh token is not used up', async () => {
    const { ksef, auth } = await signedIn()
    ksef.answers('POST /auth/token/refresh', networkError('ECONNRESET'))
    await ksef.clock.advance(900_000)
    await expect(ksef.clock.drive(auth.sessions.query())).rejects.toMatchObject({ retryable: true })
    await ksef.clock.advance(60_000)
    await ksef.clock.drive(auth.sessions.query())
    expect(ksef.count('POST /auth/token/refresh')).toBe(2)
    expect(ksef.count('POST /auth/challenge')).toBe(0)
  })

  it.each([3_600_000, -3_600_000])('reads validUntil by KSeF’s clock, which is %i ms ahead of ours', async (ahead) => {
    const ksef = ksefDouble()
    ksef.ahead = ahead
    const { auth } = await signedIn({}, ksef)
    const end = auth.authTokens.accessToken.validUntil.getTime()
    expect(Math.abs(end - ksef.ends.access)).toBeLessThanOrEqual(1_000) // A `Date` header has whole seconds.
    await ksef.clock.advance(850_000)
    await ksef.clock.drive(auth.sessions.query())
    await ksef.clock.advance(60_000)
    await ksef.clock.drive(auth.sessions.query())
    expect(ksef.count('POST /auth/token/refresh')).toBe(1)
  })
})

describe('a lifetime that KSeF does not say readably (engine.md 18)', () => {
  const jwt = (claims: object): string => `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`
  it.each([
    ['is the token’s own', jwt({ iat: 1_000, typ: 'ContextToken', exp: 1_600 }), 600_000],
    ['is 900 s otherwise', 'access-opaque', 900_000],
  ])('%s', async (_name, token, expected) => {
    const ksef = ksefDouble()
    const refreshToken = { token: 'refresh-x', validUntil: '2031-05-08T12:00:00Z' }
    ksef.answers('POST /auth/token/redeem', replied(200, { accessToken: { token, validUntil: 'soon' }, refreshToken }))
    const { auth } = await signedIn({}, ksef)
    expect((await auth.tokenSource.get()).lifetime).toBe(expected)
  })
})

describe('leaving (2.12)', () => {
  it('ends the session with the refresh token, and says until when the access token lives on', async () => {
    const { ksef, auth } = await signedIn()
    const { refreshToken } = auth
    const report = await ksef.clock.drive(auth.tokenSource.revoke())
    expect(ksef.asked()).toEqual(['DELETE /auth/sessions/current'])
    expect(ksef.heard[0]?.headers.get('authorization')).toBe(`Bearer ${refreshToken}`)
    expect(report.refresh).toEqual({ fate: 'revoked' })
    expect(report.access).toMatchObject({ fate: 'remains' })
    expect(Math.abs((report.access as { until: number }).until - ksef.ends.access)).toBeLessThanOrEqual(1_000)
  })

  it('forgets the tokens of the session that it ended, so that nobody sends a dead refresh token', async () => {
    const { ksef, auth } = await signedIn()
    await ksef.clock.drive(auth.sessions.terminateCurrent())
    expect(ksef.asked()).toEqual(['DELETE /auth/sessions/current'])
    await ksef.clock.drive(auth.sessions.query())
    expect(ksef.count('POST /auth/token/refresh')).toBe(0)
    expect(ksef.count('POST /auth/challenge')).toBe(1)
  })

  it('keeps them where ending failed', async () => {
    const { ksef, auth } = await signedIn()
    ksef.answers('DELETE /auth/sessions/current', replied(403, { status: 403, reasonCode: 'ip-not-allowed' }))
    await expect(ksef.clock.drive(auth.sessions.terminateCurrent())).rejects.toMatchObject({ reason: 'ip-not-allowed' })
    await ksef.clock.drive(auth.sessions.query())
    expect(ksef.count('POST /auth/challenge')).toBe(0)
  })
})

describe('tokens in the caller’s hands', () => {
  it('refreshes by hand', async () => {
    const { ksef, client, auth } = await signedIn()
    const { accessToken } = await client.authentication.refresh({ refreshToken: auth.refreshToken })
    expect(accessToken.token).toMatch(/^access-/)
    expect(accessToken.validUntil).toEqual(new Date(ksef.clock.wall() + 900_000))
    expect(ksef.heard[0]?.headers.get('authorization')).toBe(`Bearer ${auth.refreshToken}`)
  })

  it('says that a refresh token is dead', async () => {
    const { ksef, client } = await signedIn()
    await expect(ksef.clock.drive(client.authentication.refresh({ refreshToken: 'dead' }))).rejects.toMatchObject({
      code: 'KSEF_REJECTED',
      providerCode: '21301',
    })
    ksef.answers('POST /auth/token/refresh', () => unauthorized())
    await expect(ksef.clock.drive(client.authentication.refresh({ refreshToken: 'dead' }))).rejects.toMatchObject({
      code: 'KSEF_TOKEN_REJECTED',
    })
    expect(ksef.count('POST /auth/token/refresh')).toBe(2)
  })

  it('takes tokens back, refreshes them, and never signs in', async () => {
    const { ksef, client, auth } = await signedIn()
    const kept = client.authenticated(auth.authTokens, { nip })
    expect(kept.accessToken).toBe(auth.accessToken)
    expect(kept.contextIdentifier).toEqual({ type: 'Nip', value: nip })
    expect(ksef.heard).toEqual([])
    await ksef.clock.drive(kept.sessions.query())
    await ksef.clock.advance(900_000)
    await ksef.clock.drive(kept.sessions.query())
    expect(ksef.asked()).toEqual(['GET /auth/sessions', 'POST /auth/token/refresh', 'GET /auth/sessions'])
    expect(kept.accessToken).not.toBe(auth.accessToken)
    await ksef.clock.advance(604_800_000)
    await expect(ksef.clock.drive(kept.sessions.query())).rejects.toMatchObject({
      code: 'LATCHKEY_REAUTHORIZATION_REQUIRED',
    })
    expect(ksef.count('POST /auth/challenge')).toBe(0)
  })

  it('takes tokens as plain texts, of which the access token may have ended', async () => {
    const { ksef, client, auth } = await signedIn()
    const kept = client.authenticated({
      accessToken: { token: 'access-old', validUntil: '2031-05-01T11:00:00.0000000+00:00' },
      refreshToken: { token: auth.refreshToken, validUntil: '2031-05-08T12:00:00Z' },
    })
    await ksef.clock.drive(kept.sessions.query())
    expect(ksef.asked()).toEqual(['POST /auth/token/refresh', 'GET /auth/sessions'])
    expect(kept.contextIdentifier).toBeUndefined()
  })

  it.each([
    [{ accessToken: { token: '', validUntil: new Date() } }, /accessToken\.token/],
    [{ accessToken: { token: 'x', validUntil: '2031-05-01T11:00:00' } }, /accessToken\.validUntil/],
    [{ accessToken: { token: 'x', validUntil: new Date(NaN) } }, /accessToken\.validUntil/],
    [{ accessToken: { token: 'x', validUntil: new Date() }, refreshToken: undefined }, /refreshToken/],
    [{ acessToken: {} }, /unknown option "acessToken"/],
  ])('refuses %j', async (tokens, message) => {
    const { client } = await signedIn()
    expect(() => client.authenticated(tokens as never)).toThrow(message)
  })
})

it('gives the token away for requests of one’s own', async () => {
  const { ksef, auth } = await signedIn()
  const token = await auth.tokenSource.get()
  await ksef.fetch(`${base}/auth/sessions`, { headers: { authorization: token.header() } })
  expect(ksef.heard[0]?.headers.get('authorization')).toBe(`Bearer ${auth.accessToken}`)
})

it('ends the wait of a caller who has enough', async () => {
  const ksef = ksefDouble()
  const enough = new AbortController()
  ksef.becomes(...Array.from({ length: 50 }, () => 100))
  const work = clientOn(ksef).authentication.withSignedRequest({ ...quick, signal: enough.signal })
  await ksef.clock.advance(5_000)
  enough.abort(new Error('enough'))
  await expect(work).rejects.toThrow('enough')
})
