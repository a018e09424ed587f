/** Tokens: redeem once, refresh often, lifetimes and content: spec/ksef.md sections 2.10, 2.11. @module */
import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startSimulator, type Simulator } from '../../../src/index.ts'
import { authTokenOf, type Caller, codesOf, createCaller, slow, referenceOf, tokenIn } from '../support/caller.ts'

let simulator: Simulator
let caller: Caller
beforeAll(async () => {
  simulator = await startSimulator({ ksef: { rateLimits: false, ...slow } })
  caller = createCaller(simulator)
})
beforeEach(() => simulator.reset())
afterAll(() => simulator.close())

const redeem = (token?: string) => caller.send('POST', '/auth/token/redeem', token)
const refresh = (token?: string) => caller.send('POST', '/auth/token/refresh', token)
const call = async (token?: string) => (await caller.send('GET', '/auth/sessions', token)).status
const marginMs = 20_000

describe('redeem', () => {
  test('not before 200 (8.1 row 1), then once and never again (8.1 row 2)', async () => {
    const accepted = await caller.submit()
    const early = await redeem(authTokenOf(accepted))
    expect(codesOf(early)).toEqual([400, 21301, 'Status uwierzytelniania (100) nie pozwala na pobranie tokenów.'])
    await caller.finish(accepted)
    const reference = referenceOf(accepted)
    const again = `Tokeny dla operacji uwierzytelniania ${reference} zostały już pobrane.`
    expect(codesOf(await redeem(authTokenOf(accepted)))).toEqual([400, 21301, again])
    const { json } = await caller.send('GET', `/auth/${reference}`, authTokenOf(accepted))
    expect(json).toMatchObject({ isTokenRedeemed: true, refreshTokenValidUntil: expect.any(String) as string })
  })

  test('five at once: one gets the tokens', async () => {
    const accepted = await caller.submit()
    await caller.decide()
    const replies = await Promise.all(Array.from({ length: 5 }, () => redeem(authTokenOf(accepted))))
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400, 400])
  })

  test('what failed cannot be redeemed', async () => {
    simulator.set({ ksef: { outcome: { status: 460 } } })
    const accepted = await caller.submit()
    await caller.decide()
    const detail = 'Status uwierzytelniania (460) nie pozwala na pobranie tokenów.'
    expect(codesOf(await redeem(authTokenOf(accepted)))).toEqual([400, 21301, detail])
  })

  test('only with an authentication token', async () => {
    const { accessToken, refreshToken } = await caller.signIn()
    for (const token of [undefined, accessToken, refreshToken, 'garbage']) {
      const reply = await redeem(token)
      expect([reply.status, reply.json['detail']]).toEqual([401, 'Wymagane jest uwierzytelnienie.'])
    }
  })
})

describe('refresh', () => {
  test('as often as needed, with one refresh token, and the older access tokens live on', async () => {
    const { accessToken, refreshToken } = await caller.signIn()
    const replies = await Promise.all([refresh(refreshToken), refresh(refreshToken), refresh(refreshToken)])
    expect(replies.map(({ json }) => Object.keys(json))).toEqual([['accessToken'], ['accessToken'], ['accessToken']])
    for (const { json } of replies) expect(await call(tokenIn(json['accessToken']))).toBe(200)
    expect(await call(accessToken)).toBe(200)
    expect(simulator.state().systems.ksef).toMatchObject({ refreshes: 3, redeems: 1, signIns: 1, tokenRequests: 5 })
  })

  test('the status tells when', async () => {
    const { reference, authToken, refreshToken } = await caller.signIn()
    const read = async () => (await caller.send('GET', `/auth/${reference}`, authToken)).json['lastTokenRefreshDate']
    expect(await read()).toBeUndefined()
    await refresh(refreshToken)
    expect(await read()).toMatch(/\+00:00$/)
  })

  test('only with a refresh token', async () => {
    const { accessToken, authToken } = await caller.signIn()
    for (const token of [undefined, accessToken, authToken]) expect((await refresh(token)).status).toBe(401)
  })

  test('not of a revoked session', async () => {
    const { reference, accessToken, refreshToken } = await caller.signIn()
    await caller.send('DELETE', `/auth/sessions/${reference}`, accessToken)
    const detail = 'Status uwierzytelnienia (425) nie pozwala na odświeżenie tokenu dostępowego.'
    expect(codesOf(await refresh(refreshToken))).toEqual([400, 21301, detail])
  })

  test('not when the KSeF token behind it is revoked', async () => {
    const { accessToken, refreshToken } = await caller.signInWithToken()
    const reference = caller.credentials.ksefToken.slice(0, 36)
    expect((await caller.send('DELETE', `/tokens/${reference}`, accessToken)).status).toBe(204)
    expect(codesOf(await refresh(refreshToken))).toEqual([400, 21301, 'Token KSeF został unieważniony.'])
  })

  test('not for a person who has died meanwhile (21308)', async () => {
    const { refreshToken } = await caller.signIn()
    const { nip } = caller.credentials
    const person = { nip, pesel: '88010112345', isBailiff: false, isDeceased: true, description: 'Deceased' }
    await caller.send('POST', '/testdata/person', undefined, person)
    expect(codesOf(await refresh(refreshToken))).toEqual([400, 21308])
  })

  test('brings the permissions of the moment, and nothing when they are all gone', async () => {
    const context = { type: 'Nip', value: caller.credentials.nip }
    const fingerprint = caller.owner.certificate.fingerprint256.replaceAll(':', '')
    const rights = { contextIdentifier: context, authorizedIdentifier: { type: 'Fingerprint', value: fingerprint } }
    const grant = (permissionType: string) =>
      caller.send('POST', '/testdata/permissions', undefined, {
        ...rights,
        permissions: [{ description: 'A right', permissionType }],
      })
    await grant('InvoiceRead')
    const { accessToken, refreshToken } = await caller.signIn(caller.owner, {
      subjectIdentifierType: 'certificateFingerprint',
    })
    expect(decodeJwt(accessToken)['per']).toEqual(['InvoiceRead'])
    await grant('InvoiceWrite')
    const more = tokenIn((await refresh(refreshToken)).json['accessToken'])
    expect(decodeJwt(more)['per']).toEqual(['InvoiceRead', 'InvoiceWrite'])
    await caller.send('POST', '/testdata/permissions/revoke', undefined, rights)
    expect(codesOf(await refresh(refreshToken)).slice(0, 2)).toEqual([400, 21301])
    expect(await call(accessToken)).toBe(200)
  })
})

describe('lifetimes (2.10)', () => {
  test('access 15 minutes, refresh 7 days, authentication 45 minutes', async () => {
    const { accessToken, refreshToken, authToken } = await caller.signIn()
    const life = (token: string): number => {
      const { exp = 0, iat = 0 } = decodeJwt(token)
      return exp - iat
    }
    expect([accessToken, refreshToken, authToken].map(life)).toEqual([900, 604_800, 2700])
    const advanceTo = (token: string, ms: number): Promise<void> =>
      simulator.clock.advance((decodeJwt(token).exp ?? 0) * 1000 + ms - simulator.clock.now())
    await advanceTo(accessToken, -marginMs)
    expect(await call(accessToken)).toBe(200)
    await advanceTo(accessToken, 0)
    expect(await call(accessToken)).toBe(401)
    await advanceTo(authToken, 0)
    expect((await redeem(authToken)).status).toBe(401)
    await advanceTo(refreshToken, -marginMs)
    expect((await refresh(refreshToken)).status).toBe(200)
    await advanceTo(refreshToken, 0)
    expect((await refresh(refreshToken)).status).toBe(401)
  })

  test('validUntil says the same as the token, and switches change it', async () => {
    simulator.set({ ksef: { accessTokenSeconds: 60 } })
    const { json } = await refresh((await caller.signIn()).refreshToken)
    const { token, validUntil } = json['accessToken'] as { token: string; validUntil: string } // As documented.
    expect(Date.parse(validUntil)).toBe((decodeJwt(token).exp ?? 0) * 1000)
    expect(Date.parse(validUntil) - simulator.clock.now()).toBeLessThanOrEqual(60_000)
  })
})

describe('what is in them (2.11)', () => {
  test('three kinds with their claims', async () => {
    const { reference, authToken, accessToken, refreshToken } = await caller.signIn()
    const { nip } = caller.credentials
    const common = {
      arn: reference,
      iss: 'ksef-api-te',
      aud: 'ksef-api-te',
      exp: expect.any(Number) as number,
      iat: expect.any(Number) as number,
    }
    expect(decodeProtectedHeader(accessToken)).toEqual({ alg: 'HS256', typ: 'JWT' })
    expect(decodeJwt(authToken)).toEqual({ typ: 'AuthenticationToken', ...common })
    expect(decodeJwt(refreshToken)).toEqual({ typ: 'RefreshToken', ...common })
    expect(decodeJwt(accessToken)).toEqual({
      typ: 'ContextToken',
      ...common,
      ...{ cit: 'Nip', civ: nip, aum: 'QualifiedSeal', ipp: null, per: ['Owner'], pec: [], rol: [], pep: [], iop: [] },
      sud: JSON.stringify({ subjectIdentifier: { type: 'Nip', value: nip } }),
    })
  })

  test('a token of a KSeF token names its own permissions', async () => {
    const { accessToken } = await caller.signInWithToken()
    expect(decodeJwt(accessToken)).toMatchObject({
      aum: 'Token',
      per: expect.arrayContaining(['InvoiceRead']) as string[],
    })
  })
})

describe('tokens of the wrong kind, and forged ones', () => {
  test('an authentication token in place of an access token is 403 (1.7, 8.1 row 4), a refresh token too', async () => {
    const { authToken, refreshToken } = await caller.signIn()
    expect([await call(authToken), await call(refreshToken)]).toEqual([403, 403])
  })

  test('none, another scheme, no JWT, one with another key, without a signature, and of another kind', async () => {
    const { accessToken } = await caller.signIn()
    const claims = decodeJwt(accessToken)
    const forged = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).sign(Buffer.alloc(64, 1))
    const [header = '', body = '', signature = ''] = accessToken.split('.')
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${body}.`
    const other = Buffer.from(JSON.stringify({ ...claims, typ: 'RefreshToken' })).toString('base64url')
    const tokens = [undefined, 'x', forged, none, `${header}.${other}.${signature}`]
    for (const token of tokens) expect(await call(token)).toBe(401)
    const basic = await caller.send('GET', '/auth/sessions', undefined, undefined, { authorization: 'Basic eDp5' })
    expect(basic.status).toBe(401)
  })

  test('invalidateTokens ends the access tokens of before, and nothing else', async () => {
    const { accessToken, refreshToken } = await caller.signIn()
    expect(simulator.invalidateTokens('ksef')).toBe(1)
    expect(await call(accessToken)).toBe(401)
    const next = tokenIn((await refresh(refreshToken)).json['accessToken'])
    expect(await call(next)).toBe(200)
  })
})
