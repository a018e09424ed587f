/** What outlives a restart (DESIGN section 5, `--data`), and which files are refused. @module */
import { copyFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { InputError, startSimulator } from '../src/index.ts'
import { createCaller, createReceiver } from './support.ts'

let folder: string
let data: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latchkey-simulator-'))
  data = join(folder, 'state.json')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const holds = async (text: string): Promise<boolean> => (await readFile(data, 'utf8')).includes(text)

describe('a simulator that is started again with its file', () => {
  test('has its credentials, accepts its live token, refuses the dead one, and gives no token twice', async () => {
    const first = await startSimulator({ data, seed: 7 })
    const caller = createCaller(first.systems.daraja)
    const dead = await caller.token()
    const live = await caller.token()
    const { credentials } = first.systems.daraja
    await first.close()

    await using again = await startSimulator({ data })
    expect(again.systems.daraja.credentials).toEqual(credentials)
    expect(again.state()).toMatchObject({ seed: 7, systems: { daraja: { tokenRequests: 2, tokens: { issued: 2 } } } })
    const later = createCaller(again.systems.daraja)
    expect((await later.push(live)).status).toBe(200)
    expect((await later.push(dead)).json).toMatchObject({ errorCode: '404.001.03' })
    expect([dead, live]).not.toContain(await later.token())
    expect((await later.push(live)).status).toBe(404)
  })

  test('knows a payment of before, concludes the one that was open, and calls back once', async () => {
    const receiver = await createReceiver()
    const first = await startSimulator({ data })
    const caller = createCaller(first.systems.daraja, receiver.url)
    const token = await caller.token()
    const paid = await caller.push(token)
    await first.clock.advance(1_000)
    const open = await caller.push(token, { PhoneNumber: '254712340060', PartyA: '254712340060' })
    await first.close()
    expect(receiver.received).toHaveLength(1)

    await using again = await startSimulator({ data })
    const later = createCaller(again.systems.daraja, receiver.url)
    const query = async ({ json }: typeof paid) =>
      (await later.query(token, json['CheckoutRequestID'])).json['ResultCode']
    expect([await query(paid), await query(open)]).toEqual(['0', '4999'])
    expect((await later.push(token, { PhoneNumber: '254712340060' })).json['errorMessage']).toMatch(/^Unable to lock/)
    await again.clock.advance(60_000)
    expect(await query(open)).toBe('1037')
    expect(receiver.received).toHaveLength(2)
    expect((await later.push(token)).status).toBe(200)
    await again.clock.advance(1_000)
    expect(again.state().systems.daraja.payments.map(({ resultCode }) => resultCode)).toEqual(['0', '1037', '17'])
    await receiver.close()
  })

  test('answers a balance request that was accepted before, with the balances of before', async () => {
    const receiver = await createReceiver()
    const first = await startSimulator({ data, daraja: { callbackDelayMs: 60_000 } })
    const caller = createCaller(first.systems.daraja, receiver.url)
    const token = await caller.token()
    await caller.push(token, { Amount: 500 })
    await first.clock.advance(60_000)
    await caller.balance(token)
    await first.close()

    await using again = await startSimulator({ data })
    await again.clock.advance(60_000)
    const { body } = receiver.received.at(-1) ?? {}
    expect(JSON.stringify(body)).toContain('Utility Account|KES|228537.00')
    expect((await createCaller(again.systems.daraja, receiver.url).balance(token)).status).toBe(200)
    await again.clock.advance(60_000)
    expect(JSON.stringify(receiver.received.at(-1))).toContain('"ResultCode":"0"')
    await receiver.close()
  })

  test('is as far ahead of the real time as it was, so what had expired stays expired', async () => {
    const first = await startSimulator({ data })
    const token = await createCaller(first.systems.daraja).token()
    await first.clock.advance(7_200_000)
    await first.close()

    await using again = await startSimulator({ data })
    expect(again.clock.now() - Date.now()).toBeGreaterThan(7_199_000)
    expect((await createCaller(again.systems.daraja).push(token)).status).toBe(404)
    expect(again.state().systems.daraja.rejected).toEqual({ tokenExpired: 1 })
  })

  test('keeps its switches, lets those of the call win, and resets to the call’s', async () => {
    const first = await startSimulator({ data })
    first.set({ daraja: { stkPending: 'error-500', queryRateLimit: true } })
    await first.close()

    await using again = await startSimulator({ data, daraja: { stkPending: 'empty-error' } })
    const switches = () => again.state().systems.daraja.switches
    expect(switches()).toMatchObject({ stkPending: 'empty-error', queryRateLimit: true })
    again.reset()
    expect(switches()).toMatchObject({ stkPending: 'empty-error', queryRateLimit: false })
  })

  test('keeps an operator locked whose password was wrong three times', async () => {
    const receiver = await createReceiver()
    const result = async (simulator: Awaited<ReturnType<typeof startSimulator>>, fields = {}) => {
      const caller = createCaller(simulator.systems.daraja, receiver.url)
      await caller.balance(await caller.token(), fields)
      await simulator.clock.advance(1_000)
      return JSON.stringify(receiver.received.at(-1)?.body)
    }
    const first = await startSimulator({ data })
    for (let wrong = 0; wrong < 3; wrong += 1) await result(first, { SecurityCredential: 'wrong' })
    await first.close()

    await using again = await startSimulator({ data })
    expect(await result(again)).toContain('"ResultCode":8006')
    await receiver.close()
  })
})

describe('the file', () => {
  test('is brought up to date soon after a change, not only at the end', async () => {
    await using simulator = await startSimulator({ data })
    const token = await createCaller(simulator.systems.daraja).token()
    await expect.poll(() => holds(token), { timeout: 5_000 }).toBe(true)

    const copy = join(folder, 'as-after-a-crash.json')
    await copyFile(data, copy)
    await using other = await startSimulator({ data: copy })
    expect((await createCaller(other.systems.daraja).push(token)).status).toBe(200)
  })

  test('is its owner’s alone, and nothing else is left beside it', async () => {
    const simulator = await startSimulator({ data })
    for (let round = 0; round < 5; round += 1) await createCaller(simulator.systems.daraja).token()
    await simulator.close()
    expect((await stat(data)).mode & 0o777).toBe(0o600)
    expect(await readdir(folder)).toEqual(['state.json'])
  })

  test('is as before the first request after a reset, but for the credentials', async () => {
    const simulator = await startSimulator({ data })
    const token = await createCaller(simulator.systems.daraja).token()
    await expect.poll(() => holds(token), { timeout: 5_000 }).toBe(true)
    simulator.reset()
    await expect.poll(() => holds(token), { timeout: 5_000 }).toBe(false)
    expect(await holds(simulator.systems.daraja.credentials.consumerKey)).toBe(true)
    await simulator.close()
  })

  test.each([
    ['half a file', (text: string) => text.slice(0, 100), /is not a data file of this simulator/],
    ['another program’s', () => '{"name":"x"}', /is not a data file of this simulator/],
    ['nothing', () => '', /is not a data file of this simulator/],
    ['a later version', (text: string) => text.replace('"version":1', '"version":2'), /format 2 of another version/],
    ['a damaged head', (text: string) => text.replace('"seed":1', '"seed":"1"'), /is damaged/],
    [
      'a system that is unknown',
      (text: string) => text.replace('"daraja"', '"zanzibar"'),
      /holds the system "zanzibar"/,
    ],
    [
      'damaged tokens',
      (text: string) => text.replace('"issued":0', '"issued":-1'),
      /saved state of daraja.*tokens\.issued/,
    ],
    ['a damaged key', (text: string) => text.replace('BEGIN PRIVATE', 'BEGIN'), /privateKey/],
    ['damaged switches', (text: string) => text.replace('"once"', '"twice"'), /switches of daraja.*stkCallback/],
  ])('that holds %s is refused and left as it is', async (_, change, message) => {
    await (await startSimulator({ data })).close()
    const changed = change(await readFile(data, 'utf8'))
    await writeFile(data, changed)
    const error: unknown = await startSimulator({ data }).catch((error: unknown) => error)
    expect(error).toBeInstanceOf(InputError)
    expect(String(error)).toMatch(message)
    expect(await readFile(data, 'utf8')).toBe(changed)
    expect(await readdir(folder)).toEqual(['state.json'])
  })

  test('of another seed is refused', async () => {
    await (await startSimulator({ data, seed: 7 })).close()
    await expect(startSimulator({ data, seed: 8 })).rejects.toThrow(/began with seed 7/)
    await (await startSimulator({ data, seed: 7 })).close()
  })

  test('in a folder that is missing is refused at the start, and nothing listens', async () => {
    const before = process.getActiveResourcesInfo().filter((name) => name === 'TCPServerWrap').length
    const nowhere = join(folder, 'missing', 'state.json')
    await expect(startSimulator({ data: nowhere })).rejects.toThrow(/cannot be written \(ENOENT\)/)
    expect(process.getActiveResourcesInfo().filter((name) => name === 'TCPServerWrap')).toHaveLength(before)
  })

  test('that can no longer be written makes close say so, after everything has ended', async () => {
    const simulator = await startSimulator({ data })
    await createCaller(simulator.systems.daraja).token()
    await rm(folder, { recursive: true })
    await expect(simulator.close()).rejects.toThrow(/cannot be written \(ENOENT\)/)
    await expect(fetch(simulator.url)).rejects.toThrow()
  })
})
