/**
 * Random secrets go in; every way in which the command and the clients can fail is taken; no secret comes out, neither
 * plainly nor in an encoding. Printing secrets that were asked for, `token` and the simulator's introduction, is apart.
 *
 * @see STYLE section 6, DESIGN section 4
 * @module
 */
import { randomInt } from 'node:crypto'
import { inspect } from 'node:util'
import type { EngineEvent } from '@latchkey/core'
import { AccessToken, MpesaClient, TokenManager } from '@latchkey/daraja'
import { startSimulator } from '@latchkey/simulator'
import type { Fault, Simulator } from '@latchkey/simulator'
import { assertNoSecrets } from '@latchkey/testkit'
import { run } from 'latchkey'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { latchkey, start } from './support/command.ts'
import type { Ran } from './support/command.ts'
import { closedAddress } from './support/server.ts'
import { openWiretap } from './support/wiretap.ts'
import type { Wiretap } from './support/wiretap.ts'

let simulator: Simulator
let wiretap: Wiretap

beforeEach(async () => {
  simulator = await startSimulator({ seed: randomInt(2 ** 31) })
  wiretap = await openWiretap(simulator)
})
afterEach(async () => {
  await wiretap.close()
  await simulator.close()
})

type Mishap = Omit<Fault, 'system' | 'operation'>
const on = (operation: string, fault: Mishap) => simulator.faults.add({ system: 'daraja', operation, ...fault })
const onToken = (fault: Mishap) => on('oauth', fault)
const onPush = (fault: Mishap) => on('stkPush', fault)

// An answer of the token endpoint that tells what it was asked with.
const parrot = () => {
  const { consumerKey, consumerSecret, passkey } = simulator.systems.daraja.credentials
  return {
    errorCode: '401.001',
    errorMessage: `Wrong: ${consumerKey}:${consumerSecret} ${passkey}`,
    requestId: consumerSecret,
  }
}

const push = ['daraja', 'stk-push', '--amount', '5']
const query = ['daraja', 'stk-query', 'ws_CO_1']
const balance = ['daraja', 'balance', '--wait', '300ms']

const paths: readonly (readonly [exit: number, what: string, words: readonly string[], arrange: () => unknown])[] = [
  [0, 'a payment', push, () => simulator.set({ daraja: { callbackDelayMs: 0 } })],
  [0, 'balances', ['daraja', 'balance'], () => undefined],
  [0, 'a payment whose token died', push, () => onPush({ kind: 'invalidateTokens' })],
  [
    1,
    'an answer too long to read',
    query,
    () => on('stkPushQuery', { kind: 'malformed', body: parrotText(3_000_000) }),
  ],
  [2, 'a token that cannot live that long', ['token', 'daraja', '--min-remaining', '9h'], () => undefined],
  [2, 'a phone that is none', [...push, '--phone', 'x'], () => undefined],
  [3, 'a wrong secret', push, () => wiretap.override({ consumerSecret: 'wrong/secret+of-the+day==' })],
  [3, 'a wrong passkey', push, () => wiretap.override({ passkey: 'wrong/passkey+of-the+day==' })],
  [3, 'a token that is refused for ever', push, () => wiretap.echo(401)],
  [
    4,
    'a token endpoint that fails and tells all',
    push,
    () => onToken({ kind: 'status', status: 500, body: parrot() }),
  ],
  [4, 'a token endpoint that answers HTML', push, () => onToken({ kind: 'malformed', body: parrotText(2000) })],
  [4, 'a token endpoint that breaks', ['token', 'daraja'], () => onToken({ kind: 'resetAfter' })],
  [4, 'a throttle', ['token', 'daraja'], () => onToken({ kind: 'throttle', retryAfter: 60 })],
  [4, 'no result', balance, () => simulator.set({ daraja: { balanceOutcome: 'never' } })],
  [5, 'a refusal', [...push, '--phone', '0722001001'], () => undefined],
  [5, 'a refusal that repeats the request', push, () => wiretap.echo(400)],
  [6, 'a lost answer', push, () => onPush({ kind: 'resetAfter' })],
  [6, 'an answer that is no answer and repeats the request', push, () => wiretap.echo(503)],
]

function parrotText(length: number): string {
  const { errorMessage } = parrot()
  return `<html>${errorMessage.repeat(Math.ceil(length / errorMessage.length))}</html>`
}

async function here(...words: readonly string[]): Promise<Ran> {
  let out = ''
  let err = ''
  const { signal } = new AbortController()
  const io = {
    out: (text: string) => (out += text),
    err: (text: string) => (err += text),
    isTerminal: true,
    env: {},
    signal,
  }
  return { exit: await run(words, io), out, err }
}

describe('the command', () => {
  it.each(paths)('ends with %i and shows no secret in any form: %s', async (exit, _, words, arrange) => {
    for (const flags of [[], ['--json'], ['--verbose'], ['--json', '--verbose']]) {
      simulator.faults.clear()
      await simulator.clock.advance(200_000) // Past the guard against a payment made twice.
      arrange()
      // What says most runs as a process; the others run in this one, which takes a tenth of the time.
      const type = flags[0] === '--verbose' ? latchkey : here
      const ran = await type(...words, ...flags, '--simulator', wiretap.url)
      expect([flags, ran.exit]).toEqual([flags, exit])
      expect(ran.out + ran.err).not.toBe('')
      assertNoSecrets(ran.out + ran.err, wiretap.secrets())
    }
    expect(wiretap.secrets().length).toBeGreaterThanOrEqual(5)
  })

  it('shows no secret when it is interrupted', async () => {
    onPush({ kind: 'latency', ms: 20_000 })
    const { stop } = start([...push, '--json', '--verbose', '--simulator', wiretap.url])
    await expect.poll(() => simulator.requests({ operation: 'stkPush' }).length, { timeout: 10_000 }).toBe(1)
    const { exit, out, err } = await stop('SIGINT')
    expect(exit).toBe(130)
    assertNoSecrets(out + err, wiretap.secrets())
  })

  it('shows the token that was asked for, and no other secret beside it', async () => {
    const { out, err } = await latchkey('token', 'daraja', '--json', '--verbose', '--simulator', wiretap.url)
    const { access_token: token } = JSON.parse(out) as { access_token: string }
    expect(wiretap.secrets()).toContain(token)
    assertNoSecrets(err, wiretap.secrets())
    assertNoSecrets(
      out,
      wiretap.secrets().filter((secret) => secret !== token),
    )
  })

  it('shows no secret in the demo', async () => {
    const { out, err } = await latchkey('demo', '--verbose')
    // The demo's simulator has the seed that is the default.
    const same = await startSimulator()
    const { consumerKey, consumerSecret, passkey, initiatorPassword } = same.systems.daraja.credentials
    await same.close()
    assertNoSecrets(out + err, [consumerKey, consumerSecret, passkey, initiatorPassword])
    expect(err).toContain('latchkey.refresh.end')
  })
})

describe('the objects that a program holds', () => {
  const events: EngineEvent[] = []

  function manager(): TokenManager {
    const { consumerKey, consumerSecret } = { ...simulator.systems.daraja.credentials }
    const { baseUrl } = wiretap
    return new TokenManager({
      consumerKey,
      consumerSecret,
      environment: 'sandbox',
      baseUrl,
      observer: { event: (event) => events.push(event) },
    })
  }

  const printed = (value: unknown): string => inspect(value, { showHidden: true, depth: 10, getters: false })

  it('show none when they are printed, serialised or taken apart', async () => {
    const tokens = manager()
    const mpesa = new MpesaClient({ tokens, timeoutMs: 2000 })
    const revealed = await tokens.getToken()
    const token = await tokens.tokenSource.get()
    const accessToken = tokens.peek()
    expect(accessToken).toBeInstanceOf(AccessToken)
    expect([accessToken?.token, token.reveal()]).toEqual([revealed, revealed])
    const secrets = wiretap.secrets()
    expect(secrets).toContain(revealed)
    const { tokenSource } = tokens
    for (const object of [tokens, mpesa, token, accessToken, tokenSource, tokenSource.describe(), { ...token }]) {
      assertNoSecrets(object, secrets)
      assertNoSecrets(printed(object), secrets)
    }
    await mpesa.close()
    await tokens.close()
  })

  it('show none in the errors and events of everything that goes wrong', async () => {
    const { shortCode, passkey, msisdn, initiator, securityCredential } = simulator.systems.daraja.credentials
    const url = 'http://127.0.0.1:9/hooks'
    const errors: unknown[] = []
    const calls: Readonly<Record<string, (mpesa: MpesaClient) => Promise<unknown>>> = {
      push: (mpesa) =>
        mpesa.stkPush({
          businessShortCode: shortCode,
          passkey,
          transactionType: 'CustomerPayBillOnline',
          amount: 1,
          partyA: msisdn,
          partyB: shortCode,
          phoneNumber: msisdn,
          callbackUrl: url,
          accountReference: 'x',
        }),
      query: (mpesa) => mpesa.stkPushQuery({ businessShortCode: shortCode, passkey, checkoutRequestId: 'ws_CO_1' }),
      balance: (mpesa) =>
        mpesa.accountBalance({
          initiator,
          securityCredential,
          partyA: shortCode,
          identifierType: 4,
          resultUrl: url,
          queueTimeOutUrl: url,
        }),
      malformed: (mpesa) => mpesa.stkPush({ passkey, businessShortCode: passkey, callbackUrl: passkey } as never),
      post: (mpesa) => mpesa.post('/mpesa/unheard/of', { Password: passkey }),
    }
    const states: readonly (() => unknown)[] = [
      () => undefined,
      () => wiretap.echo(401),
      () => wiretap.echo(400),
      () => wiretap.echo(500),
      () => wiretap.echo(200),
      () => onToken({ count: 5, kind: 'status', status: 500, body: parrot() }),
      () => onToken({ count: 5, kind: 'malformed', body: parrotText(2000) }),
      () => onToken({ count: 5, kind: 'resetAfter' }),
      () => simulator.faults.add({ system: 'daraja', kind: 'resetAfter', count: 3 }),
    ]
    const asked: string[] = []
    for (const arrange of states) {
      simulator.reset()
      wiretap.echo(undefined)
      arrange()
      await Promise.all(
        Object.entries(calls).map(async ([name, call]) => {
          const tokens = manager()
          const mpesa = new MpesaClient({ tokens, timeoutMs: 2000, deadlineMs: 3000 })
          await call(mpesa).then(
            () => undefined,
            (error: unknown) => {
              asked.push(name)
              errors.push(error)
            },
          )
          await tokens.close()
        }),
      )
    }
    errors.push(await new TokenManager({ ...options(), baseUrl: await closedAddress() }).getToken().catch(String))
    expect(new Set(asked)).toEqual(new Set(Object.keys(calls)))
    expect(errors.length).toBeGreaterThan(25)
    expect(events.length).toBeGreaterThan(40)
    const secrets = wiretap.secrets()
    for (const found of [...errors, ...events]) {
      assertNoSecrets(found, secrets)
      assertNoSecrets(printed(found), secrets)
    }
  })

  const options = () => {
    const { consumerKey, consumerSecret } = simulator.systems.daraja.credentials
    return { consumerKey, consumerSecret, environment: 'sandbox' } as const
  }
})
