/** What outlives a restart, what a reset forgets, and what nobody is shown. @module */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startSimulator, type Simulator } from '../../src/index.ts'
import { createCaller, slow, tokenIn } from './support/caller.ts'

let folder: string
let data: string
let simulator: Simulator
const start = (): Promise<Simulator> => startSimulator({ data, ksef: { rateLimits: false, ...slow } })

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latchkey-ksef-'))
  data = join(folder, 'state.json')
  simulator = await start()
})
afterEach(async () => {
  await simulator.close()
  await rm(folder, { recursive: true })
})

async function restart() {
  await simulator.close()
  simulator = await start()
  return createCaller(simulator)
}

test('after a restart tokens, challenges, keys, KSeF tokens and what is under way go on', async () => {
  const before = createCaller(simulator)
  const { accessToken, refreshToken, reference } = await before.signInWithToken()
  const keys = await before.publicKeys()
  const signed = await before.signed()
  const pending = await before.submit()
  const credentials = { ...before.credentials }

  const caller = await restart()
  expect(caller.credentials).toEqual(credentials)
  expect(await caller.publicKeys()).toEqual(keys)
  expect((await caller.send('GET', '/auth/sessions', accessToken)).json['items']).toMatchObject([
    { referenceNumber: reference },
  ])
  expect(tokenIn((await caller.send('POST', '/auth/token/refresh', refreshToken)).json['accessToken'])).not.toBe('')
  expect((await caller.submitXml(signed)).status).toBe(202)
  expect((await caller.submitXml(signed)).status).toBe(400)
  expect((await caller.finish(pending)).accessToken).not.toBe('')
  expect((await caller.signInWithToken()).accessToken).not.toBe('')
})

test('what fell due meanwhile has happened', async () => {
  const pending = await createCaller(simulator).submit()
  await simulator.clock.advance(slow.authenticationMs)
  const caller = await restart()
  expect(await caller.statusOf(pending)).toMatchObject({ code: 200 })
})

test('a file that was changed is refused', async () => {
  await createCaller(simulator).challenge()
  await simulator.close()
  const file = JSON.parse(await readFile(data, 'utf8')) as {
    systems: { ksef: { credentials: { privateKey: string } } }
  } // As written.
  file.systems.ksef.credentials.privateKey = 'no key'
  await writeFile(data, JSON.stringify(file))
  await expect(start()).rejects.toThrow('the saved state of ksef')
  await rm(data)
  simulator = await start()
})

test('a reset forgets sessions and voids tokens; the credentials stay', async () => {
  const caller = createCaller(simulator)
  const { accessToken, refreshToken } = await caller.signIn()
  simulator.reset()
  expect(simulator.state().systems.ksef).toMatchObject({
    sessions: [],
    signIns: 0,
    tokenRequests: 0,
    tokens: { live: 0 },
  })
  expect((await caller.send('GET', '/auth/sessions', accessToken)).status).toBe(401)
  expect((await caller.send('POST', '/auth/token/refresh', refreshToken)).status).toBe(401)
  expect((await caller.signIn()).accessToken).not.toBe('')
})

describe('secrets', () => {
  test('neither the state nor the log shows a token, a KSeF token or a key', async () => {
    const caller = createCaller(simulator)
    const { accessToken, refreshToken, authToken } = await caller.signIn()
    const body = { permissions: ['InvoiceRead'], description: 'A token' }
    const made = await caller.send('POST', '/tokens', accessToken, body)
    await caller.signInWithToken()
    await caller.send('POST', '/auth/token/refresh', refreshToken)
    const parts = (token: string): readonly string[] => token.split('.')
    const secrets = [
      ...[accessToken, refreshToken, authToken].map((token) => parts(token)[2] ?? ''),
      ...[String(made.json['token']), caller.credentials.ksefToken].map((text) => text.slice(-64)),
      caller.credentials.privateKey.split('\n')[1] ?? '',
    ]
    const shown = [simulator.state(), simulator.requests()].map(
      (each) => JSON.stringify(each) + inspect(each, { depth: 20 }),
    )
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(20)
      expect(shown.join('\n').includes(secret)).toBe(false)
    }
  })
})
