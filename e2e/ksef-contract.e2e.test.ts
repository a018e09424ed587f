/**
 * Every operation of the KSeF client against the simulator over real sockets: each request and each answer is as the
 * Ministry's OpenAPI document has it. Skipped where that document is not at hand.
 *
 * @see spec/ksef.md sections 3.1 to 3.8 and 3.14 to 3.16
 * @module
 */
import {
  createCertificateRequest,
  generateNip,
  generateNipVatUe,
  generatePesel,
  generatePrivateKey,
  generateTestCertificate,
} from '@latchkey/ksef'
import type { AuthenticatedClient, KsefClient } from '@latchkey/ksef'
import { startSimulator } from '@latchkey/simulator'
import type { Simulator } from '@latchkey/simulator'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Contract } from './support/contract.ts'
import { hasDocument, readKsefApi, watchKsef } from './support/ksef-contract.ts'
import {
  atOnce,
  byNumber,
  byPassport,
  clientOf,
  eagerly,
  fingerprintOf,
  foreigner,
  internalIdOf,
  signInAsOwner,
} from './support/ksef.ts'
import type { OpenApi } from './support/openapi.ts'

const description = 'For the tests'
const firm = { fullName: 'Biuro Rachunkowe Nowak' }

describe.skipIf(!hasDocument)('the contract', () => {
  let api: OpenApi
  let simulator: Simulator
  let contract: Contract
  let client: KsefClient

  beforeAll(async () => {
    api = readKsefApi()
    simulator = await startSimulator({ ksef: atOnce })
    contract = watchKsef(api, simulator.systems.ksef.baseUrl)
    client = clientOf(simulator, { fetch: contract.fetch })
  })
  afterEach(() => expect(contract.findings).toEqual([]))
  afterAll(async () => {
    await client.close()
    await simulator.close()
  })

  it('of signing in, with a seal, a signature and a KSeF token (3.1, 3.15)', async () => {
    const { nip, ksefToken } = simulator.systems.ksef.credentials
    const { authentication } = client
    const authorizationPolicy = {
      allowedIps: { ip4Addresses: ['127.0.0.1'], ip4Ranges: ['10.0.0.1-10.0.0.9'], ip4Masks: ['10.0.0.0/8'] },
    }
    await authentication.withTestCertificate({ nip, authorizationPolicy, ...eagerly })
    const { refreshToken } = await authentication.withToken({ ksefToken, nip, authorizationPolicy, ...eagerly })
    expect((await authentication.refresh({ refreshToken })).accessToken.token).not.toBe('')

    const [self, pesel] = [generateNip(), generatePesel()]
    await client.testdata.createPerson({ nip: self, pesel, isBailiff: false, description })
    const auth = await authentication.withTestCertificate({ nip: self, pesel, algorithm: 'ec', ...eagerly })
    expect(await auth.encryption.getCertificates()).not.toEqual([])
  })

  it('of a Peppol provider, who is registered by signing in (3.14)', async () => {
    const value = 'PPL123456'
    const seal = await generateTestCertificate({ nip: generateNip(), organizationName: value, algorithm: 'ec' })
    await client.authentication.withXades({ contextIdentifier: { type: 'PeppolId', value }, ...seal, ...eagerly })
    expect((await client.peppol.query({ pageSize: 100, pageOffset: 0 })).items).toMatchObject([{ id: value }])
  })

  it('of sessions, over two pages (3.2)', async () => {
    const nip = generateNip()
    const seal = await generateTestCertificate({ nip, algorithm: 'ec' })
    for (let count = 0; count < 11; count += 1) {
      await using apart = clientOf(simulator, { fetch: contract.fetch })
      await apart.authentication.withXades({ nip, ...seal, ...eagerly })
    }
    const auth = await client.authentication.withXades({ nip, ...seal, ...eagerly })
    const found: string[] = []
    for await (const { referenceNumber } of auth.sessions.all({ pageSize: 10 }).items()) found.push(referenceNumber)
    expect(new Set(found).size).toBe(12)

    await auth.sessions.close({ referenceNumber: found.at(-1) ?? '' })
    await auth.sessions.terminateCurrent()
  })

  it('of KSeF tokens (3.3)', async () => {
    const auth = await signInAsOwner(client)
    const { referenceNumber } = await auth.tokens.generate({
      permissions: ['InvoiceRead', 'InvoiceWrite'],
      description,
    })
    expect(await auth.tokens.status({ referenceNumber })).toMatchObject({ status: 'Active' })
    const query = { status: ['Active', 'Pending'], description: 'TESTS', authorIdentifierType: 'Nip' } as const
    expect((await auth.tokens.query(query)).items).toHaveLength(1)
    await auth.tokens.revoke({ referenceNumber })
  })

  it('of certificates (3.4)', async () => {
    const auth = await signInAsOwner(client)
    expect(await auth.certificates.limits()).toMatchObject({ canRequest: true })
    const csr = await createCertificateRequest(await auth.certificates.enrollmentData(), await generatePrivateKey())
    const enrollment = await auth.certificates.enroll({
      ...{ certificateName: 'Zażółć 1', certificateType: 'Authentication', csr, validFrom: new Date() },
    })
    const { certificateSerialNumber = '' } = await auth.certificates.enrollmentStatus(enrollment)
    const certificateSerialNumbers = [certificateSerialNumber]
    expect(await auth.certificates.retrieve({ certificateSerialNumbers })).toHaveLength(1)
    const { items } = await auth.certificates.query({
      ...{ certificateSerialNumber, name: 'zażółć', type: 'Authentication', status: 'Active', pageSize: 10 },
      expiresAfter: new Date(),
    })
    expect(items).toHaveLength(1)
    const validTo = new Date(Date.now() + 3_600_000)
    await auth.testdata.updateCertificateValidTo({ serialNumber: certificateSerialNumber, validTo })
    await auth.certificates.revoke({ certificateSerialNumber, revocationReason: 'Superseded' })
  })

  it('of persons’ permissions (3.5, 3.6, 3.7)', async () => {
    const auth = await signInAsOwner(client)
    const pesel = { type: 'Pesel', value: generatePesel() } as const
    const papers = await foreigner()
    const permissions = ['InvoiceRead', 'CredentialsRead'] as const
    const grant = { permissions, description }
    await succeeds(
      auth,
      auth.permissions.grantPerson({ ...grant, subjectIdentifier: pesel, subjectDetails: byNumber }),
      auth.permissions.grantPerson({ ...grant, ...byPassport, subjectIdentifier: fingerprintOf(papers.certificate) }),
    )
    const { items } = await auth.permissions.queryPersons({
      ...{ queryType: 'PermissionsInCurrentContext', permissionTypes: ['InvoiceRead'], permissionState: 'Active' },
      authorizedIdentifier: pesel,
      authorIdentifier: { type: 'Nip', value: contextOf(auth) },
    })
    expect(items).toHaveLength(1)
    await succeeds(auth, auth.permissions.revokeCommon({ permissionId: items[0]?.id ?? '' }))
    const rest = await auth.permissions.queryPersons({ queryType: 'PermissionsInCurrentContext' })
    expect(rest.items).toHaveLength(3)

    const holder = await client.authentication.withXades({
      ...{ nip: contextOf(auth), subjectIdentifierType: 'certificateFingerprint', ...papers, ...eagerly },
    })
    expect((await holder.permissions.queryPersonal({ permissionTypes: [...permissions] })).items).toHaveLength(2)
  })

  it('of entities’ permissions, and of those that are passed on (3.5, 3.7)', async () => {
    const [auth, office] = [await signInAsOwner(client), await signInAsOwner(client)]
    const [owner, other] = [contextOf(auth), contextOf(office)]
    const subjectIdentifier = { type: 'Nip', value: other } as const
    await succeeds(
      auth,
      auth.permissions.grantEntity({
        ...{ subjectIdentifier, description, subjectDetails: firm },
        permissions: [{ type: 'InvoiceRead', canDelegate: true }, { type: 'InvoiceWrite' }],
      }),
    )
    const contextIdentifier = { type: 'Nip', value: owner } as const
    expect((await office.permissions.queryEntities({ contextIdentifier })).items).toHaveLength(2)

    const indirect = { permissions: ['InvoiceRead'], description, subjectDetails: byNumber } as const
    const clerk = { type: 'Pesel', value: generatePesel() } as const
    await succeeds(
      office,
      office.permissions.grantIndirect({ ...indirect, subjectIdentifier: clerk, targetIdentifier: contextIdentifier }),
      office.permissions.grantIndirect({
        ...{ ...indirect, subjectIdentifier: { type: 'Pesel', value: generatePesel() } },
        targetIdentifier: { type: 'AllPartners' },
      }),
    )
    const passedOn = { queryType: 'PermissionsGrantedInCurrentContext' } as const
    expect((await office.permissions.queryPersons(passedOn)).items).toHaveLength(2)
    const one = { ...passedOn, targetIdentifier: contextIdentifier }
    expect((await office.permissions.queryPersons(one)).items).toHaveLength(1)
  })

  it('of authorizations (3.5, 3.6, 3.7)', async () => {
    const [auth, agent] = [await signInAsOwner(client), await signInAsOwner(client)]
    const subjectIdentifier = { type: 'Nip', value: contextOf(agent) } as const
    await succeeds(
      auth,
      auth.permissions.grantAuthorization({
        ...{ subjectIdentifier, permission: 'SelfInvoicing', description, subjectDetails: firm },
      }),
    )
    const permissionTypes = ['SelfInvoicing', 'RRInvoicing'] as const
    const authorizingIdentifier = { type: 'Nip', value: contextOf(auth) } as const
    const received = { queryType: 'Received', authorizingIdentifier, permissionTypes } as const
    expect((await agent.permissions.queryAuthorizations(received)).items).toHaveLength(1)
    const granted = { queryType: 'Granted', authorizedIdentifier: subjectIdentifier } as const
    const { items } = await auth.permissions.queryAuthorizations(granted)
    await succeeds(auth, auth.permissions.revokeAuthorization({ permissionId: items[0]?.id ?? '' }))
  })

  it('of subunits and roles (3.5, 3.7, 3.16)', async () => {
    const [subjectNip, unit] = [generateNip(), generateNip()]
    const subunits = [{ subjectNip: unit, description }]
    await client.testdata.createSubject({ subjectNip, subjectType: 'VatGroup', subunits, description })
    const auth = await signInAsOwner(client, subjectNip)
    const grant = { description, subjectDetails: byNumber } as const
    const contextIdentifier = { type: 'InternalId', value: internalIdOf(subjectNip) } as const
    const subjectIdentifier = { type: 'Pesel', value: generatePesel() } as const
    await succeeds(
      auth,
      auth.permissions.grantSubunit({ ...grant, subjectIdentifier, contextIdentifier, subunitName: 'Oddział w Łodzi' }),
      auth.permissions.grantSubunit({ ...grant, subjectIdentifier, contextIdentifier: { type: 'Nip', value: unit } }),
    )
    expect((await auth.permissions.querySubunits()).items).toHaveLength(2)
    const inside = { subunitIdentifier: contextIdentifier, pageSize: 10, pageOffset: 0 }
    expect((await auth.permissions.querySubunits(inside)).items).toMatchObject([{ subunitName: 'Oddział w Łodzi' }])
    expect((await auth.permissions.queryEntityRoles({ pageSize: 10 })).items).toMatchObject([{ role: 'VatGroupUnit' }])
    const subordinateEntityIdentifier = { type: 'Nip', value: unit } as const
    const roles = await auth.permissions.querySubordinateEntityRoles({ subordinateEntityIdentifier })
    expect(roles.items).toMatchObject([{ role: 'VatGroupSubUnit' }])
    await client.testdata.removeSubject({ subjectNip })
  })

  it('of entities of the European Union (3.5, 3.7)', async () => {
    const auth = await signInAsOwner(client)
    const [administrator, representative] = [await foreigner(), await foreigner()]
    const value = generateNipVatUe({ nip: contextOf(auth), country: 'DE' })
    const contextIdentifier = { type: 'NipVatUe', value } as const
    const subjectIdentifier = fingerprintOf(administrator.certificate)
    await succeeds(
      auth,
      auth.permissions.grantEuEntityAdministration({
        ...{ subjectIdentifier, contextIdentifier, description, euEntityName: 'Muster GmbH, Berlin', ...byPassport },
        euEntityDetails: { fullName: 'Muster GmbH', address: 'Berlin' },
      }),
    )
    const vatUeIdentifier = value.slice(11)
    const query = { vatUeIdentifier, permissionTypes: ['VatUeManage'] } as const
    expect((await auth.permissions.queryEuEntities(query)).items).toHaveLength(1)

    const abroad = await client.authentication.withXades({
      ...{ contextIdentifier, subjectIdentifierType: 'certificateFingerprint', ...administrator, ...eagerly },
    })
    const sealed = fingerprintOf(representative.certificate)
    await succeeds(
      abroad,
      abroad.permissions.grantEuEntity({
        ...{ subjectIdentifier: sealed, permissions: ['InvoiceRead'], description },
        subjectDetails: {
          subjectDetailsType: 'EntityByFingerprint',
          entityByFp: { fullName: 'Muster GmbH', address: 'Berlin' },
        },
      }),
    )
    const authorizedFingerprintIdentifier = sealed.value
    expect((await abroad.permissions.queryEuEntities({ authorizedFingerprintIdentifier })).items).toHaveLength(1)
    expect((await abroad.permissions.queryPersonal()).items).not.toEqual([])
  })

  it('of limits (3.8)', async () => {
    const { limits } = await signInAsOwner(client)
    await limits.setSession(await limits.context())
    await limits.resetSession()
    await limits.setSubject({ subjectIdentifierType: 'Nip', ...(await limits.subject()) })
    await limits.resetSubject()
    const { anonymous, global, ...settable } = await limits.rateLimits()
    expect({ anonymous, global }).toMatchObject({ anonymous: { perSecond: 60 }, global: { perSecond: -1 } })
    await limits.setRateLimits(settable)
    await limits.setProductionRateLimits()
    await limits.resetRateLimits()
    expect(await limits.rateLimits()).toMatchObject({ other: { perSecond: 10, perMinute: 30, perHour: 120 } })
  })

  it('of test data (3.16)', async () => {
    const auth = await signInAsOwner(client)
    const { testdata } = client
    const [nip, pesel] = [generateNip(), generatePesel()]
    const createdDate = new Date('2026-01-15T12:00:00+01:00')
    await testdata.createPerson({ nip, pesel, isBailiff: true, isDeceased: false, description, createdDate })
    await testdata.removePerson({ nip })
    const contextIdentifier = { type: 'Nip', value: contextOf(auth) } as const
    const holder = { contextIdentifier, authorizedIdentifier: { type: 'Pesel', value: pesel } } as const
    await testdata.grantPermissions({ ...holder, permissions: [{ permissionType: 'InvoiceRead', description }] })
    const byForm = { queryType: 'PermissionsInCurrentContext', authorIdentifier: { type: 'System' } } as const
    expect((await auth.permissions.queryPersons(byForm)).items).toHaveLength(1)
    await testdata.revokePermissions(holder)
    await testdata.enableAttachments({ nip: contextOf(auth) })
    await testdata.revokeAttachments({ nip: contextOf(auth), expectedEndDate: '2036-01-31' })
    expect(await auth.permissions.attachmentStatus()).toMatchObject({ isAttachmentAllowed: true })
    await testdata.blockContext({ contextIdentifier })
    await testdata.unblockContext({ contextIdentifier })
  })

  it('covers every operation but those of invoices', () => {
    expect(api.operations).toHaveLength(62)
    expect([...contract.covered].sort()).toEqual(api.operations.map(({ name }) => name).sort())
  })

  it('is broken by a member that the document does not have', async () => {
    await using strange = await startSimulator({ ksef: { ...atOnce, unknownMembers: true } })
    const strict = watchKsef(api, strange.systems.ksef.baseUrl)
    await using tolerant = clientOf(strange, { fetch: strict.fetch })
    await (await signInAsOwner(tolerant)).limits.subject()
    expect(strict.findings).toContain(
      'GET /limits/subject: answer 200 must NOT have additional properties unknownMember',
    )
  })
})

/** Each grant or revocation comes to a good end. */
async function succeeds(
  { permissions }: AuthenticatedClient,
  ...accepted: readonly Promise<{ readonly referenceNumber: string }>[]
): Promise<void> {
  for (const operation of accepted) {
    expect(await permissions.operationStatus(await operation)).toMatchObject({ outcome: 'succeeded' })
  }
}

function contextOf({ contextIdentifier }: AuthenticatedClient): string {
  return contextIdentifier?.value ?? ''
}
