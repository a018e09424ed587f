/**
 * The grant that talks to a provider double: the client side, which another process can also make for itself when
 * the double listens on a socket.
 *
 * @see RFC 6749 sections 4.4 and 6, RFC 7009
 * @module
 */
import { Secret, TokenError } from '@latchkey/core'
import type { Grant, GrantRun, Issued, TokenResponse, Traits } from '@latchkey/core'

export interface ProviderGrantOptions {
  /** Where the double is: its `origin`, or the one that `listen()` answered. */
  readonly origin: string
  readonly clientId: string
  readonly clientSecret: string
  readonly traits: Traits
  /** @default true */
  readonly revocable?: boolean
}

/** Client credentials and refresh tokens, sent through `run.send` as form posts with Basic authentication. */
export function providerGrant(options: ProviderGrantOptions): Grant {
  const { origin, clientId, clientSecret, traits, revocable = true } = options
  const basic = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString('base64')

  const post = (run: GrantRun, path: string, form: Record<string, string>): Promise<TokenResponse> =>
    run.send({
      method: 'POST',
      url: new URL(path, origin),
      headers: new Headers({
        authorization: `Basic ${basic}`,
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
      }),
      body: new URLSearchParams(form).toString(),
      spendsRefreshToken: form['grant_type'] === 'refresh_token',
    })

  return {
    id: 'double',
    traits,
    credential: new Secret(clientSecret),
    obtain: async (run) => parseIssued(await post(run, '/token', { grant_type: 'client_credentials' })),
    ...(traits.renewal !== 'none' && {
      renew: async ({ refresh }, run) =>
        parseIssued(await post(run, '/token', { grant_type: 'refresh_token', refresh_token: refresh.reveal() })),
    }),
    ...(revocable && {
      revoke: async (what, run) => {
        for (const secret of [what.refresh, what.access]) {
          if (secret === undefined) continue
          const { status } = await post(run, '/revoke', { token: secret.reveal() })
          if (status !== 200) throw failed('Revoking failed', status)
        }
      },
    }),
  }
}

const failureOf = { invalid_grant: 'spent', invalid_client: 'denied' } as const

function parseIssued({ status, text, now }: TokenResponse): Issued {
  const answer = status === 204 ? {} : parseObject(text, status)
  const code = answer['error']
  if (code === 'invalid_grant' || code === 'invalid_client') {
    throw new TokenError(
      'LATCHKEY_CREDENTIALS_DENIED',
      `The double answered ${status} ${code}; check the credentials.`,
      {
        status,
        providerCode: code,
        failure: failureOf[code],
      },
    )
  }
  if (status < 200 || status >= 300) throw failed('The token request failed', status)
  const access = answer['access_token']
  if (typeof access !== 'string' || access === '') {
    throw new TokenError('LATCHKEY_NO_TOKEN', `The double answered ${status} without a token; try again.`, { status })
  }
  const { refresh_token: refresh, scope, token_type: scheme, issued_at: issuedAt, expires_at: at } = answer
  return {
    access: new Secret(access),
    lifetime: typeof at === 'string' ? { at, now } : { seconds: answer['expires_in'] },
    ...(typeof refresh === 'string' && {
      refresh: { token: new Secret(refresh), lifetime: { seconds: answer['refresh_expires_in'] } },
    }),
    ...(typeof scope === 'string' && { scopes: scope.split(' ') }),
    ...(typeof scheme === 'string' && { scheme }),
    ...(typeof issuedAt === 'number' && { issuedAt }),
  }
}

function parseObject(text: string, status: number): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''))
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown> // Just checked.
  } catch {
    // A parser's message quotes what it choked on, which may be a token.
  }
  if (status >= 300) return {}
  throw new TokenError('LATCHKEY_NOT_JSON', `The double answered ${status} with a body that is not JSON; try again.`, {
    status,
  })
}

function failed(what: string, status: number): TokenError {
  const code = status === 429 ? 'LATCHKEY_ENDPOINT_THROTTLED' : 'LATCHKEY_ENDPOINT_FAILED'
  return new TokenError(code, `${what}: the double answered ${status}; try again later.`, { status })
}
