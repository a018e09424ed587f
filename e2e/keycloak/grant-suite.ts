/**
 * What the OAuth 2 grant and Truphone's token side do against an authorization server that others wrote. The same tests
 * run against each server; what only one of them can do is beside its own test file.
 *
 * @see spec/truphone.md sections 6, 12, 13, 16, engine.md sections 5 to 8
 * @module
 */
import { inspect } from 'node:util'
import { setTimeout as pause } from 'node:timers/promises'
import { isLatchkeyError } from '@latchkey/core'
import type { Token } from '@latchkey/core'
import { authorizedFetch } from '@latchkey/http'
import { discoverServer } from '@latchkey/oauth2'
import { TruphoneClient } from '@latchkey/truphone'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documented } from './harness/authority.ts'
import type { Authority } from './harness/authority.ts'
import { startCrew } from './harness/crew.ts'
import { startResource } from './harness/resource.ts'
import type { Resource } from './harness/resource.ts'
import { losingAnswers, openSource } from './harness/source.ts'

const many = 50

/** @param open - Answers with the same running server; it is ended by its own file. */
export function describeGrant(name: string, isHere: boolean, open: () => Promise<Authority>): void {
  describe.skipIf(!isHere)(`the OAuth 2 grant against ${name}`, () => {
    let server: Authority
    let resource: Resource
    beforeAll(async () => {
      server = await open()
      resource = await startResource(server.issuer)
    })
    afterAll(() => resource?.[Symbol.asyncDispose]())

    const statusWith = async (token: Token): Promise<number> => {
      const answer = await fetch(resource.url, { headers: { authorization: token.header() } })
      await answer.arrayBuffer()
      return answer.status
    }

    it('obtains the first token with one login, and the resource takes it (6.1, 12.4)', async () => {
      await server.reset(documented)
      await using source = openSource(server)
      const token = await source.get()
      expect(token.remaining()).toBeGreaterThan(270_000) // The server may have taken its time.
      expect(token.remaining()).toBeLessThanOrEqual(300_000)
      expect(token.scopes).toEqual(expect.arrayContaining(['email', 'profile']))
      expect(await statusWith(token)).toBe(200)
      expect(await server.counts()).toEqual({ logins: 1, refreshes: 0, loginsRefused: 0, refreshesRefused: 0 })
      expect(await server.sessions()).toBe(1)
    })

    it('finds the token endpoint by the name of the issuer (12.9)', async () => {
      const found = await discoverServer(server.issuer)
      expect(found.tokenUrl.href).toBe(server.tokenUrl)
      expect(found.revocationUrl?.href).toBe(server.tokenUrl.replace(/token$/, 'revoke'))
    })

    it.each(['post', 'basic'] as const)(
      'is known by a secret with characters that need encoding, sent by %s (12.8, T16, T17)',
      async (clientAuthentication) => {
        await server.reset(documented)
        const { basicClientId, clientId, clientSecret } = server.odd
        const credential = { clientId: clientAuthentication === 'basic' ? basicClientId : clientId, clientSecret }
        await using source = openSource(server, { credential, clientAuthentication })
        const first = await source.get()
        expect(await statusWith(await source.get({ after: first.generation }))).toBe(200)
        expect(await server.counts()).toEqual({ logins: 1, refreshes: 1, loginsRefused: 0, refreshesRefused: 0 })
      },
    )

    it.each([false, true])('refreshes one login five times, rotation: %s (12.5, 12.7)', async (rotates) => {
      await server.reset({ ...documented, rotates })
      await using source = openSource(server)
      let token = await source.get()
      for (let count = 1; count <= 5; count += 1) {
        const next = await source.get({ after: token.generation })
        expect(next.reveal()).not.toBe(token.reveal())
        expect(await statusWith(next)).toBe(200)
        token = next
      }
      expect(await server.counts()).toEqual({ logins: 1, refreshes: 5, loginsRefused: 0, refreshesRefused: 0 })
      expect(await server.sessions()).toBe(1)
    })

    it('logs in once where an administrator ended the login, and refreshes from then on (6.4, T7)', async () => {
      await server.reset(documented)
      await using source = openSource(server)
      const first = await source.get()
      await server.endSessions()
      const second = await source.get({ after: first.generation })
      expect(await statusWith(second)).toBe(200)
      await source.get({ after: second.generation })
      expect(await server.counts()).toEqual({ logins: 2, refreshes: 1, loginsRefused: 0, refreshesRefused: 1 })
      expect(await server.sessions()).toBe(1)
    })

    it('is refused a wrong secret once and asks no more, and shows no secret (12.6, T19, T20)', async () => {
      await server.reset(documented)
      const credential = { clientId: server.partner.clientId, clientSecret: 'not-the-right-secret-4711' }
      await using source = openSource(server, { credential })
      for (let count = 1; count <= 3; count += 1) {
        const error: unknown = await source.get({ patience: 0 }).catch((reason: unknown) => reason)
        expect(isLatchkeyError(error) && error.code).toBe('AUTH_INVALID_CREDENTIALS')
        expect(inspect(error, { depth: 10 })).not.toContain('4711')
      }
      expect(await server.counts()).toEqual({ logins: 0, refreshes: 0, loginsRefused: 1, refreshesRefused: 0 })
    })

    it('never sends a refresh token again whose answer was lost (12.7, G7)', async () => {
      await server.reset({ ...documented, rotates: true })
      const network = losingAnswers()
      await using source = openSource(server, { fetch: network.fetch })
      const first = await source.get()
      network.loseNext()
      const need = { after: first.generation }
      const second = await source.get(need).catch(() => source.get(need))
      expect(network.lost()).toBe(1)
      expect(await statusWith(second)).toBe(200)
      await source.get({ after: second.generation })
      expect(await server.counts()).toEqual({ logins: 2, refreshes: 2, loginsRefused: 0, refreshesRefused: 0 })
    })

    it('does not try a refresh token that has run out (6.4, T4)', async () => {
      await server.reset({ ...documented, accessSeconds: 1, refreshSeconds: 2 })
      await using source = openSource(server)
      await source.get()
      await pause(2_500) // Silence, by the server's clock.
      expect(await statusWith(await source.get())).toBe(200)
      expect(await server.counts()).toEqual({ logins: 2, refreshes: 0, loginsRefused: 0, refreshesRefused: 0 })
    })

    it('sends one login for fifty callers, and one refresh (T10)', async () => {
      await server.reset({ ...documented, rotates: true })
      await using source = openSource(server)
      const tokens = await Promise.all(Array.from({ length: many }, () => source.get()))
      const after = tokens[0]?.generation ?? 0
      await Promise.all(Array.from({ length: many }, () => source.get({ after })))
      expect(await server.counts()).toEqual({ logins: 1, refreshes: 1, loginsRefused: 0, refreshesRefused: 0 })
    })

    it('renews once for fifty requests that the resource refused with 401 (13.6, T29)', async () => {
      await server.reset(documented)
      await using source = openSource(server)
      const api = authorizedFetch(source, { origins: [resource.url] })
      resource.refuse((await source.get()).reveal())
      const answers = await Promise.all(Array.from({ length: many }, () => api(resource.url)))
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
      await Promise.all(answers.map((answer) => answer.arrayBuffer()))
      expect(await server.counts()).toEqual({ logins: 1, refreshes: 1, loginsRefused: 0, refreshesRefused: 0 })
    })

    it('serves the Truphone client, which renews after a 401 and repeats the call (6.4, 13.6)', async () => {
      await server.reset(documented)
      const { tokenUrl, partner } = server
      const options = {
        ...partner,
        tokenUrl,
        apiBaseUrl: resource.url,
        role: 'RESELLER',
        environment: 'production',
      } as const
      await using truphone = new TruphoneClient(options)
      expect(await truphone.products.list()).toEqual([])
      resource.refuse((await truphone.tokenSource.get()).reveal())
      expect(await truphone.products.list()).toEqual([])
      expect(await server.counts()).toEqual({ logins: 1, refreshes: 1, loginsRefused: 0, refreshesRefused: 0 })
    })

    it('lives twenty minutes at a hundredth of the documented lifetimes with one login and no refusal (6.3)', async () => {
      await server.reset({ accessSeconds: 3, refreshSeconds: 18, rotates: true })
      await using source = openSource(server)
      const statuses: number[] = []
      for (const end = performance.now() + 12_000; performance.now() < end; await pause(100)) {
        statuses.push(await statusWith(await source.get()))
      }
      expect(statuses.filter((status) => status !== 200)).toEqual([])
      const { refreshes, ...others } = await server.counts()
      expect(others).toEqual({ logins: 1, loginsRefused: 0, refreshesRefused: 0 })
      // A token of 3 s is renewed when 1.05 to 1.5 s of it are left, so after 1.5 to 1.95 s.
      expect(refreshes).toBeGreaterThanOrEqual(4)
      expect(refreshes).toBeLessThanOrEqual(8)
      expect(await server.sessions()).toBe(1)
    })

    it('gives four processes with one store one login, and no refresh twice (13.7, G3)', async () => {
      await server.reset({ accessSeconds: 10, refreshSeconds: 60, rotates: true })
      await using crew = await startCrew(server, resource, 4, 100)
      await pause(8_000) // By the server's clock: renewed after 5 to 6.5 s.
      await crew.end()
      const { served, failed } = crew.calls()
      expect({ failed, complaints: crew.complaints() }).toEqual({ failed: [], complaints: [] })
      expect(served).toBeGreaterThan(100)
      const { refreshes, ...others } = await server.counts()
      expect(others).toEqual({ logins: 1, loginsRefused: 0, refreshesRefused: 0 })
      expect(refreshes).toBeGreaterThanOrEqual(1)
      expect(refreshes).toBe(crew.begun() - 1)
      expect(await server.sessions()).toBe(1)
    })
  })
}
