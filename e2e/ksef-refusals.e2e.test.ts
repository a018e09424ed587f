/**
 * How the simulated KSeF refuses, operation by operation: status, type and body of a refusal are as the Ministry's
 * OpenAPI document has them, in both formats of errors. Skipped where that document is not at hand.
 *
 * @see spec/ksef.md sections 1.7, 1.9 and 1.10
 * @module
 */
import { createCertificateRequest, generatePesel, generatePrivateKey } from '@latchkey/ksef'
import { startSimulator } from '@latchkey/simulator'
import type { Simulator, SimulatorOptions } from '@latchkey/simulator'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { hasDocument, readKsefApi, watchKsef, wrongByProse } from './support/ksef-contract.ts'
import { atOnce, byNumber, clientOf, signInAsOwner } from './support/ksef.ts'
import type { ApiOperation, OpenApi } from './support/openapi.ts'

const steps = ['GET /auth/{referenceNumber}', 'POST /auth/token/redeem', 'POST /auth/token/refresh']
const formats = ['legacy', 'problem-details'] as const

const open: AsyncDisposable[] = []
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each[Symbol.asyncDispose]()
})

async function world(switches: SimulatorOptions['ksef'] = {}) {
  const simulator = await startSimulator({ ksef: { ...atOnce, ...switches } })
  open.push(simulator)
  return simulator
}

interface Wrong {
  readonly token?: string
  readonly format?: (typeof formats)[number]
}

/** Calls an operation with everything wrong that it takes; `401`, or `401, but ` and what is wrong with the answer. */
async function refusalOf(simulator: Simulator, operation: ApiOperation, { token, format }: Wrong): Promise<string> {
  const { method, path, bodyType } = operation
  const url = `${simulator.systems.ksef.baseUrl}/v2${path.replaceAll(/\{\w+\}/g, 'unknown')}?pageSize=1`
  const headers = new Headers({
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(format === 'problem-details' && { 'x-error-format': format }),
    ...(bodyType !== undefined && { 'content-type': bodyType }),
  })
  const response = await fetch(url, { method, headers, ...(bodyType !== undefined && { body: '[]' }) })
  const answer = { status: response.status, headers: response.headers, body: await response.text() }
  const wrong = [...operation.wrongWithAnswer(answer), ...wrongByProse({ headers }, answer)]
  return [response.status, ...wrong].join(', but ')
}

/** The operations that do not refuse as expected, each with what it did. */
async function others(
  expected: string,
  asked: readonly ApiOperation[],
  refuse: (operation: ApiOperation) => Promise<string>,
) {
  const found: string[] = []
  for (const operation of asked) {
    const refusal = await refuse(operation)
    if (refusal !== expected) found.push(`${operation.name}: ${refusal}`)
  }
  return found
}

describe.skipIf(!hasDocument)('a refusal', () => {
  let api: OpenApi
  let secured: readonly ApiOperation[]
  beforeAll(() => {
    api = readKsefApi()
    secured = api.operations.filter(({ isSecured }) => isSecured)
  })

  it('of a token that nobody issued is a 401, everywhere', async () => {
    const simulator = await world()
    expect(secured).toHaveLength(47)
    expect(await others('401', secured, (each) => refusalOf(simulator, each, { token: 'nobody' }))).toEqual([])
    expect(await others('401', secured, (each) => refusalOf(simulator, each, {}))).toEqual([])
  })

  it('of an authentication token where an access token is needed is a 403', async () => {
    const simulator = await world()
    const { token } = await submitted(simulator)
    const asked = secured.filter(({ name }) => !steps.includes(name))
    expect(await others('403', asked, (each) => refusalOf(simulator, each, { token }))).toEqual([])
  })

  it.each(formats)('of wrong input is a 400 of every operation that takes any, in the format %s', async (format) => {
    const simulator = await world()
    await using client = clientOf(simulator)
    const { accessToken } = await signInAsOwner(client)
    const { token: authToken } = await submitted(simulator)
    const asked = api.operations.filter(
      ({ name, takesInput }) => takesInput && name !== 'POST /permissions/eu-entities/grants',
    )
    expect(asked.length).toBeGreaterThan(40)
    const refuse = (each: ApiOperation) =>
      refusalOf(simulator, each, { format, token: steps.includes(each.name) ? authToken : accessToken })
    expect(await others('400', asked, refuse)).toEqual([])
  })

  it.each(formats)('of too many requests is a 429 that says until when, in the format %s', async (format) => {
    const simulator = await world({ rateLimits: true })
    await using client = clientOf(simulator)
    const { accessToken: token } = await signInAsOwner(client)
    const asked = api.operations.filter(({ name }) => name === 'GET /limits/context')
    const refuse = (each: ApiOperation) => refusalOf(simulator, each, { format, token })
    const thirty = Array.from({ length: 30 }, () => asked).flat() // As many as a minute takes, and more than a second does.
    await others('200', thirty, refuse)
    expect(await others('429', asked, refuse)).toEqual([])

    simulator.faults.add({ system: 'ksef', kind: 'throttle', count: api.operations.length })
    expect(await others('429', api.operations, refuse)).toEqual([])
  })

  it('of what is kept no longer is a 410 (1.7)', async () => {
    const life = 31_536_000
    const simulator = await world({ authenticationTokenSeconds: life, accessTokenSeconds: life })
    const { baseUrl } = simulator.systems.ksef
    const contract = watchKsef(api, baseUrl)
    await using client = clientOf(simulator, { fetch: contract.fetch })
    const { referenceNumber, token } = await submitted(simulator)
    const { certificates, permissions } = await signInAsOwner(client)
    const csr = await createCertificateRequest(await certificates.enrollmentData(), await generatePrivateKey())
    const request = { certificateName: 'For the tests', certificateType: 'Offline', csr } as const
    const enrollment = await certificates.enroll(request)
    const subjectDetails = byNumber
    const subjectIdentifier = { type: 'Pesel', value: generatePesel() } as const
    const permission = { permissions: ['InvoiceRead'], description: 'For the tests' } as const
    const grant = await permissions.grantPerson({ ...permission, subjectIdentifier, subjectDetails })

    await simulator.clock.advance(30 * 86_400_000 + 1)
    const gone = { code: 'KSEF_GONE', details: { status: 410 } }
    await expect(permissions.operationStatus(grant)).rejects.toMatchObject(gone)
    await expect(certificates.enrollmentStatus(enrollment)).rejects.toMatchObject(gone)
    const headers = { authorization: `Bearer ${token}` }
    expect(await contract.fetch(`${baseUrl}/v2/auth/${referenceNumber}`, { headers })).toMatchObject({ status: 410 })
    expect(contract.findings).toEqual([])
  })
})

/** What KSeF gave for a sign-in that was submitted: its number, and its authentication token. */
async function submitted(simulator: Simulator) {
  let accepted = { referenceNumber: '', authenticationToken: { token: '' } }
  await using client = clientOf(simulator, {
    async fetch(input, init) {
      const response = await fetch(input, init)
      if (response.status === 202) accepted = (await response.clone().json()) as typeof accepted // The only one of its kind.
      return response
    },
  })
  await signInAsOwner(client)
  const { referenceNumber, authenticationToken } = accepted
  return { referenceNumber, token: authenticationToken.token }
}
