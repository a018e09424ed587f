/** Signing in with a KSeF token: spec/ksef.md sections 2.7, 2.8, 2.9. @module */
import { constants, createHash, publicEncrypt, X509Certificate } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startSimulator, type Simulator } from '../../../src/index.ts'
import { type Caller, codesOf, createCaller, slow, type Fields } from '../support/caller.ts'
import { makeSigner, nip as otherNip, pesel, subjects } from '../support/certificates.ts'

let simulator: Simulator
let caller: Caller
beforeAll(async () => {
  simulator = await startSimulator({ ksef: { rateLimits: false, ...slow } })
  caller = createCaller(simulator)
})
beforeEach(() => simulator.reset())
afterAll(() => simulator.close())

const description = 'Uwierzytelnianie zakończone niepowodzeniem z powodu błędnego tokenu'
const badToken = (detail: string) => ({ code: 450, description, details: [detail] })

async function submit(body: Fields) {
  return caller.send('POST', '/auth/ksef-token', undefined, body)
}

async function verdict(body: Fields) {
  const accepted = await submit(body)
  expect([accepted.status, accepted.text]).toEqual([202, accepted.text])
  await caller.decide()
  return caller.statusOf(accepted)
}

/** Encrypts as somebody would who has misread something. */
async function encrypted(change: (key: { key: string; padding: number; oaepHash?: string }) => object, usage?: string) {
  const { challenge, timestampMs } = await caller.challenge()
  const keys = await caller.publicKeys()
  const entry = keys.find((each) => each.usage.includes(usage ?? 'KsefTokenEncryption'))
  const { publicKey } = new X509Certificate(Buffer.from(entry?.certificate ?? '', 'base64'))
  const key = publicKey.export({ type: 'spki', format: 'pem' }).toString()
  const options = change({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' })
  const text = Buffer.from(`${caller.credentials.ksefToken}|${String(timestampMs)}`)
  const bytes = publicEncrypt(options as Parameters<typeof publicEncrypt>[0], text)
  return { ...(await caller.tokenRequest('')), challenge, encryptedToken: bytes.toString('base64') }
}

test('the ready-made token signs in, with the permissions it has', async () => {
  const { accessToken, reference } = await caller.signInWithToken()
  const { json } = await caller.send('GET', '/auth/sessions', accessToken)
  expect(json['items']).toMatchObject([
    {
      referenceNumber: reference,
      isCurrent: true,
      authenticationMethod: 'Token',
      authenticationMethodInfo: { category: 'Token', code: 'token.ksef', displayName: 'Token KSeF' },
    },
  ])
})

test('with the id of the key, in any letter case of the context type (1.5)', async () => {
  const [key] = (await caller.publicKeys()).filter(({ usage }) => usage.includes('KsefTokenEncryption'))
  const { nip, ksefToken } = caller.credentials
  const contextIdentifier = { type: 'nip', value: nip }
  const signedIn = await caller.signInWithToken(ksefToken, { publicKeyId: key?.publicKeyId, contextIdentifier })
  expect(signedIn.accessToken).not.toBe('')
})

describe('the eight details of 450 (2.9)', () => {
  const token = 'Nieprawidłowy token'
  const time = 'Nieprawidłowy czas tokena'
  const coding = 'Nieprawidłowe kodowanie tokena'
  const cipher = 'Nieprawidłowe szyfrowanie tokena'

  test('wyzwanie: the challenge runs out between submission and decision', async () => {
    simulator.set({ ksef: { authenticationMs: 700_000 } })
    const accepted = await submit(await caller.tokenRequest(caller.credentials.ksefToken))
    await simulator.clock.advance(700_000)
    expect(await caller.statusOf(accepted)).toEqual(badToken('Nieprawidłowe wyzwanie autoryzacyjne'))
  })

  test('token: a secret part that is wrong, and a number that does not exist', async () => {
    const { ksefToken } = caller.credentials
    const flipped = ksefToken.replace(/.$/, (last) => (last === '0' ? '1' : '0'))
    expect(await verdict(await caller.tokenRequest(flipped))).toEqual(badToken(token))
    const unknown = ksefToken.replace(/^\d{8}/, '20200101')
    expect(await verdict(await caller.tokenRequest(unknown))).toEqual(badToken(token))
  })

  test('token: of another NIP in the text', async () => {
    const moved = caller.credentials.ksefToken.replace(caller.credentials.nip, otherNip)
    expect(await verdict(await caller.tokenRequest(moved))).toEqual(badToken(token))
  })

  test.each<readonly [string, (ms: number) => string]>([
    ['seconds in place of milliseconds (8.1 row 5)', (ms) => String(Math.floor(ms / 1000))],
    ['one millisecond later', (ms) => String(ms + 1)],
    ['one millisecond earlier', (ms) => String(ms - 1)],
  ])('czas: %s', async (_, text) => {
    const { challenge, timestampMs } = await caller.challenge()
    const encryptedToken = await caller.encrypt(`${caller.credentials.ksefToken}|${text(timestampMs)}`)
    const body = { ...(await caller.tokenRequest('')), challenge, encryptedToken }
    expect(await verdict(body)).toEqual(badToken(time))
  })

  test('unieważniony and nieaktywny: what becomes of a token', async () => {
    const { accessToken } = await caller.signIn()
    const made = await caller.send('POST', '/tokens', accessToken, {
      permissions: ['InvoiceRead'],
      description: 'A token',
    })
    const text = String(made.json['token'])
    const path = `/tokens/${String(made.json['referenceNumber'])}`
    expect(await verdict(await caller.tokenRequest(text))).toEqual(badToken('Token nieaktywny'))
    await simulator.clock.advance(slow.ksefTokenMs)
    expect(await verdict(await caller.tokenRequest(text))).toMatchObject({ code: 200 })
    expect((await caller.send('DELETE', path, accessToken)).status).toBe(204)
    expect(await verdict(await caller.tokenRequest(text))).toEqual(badToken('Token unieważniony'))
  })

  test('szyfrowanie: PKCS#1 v1.5, MGF1 with SHA-1, the key for symmetric keys (8.1 rows 6 and 8)', async () => {
    const pkcs1 = await encrypted(({ key }) => ({ key, padding: constants.RSA_PKCS1_PADDING }))
    expect(await verdict(pkcs1)).toEqual(badToken(cipher))
    const sha1 = await encrypted((options) => ({ ...options, oaepHash: 'sha1' }))
    expect(await verdict(sha1)).toEqual(badToken(cipher))
    const otherUsage = await encrypted((options) => options, 'SymmetricKeyEncryption')
    expect(await verdict(otherUsage)).toEqual(badToken(cipher))
  })

  test('szyfrowanie: Base64 twice (8.1 row 7)', async () => {
    const body = await caller.tokenRequest(caller.credentials.ksefToken)
    const twice = Buffer.from(String(body['encryptedToken'])).toString('base64')
    expect(await verdict({ ...body, encryptedToken: twice })).toEqual(badToken(cipher))
  })

  test('kodowanie: no timestamp, an ISO instant, a token of KSeF 1.0 (8.1 row 18)', async () => {
    const { ksefToken } = caller.credentials
    const old = 'A'.repeat(64)
    for (const text of [ksefToken, `${ksefToken}|2026-02-02T08:30:00Z`, `${old}|1752236636015`]) {
      const body = { ...(await caller.tokenRequest('')), encryptedToken: await caller.encrypt(text) }
      expect(await verdict(body)).toEqual(badToken(coding))
    }
  })

  test('kontekst: a token of one context in another', async () => {
    const contextIdentifier = { type: 'Nip', value: otherNip }
    const body = await caller.tokenRequest(caller.credentials.ksefToken, { contextIdentifier })
    expect(await verdict(body)).toEqual(badToken(`Token nie może być użyty w kontekście Nip: ${otherNip}`))
  })
})

describe('what is refused at once', () => {
  test('a challenge that is unknown, used, or ten minutes old (21111)', async () => {
    const body = await caller.tokenRequest(caller.credentials.ksefToken)
    const unknown = { ...body, challenge: '20250514-CR-226FB7B000-3ACF9BE4C0-10' }
    expect(codesOf(await submit(unknown))).toEqual([400, 21111])
    expect((await submit(body)).status).toBe(202)
    expect(codesOf(await submit(body))).toEqual([400, 21111])
    const late = await caller.tokenRequest(caller.credentials.ksefToken)
    await simulator.clock.advance(600_000)
    expect(codesOf(await submit(late))).toEqual([400, 21111])
  })

  test('a key that is unknown (21470), which leaves the challenge unused', async () => {
    const body = await caller.tokenRequest(caller.credentials.ksefToken)
    const publicKeyId = Buffer.alloc(32).toString('base64')
    const detail = `Klucz o identyfikatorze ${publicKeyId} nie jest wspierany.`
    expect(codesOf(await submit({ ...body, publicKeyId }))).toEqual([400, 21470, detail])
    expect((await submit(body)).status).toBe(202)
  })

  test('everything that is wrong, in one answer (1.7)', async () => {
    const reply = await submit({
      ...{ challenge: 'short', contextIdentifier: { type: 'Pesel', value: pesel }, encryptedToken: '***' },
      authorizationPolicy: { allowedIps: { ip4Addresses: ['10.0.0.256'] } },
    })
    const { exceptionDetailList } = reply.json['exception'] as { exceptionDetailList: { details: string[] }[] } // As 21405.
    expect(exceptionDetailList.map(({ details }) => details.map((text) => text.split("'")[1]))).toEqual([
      ['challenge', 'contextIdentifier.type', 'encryptedToken', 'authorizationPolicy.allowedIps.ip4Addresses[0]'],
    ])
  })

  test('no body, no JSON, another content type', async () => {
    expect(codesOf(await caller.send('POST', '/auth/ksef-token'))[1]).toBe(21405)
    expect(codesOf(await caller.send('POST', '/auth/ksef-token', undefined, '{'))[1]).toBe(21405)
    const reply = await caller.send('POST', '/auth/ksef-token', undefined, '{}', { 'content-type': 'text/plain' })
    expect([reply.status, reply.text]).toEqual([415, ''])
  })
})

describe('the environment’s keys (2.8)', () => {
  const tokenKeys = async () => (await caller.publicKeys()).filter(({ usage }) => usage.includes('KsefTokenEncryption'))
  const rotate = (how: 'planned' | 'emergency' | 'recertify', startsInMs = 0): void => {
    const action = { do: 'rotateKeys', usage: 'KsefTokenEncryption', how, startsInMs } as const
    simulator.set({ ksef: { actions: [action] } })
  }

  test('two entries whose ids follow from key and certificate', async () => {
    const keys = await caller.publicKeys()
    expect(keys.map(({ usage }) => usage)).toEqual([['KsefTokenEncryption'], ['SymmetricKeyEncryption']])
    for (const { certificate, certificateId, publicKeyId, validFrom, validTo } of keys) {
      const der = Buffer.from(certificate, 'base64')
      const x509 = new X509Certificate(der)
      const spki = x509.publicKey.export({ type: 'spki', format: 'der' })
      expect(certificateId).toBe(createHash('sha256').update(der).digest('base64'))
      expect(publicKeyId).toBe(createHash('sha256').update(spki).digest('base64'))
      expect(x509.subject).toContain('CN=Ministerstwo Finansów')
      expect(Date.parse(x509.validFrom) / 1000).toBe(Math.floor(Date.parse(validFrom) / 1000))
      expect(Date.parse(x509.validTo) / 1000).toBe(Math.floor(Date.parse(validTo) / 1000))
    }
  })

  test('after an emergency the old key is 21470 by its id, and nothing can be decrypted with it', async () => {
    const [old] = await tokenKeys()
    const byId = await caller.tokenRequest(caller.credentials.ksefToken, { publicKeyId: old?.publicKeyId })
    const plain = await caller.tokenRequest(caller.credentials.ksefToken)
    rotate('emergency')
    expect(codesOf(await submit(byId))[1]).toBe(21470)
    expect(await verdict(plain)).toEqual(badToken('Nieprawidłowe szyfrowanie tokena'))
    const now = await tokenKeys()
    expect(now).toHaveLength(1)
    expect(now[0]?.publicKeyId).not.toBe(old?.publicKeyId)
    expect(await verdict(await caller.tokenRequest(caller.credentials.ksefToken))).toMatchObject({ code: 200 })
  })

  test('a planned rotation shows two keys, the new one from its beginning on', async () => {
    const [old] = await tokenKeys()
    rotate('planned', 3_600_000)
    const [, next, ...others] = await tokenKeys()
    expect(others).toEqual([])
    const withNext = await caller.tokenRequest(caller.credentials.ksefToken, { publicKeyId: next?.publicKeyId })
    expect(codesOf(await submit(withNext))[1]).toBe(21470)
    const withOld = await caller.tokenRequest(caller.credentials.ksefToken, { publicKeyId: old?.publicKeyId })
    expect((await submit(withOld)).status).toBe(202)
    await simulator.clock.advance(3_600_000 + 7 * 86_400_000)
    expect(await tokenKeys()).toEqual([next])
  })

  test('one key can serve both usages, and goes on doing so when it is changed', async () => {
    const bothUsages = ['KsefTokenEncryption', 'SymmetricKeyEncryption']
    simulator.set({ ksef: { actions: [{ do: 'rotateKeys', usage: 'both', how: 'emergency' }] } })
    const [one, ...others] = await caller.publicKeys()
    expect([one?.usage, others]).toEqual([bothUsages, []])
    expect(await verdict(await caller.tokenRequest(caller.credentials.ksefToken))).toMatchObject({ code: 200 })
    rotate('emergency')
    const [next] = await caller.publicKeys()
    expect(next?.usage).toEqual(bothUsages)
    expect(next?.publicKeyId).not.toBe(one?.publicKeyId)
  })

  test('there is an end to rotations, and none of too many happens', async () => {
    const before = await caller.publicKeys()
    const actions = Array.from({ length: 50 }, () => ({ do: 'rotateKeys', usage: 'both', how: 'recertify' }) as const)
    expect(() => simulator.set({ ksef: { actions } })).toThrow('as many keys as it can')
    expect(await caller.publicKeys()).toEqual(before)
  })

  test('a re-certification keeps the key and its id', async () => {
    const [old] = await tokenKeys()
    rotate('recertify')
    const [now, ...others] = await tokenKeys()
    expect(others).toEqual([])
    expect(now?.publicKeyId).toBe(old?.publicKeyId)
    expect(now?.certificateId).not.toBe(old?.certificateId)
  })
})

test('a token that its author made ends with him (470)', async () => {
  const author = await makeSigner(subjects.seal(otherNip))
  const context = `<Nip>${otherNip}</Nip>`
  const { accessToken } = await caller.signIn(author, { context })
  const made = await caller.send('POST', '/tokens', accessToken, {
    permissions: ['InvoiceRead'],
    description: 'A token',
  })
  await simulator.clock.advance(slow.ksefTokenMs)
  const person = { nip: otherNip, pesel, isBailiff: false, isDeceased: true, description: 'Deceased' }
  expect((await caller.send('POST', '/testdata/person', undefined, person)).status).toBe(200)
  const contextIdentifier = { type: 'Nip', value: otherNip }
  const body = await caller.tokenRequest(String(made.json['token']), { contextIdentifier })
  expect(await verdict(body)).toMatchObject({ code: 470 })
})
