/** What the requests for permissions must look like: spec/ksef.md section 3.18, appendix A. @module */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startSimulator, type Simulator } from '../../../src/index.ts'
import { bodies, paths } from '../support/grants.ts'
import { type Call, faultOf, fingerprintOf, person, seal, signIn, delayMs, unhurried } from '../support/user.ts'

const firm = '5265877635'
const pesel = '15062788702'
const euContext = '5265877635-DE123456789'

let simulator: Simulator
let owner: Call
let eu: Call
beforeAll(async () => {
  simulator = await startSimulator({ ksef: unhurried })
  owner = await signIn(simulator, await seal(firm), ['Nip', firm])
  const foreigner = await person('DE-1')
  await owner('POST', paths.euAdministration, bodies.euAdministration(fingerprintOf(foreigner), euContext))
  await simulator.clock.advance(delayMs)
  eu = await signIn(simulator, foreigner, ['NipVatUe', euContext])
})
afterAll(() => simulator.close())

const fingerprint = 'A'.repeat(64)
const right = {
  person: bodies.person(['Pesel', pesel], ['InvoiceRead']),
  entity: bodies.entity('6824515772', [{ type: 'InvoiceRead' }]),
  authorization: bodies.authorization(['Nip', '6824515772'], 'SelfInvoicing'),
  indirect: bodies.indirect(['Pesel', pesel], ['InvoiceRead'], { type: 'AllPartners' }),
  subunit: bodies.subunit(['Pesel', pesel], ['InternalId', '5265877635-12346']),
  euAdministration: bodies.euAdministration(fingerprint, euContext),
  euEntity: bodies.euEntity(fingerprint, ['InvoiceRead']),
}
type Kind = keyof typeof right

const send = (kind: Kind, fields: object) =>
  (kind === 'euEntity' ? eu : owner)('POST', paths[kind], { ...right[kind], ...fields })
const empty = 'must not be empty.'
const format = 'is not in the correct format.'

describe('an empty body names every field that must be there', () => {
  const subject = ['subjectIdentifier', 'description', 'subjectDetails']
  const table: [Kind, string[]][] = [
    ['person', [...subject, 'permissions']],
    ['entity', [...subject, 'permissions']],
    ['authorization', [...subject, 'permission']],
    ['indirect', [...subject, 'permissions']],
    ['subunit', [...subject, 'contextIdentifier']],
    ['euAdministration', [...subject, 'contextIdentifier', 'euEntityName', 'euEntityDetails']],
    ['euEntity', [...subject, 'permissions']],
  ]
  test.each(table)('%s', async (kind, names) => {
    const nothing = Object.fromEntries(Object.keys(right[kind]).map((name) => [name, null]))
    const [code, ...details] = faultOf(await send(kind, nothing))
    expect([code, ...details.sort()]).toEqual([21405, ...names.map((name) => `'${name}' ${empty}`).sort()])
  })
})

describe('one field that is wrong', () => {
  const personDetails = (fields: object) => ({
    subjectDetails: {
      subjectDetailsType: 'PersonByIdentifier',
      personById: { firstName: 'Adam', lastName: 'Testowy', ...fields },
    },
  })
  const details = (fields: object) => ({ subjectDetails: { ...right.person.subjectDetails, ...fields } })
  const withoutId = {
    firstName: 'Eva',
    lastName: 'Muster',
    birthDate: '1990-02-30',
    idDocument: { type: 'P', number: '1', country: 'de' },
  }
  const lengths = 'You entered'
  const table: [Kind, string, object, string[]][] = [
    [
      'person',
      'a short description',
      { description: 'abcd' },
      [`'description' must be between 5 and 256 characters. ${lengths} 4 characters.`],
    ],
    [
      'person',
      'a long description',
      { description: 'x'.repeat(257) },
      [`'description' must be between 5 and 256 characters. ${lengths} 257 characters.`],
    ],
    [
      'person',
      'a first name of one letter',
      personDetails({ firstName: 'A' }),
      [`'subjectDetails.personById.firstName' must be between 2 and 30 characters. ${lengths} 1 characters.`],
    ],
    [
      'person',
      'a last name of 82 letters',
      personDetails({ lastName: 'x'.repeat(82) }),
      [`'subjectDetails.personById.lastName' must be between 2 and 81 characters. ${lengths} 82 characters.`],
    ],
    [
      'person',
      'a PESEL that is none',
      { subjectIdentifier: { type: 'Pesel', value: '15132788702' } },
      [`'subjectIdentifier.value' ${format}`],
    ],
    [
      'person',
      'an unknown kind of subject',
      { subjectIdentifier: { type: 'InternalId', value: 'x' } },
      ["'subjectIdentifier.type' has a range of values which does not include 'InternalId'."],
    ],
    [
      'person',
      'a permission that persons cannot have',
      { permissions: ['VatUeManage'] },
      ["'permissions[0]' has a range of values which does not include 'VatUeManage'."],
    ],
    ['person', 'no permission', { permissions: [] }, ["'permissions' must contain at least 1 items."]],
    [
      'person',
      'a permission twice',
      { permissions: ['InvoiceRead', 'InvoiceRead'] },
      ["'permissions' must not contain duplicates."],
    ],
    [
      'person',
      'details of another type',
      details({ subjectDetailsType: 'PersonByFingerprintWithIdentifier' }),
      [
        "'subjectDetails.personById' must be empty for subjectDetailsType PersonByFingerprintWithIdentifier.",
        `'subjectDetails.personByFpWithId' ${empty}`,
      ],
    ],
    ['person', 'no details for the type', details({ personById: null }), [`'subjectDetails.personById' ${empty}`]],
    [
      'person',
      'details by identifier for a fingerprint',
      { subjectIdentifier: { type: 'Fingerprint', value: fingerprint } },
      ["'subjectDetails.subjectDetailsType' does not fit a subject of type Fingerprint."],
    ],
    [
      'entity',
      'an entity without a NIP',
      { subjectIdentifier: { type: 'Pesel', value: pesel } },
      ["'subjectIdentifier.type' has a range of values which does not include 'Pesel'."],
    ],
    [
      'entity',
      'a permission that entities cannot have',
      { permissions: [{ type: 'Introspection' }] },
      ["'permissions[0].type' has a range of values which does not include 'Introspection'."],
    ],
    [
      'entity',
      'a permission twice',
      { permissions: [{ type: 'InvoiceRead' }, { type: 'InvoiceRead', canDelegate: true }] },
      ["'permissions' must not contain duplicates."],
    ],
    [
      'entity',
      'a short name',
      { subjectDetails: { fullName: 'abcd' } },
      [`'subjectDetails.fullName' must be between 5 and 90 characters. ${lengths} 4 characters.`],
    ],
    [
      'authorization',
      'a PeppolId that is none',
      { subjectIdentifier: { type: 'PeppolId', value: 'PPL1' } },
      [`'subjectIdentifier.value' ${format}`],
    ],
    [
      'authorization',
      'a permission of persons',
      { permission: 'InvoiceRead' },
      ["'permission' has a range of values which does not include 'InvoiceRead'."],
    ],
    [
      'indirect',
      'all partners with a value',
      { targetIdentifier: { type: 'AllPartners', value: firm } },
      [`'targetIdentifier.value' ${format}`],
    ],
    [
      'indirect',
      'a client without a value',
      { targetIdentifier: { type: 'Nip' } },
      [`'targetIdentifier.value' ${format}`],
    ],
    [
      'subunit',
      'a wrong check digit',
      { contextIdentifier: { type: 'InternalId', value: '5265877635-12345' } },
      ["'contextIdentifier.value' has a wrong check digit."],
    ],
    [
      'subunit',
      'an InternalId that is none',
      { contextIdentifier: { type: 'InternalId', value: '5265877635-1' } },
      [`'contextIdentifier.value' ${format}`],
    ],
    ['subunit', 'no name of an InternalId', { subunitName: null }, [`'subunitName' ${empty}`]],
    [
      'euAdministration',
      'a Polish number',
      { contextIdentifier: { type: 'NipVatUe', value: '5265877635-PL5265877635' } },
      [`'contextIdentifier.value' ${format}`],
    ],
    [
      'euAdministration',
      'a fingerprint in small letters',
      { subjectIdentifier: { type: 'Fingerprint', value: 'a'.repeat(64) } },
      [`'subjectIdentifier.value' ${format}`],
    ],
    [
      'euEntity',
      'a birthday and a country that are none',
      { subjectDetails: { subjectDetailsType: 'PersonByFingerprintWithoutIdentifier', personByFpNoId: withoutId } },
      ["'subjectDetails.personByFpNoId.birthDate'", "'subjectDetails.personByFpNoId.idDocument.country'"].map(
        (path) => `${path} ${format}`,
      ),
    ],
  ]
  test.each(table)('%s: %s', async (kind, _, fields, messages) => {
    expect(faultOf(await send(kind, fields))).toEqual([21405, ...messages])
  })
})

test.each(Object.keys(right) as Kind[])(
  '%s takes what is right, unknown fields, and names in any letter case',
  async (kind) => {
    expect((await send(kind, { unknownField: { a: 1 } })).status).toBe(202)
    const { type, value } = right[kind].subjectIdentifier
    expect((await send(kind, { subjectIdentifier: { type: type.toLowerCase(), value } })).status).toBe(202)
  },
)

test('what is no object, and no JSON, is refused as such', async () => {
  expect(faultOf(await owner('POST', paths.person, []))).toEqual([21405, "'request' has an invalid value."])
  expect(faultOf(await owner('POST', paths.person))).toEqual([21405, `'request' ${empty}`])
})

test('a permission id has 36 characters', async () => {
  expect(faultOf(await owner('DELETE', 'permissions/common/grants/1'))).toEqual([
    21405,
    "'permissionId' must be 36 characters in length. You entered 1 characters.",
  ])
})
