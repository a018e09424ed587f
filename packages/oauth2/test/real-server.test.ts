/**
 * The grant against servers on real sockets: the test kit's double, which punishes every violation, and a small one
 * that shows what arrives.
 *
 * @module
 */
import { createTokenSource } from '@latchkey/core'
import { authorizedFetch } from '@latchkey/http'
import { assertNoSecrets, providerDouble, virtualClock } from '@latchkey/testkit'
import { afterEach, expect, test } from 'vitest'
import { oauth2Grant } from '../src/index.ts'
import { json, serve } from './support/server.ts'

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

test('what arrives is a form post, and the token comes back on the call', async () => {
  const server = await serve(({ line, headers }, _count, response) => {
    if (line === 'POST /token') return json(response, { access_token: 'A1', token_type: 'bearer', expires_in: 300 })
    json(response, { served: headers.authorization })
  })
  const tokenUrl = `${server.origin}/token`
  const source = createTokenSource({
    grant: oauth2Grant({ tokenUrl, clientId: 'demo', clientSecret: 'n0t+a/real%secret&=:5' }),
    key: { provider: 'demo', environment: 'test', tokenEndpoint: tokenUrl, clientId: 'demo' },
    keyLabel: 'demo',
  })
  open.push(
    () => source.close(),
    () => server.close(),
  )
  const fetch = authorizedFetch(source, { origins: [server.origin] })
  const answer = await fetch(`${server.origin}/things`)
  expect(await answer.json()).toEqual({ served: 'Bearer A1' })
  const [asked] = server.arrived
  expect(asked?.headers['content-type']).toContain('application/x-www-form-urlencoded')
  expect(Object.fromEntries(asked?.form ?? [])).toEqual({
    grant_type: 'client_credentials',
    client_id: 'demo',
    client_secret: 'n0t+a/real%secret&=:5',
  })
})

test('against a rotating server a day of use replays no refresh token (G7)', async () => {
  const clock = virtualClock()
  const provider = providerDouble({ clock, renewal: 'rotating', replay: 'fatal', clientSecret: 'double-secret' })
  const events: unknown[] = []
  const source = createTokenSource({
    grant: oauth2Grant({
      tokenUrl: `${provider.origin}/token`,
      clientId: 'client-1',
      clientSecret: 'double-secret',
      clientAuthentication: 'basic',
      ending: { revocationUrl: `${provider.origin}/revoke` },
    }),
    key: provider.key(),
    keyLabel: 'double',
    fetch: provider.fetch,
    clock,
    observer: { event: (event) => events.push(event) },
  })
  for (let i = 0; i < 40; i += 1) {
    if (i === 20) provider.fail({ kind: 'dropAfter', on: 'renew' })
    await clock.drive(source.get({ patience: 120_000 }))
    await clock.advance(i === 10 ? 7_200_000 : 280_000)
  }
  const { violations, obtains, renewals } = provider.report()
  expect(violations).toEqual([])
  expect(renewals).toBeGreaterThan(30)
  expect(obtains).toBeLessThanOrEqual(4)
  const report = await clock.drive(source.revoke())
  expect(report.refresh.fate).toBe('revoked')
  assertNoSecrets(events, provider.secrets())
  await source.close()
})
