/**
 * How oauth4webapi's requests reach the network: through the engine's one door, which keeps the lease, the deadline,
 * TLS and size limits. Its own `fetch` is never used.
 *
 * @see engine.md section 6.7, dependencies.md section 5
 * @module
 */
import type { GrantRun, TokenResponse } from '@latchkey/core'
import { allowInsecureRequests, ClientSecretPost, customFetch } from 'oauth4webapi'
import type { AuthorizationServer, Client, ClientAuth, CustomFetchOptions } from 'oauth4webapi'
import type { GrantSettings } from './options.ts'

/** A server and a client in oauth4webapi's words. */
export interface Parties {
  readonly server: AuthorizationServer
  readonly client: Client
  readonly authentication: ClientAuth
}

/** Makes them once; nothing in them changes. */
export function partiesOf(settings: GrantSettings): Parties {
  const { tokenUrl, revocationUrl, clientId, clientSecret, clientAuthentication } = settings
  return {
    server: {
      issuer: tokenUrl.origin, // Only ID tokens are compared with it, and none is looked at.
      token_endpoint: tokenUrl.href,
      ...(revocationUrl !== undefined && { revocation_endpoint: revocationUrl.href }),
    },
    client: { client_id: clientId },
    authentication: clientAuthentication === 'post' ? ClientSecretPost(clientSecret.reveal()) : basic(settings),
  }
}

/** The options that make a request go through `run.send`. `answered` hears of the answer as it came. */
export function through(run: GrantRun, spendsRefreshToken: boolean, answered: (answer: TokenResponse) => void) {
  return {
    [allowInsecureRequests]: true, // `run.send` itself refuses whatever is neither https nor loopback.
    [customFetch]: async (url: string, options: CustomFetchOptions<'POST', URLSearchParams>): Promise<Response> => {
      const headers = new Headers(options.headers)
      headers.set('user-agent', 'Latchkey/0.1')
      const body = options.body.toString()
      answered(await run.send({ method: 'POST', url: new URL(url), headers, body, spendsRefreshToken }))
      return new Response(null) // What came is read by `token-answer.ts`, which tolerates more.
    },
  }
}

/**
 * A form-encoded id and secret. Not oauth4webapi's own: it also encodes what forms leave alone, and servers that take
 * the header literally (Keycloak before version 20) would then refuse every secret with a hyphen.
 *
 * @see spec/truphone.md section 12.8
 */
function basic({ clientId, clientSecret }: GrantSettings): ClientAuth {
  return (_server, _client, _body, headers) => {
    headers.set('authorization', `Basic ${btoa(`${formEncoded(clientId)}:${formEncoded(clientSecret.reveal())}`)}`)
  }
}

function formEncoded(value: string): string {
  return new URLSearchParams([['', value]]).toString().slice(1)
}
