/** Account balance and the initiator: spec/daraja.md sections 3.0, 3.9, 4.1. @module */
import { constants, publicEncrypt, X509Certificate } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startSimulator, type Simulator } from '../../src/index.ts'
import { call, createCaller, createReceiver } from '../support.ts'

let simulator: Simulator
let receiver: Awaited<ReturnType<typeof createReceiver>>
let caller: ReturnType<typeof createCaller>
let token: string
beforeAll(async () => {
  simulator = await startSimulator()
  receiver = await createReceiver()
  caller = createCaller(simulator.systems.daraja, receiver.url)
})
beforeEach(async () => {
  simulator.reset()
  receiver.received.length = 0
  token = await caller.token()
})
afterAll(async () => {
  await receiver.close()
  await simulator.close()
})

const results = (): Record<string, unknown>[] =>
  receiver.received.map(({ body }) => (body as { Result: Record<string, unknown> }).Result)
const balanceText = (result: Record<string, unknown> | undefined): string | undefined =>
  (result?.['ResultParameters'] as { ResultParameter: { Value: string }[] } | undefined)?.ResultParameter[0]?.Value
const encrypt = (password: string, padding = constants.RSA_PKCS1_PADDING): string =>
  publicEncrypt({ key: simulator.systems.daraja.credentials.certificate, padding }, Buffer.from(password)).toString(
    'base64',
  )

test('is acknowledged and answered with texts only (3.9)', async () => {
  const ack = await caller.balance(token)
  expect(ack.json).toEqual({
    OriginatorConversationID: expect.any(String) as string,
    ConversationID: expect.stringMatching(/^AG_\d{8}_[0-9a-f]{20}$/) as string,
    ResponseCode: '0',
    ResponseDescription: 'Accept the service request successfully.',
  })
  await simulator.clock.advance(1_000)
  expect(receiver.received[0]?.path).toBe('/result')
  expect(results()[0]).toMatchObject({
    ResultType: '0',
    ResultCode: '0',
    OriginatorConversationID: ack.json['OriginatorConversationID'],
    ConversationID: ack.json['ConversationID'],
    TransactionID: expect.stringMatching(/^[A-Z]{2}[1-9A-V]0000000$/) as string,
    ReferenceData: { ReferenceItem: { Key: 'QueueTimeoutURL' } },
  })
  expect(balanceText(results()[0])).toBe(
    'Working Account|KES|700000.00|700000.00|0.00|0.00&Float Account|KES|0.00|0.00|0.00|0.00&' +
      'Utility Account|KES|228037.00|228037.00|0.00|0.00&Charges Paid Account|KES|-1540.00|-1540.00|0.00|0.00&' +
      'Organization Settlement Account|KES|0.00|0.00|0.00|0.00',
  )
})

test('grows by what customers paid, and not by what failed', async () => {
  await caller.push(token, { Amount: 120 })
  await caller.push(token, { Amount: 50, PhoneNumber: '254712341032' })
  await simulator.clock.advance(1_000)
  await caller.balance(token)
  await simulator.clock.advance(1_000)
  expect(balanceText(results().at(-1))).toContain('Utility Account|KES|228157.00|228157.00|0.00|0.00')
})

test('accepts a password that the caller encrypted with the offered certificate (4.1)', async () => {
  const pem = (await call(`${simulator.control}/daraja/certificate`)).text
  const certificate = new X509Certificate(pem)
  expect(certificate.verify(certificate.publicKey)).toBe(true)
  const { initiatorPassword } = simulator.systems.daraja.credentials
  const credential = publicEncrypt(
    { key: certificate.publicKey, padding: constants.RSA_PKCS1_PADDING },
    Buffer.from(initiatorPassword),
  )
  expect(credential.toString('base64')).toHaveLength(344)
  await caller.balance(token, { SecurityCredential: credential.toString('base64') })
  await simulator.clock.advance(1_000)
  expect(results()[0]?.['ResultCode']).toBe('0')
})

test('answers three wrong passwords with 2001, and is locked with 8006 from then on (4.1)', async () => {
  const { initiatorPassword } = simulator.systems.daraja.credentials
  const wrong = [encrypt('wrong'), encrypt(initiatorPassword, constants.RSA_PKCS1_OAEP_PADDING), 'garbage']
  for (const SecurityCredential of wrong) {
    await caller.balance(token, { SecurityCredential })
    await simulator.clock.advance(1_000)
  }
  expect(results().map(({ ResultCode }) => ResultCode)).toEqual([2001, 2001, 2001])
  await caller.balance(token)
  await simulator.clock.advance(1_000)
  expect(results().at(-1)).toMatchObject({
    ResultType: 0,
    ResultCode: 8006,
    ResultDesc: 'The security credential is locked.',
    ResultParameters: {
      ResultParameter: [
        { Key: 'ActionType', Value: 'AccountBalance' },
        { Key: 'ErrorMsg', Value: 'API Password is locked. ' },
        { Key: 'BOCompletedTime', Value: expect.any(Number) as number },
      ],
    },
    ReferenceData: { ReferenceItem: { Key: 'QueueTimeoutURL' } },
  })
  expect(simulator.state().systems.daraja.initiator).toEqual({ failedAttempts: 3, locked: true })
})

test('does not lock the operator for a name that does not exist', async () => {
  for (let attempt = 0; attempt < 4; attempt += 1) await caller.balance(token, { Initiator: 'nobody' })
  await caller.balance(token)
  await simulator.clock.advance(1_000)
  expect(
    results()
      .map(({ ResultCode }) => ResultCode)
      .sort(),
  ).toEqual(['0', 2001, 2001, 2001, 2001])
})

test('of another shortcode is not allowed, of another kind of party is invalid (3.9)', async () => {
  await caller.balance(token, { PartyA: '600000' })
  await simulator.clock.advance(1_000)
  await caller.balance(token, { IdentifierType: 2 })
  await simulator.clock.advance(1_000)
  expect(results().map(({ ResultCode }) => ResultCode)).toEqual([21, 25])
})

test('that expires in the queue goes to QueueTimeOutURL, by its remark or by the switch (3.0)', async () => {
  await caller.balance(token, { Remarks: 'simulate:timeout' })
  await simulator.clock.advance(1_000)
  simulator.set({ daraja: { balanceOutcome: 'timeout' } })
  await caller.balance(token)
  await simulator.clock.advance(1_000)
  expect(receiver.received.map(({ path }) => path)).toEqual(['/timeout', '/timeout'])
  expect(results()[0]).toMatchObject({ ResultType: 1, ResultCode: '1' })
})

test('that is never answered leaves a record', async () => {
  simulator.set({ daraja: { balanceOutcome: 'never' } })
  await caller.balance(token)
  await simulator.clock.advance(1_000)
  expect(receiver.received).toEqual([])
  expect(simulator.callbacks()).toMatchObject([{ kind: 'result', status: 'not delivered' }])
})

test.each([
  ['Initiator', ''],
  ['SecurityCredential', null],
  ['CommandID', 'Balance'],
  ['PartyA', 'x'],
  ['IdentifierType', '3'],
  ['Remarks', 'x'.repeat(101)],
  ['QueueTimeOutURL', ''],
  ['ResultURL', 'nowhere'],
])('refuses a bad %s at once', async (field, value) => {
  const reply = await caller.balance(token, { [field]: value })
  expect([reply.status, reply.json]).toMatchObject([
    400,
    { errorCode: '400.002.02', errorMessage: `Bad Request - Invalid ${field}` },
  ])
})
