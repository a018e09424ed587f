/** KSeF tokens over the API: spec/ksef.md sections 2.14, 3.3, B.2. @module */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startSimulator, type Simulator } from '../../../src/index.ts'
import { type Caller, codesOf, createCaller, slow, type Fields } from '../support/caller.ts'
import { makeSigner, nip as otherNip, subjects } from '../support/certificates.ts'

let simulator: Simulator
let caller: Caller
let access: string
beforeAll(async () => {
  simulator = await startSimulator({ ksef: { rateLimits: false, ...slow } })
  caller = createCaller(simulator)
})
beforeEach(async () => {
  simulator.reset()
  access = (await caller.signIn()).accessToken
})
afterAll(() => simulator.close())

const request = { permissions: ['InvoiceRead', 'CredentialsRead'], description: 'Nightly export' }
const generate = (body: Fields = request, token = access) => caller.send('POST', '/tokens', token, body)
const read = (reference: string, token = access) => caller.send('GET', `/tokens/${reference}`, token)
const revoke = (reference: string, token = access) => caller.send('DELETE', `/tokens/${reference}`, token)
const statusOf = async (reference: string) => (await read(reference)).json['status']

async function make(body: Fields = request, token = access) {
  const { status, json } = await generate(body, token)
  expect(status).toBe(202)
  return { reference: String(json['referenceNumber']), text: String(json['token']) }
}

async function listed(query = '', token = access): Promise<readonly string[]> {
  const { status, json } = await caller.send('GET', `/tokens${query}`, token)
  expect(status).toBe(200)
  return (json['tokens'] as { description: string }[]).map(({ description }) => description) // As documented.
}

/** Gives another NIP rights in the context, and signs it in. */
async function guest(...permissions: readonly string[]): Promise<string> {
  await caller.send('POST', '/testdata/permissions', undefined, {
    contextIdentifier: { type: 'Nip', value: caller.credentials.nip },
    authorizedIdentifier: { type: 'Nip', value: otherNip },
    permissions: permissions.map((permissionType) => ({ description: 'A right', permissionType })),
  })
  return (await caller.signIn(await makeSigner(subjects.seal(otherNip)))).accessToken
}

describe('from Pending to Revoked', () => {
  test('the text is shown once, in its shape', async () => {
    const { reference, text } = await make()
    expect(reference).toMatch(/^\d{8}-EC-[0-9A-F]{7}000-[0-9A-F]{10}-[0-9A-F]{2}$/)
    expect(text).toMatch(new RegExp(`^${reference}\\|nip-${caller.credentials.nip}\\|[0-9a-f]{64}$`))
    const { json } = await read(reference)
    expect(json).toEqual({
      referenceNumber: reference,
      authorIdentifier: { type: 'Nip', value: caller.credentials.nip },
      contextIdentifier: { type: 'Nip', value: caller.credentials.nip },
      description: 'Nightly export',
      requestedPermissions: request.permissions,
      dateCreated: expect.stringMatching(/\+00:00$/) as string,
      status: 'Pending',
    })
  })

  test('each state follows on the clock', async () => {
    const { reference } = await make()
    await simulator.clock.advance(slow.ksefTokenMs)
    expect(await statusOf(reference)).toBe('Active')
    expect((await revoke(reference)).status).toBe(204)
    expect(await statusOf(reference)).toBe('Revoking')
    await simulator.clock.advance(slow.ksefTokenMs)
    expect(await statusOf(reference)).toBe('Revoked')
    expect((await revoke(reference)).status).toBe(204)
    expect(await statusOf(reference)).toBe('Revoked')
  })

  test('a failure has its details (B.2), and is final', async () => {
    const { reference } = await make()
    const action = { do: 'failKsefToken', referenceNumber: reference, detail: 'No reason' } as const
    simulator.set({ ksef: { actions: [action] } })
    await simulator.clock.advance(slow.ksefTokenMs)
    expect((await read(reference)).json).toMatchObject({ status: 'Failed', statusDetails: ['No reason'] })
    expect(() => simulator.set({ ksef: { actions: [action] } })).toThrow('Failed, not Pending')
  })

  test('a sign-in shows as its last use', async () => {
    const { reference, text } = await make()
    await simulator.clock.advance(slow.ksefTokenMs)
    await caller.signInWithToken(text)
    expect((await read(reference)).json['lastUseDate']).toMatch(/\+00:00$/)
  })
})

describe('what is refused', () => {
  test.each<readonly [string, Fields]>([
    ['no permission', { permissions: [], description: 'A token' }],
    ['an unknown permission', { permissions: ['VatUeManage'], description: 'A token' }],
    ['no description', { permissions: ['InvoiceRead'] }],
    ['a description of 4 characters', { permissions: ['InvoiceRead'], description: 'Four' }],
    ['a description of 257 characters', { permissions: ['InvoiceRead'], description: 'x'.repeat(257) }],
  ])('%s (21405)', async (_, body) => {
    expect(codesOf(await generate(body))[1]).toBe(21405)
  })

  test('descriptions of 5 and 256 characters, and another letter case, are taken', async () => {
    await make({ permissions: ['invoiceread'], description: 'Fives' })
    await make({ permissions: ['InvoiceRead'], description: 'x'.repeat(256) })
  })

  test('what the caller does not hold (26001), by name', async () => {
    const token = await guest('InvoiceRead')
    const body = { permissions: ['InvoiceRead', 'InvoiceWrite', 'Introspection'], description: 'A token' }
    expect(codesOf(await generate(body, token))).toEqual([400, 26001, 'InvoiceWrite, Introspection'])
  })

  test('another kind of context (26002)', async () => {
    const provider = await makeSigner(subjects.peppol('PPL000001'))
    const { accessToken } = await caller.signIn(provider, { context: '<PeppolId>PPL000001</PeppolId>' })
    const detail = 'Bieżący typ kontekstu: PeppolId. Dozwolone typy kontekstu: Nip, InternalId.'
    expect(codesOf(await generate(request, accessToken))).toEqual([400, 26002, detail])
  })

  test('by a KSeF token (403)', async () => {
    const { accessToken } = await caller.signInWithToken()
    const reply = await generate(request, accessToken)
    expect([reply.status, reply.json['reasonCode'], reply.json['security']]).toEqual([
      ...[403, 'auth-method-not-allowed', { authenticationMethodCategory: 'Token' }],
    ])
  })
})

describe('who sees and revokes which (2.14)', () => {
  test('with CredentialsManage all of the context', async () => {
    const token = await guest('CredentialsManage')
    const { reference } = await make()
    expect(await listed('', token)).toEqual(['Nightly export', 'Latchkey simulator'])
    expect((await revoke(reference, token)).status).toBe(204)
  })

  test('with CredentialsRead all are seen, and only one’s own revoked', async () => {
    const token = await guest('CredentialsRead')
    const { reference } = await make()
    const own = await make({ permissions: ['CredentialsRead'], description: 'Of the guest' }, token)
    expect(await listed('', token)).toEqual(['Of the guest', 'Nightly export', 'Latchkey simulator'])
    const reply = await revoke(reference, token)
    expect([reply.status, reply.json['reasonCode']]).toEqual([403, 'insufficient-resource-access'])
    expect((await revoke(own.reference, token)).status).toBe(204)
  })

  test('with neither only one’s own', async () => {
    const token = await guest('InvoiceRead')
    const { reference } = await make()
    await make({ permissions: ['InvoiceRead'], description: 'Of the guest' }, token)
    expect(await listed('', token)).toEqual(['Of the guest'])
    expect((await read(reference, token)).status).toBe(403)
  })

  test('a token sees and revokes itself alone', async () => {
    const own = await make({ permissions: ['InvoiceRead'], description: 'On its own' })
    const other = await make()
    await simulator.clock.advance(slow.ksefTokenMs)
    const { accessToken } = await caller.signInWithToken(own.text)
    expect(await listed('', accessToken)).toEqual(['On its own'])
    expect((await read(other.reference, accessToken)).status).toBe(403)
    expect((await revoke(other.reference, accessToken)).status).toBe(403)
    expect((await revoke(own.reference, accessToken)).status).toBe(204)
  })

  test('nothing of another context', async () => {
    const { reference } = await make()
    const context = `<Nip>${otherNip}</Nip>`
    const { accessToken } = await caller.signIn(await makeSigner(subjects.seal(otherNip)), { context })
    expect(await listed('', accessToken)).toEqual([])
    expect((await read(reference, accessToken)).status).toBe(403)
  })

  test('a number that does not exist', async () => {
    expect(codesOf(await read('20250514-EC-226FB7B000-3ACF9BE4C0-10'))[1]).toBe(21405)
  })
})

describe('filters of the list (3.3)', () => {
  test('by status, description and author; in pages, newest first', async () => {
    for (let n = 0; n < 11; n += 1) {
      await make({ ...request, description: `Token ${String(n).padStart(2, '0')}` })
      await simulator.clock.advance(1)
    }
    const { reference } = await make({ ...request, description: 'The last one' })
    expect(await listed('?status=Active')).toEqual(['Latchkey simulator'])
    expect(await listed('?status=Pending&status=Active&pageSize=20')).toHaveLength(13)
    expect(await listed('?description=LAST')).toEqual(['The last one'])
    const { nip } = caller.credentials
    expect(await listed(`?authorIdentifier=${nip.slice(2, 6)}&authorIdentifierType=Nip`)).toHaveLength(10)
    expect(await listed('?authorIdentifierType=Pesel')).toEqual([])
    const first = await caller.send('GET', '/tokens', access)
    expect(first.json['tokens']).toMatchObject([{ referenceNumber: reference }, ...Array<object>(9).fill({})])
    const header = { 'x-continuation-token': String(first.json['continuationToken']) }
    const second = await caller.send('GET', '/tokens', access, undefined, header)
    expect(second.json).toMatchObject({ tokens: [{}, {}, { description: 'Latchkey simulator' }] })
    expect(second.json).not.toHaveProperty('continuationToken')
  })

  test.each(['?status=Unknown', '?description=ab', '?authorIdentifier=12', '?authorIdentifierType=Vat', '?pageSize=9'])(
    '%s is bad input',
    async (query) => {
      expect(codesOf(await caller.send('GET', `/tokens${query}`, access))[1]).toBe(21405)
    },
  )
})
