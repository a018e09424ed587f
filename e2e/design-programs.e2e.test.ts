/**
 * The programs of the design, as they stand there, against the simulator with nothing but `baseUrl` added.
 *
 * @see DESIGN section 3
 * @module
 */
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isLatchkeyError } from '@latchkey/core'
import { MpesaClient, TokenManager } from '@latchkey/daraja'
import { AuthClient, AuthOClient, EtimsClient, EtimsOClient } from '@latchkey/etims'
import { Environment, generateNip, KsefClient, loadCertificateFromPem, loadPrivateKeyFromPem } from '@latchkey/ksef'
import { startSimulator } from '@latchkey/simulator'
import type { Simulator } from '@latchkey/simulator'
import { TruphoneClient } from '@latchkey/truphone'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { bodyOf, serve } from './support/server.ts'
import type { LocalServer } from './support/server.ts'

let simulator: Simulator
let receiver: LocalServer
const posted: string[] = []

beforeAll(async () => {
  simulator = await startSimulator()
  receiver = await serve((request, response) => {
    void bodyOf(request).then((body) => {
      posted.push(body)
      response.end('{}')
    })
  })
})
beforeEach(() => simulator.reset())
afterAll(async () => {
  await simulator.close()
  await receiver.close()
})

const answers = () =>
  simulator.requests({ system: 'daraja' }).map(({ operation, answer }) => [operation, answer?.status])

describe('M-PESA', () => {
  it('gets tokens, pays, asks about the payment and asks for balances', async () => {
    const { baseUrl, credentials } = simulator.systems.daraja
    const { consumerKey, consumerSecret, passkey, initiator, securityCredential } = credentials
    const { shortCode: businessShortCode, msisdn: phone } = credentials
    const callbackUrl = `${receiver.url}/paid`
    const resultUrl = `${receiver.url}/result`
    const queueTimeOutUrl = `${receiver.url}/timeout`

    const tokens = new TokenManager({ consumerKey, consumerSecret, environment: 'sandbox', baseUrl })
    const first = await tokens.getToken() // a string, cached while valid
    expect(await tokens.getToken()).toBe(first)
    const second = await tokens.getToken({ forceRefresh: true })
    expect(second).not.toBe(first)
    const mpesa = new MpesaClient({ tokens, environment: 'sandbox', baseUrl })
    // prettier-ignore -- The program as the design prints it.
    const accepted = await mpesa.stkPush({
      businessShortCode,
      passkey,
      transactionType: 'CustomerPayBillOnline',
      amount: 1,
      partyA: phone,
      partyB: businessShortCode,
      phoneNumber: phone,
      callbackUrl,
      accountReference: 'INV-1',
      transactionDesc: 'Order 1',
    })
    await expect.poll(() => posted.length).toBe(1)
    // prettier-ignore -- As above.
    const found = await mpesa.stkPushQuery({
      businessShortCode,
      passkey,
      checkoutRequestId: accepted.checkoutRequestId,
    })
    expect(found.state).toBe('paid')
    // prettier-ignore -- As above.
    await mpesa.accountBalance({
      initiator,
      securityCredential,
      partyA: businessShortCode,
      identifierType: 4,
      remarks: 'Balance',
      resultUrl,
      queueTimeOutUrl,
    })
    await expect.poll(() => posted.length).toBe(2)

    expect(answers()).toEqual([
      ['oauth', 200],
      ['oauth', 200],
      ['stkPush', 200],
      ['stkPushQuery', 200],
      ['accountBalance', 200],
    ])
    await mpesa.close()
    await tokens.close()
  })

  it('takes the consumer key itself instead of a manager', async () => {
    const { baseUrl, credentials } = simulator.systems.daraja
    const { consumerKey, consumerSecret } = credentials
    const mpesa = new MpesaClient({ consumerKey, consumerSecret, environment: 'sandbox', baseUrl })
    expect((await mpesa.tokenSource.get()).reveal()).toMatch(/^\w{28}$/)
    await mpesa.close()
  })

  it.each([
    ['empty-400', 'AUTH_INVALID_CREDENTIALS'],
    ['empty-401', 'AUTH_INVALID_CREDENTIALS'],
    ['json-401', 'AUTH_INVALID_CREDENTIALS'],
    ['json-400', 'DARAJA_INVALID_AUTH_SCHEME'], // 400.008.01, which may mean either (spec/daraja.md section 2.3).
  ] as const)('answers bad credentials, worded as %s, with %s', async (badCredentials, code) => {
    simulator.set({ daraja: { badCredentials } })
    const { baseUrl, credentials } = simulator.systems.daraja
    const { consumerKey } = credentials
    const mpesa = new MpesaClient({ consumerKey, consumerSecret: 'not-it', environment: 'sandbox', baseUrl })
    const error: unknown = await mpesa.tokenSource.get().catch((error: unknown) => error)
    expect(isLatchkeyError(error) && [error.code, error.name]).toEqual([code, 'TokenError'])
    await mpesa.close()
  })

  it('posts to any other path with the token attached, and resolves with the answer as it came', async () => {
    const { baseUrl, credentials } = simulator.systems.daraja
    const { consumerKey, consumerSecret, shortCode, initiator, securityCredential } = credentials
    const mpesa = new MpesaClient({ consumerKey, consumerSecret, environment: 'sandbox', baseUrl })
    const answer = await mpesa.post('/mpesa/accountbalance/v1/query', {
      Initiator: initiator,
      SecurityCredential: securityCredential,
      CommandID: 'AccountBalance',
      PartyA: shortCode,
      IdentifierType: '4',
      Remarks: 'Balance',
      QueueTimeOutURL: receiver.url,
      ResultURL: receiver.url,
    })
    expect(answer).toMatchObject({ ResponseCode: '0', ConversationID: expect.any(String) as string })
    await expect(mpesa.post('/mpesa/unheard/of', {})).rejects.toMatchObject({ code: 'DARAJA_NOT_FOUND' })
    await mpesa.close()
  })
})

describe('KRA eTIMS', () => {
  it('runs what the documentation of the replaced SDK shows, with another import line', async () => {
    const { baseUrl, credentials } = simulator.systems.etims
    const { consumerKey, consumerSecret, initializedDevice: device } = credentials
    for (const [env, AuthDoor, Door] of [
      ['sandbox', AuthClient, EtimsClient],
      ['sbx', AuthOClient, EtimsOClient],
    ] as const) {
      simulator.reset()
      const config = {
        env,
        auth: {
          [env]: {
            token_url: `${baseUrl}/v1/token/generate`,
            consumer_key: consumerKey,
            consumer_secret: consumerSecret,
          },
        },
        api: { [env]: { base_url: `${baseUrl}/etims-api` } },
        oscu: { tin: device.tin, bhf_id: device.bhfId, device_serial: device.deviceSerial, cmc_key: device.cmcKey },
        cache_file: './kra_token.json', // Neither read nor written.
        http: { timeout: 30 },
      }
      const auth = new AuthDoor(config)
      const token = await auth.getToken(true) // a string; force means "newer than the one I hold"
      expect(token.substring(0, 25)).toHaveLength(25)
      await auth.forgetToken()
      const etims = new Door(config, auth)
      const { resultCd, data } = await etims.selectCodeList({ lastReqDt: '20180101000000' })
      expect({ resultCd, classes: data?.clsList.length }).toEqual({
        resultCd: '000',
        classes: expect.any(Number) as number,
      })
      expect(existsSync('./kra_token.json')).toBe(false)
      await auth.close()
    }
  })
})

describe('Truphone Connect', () => {
  it('lists products', async () => {
    const { baseUrl, credentials } = simulator.systems.truphone
    const { clientId, clientSecret } = credentials
    const truphone = new TruphoneClient({
      environment: 'production',
      clientId,
      clientSecret,
      role: 'RESELLER',
      baseUrl,
    })
    const products = await truphone.products.list()
    expect(products.length).toBeGreaterThan(0)
    await truphone.close()
  })
})

describe('KSeF 2.0', () => {
  it('signs in in three ways, refreshes, lists its sessions and ends one', async () => {
    const { baseUrl, credentials } = simulator.systems.ksef
    const { nip, ksefToken } = credentials
    const folder = await mkdtemp(join(tmpdir(), 'latchkey-design-'))
    const [certificateFile, keyFile] = [join(folder, 'seal.pem'), join(folder, 'seal.key')]
    await writeFile(certificateFile, credentials.certificate)
    await writeFile(keyFile, credentials.privateKey)
    const certificate = await loadCertificateFromPem(certificateFile)
    const privateKey = await loadPrivateKeyFromPem(keyFile)
    await rm(folder, { recursive: true })

    const client = new KsefClient(Environment.TEST, { baseUrl })
    const auth = await client.authentication.withTestCertificate({ nip: generateNip() })
    expect(typeof auth.accessToken).toBe('string')
    expect(auth.authTokens.accessToken.validUntil).toBeInstanceOf(Date)
    await client.authentication.withXades({ nip, certificate, privateKey })
    await client.authentication.withToken({ ksefToken, nip })
    const refreshed = await client.authentication.refresh({ refreshToken: auth.refreshToken })
    expect(refreshed.accessToken.token).not.toBe(auth.accessToken)
    const lengths: number[] = []
    for await (const page of auth.sessions.all({ pageSize: 10 })) lengths.push(page.items.length)
    expect(lengths).toEqual([1])
    await auth.sessions.terminateCurrent()
    await expect(client.authentication.refresh({ refreshToken: auth.refreshToken })).rejects.toSatisfy(isLatchkeyError)
    await client.close()
  })

  it('is production without an argument', () => {
    expect(new KsefClient().environment).toBe(Environment.PRODUCTION)
  })
})
