import { constants, privateDecrypt } from 'node:crypto'
import { memoryStore } from '@latchkey/core'
import { beforeAll, describe, expect, it } from 'vitest'
import { Environment, generatePesel, KsefClient, localSigner, signXades } from '../../src/index.ts'
import type { AuthenticatedClient } from '../../src/index.ts'
import { temporaryFolder } from '../certificates/support.ts'
import { clientOn, seal } from '../support/clients.ts'
import { bodyOf, ksefDouble, nip, refused, replied } from '../support/ksef-double.ts'
import type { KsefDouble } from '../support/ksef-double.ts'
import { foreignCertificate, publishedKey, tokenKey } from '../support/keys.ts'

const whole = ['POST /auth/challenge', 'POST /auth/xades-signature', 'GET /auth/{ref}', 'POST /auth/token/redeem']
const ksefToken = '20310501-EC-1DCE3E3000-12ECB5B36E-45|nip-5265877635|not-a-real-ksef-token'

const xml = (ksef: KsefDouble, index = 0): string =>
  ksef.heard.filter(({ asked }) => asked === 'POST /auth/xades-signature')[index]?.text ?? ''

// The libraries are loaded on first use, which takes real time.
beforeAll(async () => {
  await signXades('<x/>', localSigner(await seal()))
}, 60_000)

describe('signing in with a certificate (2.1, 2.2, 2.6)', () => {
  it('asks for a challenge, submits, polls and redeems, in this order and once each', async () => {
    const ksef = ksefDouble()
    const client = clientOn(ksef)
    const auth = await ksef.clock.drive(client.authentication.withTestCertificate({ nip, algorithm: 'ec' }))
    expect(ksef.asked()).toEqual(whole)
    const { accessToken, refreshToken } = auth.authTokens
    expect([accessToken.token, refreshToken.token]).toEqual([auth.accessToken, auth.refreshToken])
    expect(auth.accessToken).toMatch(/^access-/)
    expect(auth.refreshToken).toMatch(/^refresh-/)
    expect(Math.abs(accessToken.validUntil.getTime() - ksef.ends.access)).toBeLessThanOrEqual(1_000)
    expect(Math.abs(refreshToken.validUntil.getTime() - ksef.ends.refresh)).toBeLessThanOrEqual(1_000)
    expect(auth.contextIdentifier).toEqual({ type: 'Nip', value: nip })
    expect(auth.environment).toBe(Environment.TEST)
  })

  it('sends the signed bytes as application/xml, problem details wanted, without and with its own tokens', async () => {
    const ksef = ksefDouble()
    await ksef.clock.drive(clientOn(ksef).authentication.withXades({ nip, ...(await seal()) }))
    expect(ksef.heard.map(({ headers }) => headers.get('x-error-format'))).toEqual(whole.map(() => 'problem-details'))
    expect(ksef.heard.map(({ headers }) => headers.get('authorization')?.slice(0, 12))).toEqual([
      undefined,
      undefined,
      'Bearer auth-',
      'Bearer auth-',
    ])
    expect(ksef.heard[1]?.headers.get('content-type')).toBe('application/xml')
    expect(ksef.heard[1]?.query).toBe('')
    expect(xml(ksef)).toContain(`<ContextIdentifier><Nip>${nip}</Nip></ContextIdentifier>`)
    expect(xml(ksef)).toContain('<SubjectIdentifierType>certificateSubject</SubjectIdentifierType>')
    expect(xml(ksef)).toContain('</ds:Signature></AuthTokenRequest>')
  })

  it.each([
    ['a PESEL in the context of a NIP', { pesel: generatePesel(), nip }, `<Nip>${nip}</Nip>`],
    [
      'a seal in another context',
      { nip, contextIdentifier: { type: 'InternalId', value: `${nip}-12345` } as const },
      `<InternalId>${nip}-12345</InternalId>`,
    ],
    ['a policy', { nip, authorizationPolicy: { allowedIps: { ip4Addresses: ['192.0.2.1'] } } }, '192.0.2.1'],
  ])('writes %s into the request', async (_name, options, expected) => {
    const ksef = ksefDouble()
    await ksef.clock.drive(clientOn(ksef).authentication.withTestCertificate({ ...options, algorithm: 'ec' }))
    expect(xml(ksef)).toContain(expected)
  })

  it('asks for the check of the chain where told so', async () => {
    const ksef = ksefDouble()
    await ksef.clock.drive(clientOn(ksef).authentication.withXades({ nip, ...(await seal()), verifyChain: true }))
    expect(ksef.heard[1]?.query).toBe('?verifyCertificateChain=true')
  })

  it('has a signer outside sign', async () => {
    const ksef = ksefDouble()
    const local = localSigner(await seal())
    let inputs = 0
    const signer = { certificate: local.certificate, sign: (input: Uint8Array) => ((inputs += 1), local.sign(input)) }
    await ksef.clock.drive(clientOn(ksef).authentication.withXades({ nip, signer }))
    expect(inputs).toBe(1)
  })
})

describe('a request that is signed elsewhere', () => {
  it('hands the unsigned request to the function, for each sign-in anew', async () => {
    const ksef = ksefDouble()
    const shown: string[] = []
    const sign = async (unsigned: string) => (shown.push(unsigned), Promise.resolve(`<signed>${shown.length}</signed>`))
    const auth = await ksef.clock.drive(clientOn(ksef).authentication.withSignedRequest({ nip, sign }))
    expect(xml(ksef)).toBe('<signed>1</signed>')
    expect(shown[0]).toContain('<Challenge>20310501-CR-')
    ksef.revoke('refresh')
    await ksef.clock.drive(auth.sessions.query())
    expect(xml(ksef, 1)).toBe('<signed>2</signed>')
    expect(shown[1]).not.toBe(shown[0])
  })

  it('submits a document that is ready once, and says so when the sign-in has ended', async () => {
    const ksef = ksefDouble()
    const client = clientOn(ksef)
    const { challenge } = await client.authentication.challenge()
    const signedXml = `<ready>${challenge}</ready>`
    const auth = await ksef.clock.drive(client.authentication.withSignedRequest({ nip, signedXml }))
    expect(xml(ksef)).toBe(signedXml)
    ksef.revoke('refresh')
    await expect(ksef.clock.drive(auth.sessions.query())).rejects.toMatchObject({
      code: 'LATCHKEY_REAUTHORIZATION_REQUIRED',
    })
    expect(ksef.count('POST /auth/xades-signature')).toBe(1)
  })

  it('gives up a signature that takes longer than a challenge lives', async () => {
    const ksef = ksefDouble()
    const sign = () => new Promise<string>(() => undefined)
    const work = clientOn(ksef).authentication.withSignedRequest({ nip, sign })
    await expect(ksef.clock.drive(work)).rejects.toMatchObject({ code: 'KSEF_CHALLENGE_REFUSED' })
    expect(ksef.count('POST /auth/xades-signature')).toBe(0)
  })

  it('tells that the signer failed, without what it said', async () => {
    const ksef = ksefDouble()
    const sign = () => Promise.reject(new Error('PIN 1234 is wrong'))
    const error = await ksef.clock
      .drive(clientOn(ksef).authentication.withSignedRequest({ nip, sign }))
      .catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'KSEF_SIGNING_FAILED' })
    expect(JSON.stringify(error) + String(error)).not.toContain('1234')
  })
})

describe('signing in with a KSeF token (2.7, 2.8)', () => {
  const published = (ksef: KsefDouble, ...keys: readonly object[]) =>
    ksef.answers('GET /security/public-key-certificates', () => replied(200, keys))
  const submitted = (ksef: KsefDouble) =>
    ksef.heard.filter(({ asked }) => asked === 'POST /auth/ksef-token').map((heard) => bodyOf(heard) as SubmittedToken)

  interface SubmittedToken {
    readonly challenge: string
    readonly encryptedToken: string
    readonly publicKeyId: string
  }

  it('encrypts token|timestampMs for the published key, and names the key', async () => {
    const ksef = ksefDouble()
    published(ksef, await publishedKey())
    await ksef.clock.drive(clientOn(ksef).authentication.withToken({ ksefToken, nip }))
    const [body] = submitted(ksef)
    const { privateKey, publicKeyId } = await tokenKey()
    const plain = privateDecrypt(
      { key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' },
      Buffer.from(body?.encryptedToken ?? '', 'base64'),
    ).toString()
    expect(plain).toBe(`${ksefToken}|${ksef.challenges.at(-1)}`)
    expect(body).toMatchObject({ publicKeyId, contextIdentifier: { type: 'Nip', value: nip } })
    expect(body).not.toHaveProperty('authorizationPolicy')
  })

  it('asks for the keys again after 21470 and repeats once, for the same challenge', async () => {
    const ksef = ksefDouble()
    published(ksef, await publishedKey())
    published(ksef, await publishedKey())
    ksef.answers('POST /auth/ksef-token', refused(21470))
    await ksef.clock.drive(clientOn(ksef).authentication.withToken({ ksefToken, nip }))
    expect(ksef.count('GET /security/public-key-certificates')).toBe(2)
    const bodies = submitted(ksef)
    expect(bodies).toHaveLength(2)
    expect(bodies[1]?.challenge).toBe(bodies[0]?.challenge)
  })

  it('gives up after a second 21470', async () => {
    const ksef = ksefDouble()
    published(ksef, await publishedKey())
    published(ksef, await publishedKey())
    ksef.answers('POST /auth/ksef-token', refused(21470), refused(21470))
    await expect(ksef.clock.drive(clientOn(ksef).authentication.withToken({ ksefToken, nip }))).rejects.toMatchObject({
      code: 'KSEF_KEY_UNUSABLE',
      providerCode: '21470',
    })
    expect(submitted(ksef)).toHaveLength(2)
  })

  it('keeps the keys for the next sign-in', async () => {
    const ksef = ksefDouble()
    published(ksef, await publishedKey())
    const client = clientOn(ksef)
    await ksef.clock.drive(client.authentication.withToken({ ksefToken, nip }))
    const other = ksefToken.replace('EC-1DCE3E3000', 'EC-2DCE3E3000')
    await ksef.clock.drive(client.authentication.withToken({ ksefToken: other, nip }))
    expect(ksef.count('GET /security/public-key-certificates')).toBe(1)
    expect(submitted(ksef)).toHaveLength(2)
  })
})

describe('the same credential again (engine.md 2)', () => {
  it('signs in once for two clients on one store, and again under another policy', async () => {
    const ksef = ksefDouble()
    const store = memoryStore({ clock: ksef.clock })
    const enter = async (options: object = {}): Promise<AuthenticatedClient> =>
      ksef.clock.drive(
        clientOn(ksef, { store }).authentication.withTestCertificate({ nip, algorithm: 'ec', ...options }),
      )
    const first = await enter()
    const second = await enter()
    expect(second.accessToken).toBe(first.accessToken)
    expect(second.refreshToken).toBe(first.refreshToken)
    await enter({ authorizationPolicy: { allowedIps: { ip4Masks: ['192.0.2.0/24'] } } })
    await enter({ contextIdentifier: { type: 'InternalId', value: `${nip}-12345` } })
    expect(ksef.count('POST /auth/challenge')).toBe(3)
  })

  it('goes on with the refresh token after a restart in which the access token ran out', async () => {
    const ksef = ksefDouble()
    const store = memoryStore({ clock: ksef.clock })
    const before = clientOn(ksef, { store })
    const { refreshToken } = await ksef.clock.drive(before.authentication.withXades({ nip, ...(await seal()) }))
    await before.close()
    await ksef.clock.advance(3_600_000)
    ksef.forget()
    const after = clientOn(ksef, { store })
    const auth = await ksef.clock.drive(after.authentication.withXades({ nip, ...(await seal()) }))
    expect(ksef.asked()).toEqual(['POST /auth/token/refresh'])
    expect(ksef.heard[0]?.headers.get('authorization')).toBe(`Bearer ${refreshToken}`)
    expect(auth.refreshToken).toBe(refreshToken)
    const end = auth.authTokens.refreshToken.validUntil.getTime()
    expect(Math.abs(end - ksef.ends.refresh)).toBeLessThanOrEqual(1_000)
  })

  it('goes on with the tokens of a file after a restart, and refreshes them when KSeF refuses one', async () => {
    const ksef = ksefDouble()
    const options = { directory: temporaryFolder(), plaintext: true } // Its clock is the file system's, and stands still here.
    const before = clientOn(ksef, options)
    const first = await ksef.clock.drive(before.authentication.withXades({ nip, ...(await seal()) }))
    await before.close()
    ksef.forget()
    const after = clientOn(ksef, options)
    const auth = await ksef.clock.drive(after.authentication.withXades({ nip, ...(await seal()) }))
    expect(ksef.asked()).toEqual([])
    expect(auth.accessToken).toBe(first.accessToken)
    ksef.revoke()
    await ksef.clock.drive(auth.sessions.query())
    expect(ksef.asked()).toEqual(['GET /auth/sessions', 'POST /auth/token/refresh', 'GET /auth/sessions'])
    expect(auth.accessToken).not.toBe(first.accessToken)
    expect(auth.refreshToken).toBe(first.refreshToken)
    await after.close()
  })

  it('signs nobody in before the first use, where told so', async () => {
    const ksef = ksefDouble()
    const auth = await clientOn(ksef).authentication.withXades({ nip, ...(await seal()), onFirstUse: true })
    expect(ksef.heard).toEqual([])
    expect(() => auth.accessToken).toThrow(expect.objectContaining({ code: 'KSEF_NOT_SIGNED_IN' }))
    await ksef.clock.drive(auth.sessions.query())
    expect(ksef.asked()).toEqual([...whole, 'GET /auth/sessions'])
    expect(auth.accessToken).toMatch(/^access-/)
  })
})

describe('the budget of requests (1.10)', () => {
  /** How many requests the fullest second has, when so many sign in at once. */
  const fullest = async (count: number, options: object = {}): Promise<number> => {
    const ksef = ksefDouble()
    const { authentication } = clientOn(ksef, options)
    const sign = () => Promise.resolve('<signed/>')
    const begun = Array.from({ length: count }, () => authentication.withSignedRequest({ nip, sign }))
    await ksef.clock.drive(Promise.all(begun))
    expect(ksef.count('POST /auth/token/redeem')).toBe(count)
    const times = ksef.heard.map(({ at }) => at)
    return Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 1_000).length))
  }

  it('spreads the steps of many sign-ins, 60 requests in a second', async () => {
    expect(await fullest(60)).toBe(60)
  })

  it('lets everything go where it is switched off', async () => {
    expect(await fullest(60, { rateLimits: false })).toBeGreaterThan(60)
  })

  it('holds everybody back after a 429, and says when it ends', async () => {
    const ksef = ksefDouble()
    ksef.answers('POST /auth/challenge', replied(429, { status: 429 }, { 'retry-after': '60' }))
    const client = clientOn(ksef)
    const { authentication } = client
    const failure = async (nip: string): Promise<unknown> =>
      ksef.clock.drive(authentication.withTestCertificate({ nip, algorithm: 'ec' })).catch((error: unknown) => error)
    expect(await failure(nip)).toMatchObject({ code: 'LATCHKEY_ENDPOINT_THROTTLED', retryable: true })
    const other = await failure('5252344078')
    expect(other).toMatchObject({ code: 'LATCHKEY_ENDPOINT_THROTTLED', reason: 'budget' })
    expect(ksef.asked()).toEqual(['POST /auth/challenge'])
    await ksef.clock.advance(60_000)
    expect(await failure('5252344078')).toHaveProperty('accessToken')
  })
})

describe('what is refused before anything is sent', () => {
  const ways = {
    withTestCertificate: { nip, algorithm: 'ec' },
    withToken: { nip, ksefToken },
    withSignedRequest: { nip, sign: () => Promise.resolve('<x/>') },
  } as const

  it.each([
    ['withTestCertificate', { nip: '123' }, /nip/],
    ['withTestCertificate', { nip: undefined }, /nip/],
    ['withTestCertificate', { pesel: '1' }, /pesel/],
    ['withTestCertificate', { algorithm: 'dsa' }, /algorithm: must be 'rsa' or 'ec'/],
    ['withTestCertificate', { timeoutMs: 0 }, /timeoutMs/],
    ['withTestCertificate', { timeoutMs: 2_700_001 }, /timeoutMs/],
    ['withTestCertificate', { pollIntervalMs: -1 }, /pollIntervalMs/],
    ['withTestCertificate', { signal: {} }, /signal/],
    ['withTestCertificate', { pollInterval: 1 }, /unknown option "pollInterval"; did you mean "pollIntervalMs"/],
    ['withTestCertificate', { authorizationPolicy: { allowedIps: {} } }, /names no address/],
    ['withToken', { ksefToken: '' }, /ksefToken/],
    ['withToken', { ksefToken: 'x'.repeat(161) }, /ksefToken: is longer than 160/],
    ['withToken', { nip: undefined }, /nip, contextIdentifier/],
    ['withToken', { contextIdentifier: { type: 'Nip', value: nip } }, /nip, contextIdentifier/],
    ['withToken', { nip: undefined, contextIdentifier: { type: 'Other', value: nip } }, /context\.type/],
    ['withToken', { nip: '999' }, /context\.value/],
    ['withSignedRequest', { sign: undefined }, /sign, signedXml/],
    ['withSignedRequest', { signedXml: '<x/>' }, /sign, signedXml/],
    [
      'withSignedRequest',
      { sign: undefined, signedXml: '<x/>', subjectIdentifierType: 'certificateSubject' },
      /signedXml/,
    ],
  ] as const)('%s: %j', async (way, options, message) => {
    const ksef = ksefDouble()
    const enter = clientOn(ksef).authentication[way] as (options: object) => Promise<unknown>
    await expect(enter({ ...ways[way], ...options })).rejects.toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG', message: expect.stringMatching(message) as string }),
    )
    expect(ksef.heard).toEqual([])
  })

  it('a key that is not the certificate’s', async () => {
    const ksef = ksefDouble()
    const { certificate } = await seal()
    const { privateKey } = await tokenKey()
    await expect(clientOn(ksef).authentication.withXades({ nip, certificate, privateKey })).rejects.toMatchObject({
      code: 'KSEF_CREDENTIAL_MISMATCH',
    })
    expect(ksef.heard).toEqual([])
  })

  it.each([Environment.DEMO, Environment.PRODUCTION])('a test certificate for $name', async (environment) => {
    const ksef = ksefDouble()
    const client = new KsefClient(environment, { fetch: ksef.fetch, clock: ksef.clock })
    await expect(client.authentication.withTestCertificate({ nip })).rejects.toMatchObject({ code: 'KSEF_TEST_ONLY' })
    expect(ksef.heard).toEqual([])
  })

  it('but not on this machine, where a simulator stands for any environment', async () => {
    const ksef = ksefDouble()
    const options = { fetch: ksef.fetch, clock: ksef.clock, baseUrl: 'http://127.0.0.1:4010/ksef' }
    const client = new KsefClient(Environment.PRODUCTION, options)
    await ksef.clock.drive(client.authentication.withTestCertificate({ nip, algorithm: 'ec' }))
    expect(ksef.asked()).toEqual(whole)
  })
})

describe('who signs (2.2, 2.4)', () => {
  it('is known by fingerprint where the certificate names no Polish number', async () => {
    const ksef = ksefDouble()
    const { certificate, privateKey } = await foreignCertificate()
    await ksef.clock.drive(clientOn(ksef).authentication.withXades({ nip, certificate, privateKey }))
    expect(xml(ksef)).toContain('<SubjectIdentifierType>certificateFingerprint</SubjectIdentifierType>')
  })
})
