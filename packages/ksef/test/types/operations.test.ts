/**
 * Assertions that only have to compile: each `@ts-expect-error` is a mistake that must not.
 *
 * @module
 */
import { expect, expectTypeOf, test } from 'vitest'
import type {
  AuthenticatedClient,
  CertificateInfo,
  EntityGrant,
  GeneratedKsefToken,
  IndirectGrant,
  KsefClient,
  NewKsefToken,
  OffsetPage,
  PersonGrant,
  PersonPermission,
  TestPerson,
} from '../../src/index.ts'
import { bookkeeper, description, entityByFp, entityDetails, names, nip, personById } from '../support/samples.ts'

test('the details of a subject are the member that is named', () => {
  // @ts-expect-error Another member than is named.
  const other: PersonGrant['subjectDetails'] = { subjectDetailsType: 'PersonByIdentifier', personByFpNoId: names }
  // @ts-expect-error A seal is no person.
  const seal: PersonGrant = { ...bookkeeper, subjectDetails: entityByFp }
  const { subjectDetails: _, ...bare } = bookkeeper
  // @ts-expect-error No details.
  const none: PersonGrant = bare
  expect([other, seal, none]).toHaveLength(3)
})

test('each grant has its own kinds of identifiers and permissions', () => {
  // @ts-expect-error An entity has no PESEL.
  const subject: EntityGrant['subjectIdentifier'] = { type: 'Pesel', value: '15062788702' }
  // @ts-expect-error Nobody but an administrator manages credentials.
  const permission: IndirectGrant['permissions'] = ['CredentialsManage']
  // @ts-expect-error All partners are nobody in particular.
  const target: IndirectGrant['targetIdentifier'] = { type: 'AllPartners', value: nip }
  // @ts-expect-error A KSeF token cannot manage an EU entity.
  const token: NewKsefToken = { permissions: ['VatUeManage'], description }
  // @ts-expect-error Whether somebody is a bailiff is always said.
  const person: TestPerson = { nip, pesel: '15062788702', description }
  expect([subject, permission, target, token, person, entityDetails, personById]).toHaveLength(7)
})

test('answers are typed; words that are new stay possible', () => {
  type Page = Awaited<ReturnType<AuthenticatedClient['permissions']['queryPersons']>>
  expectTypeOf<Page>().toEqualTypeOf<OffsetPage<PersonPermission>>()
  expectTypeOf<PersonPermission['startDate']>().toEqualTypeOf<Date>()
  expectTypeOf<'Suspended'>().toExtend<CertificateInfo['status']>()
  expectTypeOf<ReturnType<AuthenticatedClient['tokens']['generate']>>().resolves.toEqualTypeOf<GeneratedKsefToken>()
})

test('a loop over pages and one over items have the types of their parts', () => {
  type Items<Walk> = Walk extends { items(): AsyncIterable<infer Item> } ? Item : never
  expectTypeOf<Items<ReturnType<AuthenticatedClient['certificates']['all']>>>().toEqualTypeOf<CertificateInfo>()
  expectTypeOf<ReturnType<KsefClient['testdata']['temporary']>>().toExtend<AsyncDisposable>()
})
