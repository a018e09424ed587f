/** How many KSeF certificates there may be: spec/ksef.md sections 1.11, 2.15. @module */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startSimulator, type Simulator } from '../../../src/index.ts'
import { nip as firm, type Signer } from '../support/certificates.ts'
import { makeRequest } from '../support/csr.ts'
import { enroll, issue, keys } from '../support/enrollment.ts'
import { type Call, faultOf, seal, signIn, delayMs, unhurried } from '../support/user.ts'

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

describe('limits (1.11, 2.15)', () => {
  test('count requests and certificates down to none: 25006, 25007', async () => {
    expect((await ownerCalls('GET', 'certificates/limits')).json).toEqual({
      canRequest: true,
      enrollment: { remaining: 300, limit: 300 },
      certificate: { remaining: 100, limit: 100 },
    })
    const limit = (maxEnrollments: number, maxCertificates: number) =>
      ownerCalls('POST', 'testdata/limits/subject/certificate', {
        ...{ subjectIdentifierType: 'Nip', enrollment: { maxEnrollments }, certificate: { maxCertificates } },
      })
    expect((await limit(2, 1)).status).toBe(200)
    await issue(simulator, ownerCalls)
    expect((await ownerCalls('GET', 'certificates/limits')).json).toMatchObject({
      canRequest: false,
      enrollment: { remaining: 1 },
      certificate: { remaining: 0 },
    })
    expect(faultOf(await enroll(ownerCalls))).toEqual([25007])
    await limit(1, 2)
    expect(faultOf(await enroll(ownerCalls))).toEqual([25006])
  })

  test('that are reached meanwhile reject the request (400)', async () => {
    await ownerCalls('POST', 'testdata/limits/subject/certificate', { certificate: { maxCertificates: 1 } })
    const references = [await enroll(ownerCalls), await enroll(ownerCalls)].map(({ json }) => json['referenceNumber'])
    await simulator.clock.advance(delayMs)
    const [first, second] = await Promise.all(
      references.map((reference) => ownerCalls('GET', `certificates/enrollments/${String(reference)}`)),
    )
    expect(first?.json).toMatchObject({ status: { code: 200 } })
    expect(second?.json['certificateSerialNumber']).toBeUndefined()
    expect(second?.json['status']).toEqual({
      code: 400,
      description: 'Wniosek odrzucony',
      details: ['Osiągnięto dopuszczalny limit posiadanych certyfikatów.'],
    })
  })

  test('a key that another had certified is rejected (400)', async () => {
    await issue(simulator, ownerCalls)
    const others = await signIn(simulator, await seal('6824515772'), ['Nip', '6824515772'])
    const { json: data } = await others('GET', 'certificates/enrollments/data')
    const { referenceNumber } = (await enroll(others, { csr: await makeRequest(keys, data) })).json
    await simulator.clock.advance(delayMs)
    expect((await others('GET', `certificates/enrollments/${String(referenceNumber)}`)).json).toMatchObject({
      status: { code: 400, details: ['Klucz publiczny został już certyfikowany przez inny podmiot.'] },
    })
  })

  test('the status of a request is gone after 30 days (1.7)', async () => {
    const { referenceNumber } = (await enroll(ownerCalls)).json
    await simulator.clock.advance(30 * 86_400_000 + 1)
    const calls = await signIn(simulator, owner, ['Nip', firm])
    expect((await calls('GET', `certificates/enrollments/${String(referenceNumber)}`)).status).toBe(410)
  })
})
