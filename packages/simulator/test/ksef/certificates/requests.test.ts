/** Who may ask for a KSeF certificate, and with which requests: spec/ksef.md sections 1.9, 2.15, 3.4. @module */
import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startSimulator, type Simulator } from '../../../src/index.ts'
import { createCaller } from '../support/caller.ts'
import { curvePair, makeSigner, nip as firm, rsaPair, type Signer, subjects } from '../support/certificates.ts'
import { type Algorithm, ecdsa, makeRequest } from '../support/csr.ts'
import { enroll, firmData, keys } from '../support/enrollment.ts'
import { anybody, type Call, faultOf, person, seal, signIn, unhurried } from '../support/user.ts'

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

const rsaKeys = rsaPair()

describe('who cannot have certificates (2.15)', () => {
  test('a session of a KSeF token: 25001, 25002, otherwise 403', async () => {
    const { signInWithToken, send } = createCaller(simulator)
    const { accessToken } = await signInWithToken()
    const calls: Call = (method, path, body) => send(method, `/${path}`, accessToken, body)
    expect(faultOf(await calls('GET', 'certificates/enrollments/data'))).toEqual([25001])
    expect(faultOf(await enroll(calls))).toEqual([25002])
    const denied = {
      status: 403,
      json: { reasonCode: 'auth-method-not-allowed', security: { authenticationMethodCategory: 'Token' } },
    }
    const serial = '0'.repeat(16)
    for (const [method, path, body] of [
      ['GET', 'certificates/limits'],
      ['GET', 'certificates/enrollments/20260101-CE-0000000000-0000000000-00'],
      ['POST', 'certificates/retrieve', { certificateSerialNumbers: [serial] }],
      ['POST', 'certificates/query', {}],
      ['POST', `certificates/${serial}/revoke`],
    ] as const) {
      expect(await calls(method, path, body)).toMatchObject(denied)
    }
  })

  test('a Peppol provider: 25001, 25002', async () => {
    const provider = await makeSigner(subjects.peppol('PPL000001'))
    const calls = await signIn(simulator, provider, ['PeppolId', 'PPL000001'])
    expect(faultOf(await calls('GET', 'certificates/enrollments/data'))).toEqual([25001])
    expect(faultOf(await enroll(calls))).toEqual([25002])
  })
})

describe('the data that a request must have (3.4)', () => {
  test.each([
    ['NIP-5265877635', 'TINPL-5265877635'],
    ['PESEL-15062788702', 'PNOPL-15062788702'],
    ['PNOPL-15062788702', 'PNOPL-15062788702'],
  ])('serial number %s comes back as %s', async (serialNumber, expected) => {
    const pesel = '15062788702'
    await anybody(simulator)('POST', 'testdata/person', {
      nip: firm,
      pesel,
      isBailiff: false,
      description: 'Jednoosobowa',
    })
    const calls = await signIn(simulator, await person(serialNumber), ['Nip', firm])
    const { json: data } = await calls('GET', 'certificates/enrollments/data')
    expect(data).toEqual({
      ...{
        commonName: 'Anna Zmyślona',
        countryName: 'PL',
        givenName: 'Anna',
        surname: 'Zmyślona',
        serialNumber: expected,
      },
    })
    expect((await enroll(calls, { csr: await makeRequest(keys, data) })).status).toBe(202)
  })
})

describe('requests that are taken (2.15)', () => {
  const table: [string, Algorithm][] = [
    ...['SHA-1', 'SHA-256', 'SHA-384', 'SHA-512'].flatMap((hash): [string, Algorithm][] => [
      ['ECDSA', { ...ecdsa, hash }],
      ['RSASSA-PKCS1-v1_5', { name: 'RSASSA-PKCS1-v1_5', hash }],
      ['RSA-PSS', { name: 'RSA-PSS', hash, saltLength: 32 } as Algorithm],
    ]),
  ]
  test.each(table)('%s %o', async (_, algorithm) => {
    const pair = algorithm.name === 'ECDSA' ? keys : rsaKeys
    expect(await enroll(ownerCalls, { csr: await makeRequest(pair, firmData, algorithm) })).toMatchObject({
      status: 202,
    })
  })
})

describe('requests that are refused (1.9)', () => {
  const p384 = () => curvePair('P-384')
  const pem = (csr: string) => `-----BEGIN CERTIFICATE REQUEST-----\n${csr}\n-----END CERTIFICATE REQUEST-----\n`
  const altered = (csr: string, change: (der: Buffer) => Buffer) =>
    change(Buffer.from(csr, 'base64')).toString('base64')
  const table: [string, () => Promise<string>, number][] = [
    ['another value', () => makeRequest(keys, { ...firmData, commonName: 'Inna firma' }), 25003],
    [
      'a value less',
      () => makeRequest(keys, Object.fromEntries(Object.entries(firmData).filter(([name]) => name !== 'countryName'))),
      25003,
    ],
    ['a value more', () => makeRequest(keys, { ...firmData, surname: 'Testowy' }), 25003],
    ['no request', async () => Buffer.from('not a request').toString('base64'), 25004],
    ['nothing', async () => '', 25004],
    ['a request in PEM', async () => Buffer.from(pem(await makeRequest(keys, firmData))).toString('base64'), 25004],
    [
      'another signature',
      async () =>
        altered(await makeRequest(keys, firmData), (der) =>
          Buffer.concat([der.subarray(0, -1), Buffer.from([0x5a ^ (der.at(-1) ?? 0)])]),
        ),
      25004,
    ],
    [
      'a key of P-384',
      () => makeRequest(p384(), firmData, { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' }),
      25010,
    ],
    ['an Ed25519 key', () => makeRequest(generateKeyPairSync('ed25519'), firmData, { name: 'Ed25519' }), 25010],
    [
      'an RSA key of 1024 bits',
      () =>
        makeRequest(rsaPair(1024), firmData, {
          name: 'RSASSA-PKCS1-v1_5',
          hash: 'SHA-256',
        }),
      25010,
    ],
  ]
  test.each(table)('%s', async (_, make, code) => {
    expect(faultOf(await enroll(ownerCalls, { csr: await make() }))).toEqual([code])
  })

  test('everything that is wrong with the body is in one answer (21405)', async () => {
    const body = { certificateName: 'a?', certificateType: 'Server', csr: '?', validFrom: 'soon' }
    expect(faultOf(await ownerCalls('POST', 'certificates/enrollments', body))).toEqual([
      21405,
      "'certificateName' is not in the correct format.",
      "'certificateName' must have at least 5 characters.",
      "'certificateType' has a range of values which does not include 'Server'.",
      "'csr' is not in the correct format.",
      "'validFrom' is not a valid date-time.",
    ])
    expect(faultOf(await ownerCalls('POST', 'certificates/retrieve', { certificateSerialNumbers: [] }))).toEqual([
      21405,
      "'certificateSerialNumbers' must contain at least 1 items.",
    ])
    expect(faultOf(await ownerCalls('GET', 'certificates/enrollments/20260101-CE-0000000000-0000000000-00'))).toEqual([
      25005,
    ])
    expect(faultOf(await ownerCalls('POST', `certificates/${'0'.repeat(16)}/revoke`))).toEqual([25008])
  })
})
