import { createTokenSource, Secret, TokenError } from '@latchkey/core'
import type { Grant, ManagedTokenSource } from '@latchkey/core'

const tokenUrl = new URL('https://api.example.com/oauth/token')

/** Client credentials, RFC 6749 section 4.4. */
function clientCredentials(clientId: string, clientSecret: Secret): Grant {
  return {
    id: 'client-credentials',
    traits: { exclusive: true, renewal: 'none', replay: 'unknown', longest: 15_000 },
    credential: clientSecret,
    async obtain(run) {
      const { status, text } = await run.send({
        method: 'POST',
        url: tokenUrl,
        headers: new Headers({
          authorization: `Basic ${btoa(`${clientId}:${clientSecret.reveal()}`)}`,
          'content-type': 'application/x-www-form-urlencoded',
        }),
        body: 'grant_type=client_credentials',
        spendsRefreshToken: false,
      })
      if (status !== 200) throw new TokenError('LATCHKEY_ENDPOINT_FAILED', `HTTP ${status}.`, { status })
      const answer = JSON.parse(text) as { access_token: string; expires_in: number } // The engine checks both.
      return { access: new Secret(answer.access_token), lifetime: { seconds: answer.expires_in } }
    },
  }
}

export function exampleTokens(clientId: string, clientSecret: string): ManagedTokenSource {
  return createTokenSource({
    grant: clientCredentials(clientId, new Secret(clientSecret)),
    key: { provider: 'example', environment: 'production', tokenEndpoint: tokenUrl.href, clientId },
    keyLabel: 'example',
  })
}

export async function callApi(tokens: ManagedTokenSource): Promise<Response> {
  const send = async (authorization: string) =>
    fetch('https://api.example.com/v1/orders', { headers: { authorization } })
  const token = await tokens.get()
  const response = await send(token.header())
  if (response.status !== 401) return response
  await response.body?.cancel()
  tokens.refuse(token.generation, { status: 401 })
  const newer = await tokens.get({ after: token.generation }) // One renewal, however many calls were refused.
  return send(newer.header())
}
