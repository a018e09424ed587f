/**
 * Makes every code happen with random secrets and searches everything that an error shows for them.
 *
 * @module
 */
import { randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import { isLatchkeyError, Secret } from '@latchkey/core'
import { expect, test } from 'vitest'
import { darajaErrorCodes, MpesaClient, parseStkCallback } from '../src/index.ts'
import type { DarajaErrorCode } from '../src/index.ts'
import { push, query } from './support/client.ts'
import { FakeClock } from './support/fake-clock.ts'
import { refusedConnection, reset, scriptedFetch, token } from './support/scripted-fetch.ts'
import type { Reply } from './support/scripted-fetch.ts'

const random = (): string => randomBytes(21).toString('base64url').replace(/[-_]/g, 'x')

// An answer that echoes secrets wherever a provider could put them.
function echo(status: number, errorCode: string, text: string, secrets: readonly string[]): Reply {
  const all = secrets.join(' ')
  return {
    status,
    headers: { 'x-echo': all },
    body: {
      requestId: secrets[0],
      errorCode,
      errorMessage: `${text} - ${all}`,
      fault: { faultstring: all },
      note: all,
    },
  }
}

type Make = (secrets: readonly string[], token: string) => readonly Reply[]
type Call = 'stkPush' | 'stkPushQuery'

const makers: Record<DarajaErrorCode, readonly [call: Call, make: Make] | 'callback'> = {
  AUTH_INVALID_CREDENTIALS: ['stkPush', (secrets) => [echo(401, '401', 'no', secrets)]],
  DARAJA_INVALID_AUTH_SCHEME: ['stkPush', (secrets) => [echo(400, '400.008.01', 'no', secrets)]],
  DARAJA_INVALID_GRANT_TYPE: ['stkPush', (secrets) => [echo(400, '400.008.02', 'no', secrets)]],
  DARAJA_TOKEN_DENIED: ['stkPush', (secrets) => [echo(418, secrets[1] ?? '', 'no', secrets)]],
  DARAJA_TOKEN_REJECTED: [
    'stkPush',
    (secrets, name) => {
      const refusal = echo(401, '401.002.01', 'Error Occurred - Invalid Access Token', secrets)
      return [token(name), refusal, token(`${name}2`), refusal]
    },
  ],
  DARAJA_WRONG_PASSKEY: [
    'stkPush',
    (secrets, name) => [token(name), echo(500, '500.001.1001', 'Wrong credentials', secrets)],
  ],
  DARAJA_PRODUCT_MISSING: [
    'stkPush',
    (secrets, name) => [token(name), echo(401, '401.003.01', 'no apiproduct match found', secrets)],
  ],
  DARAJA_MERCHANT_UNKNOWN: [
    'stkPush',
    (secrets, name) => [token(name), echo(500, '500.001.1001', 'Merchant does not exist', secrets)],
  ],
  DARAJA_FORBIDDEN: ['stkPush', (secrets, name) => [token(name), echo(403, '403', 'no', secrets)]],
  DARAJA_INVALID_REQUEST: [
    'stkPush',
    (secrets, name) => [token(name), echo(400, '400.002.02', 'Bad Request - Invalid', secrets)],
  ],
  DARAJA_NOT_FOUND: ['stkPush', (secrets, name) => [token(name), echo(404, '404.001.01', 'no', secrets)]],
  DARAJA_CONFLICT: [
    'stkPush',
    (secrets, name) => [token(name), echo(500, '500.001.1001', 'Unable to lock subscriber', secrets)],
  ],
  DARAJA_REJECTED: [
    'stkPush',
    (secrets, name) => [
      token(name),
      { status: 200, body: { ResponseCode: secrets[1], MerchantRequestID: secrets[0] } },
    ],
  ],
  DARAJA_UNEXPECTED_ANSWER: ['stkPush', (secrets, name) => [token(name), echo(400, secrets[1] ?? '', 'no', secrets)]],
  DARAJA_THROTTLED: [
    'stkPushQuery',
    (secrets, name) => [token(name), ...thrice(echo(429, secrets[1] ?? '', 'no', secrets))],
  ],
  DARAJA_BLOCKED: ['stkPush', (secrets, name) => [token(name), { status: 403, body: `<html>${secrets.join(' ')}` }]],
  DARAJA_UNAVAILABLE: [
    'stkPushQuery',
    (secrets, name) => [token(name), ...thrice(echo(500, '500.003.1001', 'no', secrets))],
  ],
  DARAJA_UNREACHABLE: ['stkPush', (_, name) => [token(name), ...thrice(refusedConnection())]],
  DARAJA_TIMEOUT: ['stkPushQuery', (_, name) => [token(name), ...thrice('silence')]],
  DARAJA_MALFORMED_ANSWER: [
    'stkPushQuery',
    (secrets, name) => [token(name), ...thrice({ status: 200, body: `<html>${secrets.join(' ')}` })],
  ],
  DARAJA_ANSWER_TOO_LARGE: [
    'stkPushQuery',
    (secrets, name) => [token(name), { status: 200, body: secrets.join('').repeat(20_000) }],
  ],
  DARAJA_OUTCOME_UNKNOWN: ['stkPush', (_, name) => [token(name), reset()]],
  DARAJA_MALFORMED_CALLBACK: 'callback',
}

function thrice(reply: Reply): readonly Reply[] {
  return [reply, reply, reply]
}

async function fail(code: DarajaErrorCode, secrets: Record<'key' | 'secret' | 'passkey' | 'token', string>) {
  const all = Object.values(secrets)
  const maker = makers[code]
  if (maker === 'callback')
    return thrown(async () => parseStkCallback({ Body: { stkCallback: { ResultDesc: all.join(' ') } } }))
  const [call, make] = maker
  const { fetch } = scriptedFetch(...make([secrets.token, secrets.secret, ...all], secrets.token))
  const clock = new FakeClock()
  const consumerSecret = new Secret(secrets.secret)
  const mpesa = new MpesaClient({
    consumerKey: secrets.key,
    consumerSecret,
    environment: 'sandbox',
    fetch,
    clock,
    timeoutMs: 5000,
  })
  const { passkey } = secrets
  return thrown(() =>
    clock.run<unknown>(
      call === 'stkPush' ? mpesa.stkPush({ ...push, passkey }) : mpesa.stkPushQuery({ ...query, passkey }),
    ),
  )
}

async function thrown(run: () => Promise<unknown>): Promise<unknown> {
  return run().then(
    () => expect.unreachable('it succeeded'),
    (error: unknown) => error,
  )
}

test.each(Object.keys(makers) as DarajaErrorCode[])(
  '%s shows no secret, plain, in base64 or percent-encoded',
  async (code) => {
    const secrets = { key: `k%${random()}`, secret: `s/${random()}`, passkey: random(), token: random() }
    const error = await fail(code, secrets)
    expect(error).toMatchObject({ code })
    expect(code in darajaErrorCodes).toBe(true)

    const shown: string[] = []
    for (let at: unknown = error, depth = 0; at instanceof Error && depth < 6; at = at.cause, depth += 1) {
      shown.push(String(at), at.stack ?? '', JSON.stringify(at), inspect(at, { depth: 9, showHidden: true }))
      if (isLatchkeyError(at)) shown.push(JSON.stringify(at.details))
    }
    const text = shown.join('\n')
    const pair = `${secrets.key}:${secrets.secret}`
    for (const secret of [...Object.values(secrets), pair]) {
      const base64 = Buffer.from(secret).toString('base64')
      for (const form of [secret, encodeURIComponent(secret), base64, base64.replace(/=+$/, '')])
        expect(text).not.toContain(form)
    }
    expect(text).not.toContain(push.phoneNumber)
  },
)
