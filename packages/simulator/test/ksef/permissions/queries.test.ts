/** What queries list, their filters, order and pages: spec/ksef.md sections 1.6, 3.7, 3.17, appendix A. @module */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startSimulator, type Simulator } from '../../../src/index.ts'
import type { Signer } from '../support/certificates.ts'
import { bodies, grant, rowsOf } from '../support/grants.ts'
import { anybody, type Call, faultOf, fingerprintOf, person, seal, signIn, unhurried } from '../support/user.ts'

const firm = '5265877635'
const office = '6824515772'
const pesel = '15062788702'
const internalId = '5265877635-12346'
const euContext = '5265877635-DE123456789'
const inContext = { queryType: 'PermissionsInCurrentContext' }
const fromHere = { queryType: 'PermissionsGrantedInCurrentContext' }
const id = expect.stringMatching(/^[0-9a-f-]{36}$/) as string
const startDate = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}\+00:00$/) as string
const description = 'Nadane w teście'

let simulator: Simulator
let signers: Readonly<Record<'owner' | 'office' | 'clerk' | 'foreigner', Signer>>
let owner: Call
beforeAll(async () => {
  simulator = await startSimulator({ ksef: unhurried })
  signers = {
    owner: await seal(firm),
    office: await seal(office),
    clerk: await person(`PNOPL-${pesel}`),
    foreigner: await person('DE-1'),
  }
})
beforeEach(async () => {
  simulator.reset()
  owner = await signIn(simulator, signers.owner, ['Nip', firm])
})
afterAll(() => simulator.close())

const give = async (kind: keyof typeof bodies, body: object, call: Call = owner): Promise<void> => {
  expect(await grant(simulator, call, kind, body)).toBe(200)
}

describe('persons/grants', () => {
  test('lists who may work here: persons, entities, and whom the entity lets work for its clients', async () => {
    await give('person', bodies.person(['Pesel', pesel], ['CredentialsRead']))
    await give('person', bodies.person(['Fingerprint', fingerprintOf(signers.foreigner)], ['InvoiceRead']))
    await give('entity', bodies.entity(office, [{ type: 'InvoiceRead', canDelegate: true }]))
    await give('indirect', bodies.indirect(['Pesel', pesel], ['InvoiceWrite']))
    await give('subunit', bodies.subunit(['Pesel', pesel], ['InternalId', internalId]))
    await give('authorization', bodies.authorization(['Nip', office], 'SelfInvoicing'))
    const author = { authorIdentifier: { type: 'Nip', value: firm } }
    const rest = { ...author, id, startDate, description, permissionState: 'Active' }
    const subjectPersonDetails = { subjectDetailsType: 'PersonByIdentifier', firstName: 'Adam', lastName: 'Testowy' }
    expect(await rowsOf(owner, 'persons/grants', inContext)).toEqual([
      {
        ...{ ...rest, authorizedIdentifier: { type: 'Pesel', value: pesel }, permissionScope: 'InvoiceWrite' },
        ...{ targetIdentifier: { type: 'AllPartners' }, canDelegate: false, subjectPersonDetails },
      },
      {
        ...{ ...rest, authorizedIdentifier: { type: 'Nip', value: office }, permissionScope: 'InvoiceRead' },
        canDelegate: true,
        subjectEntityDetails: { subjectDetailsType: 'EntityByIdentifier', fullName: 'Firma testowa' },
      },
      {
        ...{ ...rest, permissionScope: 'InvoiceRead', canDelegate: false },
        authorizedIdentifier: { type: 'Fingerprint', value: fingerprintOf(signers.foreigner) },
        subjectPersonDetails: {
          ...{ subjectDetailsType: 'PersonByFingerprintWithIdentifier', firstName: 'Eva', lastName: 'Muster' },
          personIdentifier: { type: 'Nip', value: '1111111111' },
        },
      },
      {
        ...{ ...rest, authorizedIdentifier: { type: 'Pesel', value: pesel }, permissionScope: 'CredentialsRead' },
        ...{ canDelegate: false, subjectPersonDetails },
      },
    ])
    const given = await rowsOf(owner, 'persons/grants', fromHere)
    expect(given).toHaveLength(5)
    expect(given[0]).toMatchObject({
      ...{ contextIdentifier: { type: 'InternalId', value: internalId }, permissionScope: 'CredentialsManage' },
    })
    const clerk = await signIn(simulator, signers.clerk, ['InternalId', internalId])
    expect(await rowsOf(clerk, 'persons/grants', inContext)).toEqual([given[0]])
    expect(await rowsOf(clerk, 'persons/grants', fromHere)).toEqual([])
  })

  test('takes every filter', async () => {
    await give('person', bodies.person(['Pesel', pesel], ['CredentialsManage', 'CredentialsRead']))
    await give('indirect', bodies.indirect(['Nip', office], ['InvoiceWrite']))
    await give('subunit', bodies.subunit(['Pesel', pesel], ['InternalId', internalId]))
    await anybody(simulator)('POST', 'testdata/permissions', {
      contextIdentifier: { type: 'Nip', value: firm },
      authorizedIdentifier: { type: 'Nip', value: office },
      permissions: [{ description, permissionType: 'Introspection' }],
    })
    const clerk = await signIn(simulator, signers.clerk, ['Nip', firm])
    await give('person', bodies.person(['Nip', office], ['InvoiceRead']), clerk)
    const scopes = async (filters: object) =>
      (await rowsOf(owner, 'persons/grants', { ...fromHere, ...filters })).map((row) => row['permissionScope']).sort()
    const all = [
      'CredentialsManage',
      'CredentialsManage',
      'CredentialsRead',
      'Introspection',
      'InvoiceRead',
      'InvoiceWrite',
    ]
    expect(await scopes({})).toEqual(all)
    expect(await scopes({ authorIdentifier: null, permissionTypes: [], pageSize: 1 })).toEqual(all)
    expect(await scopes({ authorIdentifier: { type: 'System' } })).toEqual(['Introspection'])
    expect(await scopes({ authorIdentifier: { type: 'Pesel', value: pesel } })).toEqual(['InvoiceRead'])
    expect(await scopes({ authorizedIdentifier: { type: 'nip', value: office } })).toEqual([
      ...['Introspection', 'InvoiceRead', 'InvoiceWrite'],
    ])
    expect(await scopes({ contextIdentifier: { type: 'InternalId', value: internalId } })).toEqual([
      'CredentialsManage',
    ])
    expect(await scopes({ targetIdentifier: { type: 'AllPartners' } })).toEqual(['InvoiceWrite'])
    expect(await scopes({ permissionTypes: ['InvoiceRead', 'CredentialsRead'] })).toEqual([
      'CredentialsRead',
      'InvoiceRead',
    ])
    expect(await scopes({ permissionState: 'Inactive' })).toEqual([])
  })

  test('comes in pages, newest first, then by id (1.6, 3.17)', async () => {
    const names = [
      'CredentialsManage',
      'CredentialsRead',
      'InvoiceWrite',
      'InvoiceRead',
      'Introspection',
      'SubunitManage',
    ]
    await give('person', bodies.person(['Pesel', pesel], names))
    await give('person', bodies.person(['Nip', office], names))
    const page = async (query: string) =>
      (await owner('POST', `permissions/query/persons/grants?${query}`, inContext)).json
    const [first, second] = [await page(''), await page('pageOffset=1&pageSize=10')]
    expect([first['hasMore'], second['hasMore']]).toEqual([true, false])
    const rows = [first, second].flatMap((json) => json['permissions'] as { id: string; startDate: string }[])
    expect(rows).toHaveLength(12)
    const sorted = [...rows].sort((one, other) =>
      one.startDate === other.startDate ? (one.id < other.id ? -1 : 1) : one.startDate < other.startDate ? 1 : -1,
    )
    expect(rows).toEqual(sorted)
    expect(await page('pageOffset=2')).toEqual({ permissions: [], hasMore: false })
    expect((await page('pageSize=12'))['permissions']).toEqual(rows)
  })
})

test('personal/grants lists the caller’s own, and what its entity got when an owner asks', async () => {
  await give('person', bodies.person(['Pesel', pesel], ['InvoiceRead']))
  await give('entity', bodies.entity(office, [{ type: 'InvoiceWrite' }]))
  const clerk = await signIn(simulator, signers.clerk, ['Nip', firm])
  expect(await rowsOf(clerk, 'personal/grants')).toEqual([
    {
      ...{ id, startDate, description, permissionScope: 'InvoiceRead', permissionState: 'Active', canDelegate: false },
      subjectPersonDetails: { subjectDetailsType: 'PersonByIdentifier', firstName: 'Adam', lastName: 'Testowy' },
    },
  ])
  expect(await rowsOf(owner, 'personal/grants')).toEqual([]) // An owner's rights are no grants.
  const ofOffice = await signIn(simulator, signers.office, ['Nip', office])
  const received = { contextIdentifier: { type: 'Nip', value: firm }, permissionScope: 'InvoiceWrite' }
  expect(await rowsOf(ofOffice, 'personal/grants')).toMatchObject([received])
  expect(await rowsOf(ofOffice, 'personal/grants', { contextIdentifier: { type: 'Nip', value: office } })).toEqual([])
  expect(await rowsOf(ofOffice, 'personal/grants', { permissionTypes: ['InvoiceWrite'] })).toMatchObject([received])
  await give('person', bodies.person(['Pesel', pesel], ['InvoiceRead']), ofOffice)
  const worker = await signIn(simulator, signers.clerk, ['Nip', office])
  expect(await rowsOf(worker, 'personal/grants')).toHaveLength(1) // What the entity got is for its owner to see.
})

test('direct grants are found by the context in which they work, as context and as target (3.7)', async () => {
  await give('person', bodies.person(['Pesel', pesel], ['InvoiceRead']))
  const worker = await signIn(simulator, signers.clerk, ['Nip', firm])
  const here = { type: 'Nip', value: firm }
  const elsewhere = { type: 'Nip', value: office }
  for (const queryType of ['PermissionsInCurrentContext', 'PermissionsGrantedInCurrentContext']) {
    const find = (filters: object) => rowsOf(owner, 'persons/grants', { queryType, ...filters })
    expect(await find({ contextIdentifier: here, targetIdentifier: here })).toMatchObject([
      { permissionScope: 'InvoiceRead' },
    ])
    expect(await find({ contextIdentifier: elsewhere })).toEqual([])
    expect(await find({ targetIdentifier: elsewhere })).toEqual([])
  }
  const own = (filters: object) => rowsOf(worker, 'personal/grants', filters)
  expect(await own({ contextIdentifier: here, targetIdentifier: here })).toHaveLength(1)
  expect(await own({ contextIdentifier: elsewhere })).toEqual([])
  expect(await own({ targetIdentifier: elsewhere })).toEqual([])
})

test('entities/grants lists what other entities gave', async () => {
  await give('entity', bodies.entity(office, [{ type: 'InvoiceWrite' }, { type: 'InvoiceRead', canDelegate: true }]))
  const ofOffice = await signIn(simulator, signers.office, ['Nip', office])
  const rows = await rowsOf(ofOffice, 'entities/grants')
  const common = { id, startDate, description, contextIdentifier: { type: 'Nip', value: firm } }
  expect(rows).toHaveLength(2)
  expect(rows).toContainEqual({ ...common, permissionScope: 'InvoiceWrite', canDelegate: false })
  expect(rows).toContainEqual({ ...common, permissionScope: 'InvoiceRead', canDelegate: true })
  expect(await rowsOf(ofOffice, 'entities/grants', { contextIdentifier: { type: 'Nip', value: office } })).toEqual([])
  expect(await rowsOf(owner, 'entities/grants')).toEqual([])
})

test('authorizations/grants lists what was given, and what was got', async () => {
  await give('authorization', bodies.authorization(['Nip', office], 'TaxRepresentative'))
  await give('authorization', bodies.authorization(['PeppolId', 'PPL000001'], 'PefInvoicing'))
  const ofOffice = await signIn(simulator, signers.office, ['Nip', office])
  const [got, ...others] = await rowsOf(ofOffice, 'authorizations/grants', { queryType: 'Received' })
  expect(others).toEqual([])
  expect(got).toEqual({
    ...{ id, startDate, description, authorizationScope: 'TaxRepresentative' },
    authorIdentifier: { type: 'Nip', value: firm },
    authorizedEntityIdentifier: { type: 'Nip', value: office },
    authorizingEntityIdentifier: { type: 'Nip', value: firm },
    subjectEntityDetails: { subjectDetailsType: 'EntityByIdentifier', fullName: 'Firma testowa' },
  })
  const given = (filters: object) => rowsOf(owner, 'authorizations/grants', { queryType: 'Granted', ...filters })
  expect(await given({})).toHaveLength(2)
  expect(await given({ authorizedIdentifier: { type: 'Nip', value: office } })).toEqual([got])
  expect(await given({ permissionTypes: ['PefInvoicing'] })).toMatchObject([{ authorizationScope: 'PefInvoicing' }])
  expect(await given({ authorizingIdentifier: { type: 'Nip', value: office } })).toEqual([])
})

test('subunits/grants lists the administrators of subunits', async () => {
  await give('subunit', bodies.subunit(['Pesel', pesel], ['InternalId', internalId]))
  const rows = await rowsOf(owner, 'subunits/grants')
  expect(rows).toEqual([
    {
      ...{ id, startDate, description, permissionScope: 'CredentialsManage', subunitName: 'Oddział w Gdyni' },
      authorizedIdentifier: { type: 'Pesel', value: pesel },
      subunitIdentifier: { type: 'InternalId', value: internalId },
      authorIdentifier: { type: 'Nip', value: firm },
      subjectPersonDetails: { subjectDetailsType: 'PersonByIdentifier', firstName: 'Adam', lastName: 'Testowy' },
    },
  ])
  const of = (value: string) => rowsOf(owner, 'subunits/grants', { subunitIdentifier: { type: 'InternalId', value } })
  expect([await of(internalId), await of('5265877635-00000')]).toEqual([rows, []])
})

test('eu-entities/grants: a NIP sees the administrators, the EU entity sees all', async () => {
  const representative = 'B'.repeat(64)
  await give('euAdministration', bodies.euAdministration(fingerprintOf(signers.foreigner), euContext))
  const eu = await signIn(simulator, signers.foreigner, ['NipVatUe', euContext])
  await give('euEntity', bodies.euEntity(representative, ['InvoiceRead']), eu)
  const administrators = await rowsOf(owner, 'eu-entities/grants')
  const scopes = ['Introspection', 'InvoiceRead', 'InvoiceWrite', 'VatUeManage']
  expect(administrators.map((row) => row['permissionScope']).sort()).toEqual(scopes)
  expect(administrators[0]).toMatchObject({
    ...{ id, startDate, description, euEntityName: 'Muster GmbH, Berlin', vatUeIdentifier: 'DE123456789' },
    authorIdentifier: { type: 'Nip', value: firm },
    authorizedFingerprintIdentifier: fingerprintOf(signers.foreigner),
    euEntityDetails: { fullName: 'Muster GmbH', address: 'Berlin' },
    subjectPersonDetails: { subjectDetailsType: 'PersonByFingerprintWithIdentifier' },
  })
  const all = (filters: object) => rowsOf(eu, 'eu-entities/grants', filters)
  expect(await all({})).toHaveLength(5)
  expect(await all({ authorizedFingerprintIdentifier: 'BBBB' })).toMatchObject([
    { authorizedFingerprintIdentifier: representative, permissionScope: 'InvoiceRead', vatUeIdentifier: 'DE123456789' },
  ])
  expect(await all({ vatUeIdentifier: 'DE999999999' })).toEqual([])
  expect(await all({ permissionTypes: ['VatUeManage'] })).toHaveLength(1)
})

test.each([
  ['persons/grants', ['CredentialsManage', 'CredentialsRead', 'SubunitManage']],
  ['subunits/grants', ['CredentialsManage', 'CredentialsRead', 'SubunitManage']],
  ['entities/grants', ['CredentialsManage', 'CredentialsRead']],
  ['entities/roles', ['CredentialsManage', 'CredentialsRead']],
  ['subordinate-entities/roles', ['CredentialsManage', 'CredentialsRead', 'SubunitManage']],
  ['authorizations/grants', ['CredentialsManage', 'CredentialsRead', 'PefInvoiceWrite']],
  ['eu-entities/grants', ['CredentialsManage', 'CredentialsRead', 'VatUeManage']],
])('%s needs any one of %j (3.7)', async (path, requiredAnyOfPermissions) => {
  await give('person', bodies.person(['Pesel', pesel], ['InvoiceRead']))
  const clerk = await signIn(simulator, signers.clerk, ['Nip', firm])
  const method = path === 'entities/roles' ? 'GET' : 'POST'
  expect(await clerk(method, `permissions/query/${path}`)).toMatchObject({
    status: 403,
    json: {
      reasonCode: 'missing-permissions',
      security: { requiredAnyOfPermissions, presentPermissions: ['InvoiceRead'] },
    },
  })
})

test('filters and page are refused together (1.7)', async () => {
  const wrong = { queryType: 'All', authorIdentifier: { type: 'System', value: 'x' }, permissionTypes: ['VatUeManage'] }
  expect(faultOf(await owner('POST', 'permissions/query/persons/grants?pageSize=9&pageOffset=-1', wrong))).toEqual([
    21405,
    "'authorIdentifier.value' is not in the correct format.",
    "'permissionTypes[0]' has a range of values which does not include 'VatUeManage'.",
    "'queryType' has a range of values which does not include 'All'.",
    "'pageOffset' must be between 0 and 1000000. You entered -1.",
    "'pageSize' must be between 10 and 100. You entered 9.",
  ])
})
