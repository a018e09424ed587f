/**
 * Ours, as the README of @latchkey/core shows it: a token source over a client credentials grant, all defaults.
 *
 * @module
 */
import { createTokenSource, createTokenSources, Secret, TokenError } from '@latchkey/core'
import type { EngineOptions, Grant, KeyOptions, ManagedTokenSource, Token, TokenSource } from '@latchkey/core'
import type { Instance, Setting, Tenants } from './adapter.ts'

export function create(setting: Setting): Instance {
  const source = createBenchSource(setting)
  return {
    get: () => source.get(),
    peek: () => source.peek(),
    tokenOf: (result) => (result as Token).reveal(), // What `get` gave.
    coolDownMs: () => Math.max(0, (source.describe().coolDown?.retryAt ?? 0) - Date.now()),
    close: async () => source[Symbol.asyncDispose](),
  }
}

/** A collection of sources, as the README shows it for many tenants. */
export function createTenants(setting: Setting, count: number): Tenants {
  const sources = createTokenSources({ maxKeys: count })
  const grant = clientCredentials(setting)
  const held: TokenSource[] = []
  const source = (index: number): TokenSource => sources.get(keyOptions(setting, grant, `client-${index}`))
  return {
    add: (index) => void (held[index] = source(index)),
    get: (index) => (held[index] ?? source(index)).get(),
    find: (index) => source(index).get(),
    release: () => void (held.length = 0),
    tokenOf: (result) => (result as Token).reveal(), // What `get` gave.
  }
}

/** The source that all of our measurements use. `longest`: as in the grant's traits, milliseconds. */
export function createBenchSource(setting: Setting, options: EngineOptions = {}, longest?: number): ManagedTokenSource {
  return createTokenSource({ ...keyOptions(setting, clientCredentials(setting, longest)), ...options })
}

function keyOptions({ tokenUrl, clientId }: Setting, grant: Grant, tenant = clientId): KeyOptions {
  return {
    grant,
    key: {
      provider: 'bench',
      environment: 'test',
      tokenEndpoint: tokenUrl,
      clientId: tenant,
      grantId: 'client_credentials',
    },
    keyLabel: 'bench',
  }
}

// The same request as that of the peers which cache whatever their user obtains (`peers/request-token.js`).
function clientCredentials({ tokenUrl, clientId, clientSecret }: Setting, longest = 15_000): Grant {
  return {
    id: 'client_credentials',
    traits: { exclusive: true, renewal: 'none', replay: 'safe', longest },
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
