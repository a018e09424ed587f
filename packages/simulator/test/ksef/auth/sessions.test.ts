/** Authentication sessions and IP policies: spec/ksef.md sections 1.6, 2.12, 2.13, 3.2, 3.17. @module */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startSimulator, type Simulator } from '../../../src/index.ts'
import { type Caller, codesOf, createCaller, slow, type SignedIn } from '../support/caller.ts'
import { makeSigner, nip as otherNip, pesel, subjects } from '../support/certificates.ts'

let simulator: Simulator
let caller: Caller
beforeAll(async () => {
  simulator = await startSimulator({ ksef: { rateLimits: false, ...slow } })
  caller = createCaller(simulator)
})
beforeEach(() => simulator.reset())
afterAll(() => simulator.close())

interface Item {
  readonly referenceNumber: string
  readonly isCurrent: boolean
}

async function list(token: string, query = '', headers: Record<string, string> = {}) {
  const { json } = await caller.send('GET', `/auth/sessions${query}`, token, undefined, headers)
  return { items: json['items'] as readonly Item[], continuationToken: json['continuationToken'] } // As documented.
}

const references = (items: readonly Item[]): readonly string[] => items.map(({ referenceNumber }) => referenceNumber)

async function signInTimes(count: number): Promise<readonly SignedIn[]> {
  const sessions: SignedIn[] = []
  for (let n = 0; n < count; n += 1) sessions.push(await caller.signIn())
  return sessions
}

describe('GET /auth/sessions', () => {
  test('the active ones of the caller in the context, newest first', async () => {
    const [first, second] = await signInTimes(2)
    await caller.submit() // Not decided yet.
    const { items, continuationToken } = await list(first?.accessToken ?? '')
    expect(continuationToken).toBeUndefined()
    expect(items).toEqual([
      {
        ...{ referenceNumber: second?.reference, isCurrent: false, isTokenRedeemed: true },
        ...{ startDate: expect.any(String) as string, refreshTokenValidUntil: expect.any(String) as string },
        authenticationMethod: 'QualifiedSeal',
        authenticationMethodInfo: expect.any(Object) as object,
        status: { code: 200, description: 'Uwierzytelnianie zakończone sukcesem' },
      },
      expect.objectContaining({ referenceNumber: first?.reference, isCurrent: true }),
    ])
  })

  test('neither those of another identity, nor those of another context; a linked PESEL is the same person', async () => {
    const { nip } = caller.credentials
    const person = { nip, pesel, isBailiff: false, description: 'Sole trader' }
    await caller.send('POST', '/testdata/person', undefined, person)
    const rights = {
      contextIdentifier: { type: 'Nip', value: nip },
      authorizedIdentifier: { type: 'Nip', value: otherNip },
      permissions: [{ description: 'A right', permissionType: 'InvoiceRead' }],
    }
    await caller.send('POST', '/testdata/permissions', undefined, rights)
    const own = await caller.signIn()
    const linked = await caller.signIn(await makeSigner(subjects.person(`PNOPL-${pesel}`)))
    const stranger = await makeSigner(subjects.seal(otherNip))
    const foreign = await caller.signIn(stranger)
    await caller.signIn(stranger, { context: `<Nip>${otherNip}</Nip>` })
    expect(references((await list(own.accessToken)).items)).toEqual([linked.reference, own.reference])
    expect(references((await list(foreign.accessToken)).items)).toEqual([foreign.reference])
  })

  test('in pages that a new session does not shift', async () => {
    const sessions = await signInTimes(12)
    const token = sessions[0]?.accessToken ?? ''
    const first = await list(token)
    expect(first.items).toHaveLength(10)
    await caller.signIn()
    const second = await list(token, '', { 'x-continuation-token': String(first.continuationToken) })
    expect(second.continuationToken).toBeUndefined()
    const all = [...references(first.items), ...references(second.items)]
    expect(all).toEqual(sessions.map(({ reference }) => reference).reverse())
  })

  test('an empty page may come first (B.3)', async () => {
    simulator.set({ ksef: { emptyPages: true } })
    const { accessToken, reference } = await caller.signIn()
    const first = await list(accessToken)
    expect(first.items).toEqual([])
    const second = await list(accessToken, '', { 'x-continuation-token': String(first.continuationToken) })
    expect(references(second.items)).toEqual([reference])
  })

  test('the size of a page is 10 to 100, a token is ours or 21418', async () => {
    const { accessToken } = await caller.signIn()
    const get = (query: string, headers = {}) =>
      caller.send('GET', `/auth/sessions${query}`, accessToken, undefined, headers)
    for (const size of ['9', '101', 'ten', '10.5']) expect(codesOf(await get(`?pageSize=${size}`))[1]).toBe(21405)
    for (const size of ['10', '100']) expect((await get(`?pageSize=${size}`)).status).toBe(200)
    for (const token of ['x', Buffer.from('{"at":"x"}').toString('base64')]) {
      expect(codesOf(await get('', { 'x-continuation-token': token }))).toEqual([400, 21418])
    }
  })
})

describe('revocation', () => {
  test('current by the access token: the refresh token is dead, the access token lives on, the status is 425', async () => {
    const { reference, accessToken, refreshToken, authToken } = await caller.signIn()
    const reply = await caller.send('DELETE', '/auth/sessions/current', accessToken)
    expect([reply.status, reply.text]).toEqual([204, ''])
    expect((await caller.send('POST', '/auth/token/refresh', refreshToken)).status).toBe(400)
    expect((await list(accessToken)).items).toEqual([])
    const { json } = await caller.send('GET', `/auth/${reference}`, authToken)
    expect(json['status']).toEqual({
      code: 425,
      description: 'Uwierzytelnienie unieważnione',
      details: ['Uwierzytelnienie i powiązane refresh tokeny zostały unieważnione przez użytkownika'],
    })
  })

  test('current by the refresh token', async () => {
    const { refreshToken } = await caller.signIn()
    expect((await caller.send('DELETE', '/auth/sessions/current', refreshToken)).status).toBe(204)
    expect((await caller.send('POST', '/auth/token/refresh', refreshToken)).status).toBe(400)
  })

  test('current by the authentication token is not allowed', async () => {
    const { authToken } = await caller.signIn()
    expect((await caller.send('DELETE', '/auth/sessions/current', authToken)).status).toBe(403)
  })

  test('by its number, which need not be the current one', async () => {
    const [first, second] = await signInTimes(2)
    const path = `/auth/sessions/${first?.reference ?? ''}`
    expect((await caller.send('DELETE', path, second?.accessToken)).status).toBe(204)
    expect(references((await list(second?.accessToken ?? '')).items)).toEqual([second?.reference])
  })

  test('not an unknown one, and not another’s', async () => {
    const { accessToken } = await caller.signIn()
    const stranger = await makeSigner(subjects.seal(otherNip))
    const foreign = await caller.signIn(stranger, { context: `<Nip>${otherNip}</Nip>` })
    const reply = await caller.send('DELETE', `/auth/sessions/${foreign.reference}`, accessToken)
    expect([reply.status, reply.json['reasonCode']]).toEqual([403, 'insufficient-resource-access'])
    const unknown = '20250514-AU-226FB7B000-3ACF9BE4C0-10'
    expect(codesOf(await caller.send('DELETE', `/auth/sessions/${unknown}`, accessToken))[1]).toBe(21304)
    expect((await list(foreign.accessToken)).items).toHaveLength(1)
  })

  test('from elsewhere, as an action (B.3)', async () => {
    const { reference, refreshToken } = await caller.signIn()
    simulator.set({ ksef: { actions: [{ do: 'revokeSession', referenceNumber: reference }] } })
    expect(codesOf(await caller.send('POST', '/auth/token/refresh', refreshToken))[1]).toBe(21301)
    const unknown = { do: 'revokeSession', referenceNumber: reference.replace('-AU-', '-XX-') } as const
    expect(() => simulator.set({ ksef: { actions: [unknown] } })).toThrow('There is no such session.')
  })
})

describe('IP policies (2.13)', () => {
  const policy = (content: string) => ({
    policy: `<AuthorizationPolicy><AllowedIps>${content}</AllowedIps></AuthorizationPolicy>`,
  })
  const status = async (parts: object, clientIp: string) => {
    const { accessToken } = await caller.signIn(caller.owner, parts)
    simulator.set({ ksef: { clientIp } })
    return caller.send('GET', '/auth/sessions', accessToken)
  }

  test.each<readonly [string, string, string, number]>([
    ['an address', '<Ip4Address>10.0.0.7</Ip4Address>', '10.0.0.7', 200],
    ['another address', '<Ip4Address>10.0.0.7</Ip4Address>', '10.0.0.8', 403],
    ['the first of a range', '<Ip4Range>10.0.0.7-10.0.1.2</Ip4Range>', '10.0.0.7', 200],
    ['the last of a range', '<Ip4Range>10.0.0.7-10.0.1.2</Ip4Range>', '10.0.1.2', 200],
    ['before a range', '<Ip4Range>10.0.0.7-10.0.1.2</Ip4Range>', '10.0.0.6', 403],
    ['after a range', '<Ip4Range>10.0.0.7-10.0.1.2</Ip4Range>', '10.0.1.3', 403],
    ['in a net', '<Ip4Mask>10.1.128.0/17</Ip4Mask>', '10.1.255.255', 200],
    ['beside a net', '<Ip4Mask>10.1.128.0/17</Ip4Mask>', '10.1.127.255', 403],
    ['a net of all', '<Ip4Mask>0.0.0.0/0</Ip4Mask>', '203.0.113.9', 200],
    ['an IPv6 address, which no policy names', '<Ip4Mask>0.0.0.0/0</Ip4Mask>', '::1', 403],
    ['a policy without addresses', '', '203.0.113.9', 200],
  ])('%s', async (_, content, clientIp, expected) => {
    const reply = await status(policy(content), clientIp)
    expect(reply.status).toBe(expected)
    if (expected === 403) expect(reply.json).toMatchObject({ reasonCode: 'ip-not-allowed', security: { clientIp } })
  })

  test('the JSON form, which a refresh keeps', async () => {
    const authorizationPolicy = { allowedIps: { ip4Addresses: ['10.0.0.7'], ip4Ranges: null, ip4Masks: [] } }
    const { refreshToken } = await caller.signInWithToken(undefined, { authorizationPolicy })
    simulator.set({ ksef: { clientIp: '10.0.0.8' } })
    const { json, status: refreshed } = await caller.send('POST', '/auth/token/refresh', refreshToken)
    expect(refreshed).toBe(200)
    const { token } = json['accessToken'] as { token: string } // As documented.
    expect((await caller.send('GET', '/auth/sessions', token)).status).toBe(403)
    simulator.set({ ksef: { clientIp: '10.0.0.7' } })
    expect((await caller.send('GET', '/auth/sessions', token)).status).toBe(200)
  })

  test('the challenge tells how the service sees the caller', async () => {
    simulator.set({ ksef: { clientIp: '203.0.113.9' } })
    expect((await caller.send('POST', '/auth/challenge')).json['clientIp']).toBe('203.0.113.9')
  })
})
