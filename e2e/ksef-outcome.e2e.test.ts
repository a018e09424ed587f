/**
 * Answers of KSeF that are lost on a real socket: each grant, KSeF token and certificate is found where it shows, and is
 * made once.
 *
 * @see spec/ksef.md sections 2.14, 2.15, 3.5 and 3.7, DESIGN "Unknown is a value"
 * @module
 */
import { OutcomeUnknownError } from '@latchkey/http'
import { createCertificateRequest, generateNip, generatePesel, generatePrivateKey } from '@latchkey/ksef'
import type { AuthenticatedClient, KsefClient } from '@latchkey/ksef'
import { startSimulator } from '@latchkey/simulator'
import type { Simulator } from '@latchkey/simulator'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { atOnce, byNumber, clientOf, fingerprintOf, foreigner, internalIdOf, signInAsOwner } from './support/ksef.ts'

const nip = generateNip()
const intermediary = generateNip()
const person = { type: 'Pesel', value: generatePesel() } as const
const entity = { fullName: 'Spółka testowa' }
const foreignEntity = { fullName: 'Beispiel GmbH', address: 'Musterweg 1, Berlin' }

let simulator: Simulator
let client: KsefClient
let owner: AuthenticatedClient
beforeAll(async () => {
  simulator = await startSimulator({ ksef: atOnce })
  client = clientOf(simulator, { rateLimits: false })
  owner = await signInAsOwner(client, nip)
})
afterAll(async () => {
  await client.close()
  await simulator.close()
})

/** Loses the answer of the simulator's operation, and asks until what became of it is known. */
async function found(operation: string, call: () => Promise<unknown>): Promise<unknown> {
  simulator.faults.add({ system: 'ksef', operation, kind: 'resetAfter', count: 1 })
  const error: unknown = await call().catch((thrown: unknown) => thrown)
  if (!(error instanceof OutcomeUnknownError)) throw error
  expect(simulator.requests({ system: 'ksef', operation })).toHaveLength(1)
  let resolution = await error.resolve()
  await expect.poll(async () => (resolution = await error.resolve()).state).toBe('settled')
  return resolution
}

test('3.5: a grant to a person', async () => {
  const { permissions } = owner
  const grant = { subjectIdentifier: person, description: 'Bookkeeping', subjectDetails: byNumber }
  const resolution = await found('grantPerson', () =>
    permissions.grantPerson({ ...grant, permissions: ['InvoiceRead', 'InvoiceWrite'] }),
  )
  expect(resolution).toMatchObject({ result: [{ description: 'Bookkeeping' }, { authorizedIdentifier: person }] })
})

test('3.5: a grant to an entity, which passes it on', async () => {
  const description = 'Accounting office'
  const subjectIdentifier = { type: 'Nip', value: intermediary } as const
  const given = await found('grantEntity', () =>
    owner.permissions.grantEntity({
      subjectIdentifier,
      permissions: [{ type: 'InvoiceRead', canDelegate: true }],
      description,
      subjectDetails: entity,
    }),
  )
  expect(given).toMatchObject({ result: [{ authorizedIdentifier: subjectIdentifier, canDelegate: true }] })
  await using office = await signInAsOwner(client, intermediary)
  const targetIdentifier = { type: 'Nip', value: nip } as const
  const passedOn = await found('grantIndirect', () =>
    office.permissions.grantIndirect({
      subjectIdentifier: person,
      targetIdentifier,
      permissions: ['InvoiceRead'],
      description,
      subjectDetails: byNumber,
    }),
  )
  expect(passedOn).toMatchObject({ result: [{ authorizedIdentifier: person, targetIdentifier }] })
})

test('3.5: an authorization', async () => {
  const subjectIdentifier = { type: 'Nip', value: intermediary } as const
  const resolution = await found('grantAuthorization', () =>
    owner.permissions.grantAuthorization({
      subjectIdentifier,
      permission: 'SelfInvoicing',
      description: 'Self-invoicing',
      subjectDetails: entity,
    }),
  )
  expect(resolution).toMatchObject({ result: [{ authorizedEntityIdentifier: subjectIdentifier }] })
})

test('3.5: the administrator of a unit, which comes into being', async () => {
  const contextIdentifier = { type: 'InternalId', value: internalIdOf(nip) } as const
  const resolution = await found('grantSubunit', () =>
    owner.permissions.grantSubunit({
      subjectIdentifier: person,
      contextIdentifier,
      subunitName: 'Shop in Łódź',
      description: 'Shop manager',
      subjectDetails: byNumber,
    }),
  )
  expect(resolution).toMatchObject({ result: [{ subunitIdentifier: contextIdentifier }] })
})

test('3.5: the administrator of an EU entity', async () => {
  const subjectIdentifier = fingerprintOf((await foreigner()).certificate)
  const resolution = await found('grantEuEntityAdministration', () =>
    owner.permissions.grantEuEntityAdministration({
      subjectIdentifier,
      contextIdentifier: { type: 'NipVatUe', value: `${nip}-DE123456789` },
      description: 'EU entity',
      euEntityName: 'Beispiel GmbH, Musterweg 1',
      subjectDetails: { subjectDetailsType: 'EntityByFingerprint', entityByFp: foreignEntity },
      euEntityDetails: foreignEntity,
    }),
  )
  expect(resolution).toMatchObject({ result: [{ vatUeIdentifier: 'DE123456789' }] })
})

test('2.14: a KSeF token, which is then revoked', async () => {
  const resolution = await found('generateKsefToken', () =>
    owner.tokens.generate({ permissions: ['InvoiceRead'], description: 'Reports of the shop' }),
  )
  const { result } = resolution as { readonly result: { readonly referenceNumber: string } }
  await owner.tokens.revoke(result)
  await expect.poll(async () => (await owner.tokens.status(result)).status).toMatch(/^Revok/)
})

test('2.15: a certificate', async () => {
  const key = await generatePrivateKey()
  const csr = await createCertificateRequest(await owner.certificates.enrollmentData(), key)
  const resolution = await found('enrollCertificate', () =>
    owner.certificates.enroll({ certificateName: 'Shop 1', certificateType: 'Authentication', csr }),
  )
  const { result } = resolution as { readonly result: { readonly certificateSerialNumber: string } }
  const { certificateSerialNumber } = result
  expect(await owner.certificates.retrieve({ certificateSerialNumbers: [certificateSerialNumber] })).toHaveLength(1)
  const revoked = await found('revokeCertificate', () => owner.certificates.revoke({ certificateSerialNumber }))
  expect(revoked).toMatchObject({ result: { certificateSerialNumber } })
})
