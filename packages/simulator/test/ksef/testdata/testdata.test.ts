/** The test data, and the recipes that are made of them: spec/ksef.md sections 3.16, 3.18, 3.19. @module */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startSimulator, type Simulator } from '../../../src/index.ts'
import { createCaller } from '../support/caller.ts'
import { bodies, grant, rowsOf } from '../support/grants.ts'
import {
  anybody,
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

const nip = '5265877635'
const pesel = '15062788702'
const member = '6824515772'
const description = 'Dane testowe'

let simulator: Simulator
let open: Call
beforeAll(async () => {
  simulator = await startSimulator({ ksef: unhurried })
  open = anybody(simulator)
})
beforeEach(() => simulator.reset())
afterAll(() => simulator.close())

const done = { status: 200, text: '' }
const testPerson = (fields: object = {}) => ({ nip, pesel, isBailiff: false, description, ...fields })
const rights = (...permissionTypes: string[]) => ({
  contextIdentifier: { type: 'Nip', value: nip },
  authorizedIdentifier: { type: 'Pesel', value: pesel },
  permissions: permissionTypes.map((permissionType) => ({ description, permissionType })),
})
const owned = [
  ...[
    'CollectiveIdentifierManage',
    'CredentialsManage',
    'CredentialsRead',
    'Introspection',
    'InvoiceRead',
    'InvoiceWrite',
  ],
  'SubunitManage',
]

/** The permissions of an access token, as a refusal tells them: nobody may call this without `VatUeManage`. */
async function permissionsOf(call: Call): Promise<readonly unknown[]> {
  const { json } = await call('POST', 'permissions/eu-entities/grants', {})
  return [...(json['security'] as { presentPermissions: string[] }).presentPermissions].sort() // Of this refusal.
}

describe('recipes (3.19)', () => {
  test('a sole trader is an owner by NIP and by PESEL', async () => {
    expect((await authenticate(simulator, await person(`PNOPL-${pesel}`), ['Nip', nip])).code).toBe(415)
    expect(await open('POST', 'testdata/person', testPerson())).toMatchObject(done)
    for (const serialNumber of [`PNOPL-${pesel}`, `TINPL-${nip}`]) {
      const call = await signIn(simulator, await person(serialNumber), ['Nip', nip])
      expect(await permissionsOf(call)).toEqual(owned)
      expect(await rowsOf(call, 'personal/grants')).toEqual([])
    }
  })

  test('a bailiff is an owner with EnforcementOperations, and may pass them on', async () => {
    await open('POST', 'testdata/person', testPerson({ isBailiff: true, createdDate: '2026-01-02T03:04:05Z' }))
    const call = await signIn(simulator, await person(`PNOPL-${pesel}`), ['Nip', nip])
    expect(await permissionsOf(call)).toEqual([...owned, 'EnforcementOperations'].sort())
    expect((await call('GET', 'permissions/query/entities/roles')).json).toEqual({
      roles: [
        { role: 'CourtBailiff', description, startDate: expect.stringMatching(/^2026-01-02T03:04:05/) as string },
      ],
      hasMore: false,
    })
    const body = bodies.person(['Nip', member], ['EnforcementOperations'])
    expect(await grant(simulator, call, 'person', body)).toBe(200)
  })

  test('an enforcement authority has its role, and what the ZAW-FA form gives', async () => {
    const subject = { subjectNip: nip, subjectType: 'EnforcementAuthority', description }
    expect(await open('POST', 'testdata/subject', subject)).toMatchObject(done)
    expect(await open('POST', 'testdata/permissions', rights('EnforcementOperations'))).toMatchObject(done)
    expect(await permissionsOf(await signIn(simulator, await person(`PNOPL-${pesel}`), ['Nip', nip]))).toEqual([
      'EnforcementOperations',
    ])
    const owner = await signIn(simulator, await seal(nip), ['Nip', nip])
    expect((await owner('GET', 'permissions/query/entities/roles')).json).toMatchObject({
      roles: [{ role: 'EnforcementAuthority' }],
    })
    expect(await rowsOf(owner, 'persons/grants', { queryType: 'PermissionsInCurrentContext' })).toMatchObject([
      { authorIdentifier: { type: 'System' }, authorizedIdentifier: { type: 'Pesel', value: pesel }, description },
    ])
  })

  test.each([
    ['VatGroup', 'VatGroupUnit', 'VatGroupSubUnit'],
    ['JST', 'LocalGovernmentUnit', 'LocalGovernmentSubUnit'],
  ])('a %s appoints administrators of its members', async (subjectType, unit, subunit) => {
    const subunits = [{ subjectNip: member, description: 'Jednostka podrzędna' }]
    await open('POST', 'testdata/subject', { subjectNip: nip, subjectType, subunits, description })
    await open('POST', 'testdata/permissions', rights('SubunitManage', 'CredentialsRead'))
    const manager = await signIn(simulator, await person(`PNOPL-${pesel}`), ['Nip', nip])
    expect((await manager('GET', 'permissions/query/entities/roles')).json).toMatchObject({ roles: [{ role: unit }] })
    expect(await rowsOf(manager, 'subordinate-entities/roles')).toEqual([
      {
        ...{ role: subunit, description: 'Jednostka podrzędna', startDate: expect.any(String) as string },
        subordinateEntityIdentifier: { type: 'Nip', value: member },
      },
    ])
    const none = { subordinateEntityIdentifier: { type: 'Nip', value: nip } }
    expect(await rowsOf(manager, 'subordinate-entities/roles', none)).toEqual([])
    const administrator = await person('DE-9')
    const appointed = bodies.subunit(['Fingerprint', fingerprintOf(administrator)], ['Nip', member])
    expect(await grant(simulator, manager, 'subunit', appointed)).toBe(200)
    const stranger = bodies.subunit(['Fingerprint', fingerprintOf(administrator)], ['Nip', '1111111111'])
    expect(await grant(simulator, manager, 'subunit', stranger)).toBe(410)
    expect((await authenticate(simulator, administrator, ['Nip', member], 'Fingerprint')).code).toBe(200)
    const ofMember = await signIn(simulator, await seal(member), ['Nip', member])
    expect((await ofMember('GET', 'permissions/query/entities/roles')).json).toMatchObject({
      roles: [{ role: subunit, parentEntityIdentifier: { type: 'Nip', value: nip } }],
    })
    expect(await open('POST', 'testdata/subject/remove', { subjectNip: nip })).toMatchObject(done)
    expect((await ofMember('GET', 'permissions/query/entities/roles')).json).toEqual({ roles: [], hasMore: false })
  })

  test('attachments are allowed a moment after the consent, and up to its end', async () => {
    const owner = await signIn(simulator, await seal(nip), ['Nip', nip])
    const status = async () => (await owner('GET', 'permissions/attachments/status')).json
    expect(await status()).toEqual({ isAttachmentAllowed: false })
    expect(await open('POST', 'testdata/attachment', { nip })).toMatchObject(done)
    expect(await status()).toEqual({ isAttachmentAllowed: false })
    await simulator.clock.advance(delayMs)
    expect(await status()).toEqual({ isAttachmentAllowed: true })
    await open('POST', 'testdata/attachment', { nip }) // Again: it goes on.
    expect(await status()).toEqual({ isAttachmentAllowed: true })
    const expectedEndDate = new Date(simulator.clock.now() + 5 * 86_400_000).toISOString().slice(0, 10)
    expect(await open('POST', 'testdata/attachment/revoke', { nip, expectedEndDate })).toMatchObject(done)
    expect(await status()).toEqual({ isAttachmentAllowed: true, revokedDate: expect.any(String) as string })
    await open('POST', 'testdata/attachment/revoke', { nip })
    expect(await status()).toEqual({ isAttachmentAllowed: false, revokedDate: expect.any(String) as string })
  })

  test('nobody authenticates in a blocked context (480)', async () => {
    const context = { contextIdentifier: { type: 'Nip', value: nip } }
    const signer = await seal(nip)
    expect(await open('POST', 'testdata/context/block', context)).toMatchObject(done)
    expect(await authenticate(simulator, signer, ['Nip', nip])).toMatchObject({ code: 480 })
    expect(await open('POST', 'testdata/context/unblock', context)).toMatchObject(done)
    expect(await authenticate(simulator, signer, ['Nip', nip])).toMatchObject({ code: 200 })
  })

  test('a dead person neither authenticates (470) nor redeems or refreshes (21308)', async () => {
    await open('POST', 'testdata/person', testPerson({ createdDate: '2026-01-01T00:00:00Z' }))
    const signer = await person(`PNOPL-${pesel}`)
    const { signIn: enter, send } = createCaller(simulator)
    const { refreshToken } = await enter(signer, { context: `<Nip>${nip}</Nip>` })
    await open('POST', 'testdata/person', testPerson({ isDeceased: true, createdDate: '2026-01-02T00:00:00Z' }))
    expect(faultOf(await send('POST', '/auth/token/refresh', refreshToken))).toEqual([21308])
    expect(await authenticate(simulator, signer, ['Nip', nip])).toMatchObject({
      code: 470,
      details: ['Próba wykorzystania metod autoryzacyjnych osoby zmarłej'],
    })
  })
})

describe('what exists already (30001)', () => {
  test.each([
    ['person', testPerson()],
    ['subject', { subjectNip: nip, subjectType: 'JST', description }],
  ])('a %s is made anew only with a later date', async (what, body) => {
    const make = (createdDate?: string) =>
      open('POST', `testdata/${what}`, createdDate === undefined ? body : { ...body, createdDate })
    expect(await make('2026-05-01T00:00:00Z')).toMatchObject(done)
    expect(faultOf(await make())).toEqual([30001])
    expect(faultOf(await make('2026-05-01T00:00:00Z'))).toEqual([30001])
    expect(await make('2026-05-01T00:00:01Z')).toMatchObject(done)
    const key = what === 'person' ? { nip } : { subjectNip: nip }
    expect(await open('POST', `testdata/${what}/remove`, key)).toMatchObject(done)
    expect(await make()).toMatchObject(done)
    expect(
      await open('POST', `testdata/${what}/remove`, { ...key, nip: '1111111111', subjectNip: '1111111111' }),
    ).toMatchObject(done)
  })
})

test('a removed person loses what was granted to its numbers', async () => {
  await open('POST', 'testdata/person', testPerson())
  const owner = await signIn(simulator, await seal(member), ['Nip', member])
  await grant(simulator, owner, 'person', bodies.person(['Pesel', pesel], ['InvoiceRead']))
  await grant(simulator, owner, 'person', bodies.person(['Nip', nip], ['InvoiceWrite']))
  await grant(simulator, owner, 'person', bodies.person(['Nip', '1111111111'], ['InvoiceWrite']))
  await open('POST', 'testdata/person/remove', { nip })
  expect(simulator.state().systems.ksef.grants).toBe(1)
})

test('revoked test permissions leave alone what somebody granted', async () => {
  const owner = await signIn(simulator, await seal(nip), ['Nip', nip])
  await grant(simulator, owner, 'person', bodies.person(['Pesel', pesel], ['InvoiceRead']))
  await open('POST', 'testdata/permissions', rights('InvoiceWrite', 'Introspection'))
  const call = await signIn(simulator, await person(`PNOPL-${pesel}`), ['Nip', nip])
  expect(await permissionsOf(call)).toEqual(['Introspection', 'InvoiceRead', 'InvoiceWrite'])
  const { permissions: _, ...parties } = rights()
  expect(await open('POST', 'testdata/permissions/revoke', parties)).toMatchObject(done)
  expect(await permissionsOf(await signIn(simulator, await person(`PNOPL-${pesel}`), ['Nip', nip]))).toEqual([
    'InvoiceRead',
  ])
})

describe('bodies that are refused (21405)', () => {
  const format = 'is not in the correct format.'
  const empty = 'must not be empty.'
  const table: [string, object, string[]][] = [
    [
      'person',
      { nip: '123', pesel: '1', description: 'abc' },
      [
        `'nip' ${format}`,
        `'pesel' ${format}`,
        `'isBailiff' ${empty}`,
        "'description' must be between 5 and 256 characters. You entered 3 characters.",
      ],
    ],
    ['person/remove', {}, [`'nip' ${empty}`]],
    [
      'subject',
      { subjectNip: nip, subjectType: 'Firma', description },
      ["'subjectType' has a range of values which does not include 'Firma'."],
    ],
    [
      'subject',
      {
        subjectNip: nip,
        subjectType: 'EnforcementAuthority',
        subunits: [{ subjectNip: member, description }],
        description,
      },
      ["'subunits' must be empty for subjectType EnforcementAuthority."],
    ],
    [
      'subject',
      { subjectNip: nip, subjectType: 'JST', subunits: [{ subjectNip: '1' }], description },
      [`'subunits[0].subjectNip' ${format}`, `'subunits[0].description' ${empty}`],
    ],
    ['subject/remove', { subjectNip: 1 }, ["'subjectNip' has an invalid value."]],
    [
      'permissions',
      { ...rights('VatUeManage'), contextIdentifier: { type: 'InternalId', value: 'x' } },
      [
        "'contextIdentifier.type' has a range of values which does not include 'InternalId'.",
        "'permissions[0].permissionType' has a range of values which does not include 'VatUeManage'.",
      ],
    ],
    ['permissions/revoke', {}, [`'contextIdentifier' ${empty}`, `'authorizedIdentifier' ${empty}`]],
    ['attachment', {}, [`'nip' ${empty}`]],
    ['attachment/revoke', { nip, expectedEndDate: '2026-02-30' }, [`'expectedEndDate' ${format}`]],
    ['context/block', {}, [`'contextIdentifier' ${empty}`]],
    [
      'context/unblock',
      { contextIdentifier: { type: 'PeppolId', value: nip } },
      [`'contextIdentifier.value' ${format}`],
    ],
  ]
  test.each(table)('%s %j', async (path, body, messages) => {
    expect(faultOf(await open('POST', `testdata/${path}`, body))).toEqual([21405, ...messages])
  })
})
