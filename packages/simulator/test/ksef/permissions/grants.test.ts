/** Grants, how they end, and what they let do: spec/ksef.md sections 3.5, 3.18, C.4, C.5. @module */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startSimulator, type Simulator } from '../../../src/index.ts'
import { bodies, endOf, grant, paths, rowsOf } from '../support/grants.ts'
import { createCaller } from '../support/caller.ts'
import type { Signer } from '../support/certificates.ts'
import {
  authenticate,
  type Call,
  faultOf,
  fingerprintOf,
  person,
  seal,
  signIn,
  delayMs,
  unhurried,
} from '../support/user.ts'

const firm = '5265877635'
const accountant = '6824515772'
const pesel = '15062788702'
const internalId = '5265877635-12346'
const euContext = '5265877635-DE123456789'

let simulator: Simulator
let owner: Signer
let office: Signer
let clerk: Signer
let foreigner: Signer
let ownerCalls: Call
beforeAll(async () => {
  simulator = await startSimulator({ ksef: unhurried })
  owner = await seal(firm)
  office = await seal(accountant)
  clerk = await person(`PNOPL-${pesel}`)
  foreigner = await person('DE-1')
})
beforeEach(async () => {
  simulator.reset()
  ownerCalls = await signIn(simulator, owner, ['Nip', firm])
})
afterAll(() => simulator.close())

test('a grant is polled, found by a query and revoked (C.5)', async () => {
  const accepted = await ownerCalls(
    'POST',
    paths.person,
    bodies.person(['Pesel', pesel], ['InvoiceRead', 'InvoiceWrite']),
  )
  expect(accepted).toMatchObject({
    status: 202,
    json: { referenceNumber: expect.stringMatching(/^\d{8}-EG-/) as string },
  })
  const operation = `permissions/operations/${String(accepted.json['referenceNumber'])}`
  expect((await ownerCalls('GET', operation)).json).toEqual({
    status: { code: 100, description: 'Operacja przyjęta do realizacji' },
  })
  await simulator.clock.advance(delayMs)
  expect((await ownerCalls('GET', operation)).json).toEqual({
    status: { code: 200, description: 'Operacja zakończona sukcesem' },
  })
  expect((await authenticate(simulator, clerk, ['Nip', firm])).code).toBe(200)
  const query = { queryType: 'PermissionsInCurrentContext', authorizedIdentifier: { type: 'Pesel', value: pesel } }
  const rows = await rowsOf(ownerCalls, 'persons/grants', query)
  expect(rows.map((row) => row['permissionScope']).sort()).toEqual(['InvoiceRead', 'InvoiceWrite'])
  for (const { id } of rows) {
    expect(
      await endOf(simulator, ownerCalls, await ownerCalls('DELETE', `permissions/common/grants/${String(id)}`)),
    ).toBe(200)
  }
  expect(await rowsOf(ownerCalls, 'persons/grants', query)).toEqual([])
  expect(await authenticate(simulator, clerk, ['Nip', firm])).toMatchObject({
    code: 415,
    details: ['Brak przypisanych uprawnień'],
  })
})

test('who lacks the permission gets 403 with what is needed and what is there (C.4)', async () => {
  await grant(simulator, ownerCalls, 'person', bodies.person(['Pesel', pesel], ['InvoiceRead', 'InvoiceWrite']))
  const clerkCalls = await signIn(simulator, clerk, ['Nip', firm])
  const reply = await clerkCalls('POST', paths.entity, {})
  expect(reply.status).toBe(403)
  expect(reply.headers.get('content-type')).toBe('application/problem+json')
  expect(reply.json).toEqual({
    title: 'Forbidden',
    status: 403,
    detail: 'Brak wymaganych uprawnień do wykonania operacji w bieżącym kontekście.',
    instance: '/v2/permissions/entities/grants',
    reasonCode: 'missing-permissions',
    security: { requiredAnyOfPermissions: ['CredentialsManage'], presentPermissions: ['InvoiceRead', 'InvoiceWrite'] },
    traceId: expect.any(String) as string,
    timestamp: expect.any(String) as string,
  })
})

test('an operation of another context is nobody else’s, and gone after 30 days (1.7)', async () => {
  const accepted = await ownerCalls('POST', paths.person, bodies.person(['Pesel', pesel], ['InvoiceRead']))
  const path = `permissions/operations/${String(accepted.json['referenceNumber'])}`
  const officeCalls = await signIn(simulator, office, ['Nip', accountant])
  expect(await officeCalls('GET', path)).toMatchObject({
    status: 403,
    json: { reasonCode: 'insufficient-resource-access' },
  })
  expect(faultOf(await ownerCalls('GET', 'permissions/operations/20260101-EG-0000000000-0000000000-00'))[0]).toBe(21405)
  await simulator.clock.advance(30 * 86_400_000 + 1)
  expect(await (await signIn(simulator, owner, ['Nip', firm]))('GET', path)).toMatchObject({
    status: 410,
    json: { detail: 'Operacja wygasła i nie jest już dostępna.' },
  })
})

describe('what a grant lets do (3.18)', () => {
  test('a person works in the context, by PESEL, NIP or fingerprint', async () => {
    const stranger: [string, string] = ['Fingerprint', fingerprintOf(foreigner)]
    await grant(simulator, ownerCalls, 'person', bodies.person(stranger, ['CredentialsRead']))
    await grant(simulator, ownerCalls, 'person', bodies.person(['Nip', accountant], ['Introspection']))
    expect((await authenticate(simulator, foreigner, ['Nip', firm], 'Fingerprint')).code).toBe(200)
    expect((await authenticate(simulator, office, ['Nip', firm])).code).toBe(200)
    expect((await authenticate(simulator, clerk, ['Nip', firm])).code).toBe(415)
  })

  test('an indirect grant works only while the client’s delegable grant stands behind it', async () => {
    const officeCalls = await signIn(simulator, office, ['Nip', accountant])
    const forClient = bodies.indirect(['Pesel', pesel], ['InvoiceRead'], { type: 'Nip', value: firm })
    expect(await grant(simulator, officeCalls, 'indirect', forClient)).toBe(440) // Nothing to pass on yet.
    await grant(simulator, ownerCalls, 'entity', bodies.entity(accountant, [{ type: 'InvoiceRead' }]))
    expect(await grant(simulator, officeCalls, 'indirect', forClient)).toBe(440) // Not to be passed on.
    await grant(
      simulator,
      ownerCalls,
      'entity',
      bodies.entity(accountant, [{ type: 'InvoiceRead', canDelegate: true }]),
    )
    expect(await grant(simulator, officeCalls, 'indirect', forClient)).toBe(200)
    const clerkCalls = await signIn(simulator, clerk, ['Nip', firm])
    const own = await rowsOf(clerkCalls, 'personal/grants')
    expect(own).toMatchObject([
      { targetIdentifier: { type: 'Nip', value: firm }, permissionState: 'Active', canDelegate: false },
    ])
    const delegable = (await rowsOf(officeCalls, 'entities/grants')).find((row) => row['canDelegate'] === true)
    await endOf(
      simulator,
      ownerCalls,
      await ownerCalls('DELETE', `permissions/common/grants/${String(delegable?.['id'])}`),
    )
    expect(await rowsOf(clerkCalls, 'personal/grants')).toMatchObject([{ permissionState: 'Inactive' }])
    expect(await rowsOf(clerkCalls, 'personal/grants', { permissionState: 'Active' })).toEqual([])
    expect((await authenticate(simulator, clerk, ['Nip', firm])).code).toBe(415)
  })

  test.each([
    ['AllPartners', { type: 'AllPartners' }],
    ['no target', undefined],
  ])('an indirect grant for %s works for every client that delegated', async (_, target) => {
    const officeCalls = await signIn(simulator, office, ['Nip', accountant])
    await grant(simulator, officeCalls, 'indirect', bodies.indirect(['Pesel', pesel], ['InvoiceWrite'], target))
    expect((await authenticate(simulator, clerk, ['Nip', firm])).code).toBe(415)
    await grant(
      simulator,
      ownerCalls,
      'entity',
      bodies.entity(accountant, [{ type: 'InvoiceWrite', canDelegate: true }]),
    )
    const clerkCalls = await signIn(simulator, clerk, ['Nip', firm])
    expect(await rowsOf(clerkCalls, 'personal/grants')).toMatchObject([{ targetIdentifier: { type: 'AllPartners' } }])
    expect((await authenticate(simulator, clerk, ['Nip', accountant])).code).toBe(415) // For clients, not for the office.
  })

  test('an InternalId context comes into being with its administrator', async () => {
    expect((await authenticate(simulator, clerk, ['InternalId', internalId])).code).toBe(415)
    await grant(simulator, ownerCalls, 'subunit', bodies.subunit(['Pesel', pesel], ['InternalId', internalId]))
    const clerkCalls = await signIn(simulator, clerk, ['InternalId', internalId])
    expect(await grant(simulator, clerkCalls, 'person', bodies.person(['Nip', accountant], ['InvoiceRead']))).toBe(200)
    expect((await authenticate(simulator, office, ['InternalId', internalId])).code).toBe(200)
    expect((await authenticate(simulator, owner, ['InternalId', internalId])).code).toBe(415)
  })

  test('a NipVatUe context comes into being with its administrator, who appoints representatives', async () => {
    const representative = await person('DE-2')
    await grant(simulator, ownerCalls, 'euAdministration', bodies.euAdministration(fingerprintOf(foreigner), euContext))
    const euCalls = await signIn(simulator, foreigner, ['NipVatUe', euContext])
    expect(
      await grant(simulator, euCalls, 'euEntity', bodies.euEntity(fingerprintOf(representative), ['InvoiceRead'])),
    ).toBe(200)
    const representativeCalls = await signIn(simulator, representative, ['NipVatUe', euContext])
    expect(await representativeCalls('POST', paths.euEntity, {})).toMatchObject({
      status: 403,
      json: { security: { requiredAnyOfPermissions: ['VatUeManage'], presentPermissions: ['InvoiceRead'] } },
    })
    expect(await ownerCalls('POST', paths.euEntity, {})).toMatchObject({ status: 403 }) // An owner has all but VatUeManage.
  })

  test('a repetition changes nothing', async () => {
    const body = bodies.person(['Pesel', pesel], ['InvoiceRead'])
    expect(await grant(simulator, ownerCalls, 'person', body)).toBe(200)
    expect(await grant(simulator, ownerCalls, 'person', body)).toBe(200)
    expect(await rowsOf(ownerCalls, 'persons/grants', { queryType: 'PermissionsInCurrentContext' })).toHaveLength(1)
  })

  test('who lost the permission meanwhile ends with 420', async () => {
    await grant(simulator, ownerCalls, 'person', bodies.person(['Pesel', pesel], ['CredentialsManage']))
    const clerkCalls = await signIn(simulator, clerk, ['Nip', firm])
    const [{ id } = {}] = await rowsOf(ownerCalls, 'persons/grants', { queryType: 'PermissionsInCurrentContext' })
    await endOf(simulator, ownerCalls, await ownerCalls('DELETE', `permissions/common/grants/${String(id)}`))
    expect(await grant(simulator, clerkCalls, 'person', bodies.person(['Nip', accountant], ['InvoiceRead']))).toBe(420)
  })
})

test('a KSeF token grants with its own permissions, which never change (2.14)', async () => {
  const { credentials, signInWithToken, send } = createCaller(simulator)
  const { accessToken } = await signInWithToken()
  const calls: Call = (method, path, body) => send(method, `/${path}`, accessToken, body)
  expect(await grant(simulator, calls, 'person', bodies.person(['Pesel', pesel], ['InvoiceRead']))).toBe(200)
  expect((await authenticate(simulator, clerk, ['Nip', credentials.nip])).code).toBe(200)
})

describe('grants that are accepted and fail (3.5, 3.18)', () => {
  const table: [string, keyof typeof bodies, object, number][] = [
    [
      'EnforcementOperations where nobody enforces',
      'person',
      bodies.person(['Pesel', pesel], ['EnforcementOperations']),
      430,
    ],
    ['an entity to itself', 'entity', bodies.entity(firm, [{ type: 'InvoiceRead' }]), 410],
    ['PefInvoicing to a NIP', 'authorization', bodies.authorization(['Nip', accountant], 'PefInvoicing'), 450],
    [
      'SelfInvoicing to a provider',
      'authorization',
      bodies.authorization(['PeppolId', 'PPL000001'], 'SelfInvoicing'),
      450,
    ],
    [
      'indirectly for oneself',
      'indirect',
      bodies.indirect(['Pesel', pesel], ['InvoiceRead'], { type: 'Nip', value: firm }),
      410,
    ],
    ['a subunit of another NIP', 'subunit', bodies.subunit(['Pesel', pesel], ['InternalId', '6824515772-12343']), 410],
    ['a NIP of none that is above others', 'subunit', bodies.subunit(['Pesel', pesel], ['Nip', accountant]), 430],
    [
      'an EU entity of another NIP',
      'euAdministration',
      bodies.euAdministration('A'.repeat(64), '6824515772-DE123456789'),
      410,
    ],
  ]
  test.each(table)('%s', async (_, kind, body, code) => {
    expect(await grant(simulator, ownerCalls, kind, body)).toBe(code)
    expect(simulator.state().systems.ksef.grants).toBe(0)
  })
})

describe('revocations that are accepted and fail (3.6)', () => {
  test('of what does not exist, of another context, and by the wrong operation', async () => {
    const revoke = async (call: Call, which: string, id: unknown) =>
      endOf(simulator, call, await call('DELETE', `permissions/${which}/grants/${String(id)}`))
    expect(await revoke(ownerCalls, 'common', '0c9a72e8-0000-4000-8000-000000000000')).toBe(400)
    await grant(simulator, ownerCalls, 'entity', bodies.entity(accountant, [{ type: 'InvoiceRead' }]))
    await grant(simulator, ownerCalls, 'authorization', bodies.authorization(['Nip', accountant], 'RRInvoicing'))
    const officeCalls = await signIn(simulator, office, ['Nip', accountant])
    const [received] = await rowsOf(officeCalls, 'entities/grants')
    expect(await revoke(officeCalls, 'common', received?.['id'])).toBe(440)
    expect(await revoke(ownerCalls, 'authorizations', received?.['id'])).toBe(450)
    const [authorization] = await rowsOf(ownerCalls, 'authorizations/grants', { queryType: 'Granted' })
    expect(await revoke(ownerCalls, 'common', authorization?.['id'])).toBe(450)
    expect(await revoke(ownerCalls, 'authorizations', authorization?.['id'])).toBe(200)
    expect(await revoke(ownerCalls, 'common', received?.['id'])).toBe(200)
    expect(simulator.state().systems.ksef.grants).toBe(0)
  })

  test('with SubunitManage only what it may give', async () => {
    await grant(simulator, ownerCalls, 'person', bodies.person(['Pesel', pesel], ['SubunitManage']))
    const clerkCalls = await signIn(simulator, clerk, ['Nip', firm])
    expect(
      await grant(simulator, clerkCalls, 'subunit', bodies.subunit(['Nip', accountant], ['InternalId', internalId])),
    ).toBe(200)
    const [subunit] = await rowsOf(clerkCalls, 'subunits/grants')
    const [own] = await rowsOf(ownerCalls, 'persons/grants', {
      queryType: 'PermissionsInCurrentContext',
      authorizedIdentifier: { type: 'Pesel', value: pesel },
    })
    const revoke = (id: unknown) => clerkCalls('DELETE', `permissions/common/grants/${String(id)}`)
    expect(await endOf(simulator, clerkCalls, await revoke(own?.['id']))).toBe(420)
    expect(await endOf(simulator, clerkCalls, await revoke(subunit?.['id']))).toBe(200)
  })
})
