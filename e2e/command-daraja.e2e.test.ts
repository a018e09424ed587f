/**
 * Transcripts of `latchkey token` and `latchkey daraja …` against a simulator: answers, failures and exit codes.
 *
 * @see DESIGN section 4 and "Errors"
 * @module
 */
import { startSimulator } from '@latchkey/simulator'
import type { FaultKind, Simulator } from '@latchkey/simulator'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { document, latchkey, start } from './support/command.ts'
import { closedAddress, serve } from './support/server.ts'
import type { LocalServer } from './support/server.ts'
import { openWiretap } from './support/wiretap.ts'

let simulator: Simulator
let at: readonly string[]
const servers: { close(): Promise<void> }[] = []

beforeAll(async () => {
  simulator = await startSimulator()
  at = ['--simulator', simulator.url]
})
beforeEach(() => simulator.reset())
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})
afterAll(() => simulator.close())

const tokenRequests = () => simulator.requests({ system: 'daraja', operation: 'oauth' }).length
const pushes = () => simulator.requests({ system: 'daraja', operation: 'stkPush' })
const fail = (operation: string, kind: FaultKind, more: { ms?: number; status?: number; count?: number } = {}) =>
  simulator.faults.add({ system: 'daraja', operation, kind, ...more })

describe('latchkey token daraja', () => {
  it('prints a token that works and nothing else, and asks for a new one each time', async () => {
    const { exit, out, err } = await latchkey('token', 'daraja', ...at)
    expect([exit, err]).toEqual([0, ''])
    expect(out).toMatch(/^\w{28}\n$/)
    expect(tokenRequests()).toBe(1)

    const header = await latchkey('token', 'daraja', '--header', ...at)
    expect(header.out).toMatch(/^Authorization: Bearer \w{28}\n$/)
    expect(tokenRequests()).toBe(2)
    expect(header.out).not.toContain(out.trim())
  })

  it('prints the fields of an OAuth answer and the generation with --json', async () => {
    expect(document(await latchkey('token', 'daraja', '--json', ...at))).toEqual({
      access_token: expect.stringMatching(/^\w{28}$/) as string,
      token_type: 'Bearer',
      expires_in: expect.toSatisfy((seconds: number) => seconds > 3500 && seconds <= 3599) as number,
      generation: expect.any(Number) as number,
    })
  })

  it('says that no token lives as long as was asked for: exit 2', async () => {
    const { exit, out, err } = await latchkey('token', 'daraja', '--min-remaining', '2h', ...at)
    expect([exit, out]).toEqual([2, ''])
    expect(err).toMatch(/^LATCHKEY_NEED_UNMET: .*Ask for less\.\n$/)
  })

  it.each([
    ['500', 'LATCHKEY_ENDPOINT_FAILED', 4, () => fail('oauth', 'status', { status: 500 })],
    ['a throttle', 'LATCHKEY_ENDPOINT_THROTTLED', 4, () => fail('oauth', 'throttle')],
    ['HTML instead of JSON', 'LATCHKEY_NOT_JSON', 4, () => fail('oauth', 'malformed')],
    ['a reset connection', 'LATCHKEY_ENDPOINT_FAILED', 4, () => fail('oauth', 'resetBefore')],
  ])('answers %s from the token endpoint with %s: exit %i', async (_, code, exit, arrange) => {
    arrange()
    const ran = await latchkey('token', 'daraja', ...at)
    expect([ran.exit, ran.out]).toEqual([exit, ''])
    expect(ran.err).toMatch(new RegExp(`^${code}: [A-Z].+\\.\n$`))
    expect(tokenRequests()).toBe(1)

    arrange()
    const asJson = await latchkey('token', 'daraja', '--json', ...at)
    expect([asJson.exit, asJson.err]).toEqual([exit, ''])
    expect(document(asJson)).toMatchObject({ error: { code, provider: 'daraja' } })
  })

  it('says that a wrong secret is wrong, and how to check it: exit 3', async () => {
    const wiretap = await openWiretap(simulator)
    servers.push(wiretap)
    wiretap.override({ consumerSecret: 'rotated-last-night' })
    const { exit, out, err } = await latchkey('token', 'daraja', '--simulator', wiretap.url)
    expect([exit, out]).toEqual([3, ''])
    expect(err).toMatch(/^AUTH_INVALID_CREDENTIALS: .* Check both/)
    expect(tokenRequests()).toBe(1)
  })
})

describe('latchkey daraja stk-push and stk-query', () => {
  it('follows a payment from accepted over pending to paid', async () => {
    simulator.set({ daraja: { callbackDelayMs: 600_000 } })
    const pushed = await latchkey('daraja', 'stk-push', '--amount', '5', '--reference', 'INV-1', ...at)
    expect(pushed.exit).toBe(0)
    expect(pushed.out).toMatch(/^checkoutRequestId {2}ws_CO_\d+\nmerchantRequestId {2}\S+\ncustomerMessage {4}\S.+\n$/)
    const id = /ws_CO_\d+/.exec(pushed.out)?.[0] ?? ''
    expect(pushed.err).toBe(
      `Accepted, not yet paid. Ask with: latchkey daraja stk-query ${id} --simulator ${simulator.url}\n`,
    )
    expect(pushes()[0]?.body).toMatchObject({ Amount: 5, AccountReference: 'INV-1' })

    const pending = await latchkey('daraja', 'stk-query', id, ...at)
    expect(pending.exit).toBe(0)
    expect(pending.out).toMatch(/^state +pending\nresultCode +4999\n/)
    expect(pending.out).toMatch(/^askAgainAt +\d{4}-\d\d-\d\dT/m)

    const moved = await fetch(`${simulator.control}/clock`, { method: 'POST', body: '{"advanceMs": 600000}' })
    expect(moved.ok).toBe(true)
    const paid = await latchkey('daraja', 'stk-query', id, '--json', ...at)
    expect(document(paid)).toMatchObject({ checkoutRequestId: id, state: 'paid', resultCode: '0' })
  })

  it('tells what a failed payment failed of: exit 0, since the question was answered', async () => {
    const pushed = document(
      await latchkey('daraja', 'stk-push', '--amount', '5', '--phone', '0722001032', '--json', ...at),
    )
    await simulator.clock.advance(1000)
    const { exit, out } = await latchkey('daraja', 'stk-query', String(pushed['checkoutRequestId']), ...at)
    expect(exit).toBe(0)
    expect(out).toMatch(/^state +failed\nresultCode +1032\n[^]*meaning +\S/)
  })

  it('says that the outcome is unknown when the answer is lost, and not to send again: exit 6', async () => {
    fail('stkPush', 'resetAfter')
    const { exit, out, err } = await latchkey('daraja', 'stk-push', '--amount', '6', ...at)
    expect([exit, out]).toEqual([6, ''])
    expect(err).toMatch(/^DARAJA_OUTCOME_UNKNOWN: .*Do not send it again/m)
    expect(err).toContain('latchkey daraja stk-query CHECKOUT-ID --simulator')
    expect(pushes()).toHaveLength(1)
  })

  it('says why M-PESA refuses and what to do: exit 5', async () => {
    const { exit, out, err } = await latchkey('daraja', 'stk-push', '--amount', '6', '--phone', '0722001001', ...at)
    expect([exit, out]).toEqual([5, ''])
    expect(err).toMatch(/^DARAJA_CONFLICT: .*500\.001\.1001.*Wait at least one minute/)
    expect(pushes()).toHaveLength(1)
  })

  it('says that a phone is no phone before anything is sent: exit 2', async () => {
    const { exit, err } = await latchkey('daraja', 'stk-push', '--amount', '6', '--phone', 'hello', ...at)
    expect(exit).toBe(2)
    expect(err).toMatch(/Kenyan mobile number/)
    expect(simulator.requests({ system: 'daraja' })).toHaveLength(0)
  })

  it('waits and repeats a push that was throttled, since nothing happened', async () => {
    fail('stkPush', 'throttle')
    expect((await latchkey('daraja', 'stk-push', '--amount', '7', ...at)).exit).toBe(0)
    expect(pushes().map(({ answer }) => answer?.status)).toEqual([429, 200])
  })
})

describe('latchkey daraja balance', () => {
  it('waits for the result and prints the accounts as a table', async () => {
    const { exit, out, err } = await latchkey('daraja', 'balance', ...at)
    expect([exit, err]).toEqual([0, 'Accepted; waiting for the result.\n'])
    expect(out).toMatch(
      /^account +currency +current +available +reserved +uncleared\nWorking Account +KES +700000\.00 /,
    )
  })

  it('prints ids and accounts as one JSON document with --json', async () => {
    const { accounts, ...ids } = document(await latchkey('daraja', 'balance', '--json', ...at))
    expect(accounts).toContainEqual(expect.objectContaining({ name: 'Utility Account', currency: 'KES' }))
    expect(Object.keys(ids)).toEqual(['originatorConversationId', 'conversationId'])
  })

  it('says that no result came in the time given: exit 4', async () => {
    simulator.set({ daraja: { balanceOutcome: 'never' } })
    const { exit, out, err } = await latchkey('daraja', 'balance', '--wait', '200ms', ...at)
    expect([exit, out]).toEqual([4, ''])
    expect(err).toContain('DARAJA_TIMEOUT: No result came within 200 ms. Ask again, or wait longer with --wait.')
  })
})

describe('a notice that the queue timed out', () => {
  it('is told as a time-out and not as a refusal: exit 4', async () => {
    const ran = await latchkey('daraja', 'balance', '--remarks', 'simulate:timeout', '--json', ...at)
    expect(ran.exit).toBe(4)
    expect(document(ran)).toMatchObject({ error: { code: 'DARAJA_TIMEOUT' } })
  })
})

describe('an address that is no simulator: exit 2, and what to do', () => {
  const stub = async (handler: Parameters<typeof serve>[0]): Promise<LocalServer> => {
    const server = await serve(handler)
    servers.push(server)
    return server
  }
  const token = async (url: string) => {
    const since = performance.now()
    const ran = await latchkey('token', 'daraja', '--simulator', url)
    expect([ran.exit, ran.out]).toEqual([2, ''])
    expect(ran.err).toMatch(/^LATCHKEY_USAGE: .*Start one with: latchkey simulator\n$/)
    return { ...ran, ms: performance.now() - since }
  }

  it('where nothing listens', async () => {
    const url = await closedAddress()
    expect((await token(url)).err).toContain(`No simulator answers at ${url}.`)
  })

  it('where a web site answers', async () => {
    const { url } = await stub((_, response) => response.end('<html>Welcome to the intranet</html>'))
    const { err } = await token(url)
    expect(err).toContain(`What answers at ${url} is not a simulator`)
    expect(err).not.toContain('intranet')
  })

  it('where an endless answer comes, of which it reads no more than it must', async () => {
    let chunks = 0
    const { url } = await stub((_, response) => {
      const chunk = Buffer.alloc(65_536, 'x')
      const write = (): void => {
        while (!response.destroyed && (chunks += 1) < 4096) if (!response.write(chunk)) return
        response.end()
      }
      response.on('drain', write)
      write()
    })
    await token(url)
    expect(chunks).toBeLessThan(1024) // 64 MiB; what fits into the sockets between is well below.
  })

  it('where no answer ever comes, after a few seconds', async () => {
    const { url } = await stub(() => {})
    expect((await token(url)).ms).toBeLessThan(12_000)
  })
})

describe('Ctrl-C: exit 130', () => {
  it('while a payment is being asked for', async () => {
    fail('stkPush', 'latency', { ms: 30_000 })
    const { stop } = start(['daraja', 'stk-push', '--amount', '9', '--json', ...at])
    await expect.poll(() => pushes().length, { timeout: 10_000 }).toBe(1)
    const { exit, out, err, ms } = await stop('SIGINT')
    expect([exit, err]).toEqual([130, ''])
    expect(document({ out })).toEqual({ error: { code: 'INTERRUPTED', message: 'Stopped.' } })
    expect(ms).toBeLessThan(2000)
  })

  it('while a result is being waited for', async () => {
    simulator.set({ daraja: { balanceOutcome: 'never' } })
    const { says, stop } = start(['daraja', 'balance', '--wait', '1m', ...at])
    await says('waiting for the result')
    const { exit, out, ms } = await stop('SIGINT')
    expect([exit, out]).toEqual([130, ''])
    expect(ms).toBeLessThan(2000)
  })

  it('while a token is being fetched', async () => {
    fail('oauth', 'latency', { ms: 10_000 })
    const { stop } = start(['token', 'daraja', ...at])
    await expect.poll(tokenRequests, { timeout: 10_000 }).toBe(1)
    const { exit, out, ms } = await stop('SIGINT')
    expect([exit, out]).toEqual([130, ''])
    expect(ms).toBeLessThan(2000)
  })
})
