/**
 * The grant against a real Keycloak: what every server does, and what only Keycloak does with its sessions.
 *
 * @see spec/truphone.md sections 12.2 to 12.13, 16
 * @module
 */
import { setTimeout as pause } from 'node:timers/promises'
import { isLatchkeyError } from '@latchkey/core'
import { discoverServer } from '@latchkey/oauth2'
import { TokenManager } from '@latchkey/truphone'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { describeGrant } from './grant-suite.ts'
import { documented } from './harness/authority.ts'
import { connectKeycloak } from './harness/keycloak.ts'
import type { Keycloak } from './harness/keycloak.ts'
import { startResource } from './harness/resource.ts'
import type { Resource } from './harness/resource.ts'
import { openSource } from './harness/source.ts'

const access = inject('keycloak')
const isHere = !('missing' in access)
const open = (): Promise<Keycloak> => {
  if ('missing' in access) return Promise.reject(new Error(access.missing))
  return Promise.resolve(connectKeycloak(access))
}

describeGrant('Keycloak', isHere, open)

describe.skipIf(!isHere)("Keycloak's sessions", () => {
  let keycloak: Keycloak
  let resource: Resource
  beforeAll(async () => {
    keycloak = await open()
    resource = await startResource(keycloak.issuer)
  })
  afterAll(() => resource?.[Symbol.asyncDispose]())

  const logoutUrl = (): string => keycloak.tokenUrl.replace(/token$/, 'logout')

  it('are not opened for a client without refresh tokens, which logs in each time (12.2, 12.11, T2, T3)', async () => {
    await keycloak.reset(documented)
    const credential = { clientId: 'truphone-norefresh', clientSecret: 'not-a-real-secret-0003' }
    await using source = openSource(keycloak, { credential })
    const first = await source.get()
    expect((await source.get()).reveal()).toBe(first.reveal())
    await source.get({ after: first.generation })
    expect(await keycloak.counts()).toEqual({ logins: 2, refreshes: 0, loginsRefused: 0, refreshesRefused: 0 })
    expect(await keycloak.sessionsOf(credential.clientId)).toBe(0)
  })

  it('are replaced before they reach their maximum, so that no call fails and no refresh is refused (12.7, T5, T6)', async () => {
    await keycloak.reset({ accessSeconds: 4, refreshSeconds: 12, rotates: true })
    await keycloak.setRealm({ ssoSessionMaxLifespan: 8 })
    await using source = openSource(keycloak)
    const statuses: number[] = []
    for (const end = performance.now() + 10_000; performance.now() < end; await pause(100)) {
      const token = await source.get()
      const answer = await fetch(resource.url, { headers: { authorization: token.header() } })
      await answer.arrayBuffer()
      statuses.push(answer.status)
    }
    expect(statuses.filter((status) => status !== 200)).toEqual([])
    const { logins, refreshes, ...refused } = await keycloak.counts()
    expect(refused).toEqual({ loginsRefused: 0, refreshesRefused: 0 })
    expect(logins).toBeGreaterThanOrEqual(2)
    expect(logins).toBeLessThanOrEqual(4)
    expect(refreshes).toBeGreaterThanOrEqual(1)
  })

  it('end one by one with a logout: the login of another process lives on (12.10, 13.8, T13)', async () => {
    await keycloak.reset(documented)
    const { partner, tokenUrl } = keycloak
    const manager = new TokenManager({ ...partner, environment: 'production', tokenUrl })
    await using sibling = openSource(keycloak, { ending: { logoutUrl: logoutUrl() } })
    await manager.getToken()
    const { generation } = await sibling.get()
    expect(await keycloak.sessions()).toBe(2)
    await manager.close({ endLogin: true })
    expect(await keycloak.sessions()).toBe(1)
    await sibling.get({ after: generation })
    expect(await keycloak.counts()).toEqual({ logins: 2, refreshes: 1, loginsRefused: 0, refreshesRefused: 0 })
    const report = await sibling.revoke()
    expect(report.access).toMatchObject({ fate: 'remains' })
    expect(await keycloak.sessions()).toBe(0)
  })

  it('end one by one with a revocation, too, where older versions end them all (12.10, T13)', async () => {
    await keycloak.reset(documented)
    const revocationUrl = keycloak.tokenUrl.replace(/token$/, 'revoke')
    await using one = openSource(keycloak, { ending: { revocationUrl } })
    await using sibling = openSource(keycloak)
    await one.get()
    const { generation } = await sibling.get()
    expect(await one.revoke()).toEqual({ access: { fate: 'revoked' }, refresh: { fate: 'revoked' } })
    expect(await keycloak.sessions()).toBe(1)
    await sibling.get({ after: generation })
    expect(await keycloak.counts()).toEqual({ logins: 2, refreshes: 1, loginsRefused: 0, refreshesRefused: 0 })
  })

  it('end for everybody when the administrator signs out all, and one login replaces each (12.12, T7, T8)', async () => {
    await keycloak.reset(documented)
    await using source = openSource(keycloak)
    const { generation } = await source.get()
    await keycloak.signOutAll()
    const token = await source.get({ after: generation })
    await source.get({ after: token.generation })
    expect(await keycloak.counts()).toMatchObject({ logins: 2, refreshes: 1, loginsRefused: 0 })
    expect(await keycloak.sessions()).toBe(1)
  })
})

describe.skipIf(!isHere)("Keycloak's refusals", () => {
  it.each([
    ['a client that is switched off', 'truphone-disabled', 'not-a-real-secret-0006'],
    ['a client without a service account', 'truphone-nosa', 'not-a-real-secret-0004'],
    ['an unknown client', 'truphone-nobody', 'not-a-real-secret-0007'],
  ])('are credentials to be corrected for %s (12.6)', async (_, clientId, clientSecret) => {
    const keycloak = await open()
    await using source = openSource(keycloak, { credential: { clientId, clientSecret } })
    const error: unknown = await source.get({ patience: 0 }).catch((reason: unknown) => reason)
    expect(isLatchkeyError(error) && error.code).toBe('AUTH_INVALID_CREDENTIALS')
  })

  it('of an unknown realm name the address as the cause (12.6, T25)', async () => {
    const keycloak = await open()
    const tokenUrl = keycloak.tokenUrl.replace('tru-staff', 'tru-stuff')
    await using source = openSource({ ...keycloak, tokenUrl })
    const error: unknown = await source.get({ patience: 0 }).catch((reason: unknown) => reason)
    expect(isLatchkeyError(error) && [error.code, /address/.test(error.message)]).toEqual([
      'LATCHKEY_CREDENTIALS_DENIED',
      true,
    ])
  })

  it('do not keep its endpoints from being found, logout included (12.9)', async () => {
    const keycloak = await open()
    const found = await discoverServer(keycloak.issuer)
    expect(found.logoutUrl?.href).toBe(keycloak.tokenUrl.replace(/token$/, 'logout'))
  })
})
