/**
 * Ours, as the README of @latchkey/core shows it: a token source over a client credentials grant, all defaults.
 *
 * @module
 */
import { createTokenSource, Secret, TokenError } from '@latchkey/core'
import type { Grant, Token, TokenSource } from '@latchkey/core'
import type { Instance, Setting } from './adapter.ts'

export function create(setting: Setting): Instance {
  const source = createBenchSource(setting)
  return {
    get: () => source.get(),
    peek: () => source.peek(),
    tokenOf: (result) => (result as Token).reveal(), // What `get` gave.
    close: async () => source[Symbol.asyncDispose](),
  }
}

/** The source that all of our measurements use. */
export function createBenchSource(setting: Setting): TokenSource & AsyncDisposable {
  return createTokenSource({
    grant: clientCredentials(setting),
    key: {
      provider: 'bench',
      environment: 'test',
      tokenEndpoint: setting.tokenUrl,
      clientId: setting.clientId,
      grantId: 'client_credentials',
    },
    keyLabel: 'bench',
  })
}

// The same request as that of the peers which cache whatever their user obtains (`peers/request-token.js`).
function clientCredentials({ tokenUrl, clientId, clientSecret }: Setting): Grant {
  return {
    id: 'client_credentials',
    traits: { exclusive: true, renewal: 'none', replay: 'safe', longest: 15_000 },
    async obtain(run) {
      const answer = await run.send({
        method: 'POST',
        url: new URL(tokenUrl),
        headers: new Headers({ 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' }),
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: clientId,
          client_secret: clientSecret,
        }).toString(),
        spendsRefreshToken: false,
      })
      if (answer.status !== 200) {
        throw new TokenError('LATCHKEY_ENDPOINT_FAILED', 'The token endpoint refused.', {
          failure: 'transient',
          status: answer.status,
        })
      }
      const body = JSON.parse(answer.text) as { access_token: string; expires_in: number } // Our own provider's.
      return { access: new Secret(body.access_token), lifetime: { seconds: body.expires_in } }
    },
  }
}
