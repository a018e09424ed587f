/** How authentications end: spec/ksef.md sections 2.6, 2.9, B.2. @module */
import { X509Certificate } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startSimulator, type Simulator } from '../../../src/index.ts'
import { authTokenOf, type Caller, codesOf, createCaller, slow, referenceOf } from '../support/caller.ts'
import { curvePair, foreignAuthority, makeSigner, nip, pesel, type Signer, subjects } from '../support/certificates.ts'

let simulator: Simulator
let caller: Caller
beforeAll(async () => {
  simulator = await startSimulator({ ksef: { rateLimits: false, ...slow } })
  caller = createCaller(simulator)
})
beforeEach(() => simulator.reset())
afterAll(() => simulator.close())

const failed = 'Uwierzytelnianie zakończone niepowodzeniem'
const success = { code: 200, description: 'Uwierzytelnianie zakończone sukcesem' }
const nobodyMay = { code: 415, description: failed, details: ['Brak przypisanych uprawnień'] }
const badCertificate = (detail: string) => ({
  code: 460,
  description: `${failed} z powodu błędu certyfikatu`,
  details: [detail],
})
const hourMs = 3_600_000

/** Submits, waits for the decision, and reads it. */
async function verdict(...given: Parameters<Caller['submit']>) {
  const accepted = await caller.submit(...given)
  expect([accepted.status, accepted.text]).toEqual([202, accepted.text])
  await caller.decide()
  return caller.statusOf(accepted)
}

async function testData(path: string, body: object): Promise<void> {
  expect((await caller.send('POST', `/testdata/${path}`, undefined, body)).status).toBe(200)
}

describe('the way to 200', () => {
  test('100 until the decision, then 200; the whole status as documented', async () => {
    const accepted = await caller.submit()
    expect(referenceOf(accepted)).toMatch(/^\d{8}-AU-[0-9A-F]{7}000-[0-9A-F]{10}-[0-9A-F]{2}$/)
    expect(await caller.statusOf(accepted)).toEqual({ code: 100, description: 'Uwierzytelnianie w toku' })
    await caller.decide()
    const { json } = await caller.send('GET', `/auth/${referenceOf(accepted)}`, authTokenOf(accepted))
    expect(json).toEqual({
      startDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}\+00:00$/) as string,
      authenticationMethod: 'QualifiedSeal',
      authenticationMethodInfo: expect.objectContaining({
        category: 'XadesSignature',
        code: 'xades.qualified-seal',
      }) as object,
      status: success,
      isTokenRedeemed: false,
    })
  })

  test('the delay is a switch', async () => {
    simulator.set({ ksef: { authenticationMs: 100_000 } })
    const accepted = await caller.submit()
    await simulator.clock.advance(90_000)
    expect(await caller.statusOf(accepted)).toMatchObject({ code: 100 })
    await simulator.clock.advance(10_000)
    expect(await caller.statusOf(accepted)).toEqual(success)
  })
})

describe('the owner, and others (2.1, 2.2)', () => {
  test('a NIP in its own context', async () => {
    expect(await verdict(await makeSigner(subjects.seal()), { context: `<Nip>${nip}</Nip>` })).toEqual(success)
  })

  test('a PESEL is nobody there, until it is linked with the NIP', async () => {
    const person = await makeSigner(subjects.person(`PNOPL-${pesel}`))
    const context = `<Nip>${nip}</Nip>`
    expect(await verdict(person, { context })).toEqual(nobodyMay)
    await testData('person', { nip, pesel, isBailiff: false, description: 'Sole trader' })
    expect(await verdict(person, { context })).toEqual(success)
  })

  test('another NIP has nothing in the context', async () => {
    expect(await verdict(await makeSigner(subjects.seal()))).toEqual(nobodyMay)
  })

  test('a fingerprint has nothing until something is granted to it', async () => {
    const parts = { subjectIdentifierType: 'certificateFingerprint' }
    expect(await verdict(caller.owner, parts)).toEqual(nobodyMay)
    await testData('permissions', {
      contextIdentifier: { type: 'Nip', value: caller.credentials.nip },
      authorizedIdentifier: { type: 'Fingerprint', value: fingerprintOf(caller.owner) },
      permissions: [{ description: 'May read', permissionType: 'InvoiceRead' }],
    })
    expect(await verdict(caller.owner, parts)).toEqual(success)
  })

  test('a context that no grant has made is nobody’s (B.1)', async () => {
    const context = `<InternalId>${caller.credentials.nip}-12345</InternalId>`
    expect(await verdict(caller.owner, { context })).toEqual(nobodyMay)
  })

  test('a Peppol provider is registered with its first sign-in, once (3.14)', async () => {
    const provider = await makeSigner(subjects.peppol('PPL000001'))
    const parts = { context: '<PeppolId>PPL000001</PeppolId>' }
    const list = async () => (await caller.send('GET', '/peppol/query')).json
    expect(await list()).toEqual({ peppolProviders: [], hasMore: false })
    expect(await verdict(provider, parts)).toEqual(success)
    await caller.signIn(provider, parts)
    expect(await list()).toEqual({
      peppolProviders: [{ id: 'PPL000001', name: 'Peppol Provider', dateCreated: expect.any(String) as string }],
      hasMore: false,
    })
  })
})

function fingerprintOf({ certificate }: Signer): string {
  return certificate.fingerprint256.replaceAll(':', '')
}

describe('certificates that are found bad (460)', () => {
  const own = () => subjects.seal(caller.credentials.nip)
  const now = () => simulator.clock.now()

  test('expired, and not begun (2.5)', async () => {
    const expired = await makeSigner(own(), { notBefore: now() - 2 * hourMs, notAfter: now() - hourMs })
    expect(await verdict(expired)).toEqual(badCertificate('Nieważny certyfikat'))
    const early = await makeSigner(own(), { notBefore: now() + hourMs })
    expect(await verdict(early)).toEqual(badCertificate('Nieważny certyfikat'))
  })

  test('it names itself as its issuer, but another key has signed it', async () => {
    const signer = await makeSigner(own(), { issuer: { subject: own(), keys: curvePair() } })
    expect(await verdict(signer)).toEqual(badCertificate('Błąd weryfikacji łańcucha certyfikatów'))
  })

  test('signed by itself, where the chain is to be verified (2.6)', async () => {
    const accepted = await caller.submitXml(await caller.signed(), '?verifyCertificateChain=true')
    await caller.decide()
    expect(await caller.statusOf(accepted)).toEqual(badCertificate('Niezaufany łańcuch certyfikatów'))
    const plain = await caller.submitXml(await caller.signed(), '?verifyCertificateChain=false')
    await caller.decide()
    expect(await caller.statusOf(plain)).toEqual(success)
  })

  test('where certificates that sign themselves are not accepted: 21115, and others have no trusted chain', async () => {
    simulator.set({ ksef: { acceptSelfSigned: false } })
    expect(codesOf(await caller.submit())).toEqual([400, 21115])
    const foreign = await makeSigner(own(), { issuer: { subject: foreignAuthority, keys: curvePair() } })
    expect(await verdict(foreign)).toEqual(badCertificate('Niezaufany łańcuch certyfikatów'))
  })

  test('the ready-made certificate has been valid for a day and lasts two years', () => {
    const { validFrom, validTo } = new X509Certificate(caller.credentials.certificate)
    expect(Date.parse(validFrom)).toBeLessThan(now() - 23 * hourMs)
    expect(Date.parse(validTo)).toBeGreaterThan(now() + 700 * 24 * hourMs)
  })

  test('a flag that is none is bad input', async () => {
    const reply = await caller.submitXml(await caller.signed(), '?verifyCertificateChain=perhaps')
    expect(codesOf(reply)).toEqual([400, 21405, "'verifyCertificateChain' has an invalid value."])
  })
})

describe('persons and contexts', () => {
  test('a person who has died (470), by the NIP as by the PESEL', async () => {
    await testData('person', { nip, pesel, isBailiff: false, isDeceased: true, description: 'Deceased' })
    const expected = {
      code: 470,
      description: failed,
      details: ['Próba wykorzystania metod autoryzacyjnych osoby zmarłej'],
    }
    for (const serial of [`PNOPL-${pesel}`, `TINPL-${nip}`]) {
      const signer = await makeSigner(subjects.person(serial))
      expect(await verdict(signer, { context: `<Nip>${nip}</Nip>` })).toEqual(expected)
    }
  })

  test('a blocked context (480), until it is unblocked', async () => {
    const contextIdentifier = { type: 'Nip', value: caller.credentials.nip }
    await testData('context/block', { contextIdentifier })
    expect(await verdict()).toEqual({
      code: 480,
      description: 'Uwierzytelnienie zablokowane',
      details: [
        'Podejrzenie incydentu bezpieczeństwa. Skontaktuj się z Ministerstwem Finansów przez formularz zgłoszeniowy.',
      ],
    })
    await testData('context/unblock', { contextIdentifier })
    expect(await verdict()).toEqual(success)
  })
})

describe('outcomes that are set (B.3)', () => {
  const stopped = 'Przetwarzanie zostało przerwane z przyczyn wewnętrznych systemu. Spróbuj ponownie'
  test.each<readonly [415 | 460 | 500 | 550, object]>([
    [415, { code: 415, description: failed, details: ['Brak przypisanych uprawnień'] }],
    [460, badCertificate('Nieważny certyfikat')],
    [500, { code: 500, description: 'Nieznany błąd' }],
    [550, { code: 550, description: 'Operacja została anulowana przez system', details: [stopped] }],
  ])('%i', async (status, expected) => {
    simulator.set({ ksef: { outcome: { status } } })
    expect(await verdict()).toEqual(expected)
  })

  test('with a detail of its own', async () => {
    simulator.set({ ksef: { outcome: { status: 460, detail: 'Certyfikat odwołany' } } })
    expect(await verdict()).toEqual(badCertificate('Certyfikat odwołany'))
  })
})

describe('who may read a status (2.9, 3.1)', () => {
  test('nobody without the authentication token, with another one, or by another number', async () => {
    const accepted = await caller.submit()
    const other = await caller.submit()
    const { accessToken } = await caller.finish(await caller.submit())
    const path = `/auth/${referenceOf(accepted)}`
    expect((await caller.send('GET', path)).status).toBe(401)
    expect((await caller.send('GET', path, accessToken)).status).toBe(401)
    const foreign = await caller.send('GET', path, authTokenOf(other))
    expect([foreign.status, foreign.json['reasonCode']]).toEqual([403, 'insufficient-resource-access'])
    // The number of the challenge is a common mistake.
    const { challenge } = await caller.challenge()
    const detail = `Operacja uwierzytelniania o numerze referencyjnym ${challenge} nie została znaleziona.`
    expect(codesOf(await caller.send('GET', `/auth/${challenge}`, authTokenOf(accepted)))).toEqual([400, 21304, detail])
    expect(codesOf(await caller.send('GET', '/auth/short', authTokenOf(accepted)))[1]).toBe(21405)
  })

  test('410 after seven days', async () => {
    simulator.set({ ksef: { authenticationTokenSeconds: 30 * 86_400 } })
    const accepted = await caller.submit()
    const path = `/auth/${referenceOf(accepted)}`
    await simulator.clock.advance(7 * 24 * hourMs - 60_000)
    expect((await caller.send('GET', path, authTokenOf(accepted))).status).toBe(200)
    await simulator.clock.advance(60_000)
    const gone = await caller.send('GET', path, authTokenOf(accepted))
    expect([gone.status, gone.json['detail']]).toEqual([410, 'Operacja wygasła i nie jest już dostępna.'])
  })
})

describe('challenges (2.2)', () => {
  test('as documented, with milliseconds that agree with the instant', async () => {
    const { json } = await caller.send('POST', '/auth/challenge')
    expect(json).toEqual({
      challenge: expect.stringMatching(/^\d{8}-CR-[0-9A-F]{7}000-[0-9A-F]{10}-[0-9A-F]{2}$/) as string,
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}\+00:00$/) as string,
      timestampMs: Math.floor(Date.parse(String(json['timestamp']))),
      clientIp: '127.0.0.1',
    })
  })

  test('ten minutes', async () => {
    const inTime = await caller.signed()
    const late = await caller.signed()
    await simulator.clock.advance(590_000)
    expect((await caller.submitXml(inTime)).status).toBe(202)
    await simulator.clock.advance(10_000)
    expect(codesOf(await caller.submitXml(late))).toEqual([400, 21111])
  })

  test('one document opens one authentication, however often it is sent at once', async () => {
    const signed = await caller.signed()
    const replies = await Promise.all(Array.from({ length: 5 }, () => caller.submitXml(signed)))
    expect(replies.map(({ status }) => status).sort()).toEqual([202, 400, 400, 400, 400])
  })
})
