/** KSeF certificates, from the request to the revocation: spec/ksef.md sections 2.15, 3.4, 3.16. @module */
import { X509Certificate } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startSimulator, type Simulator } from '../../../src/index.ts'
import { nip as firm, type Signer } from '../support/certificates.ts'
import { derOf, enroll, firmData, issue, keys, listed } from '../support/enrollment.ts'
import {
  anybody,
  authenticate,
  type Call,
  faultOf,
  holder,
  person,
  seal,
  signIn,
  delayMs,
  unhurried,
} from '../support/user.ts'

let simulator: Simulator
let owner: Signer
let ownerCalls: Call
beforeAll(async () => {
  simulator = await startSimulator({ ksef: unhurried })
  owner = await seal(firm)
})
beforeEach(async () => {
  simulator.reset()
  ownerCalls = await signIn(simulator, owner, ['Nip', firm])
})
afterAll(() => simulator.close())

test('a request becomes a certificate of two years', async () => {
  expect((await ownerCalls('GET', 'certificates/enrollments/data')).json).toEqual(firmData)
  const accepted = await enroll(ownerCalls)
  expect(accepted).toMatchObject({
    status: 202,
    json: {
      referenceNumber: expect.stringMatching(/^\d{8}-CE-/) as string,
      timestamp: expect.stringMatching(/\+00:00$/) as string,
    },
  })
  const path = `certificates/enrollments/${String(accepted.json['referenceNumber'])}`
  expect((await ownerCalls('GET', path)).json).toEqual({
    requestDate: accepted.json['timestamp'],
    status: { code: 100, description: 'Wniosek przyjęty do realizacji' },
  })
  await simulator.clock.advance(delayMs)
  const { json } = await ownerCalls('GET', path)
  expect(json['status']).toEqual({ code: 200, description: 'Wniosek obsłużony (certyfikat wygenerowany)' })
  const serial = String(json['certificateSerialNumber'])
  expect(serial).toMatch(/^[0-9A-F]{16}$/)

  const certificate = new X509Certificate(await derOf(ownerCalls, serial))
  expect(certificate.serialNumber).toBe(serial)
  expect(certificate.publicKey.equals(keys.publicKey)).toBe(true)
  expect(certificate.subject.split('\n').sort()).toEqual([
    'C=PL',
    'CN=Test Org',
    'O=Test Org',
    `organizationIdentifier=VATPL-${firm}`,
  ])
  const [from, to] = [new Date(certificate.validFrom), new Date(certificate.validTo)]
  expect(to.getUTCFullYear() - from.getUTCFullYear()).toBe(2)
  expect(await listed(ownerCalls)).toMatchObject([
    {
      certificateSerialNumber: serial,
      name: 'Certyfikat testowy',
      type: 'Authentication',
      commonName: 'Test Org',
      status: 'Active',
      subjectIdentifier: { type: 'Nip', value: firm },
      requestDate: accepted.json['timestamp'],
    },
  ])
})

test.each([
  ['Authentication', '03020780'],
  ['Offline', '03020640'],
])('the key usage of type %s is a bit string %s', async (certificateType, bits) => {
  const der = await derOf(ownerCalls, await issue(simulator, ownerCalls, { certificateType }))
  expect(der.toString('hex')).toContain(`0603551d0f0101ff0404${bits}`) // keyUsage, critical.
})

test('an Authentication certificate signs in at once, as its owner; a used one says when', async () => {
  const serial = await issue(simulator, ownerCalls)
  const signer = holder(await derOf(ownerCalls, serial), keys.privateKey)
  const { code, accessToken } = await authenticate(simulator, signer, ['Nip', firm])
  expect([code, accessToken === '']).toEqual([200, false])
  const calls = await signIn(simulator, signer, ['Nip', firm])
  expect((await calls('GET', 'auth/sessions')).json).toMatchObject({
    items: [
      { isCurrent: true, authenticationMethod: 'InternalCertificate' },
      {},
      { authenticationMethod: 'QualifiedSeal' },
    ],
  })
  expect(await listed(ownerCalls)).toMatchObject([{ lastUseDate: expect.any(String) as string }])
})

test('an Offline certificate does not sign in (21115)', async () => {
  const serial = await issue(simulator, ownerCalls, { certificateType: 'Offline' })
  const signer = holder(await derOf(ownerCalls, serial), keys.privateKey)
  await expect(authenticate(simulator, signer, ['Nip', firm])).rejects.toThrow('21115')
})

test('a revoked certificate is Blocked, then Revoked, and signs in no more (460)', async () => {
  const serial = await issue(simulator, ownerCalls)
  const signer = holder(await derOf(ownerCalls, serial), keys.privateKey)
  const revoke = () => ownerCalls('POST', `certificates/${serial}/revoke`, { revocationReason: 'KeyCompromise' })
  expect(await revoke()).toMatchObject({ status: 204, text: '' })
  expect(await listed(ownerCalls)).toMatchObject([{ status: 'Blocked' }])
  expect(faultOf(await revoke())).toEqual([25009])
  await simulator.clock.advance(delayMs)
  expect(await listed(ownerCalls, { status: 'Revoked' })).toMatchObject([{ status: 'Revoked' }])
  expect(faultOf(await revoke())).toEqual([25009])
  expect(await authenticate(simulator, signer, ['Nip', firm])).toMatchObject({
    code: 460,
    details: ['Certyfikat odwołany'],
  })
})

test('a certificate whose end the test data moved is Expired (3.16)', async () => {
  const serial = await issue(simulator, ownerCalls)
  const signer = holder(await derOf(ownerCalls, serial), keys.privateKey)
  const update = (call: Call, number: string) =>
    call('PUT', `testdata/certificates/${number}`, { validTo: '2020-01-01T00:00:00Z' })
  expect(faultOf(await update(ownerCalls, '0'.repeat(16)))).toEqual([25008])
  expect((await update(anybody(simulator), serial)).status).toBe(401)
  expect(await update(ownerCalls, serial)).toMatchObject({ status: 200, text: '' })
  expect(await listed(ownerCalls, { status: 'Expired' })).toMatchObject([
    { validTo: expect.stringMatching(/^2020-01-01T00:00:00/) as string },
  ])
  expect(await authenticate(simulator, signer, ['Nip', firm])).toMatchObject({
    code: 460,
    details: ['Nieważny certyfikat'],
  })
  expect(faultOf(await ownerCalls('POST', `certificates/${serial}/revoke`))).toEqual([25009])
})

test('what belongs to another cannot be seen, revoked or changed', async () => {
  const { referenceNumber } = (await enroll(ownerCalls)).json
  await simulator.clock.advance(delayMs)
  const [{ certificateSerialNumber } = {}] = await listed(ownerCalls)
  const serial = String(certificateSerialNumber)
  const others = await signIn(simulator, await seal('6824515772'), ['Nip', '6824515772'])
  const denied = { status: 403, json: { reasonCode: 'insufficient-resource-access' } }
  expect(await others('GET', `certificates/enrollments/${String(referenceNumber)}`)).toMatchObject(denied)
  expect(await others('POST', `certificates/${serial}/revoke`)).toMatchObject(denied)
  expect(await others('PUT', `testdata/certificates/${serial}`, { validTo: '2020-01-01T00:00:00Z' })).toMatchObject(
    denied,
  )
  expect((await others('POST', 'certificates/retrieve', { certificateSerialNumbers: [serial] })).json).toEqual({
    certificates: [],
  })
  expect((await others('POST', 'certificates/query', {})).json).toEqual({ certificates: [], hasMore: false })
})

test('NIP and PESEL of one person hold their certificates together', async () => {
  const pesel = '15062788702'
  await anybody(simulator)('POST', 'testdata/person', {
    nip: firm,
    pesel,
    isBailiff: false,
    description: 'Jednoosobowa',
  })
  const serial = await issue(simulator, ownerCalls)
  const asPerson = await signIn(simulator, await person(`PNOPL-${pesel}`), ['Nip', firm])
  expect((await asPerson('POST', `certificates/${serial}/revoke`)).status).toBe(204)
})

test('the list is in pages, newest request first, and takes filters (3.4, 3.17)', async () => {
  const serials: string[] = []
  for (let index = 0; index < 11; index += 1) {
    serials.unshift(
      await issue(simulator, ownerCalls, {
        certificateName: `Certyfikat ${String(index)}`,
        certificateType: index === 3 ? 'Offline' : 'Authentication',
      }),
    )
  }
  const page = async (query: string) => (await ownerCalls('POST', `certificates/query?${query}`)).json
  const numbers = (json: Record<string, unknown>) =>
    (json['certificates'] as Record<string, unknown>[]).map((row) => row['certificateSerialNumber'])
  const [first, second] = [await page('pageOffset=0'), await page('pageOffset=1')]
  expect([...numbers(first), ...numbers(second)]).toEqual(serials)
  expect([first['hasMore'], second['hasMore']]).toEqual([true, false])
  expect(faultOf(await ownerCalls('POST', 'certificates/query?pageSize=51'))).toEqual([
    21405,
    "'pageSize' must be between 10 and 50. You entered 51.",
  ])
  expect(await listed(ownerCalls, { name: 'CERTYFIKAT 10' })).toHaveLength(1)
  expect(await listed(ownerCalls, { type: 'offline' })).toHaveLength(1)
  expect(await listed(ownerCalls, { certificateSerialNumber: serials[4] })).toMatchObject([{ name: 'Certyfikat 6' }])
  expect(await listed(ownerCalls, { expiresAfter: '2100-01-01T00:00:00Z' })).toEqual([])
})
