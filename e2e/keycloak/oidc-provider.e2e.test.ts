/**
 * The grant against oidc-provider, in this process. Its own client credentials never come with a refresh token, so the
 * stand-in gives one as Keycloak does; everything after that is the package's own doing.
 *
 * @see spec/truphone.md section 12.14
 * @module
 */
import { afterAll, describe, expect, it } from 'vitest'
import { describeGrant } from './grant-suite.ts'
import { documented } from './harness/authority.ts'
import { startOidcProvider } from './harness/stand-in.ts'
import type { OidcProvider } from './harness/stand-in.ts'
import { openSource } from './harness/source.ts'

let server: OidcProvider | undefined
const open = async (): Promise<OidcProvider> => (server ??= await startOidcProvider())
afterAll(() => server?.[Symbol.asyncDispose]())

describeGrant('oidc-provider', true, open)

describe('what oidc-provider does otherwise than Keycloak', () => {
  it('logs in where the refresh token ran out that is never extended (12.14)', async () => {
    const authority = await open()
    await authority.reset({ ...documented, refreshSeconds: 3 })
    await using source = openSource(authority)
    let token = await source.get()
    for (const end = performance.now() + 4_000; performance.now() < end;) {
      token = await source.get({ after: token.generation })
      await new Promise((resolve) => setTimeout(resolve, 250))
    }
    const { logins, loginsRefused } = await authority.counts()
    expect({ logins, loginsRefused }).toEqual({ logins: 2, loginsRefused: 0 })
  })
})
