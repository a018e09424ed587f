import { describe, expect, test } from 'vitest'
import { issues, scripted } from './support/source.ts'

const refreshing = { refresh_token: 'R1', refresh_expires_in: 1800 }
const logoutUrl = 'https://login.example.com/realms/demo/logout'
const revocationUrl = 'https://login.example.com/realms/demo/revoke'

describe('logout (12.10)', () => {
  test('ends the login with the refresh token and says until when the access token lives', async () => {
    const { source, fetch, clock, forms } = scripted(
      [issues('A1', refreshing), { request: `POST ${logoutUrl}`, answer: { status: 204 } }],
      { ending: { logoutUrl } },
    )
    await clock.drive(source.get())
    const report = await clock.drive(source.revoke())
    expect(report).toEqual({ refresh: { fate: 'revoked' }, access: { fate: 'remains', until: clock.wall() + 300_000 } })
    expect(forms()[1]).toEqual({ client_id: 'demo', client_secret: 'not-a-real-secret-0001', refresh_token: 'R1' })
    fetch.done()
  })

  test('without a refresh token there is nothing to end, and nothing is sent', async () => {
    const { source, fetch, clock } = scripted([issues('A1')], { ending: { logoutUrl } })
    await clock.drive(source.get())
    expect(await clock.drive(source.revoke())).toMatchObject({ refresh: { fate: 'absent' } })
    fetch.done()
  })

  test('a refused logout is reported and never brings the token back', async () => {
    const { source, clock } = scripted(
      [
        issues('A1', refreshing),
        { request: `POST ${logoutUrl}`, answer: { status: 400, json: { error: 'invalid_grant' } } },
      ],
      { ending: { logoutUrl }, clientAuthentication: 'basic' },
    )
    await clock.drive(source.get())
    expect(await clock.drive(source.revoke())).toMatchObject({
      refresh: { fate: 'failed', reason: 'LATCHKEY_CREDENTIALS_DENIED' },
    })
    expect(source.peek()).toBeUndefined()
  })
})

test('revocation names the refresh token first, then the access token (RFC 7009)', async () => {
  const revoked = { request: `POST ${revocationUrl}`, answer: { status: 200 }, times: 2 }
  const { source, fetch, clock, forms } = scripted([issues('A1', refreshing), revoked], { ending: { revocationUrl } })
  await clock.drive(source.get())
  expect(await clock.drive(source.revoke())).toEqual({ access: { fate: 'revoked' }, refresh: { fate: 'revoked' } })
  expect(forms().map((form) => form['token'])).toEqual([undefined, 'R1', 'A1'])
  fetch.done()
})

test('without an ending, tokens are forgotten and nothing is sent', async () => {
  const { source, fetch, clock } = scripted([issues('A1', refreshing)])
  await clock.drive(source.get())
  expect(await clock.drive(source.revoke())).toMatchObject({ refresh: { fate: 'notSupported' } })
  fetch.done()
})
