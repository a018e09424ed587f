/**
 * The simulator's and Keycloak's answers to the same twenty token requests, field by field. Where they differ is
 * recorded here, so that a new difference, and one that is gone, fail the test.
 *
 * @see spec/truphone.md sections 12.3 to 12.7
 * @module
 */
import { appendFileSync } from 'node:fs'
import { startSimulator } from '@latchkey/simulator'
import type { Simulator } from '@latchkey/simulator'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { documented } from './harness/authority.ts'
import { connectKeycloak } from './harness/keycloak.ts'
import type { Keycloak } from './harness/keycloak.ts'
import { knownDifferences } from './known-differences.ts'
import { differences, exchange } from './harness/token-exchange.ts'
import type { TokenExchange, TokenRequestPlan } from './harness/token-exchange.ts'

type Fields = readonly (readonly [name: string, value: string])[]

const access = inject('keycloak')
const partner: Fields = [
  ['client_id', 'truphone'],
  ['client_secret', 'not-a-real-secret-0001'],
]
const login: Fields = [['grant_type', 'client_credentials'], ...partner]
const loginOf = (clientId: string, clientSecret?: string): Fields => [
  ['grant_type', 'client_credentials'],
  ['client_id', clientId],
  ...(clientSecret === undefined ? [] : [['client_secret', clientSecret] as const]),
]
const refresh = (token: string, by: Fields = partner): Fields => [
  ['grant_type', 'refresh_token'],
  ['refresh_token', token],
  ...by,
]
const oddBasic = btoa('truphone-odd:n0t%2Ba%2Freal%25secret%26%3D%3A5')

/** Those that need nothing beforehand. */
const requests: Readonly<Record<string, TokenRequestPlan>> = {
  'a login': { fields: login },
  'a login with an odd secret in the header': {
    fields: [['grant_type', 'client_credentials']],
    headers: { authorization: `Basic ${oddBasic}` },
  },
  'a login without refresh token': { fields: loginOf('truphone-norefresh', 'not-a-real-secret-0003') },
  'a login with scope openid': { fields: [...login, ['scope', 'openid']] },
  'a wrong secret': { fields: loginOf('truphone', 'not-the-right-secret') },
  'no secret': { fields: loginOf('truphone') },
  'an unknown client': { fields: loginOf('truphone-nobody', 'not-a-real-secret-0007') },
  'a client that is switched off': { fields: loginOf('truphone-disabled', 'not-a-real-secret-0006') },
  'a client without service account': { fields: loginOf('truphone-nosa', 'not-a-real-secret-0004') },
  'no client': { fields: [['grant_type', 'client_credentials']] },
  'no grant type': { fields: partner },
  'an unknown grant type': { fields: [['grant_type', 'magic'], ...partner] },
  'a field twice': { fields: [...login, ['scope', 'email'], ['scope', 'email']] },
  'a JSON body': { text: '{"grant_type":"client_credentials"}', headers: { 'content-type': 'application/json' } },
  'an unknown scope': { fields: [...login, ['scope', 'no-such-scope']] },
  'a refresh with garbage': { fields: refresh('garbage') },
}

describe.skipIf('missing' in access)('the simulator and Keycloak', () => {
  let keycloak: Keycloak
  let simulator: Simulator
  let urls: readonly [simulator: string, keycloak: string]
  beforeAll(async () => {
    if ('missing' in access) return
    keycloak = connectKeycloak(access)
    await keycloak.reset(documented)
    simulator = await startSimulator()
    const { baseUrl } = simulator.systems.truphone
    urls = [`${baseUrl}/auth/realms/tru-staff/protocol/openid-connect/token`, keycloak.tokenUrl]
  })
  afterAll(() => simulator?.close())

  const both = (plan: TokenRequestPlan): Promise<[TokenExchange, TokenExchange]> =>
    Promise.all([exchange(urls[0], plan), exchange(urls[1], plan)])
  /** A refresh with what each of them gave. */
  const refreshBoth = (from: readonly [TokenExchange, TokenExchange], by?: Fields) =>
    Promise.all([
      exchange(urls[0], { fields: refresh(String(from[0].body['refresh_token']), by) }),
      exchange(urls[1], { fields: refresh(String(from[1].body['refresh_token']), by) }),
    ])
  const compare = (name: string, [imitated, real]: readonly [TokenExchange, TokenExchange]): void => {
    const found = differences(imitated, real)
    const path = process.env['LATCHKEY_KEYCLOAK_REPORT']
    if (path)
      appendFileSync(path, `${JSON.stringify({ request: name, found, imitated: imitated.facts, real: real.facts })}\n`)
    expect(found).toEqual(knownDifferences[name] ?? [])
  }

  it.each(Object.entries(requests))('differ only as recorded in their answers to %s', async (name, plan) => {
    compare(name, await both(plan))
  })

  it('differ only as recorded in their answers to a refresh', async () => {
    compare('a refresh', await refreshBoth(await both({ fields: login })))
  })

  it('differ only as recorded in their answers to a refresh by another client', async () => {
    const other: Fields = [
      ['client_id', 'truphone-am'],
      ['client_secret', 'not-a-real-secret-0002'],
    ]
    compare('a refresh by another client', await refreshBoth(await both({ fields: login }), other))
  })

  it('differ only as recorded in what follows the replay of a rotated refresh token', async () => {
    await keycloak.setRealm({ revokeRefreshToken: true, refreshTokenMaxReuse: 0 })
    simulator.set({ truphone: { profile: 'kc26-rotate' } })
    const first = await both({ fields: login })
    const second = await refreshBoth(first)
    expect(second.map(({ status }) => status)).toEqual([200, 200])
    compare('the replay of a rotated refresh token', await refreshBoth(first))
    compare('the newest refresh token after a replay', await refreshBoth(second))
  })
})
