/**
 * A token source on a scripted `fetch` and a virtual clock.
 *
 * @module
 */
import { createTokenSource } from '@latchkey/core'
import type { EngineEvent } from '@latchkey/core'
import { scriptedFetch, virtualClock } from '@latchkey/testkit'
import type { Answer, Scripted } from '@latchkey/testkit'
import { oauth2Grant } from '../../src/index.ts'
import type { OAuth2GrantOptions } from '../../src/index.ts'

export const tokenUrl = 'https://login.example.com/realms/demo/token'
export const client = { clientId: 'demo', clientSecret: 'not-a-real-secret-0001' }

/** One answer of the token endpoint. */
export const says = (answer: Answer): Scripted => ({ request: `POST ${tokenUrl}`, answer })
export const issues = (access: string, more: object = {}): Scripted =>
  says({ json: { access_token: access, token_type: 'Bearer', expires_in: 300, ...more } })

/** A source whose token endpoint answers from the script. */
export function scripted(script: readonly Scripted[], options: Partial<OAuth2GrantOptions> = {}) {
  const fetch = scriptedFetch(script)
  const clock = virtualClock()
  const events: EngineEvent[] = []
  const source = createTokenSource({
    grant: oauth2Grant({ tokenUrl, ...client, ...options }),
    key: { provider: 'demo', environment: 'test', tokenEndpoint: tokenUrl, clientId: client.clientId },
    keyLabel: 'demo',
    fetch,
    clock,
    observer: { event: (event) => events.push(event) },
  })
  const forms = () => fetch.calls.map(({ text }) => Object.fromEntries(new URLSearchParams(text)))
  return { source, fetch, clock, events, forms }
}
