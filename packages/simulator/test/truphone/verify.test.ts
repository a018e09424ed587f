/** An API that takes the tokens of another Keycloak: spec/truphone.md section 14.1. @module */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { startSimulator, type Simulator } from '../../src/index.ts'
import { type Caller, createCaller } from './support.ts'

// A second simulator's realm stands in for the real one: it has keys and an issuer of its own.
let keycloak: Simulator
let simulator: Simulator
let issuer: Caller
let caller: Caller
beforeAll(async () => {
  ;[keycloak, simulator] = await Promise.all([startSimulator({ seed: 2 }), startSimulator()])
  issuer = createCaller(keycloak)
  caller = createCaller(simulator)
})
beforeEach(() => simulator.reset())
afterAll(() => Promise.all([keycloak.close(), simulator.close()]))

const realmOf = ({ systems }: Simulator): string => `${systems.truphone.baseUrl}/auth/realms/tru-staff`
const verify = (change: object = {}): void =>
  simulator.set({ truphone: { verify: { jwksUrl: `${issuer.oidc}/certs`, issuer: realmOf(keycloak), ...change } } })
const products = async (token: string): Promise<number> => (await caller.api('GET', 'products', token)).status

test('its access tokens are good until they expire, and those of the own realm are not', async () => {
  const token = await issuer.token()
  expect(await products(token)).toBe(401)
  verify()
  expect(await products(token)).toBe(200)
  expect(await products(await caller.token())).toBe(401)
  await simulator.clock.advance(300_000)
  expect(await products(token)).toBe(401)
})

test('the role comes with the token', async () => {
  verify()
  const path = 'customer?email=ana%2Besim%40example.org'
  expect((await caller.api('GET', path, await issuer.token())).status).toBe(403)
  expect((await caller.api('GET', path, await issuer.token('truphone-am'))).status).toBe(200)
})

test('a refresh token, an ID token, a broken signature and another issuer are refused', async () => {
  verify()
  const { access_token, refresh_token, id_token } = (await issuer.login('truphone', { scope: 'openid' })).json
  for (const token of [refresh_token, id_token, `${String(access_token).slice(0, -8)}AAAAAAAA`, 'garbage']) {
    expect(await products(String(token))).toBe(401)
  }
  verify({ issuer: 'http://127.0.0.1/auth/realms/other' })
  expect(await products(String(access_token))).toBe(401)
})

test('keys that cannot be had are a fault of the server, told with the correlation id', async () => {
  verify({ jwksUrl: `${issuer.oidc}/no-such-keys` })
  const reply = await caller.api('GET', 'products', await issuer.token())
  expect([reply.status, reply.json['type'], reply.headers.get('x-correlation-id')]).toEqual([
    500,
    'INTERNAL_ERROR',
    'test-1',
  ])
})

test('no more is read of the keys than of a request: 256 KiB', async () => {
  const keys = await (await fetch(`${issuer.oidc}/certs`)).text()
  const server = createServer((request, response) => response.end(keys.padEnd(Number(request.url?.slice(1)))))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo // It listens on TCP.
  const token = await issuer.token()
  verify({ jwksUrl: `http://127.0.0.1:${port}/${256 * 1024}` })
  expect(await products(token)).toBe(200)
  verify({ jwksUrl: `http://127.0.0.1:${port}/${256 * 1024 + 1}` })
  expect(await products(token)).toBe(500)
})

test.each(['https://keycloak.example.org/certs', 'file:///etc/keys', 'certs'])(
  '%s is no address for keys',
  (jwksUrl) => {
    expect(() => verify({ jwksUrl })).toThrow('expected an http(s) URL on loopback')
  },
)
