/**
 * The grant: client credentials first, the refresh token where the server hands one out.
 *
 * @see RFC 6749 sections 4.4 and 6, engine.md sections 1 and 11
 * @module
 */
import { Secret } from '@latchkey/core'
import type { Grant, GrantRun, Issued, TokenResponse } from '@latchkey/core'
import { clientCredentialsGrantRequest, genericTokenEndpointRequest, revocationRequest } from 'oauth4webapi'
import { partiesOf, through } from './door.ts'
import type { Parties } from './door.ts'
import { parseOptions } from './options.ts'
import type { GrantSettings, OAuth2GrantOptions } from './options.ts'
import { watchLogin } from './shrinking.ts'
import { failureOf, readTokenAnswer } from './token-answer.ts'

/**
 * Makes the grant of one client for `createTokenSource`.
 *
 * A refused refresh token leads to one new login, which is the engine's doing; a refresh whose answer was lost is not
 * sent again where `replay` is `fatal` or `unknown`. Make one grant for one source: with `shrinkingLifetimes` it
 * remembers the lifetimes of its login.
 *
 * @example
 * ```ts
 * const grant = oauth2Grant({ tokenUrl: 'https://login.example.com/token', clientId, clientSecret })
 * ```
 * @throws {TypeError} `ERR_INVALID_ARG`: an option is missing, of the wrong type or unknown. Never shows its value.
 */
export function oauth2Grant(options: OAuth2GrantOptions): Grant {
  const settings = parseOptions(options)
  const { provider, traits, clientId, clientSecret } = settings
  const parties = partiesOf(settings)
  const watch = watchLogin()
  const keepsRefresh = traits.renewal !== 'none'
  let lifetimeMs = traits.assumedLifetime

  async function read(asked: 'obtain' | 'renew', answer: TokenResponse): Promise<Issued> {
    const { issued, ...stated } = await readTokenAnswer(provider, parties, asked, answer, keepsRefresh)
    const seconds = Number(stated.expiresIn)
    if (seconds > 0 && Number.isFinite(seconds)) lifetimeMs = seconds * 1000
    if (asked === 'obtain') {
      watch.begun(stated)
      return issued
    }
    return settings.shrinkingLifetimes && watch.endsSoon(stated) ? { ...issued, next: 'primary' } : issued
  }

  return {
    id: `${provider}.client_credentials`,
    traits,
    credential: new Secret(`${clientId}:${clientSecret.reveal()}`),
    obtain: async (run) => read('obtain', await obtain(settings, parties, run)),
    ...(keepsRefresh && {
      renew: async ({ refresh }, run) => read('renew', await renew(parties, refresh, run)),
    }),
    ...(settings.revocationUrl !== undefined && {
      revoke: async ({ refresh, access }, run) => {
        for (const token of [refresh, access]) if (token) await revokeToken(provider, parties, token, run)
      },
    }),
    ...(settings.logoutUrl !== undefined && {
      revoke: async ({ refresh, access }, run) => {
        if (refresh) await logOut(provider, parties, settings.logoutUrl, refresh, run)
        // Resources that check signatures themselves accept the access token until it runs out (12.10).
        return access ? { remainsUntil: run.clock.wall() + lifetimeMs } : undefined
      },
    }),
  }
}

async function obtain({ parameters }: GrantSettings, parties: Parties, run: GrantRun): Promise<TokenResponse> {
  const { server, client, authentication } = parties
  const form = new URLSearchParams(parameters.map(([name, value]): [string, string] => [name, value]))
  return sent((options) => clientCredentialsGrantRequest(server, client, authentication, form, options), run, false)
}

async function renew(parties: Parties, refresh: Secret, run: GrantRun): Promise<TokenResponse> {
  const { server, client, authentication } = parties
  const form = { refresh_token: refresh.reveal() }
  return sent(
    (options) => genericTokenEndpointRequest(server, client, authentication, 'refresh_token', form, options),
    run,
    true,
  )
}

async function revokeToken(provider: string, parties: Parties, token: Secret, run: GrantRun): Promise<void> {
  const { server, client, authentication } = parties
  const answer = await sent(
    (options) => revocationRequest(server, client, authentication, token.reveal(), options),
    run,
    false,
  )
  if (answer.status !== 200) throw await failureOf(provider, 'end', answer)
}

/** Logout is RFC 7009's request with other words: the token is called `refresh_token`, and the answer may be 204. */
async function logOut(
  provider: string,
  { client, authentication }: Parties,
  logoutUrl: URL | undefined,
  refresh: Secret,
  run: GrantRun,
): Promise<void> {
  if (logoutUrl === undefined) return
  const body = new URLSearchParams({ refresh_token: refresh.reveal() })
  const headers = new Headers({ 'content-type': 'application/x-www-form-urlencoded', 'user-agent': 'Latchkey/0.1' })
  await authentication({ issuer: logoutUrl.origin }, client, body, headers)
  const request = { method: 'POST' as const, url: logoutUrl, headers, body: body.toString(), spendsRefreshToken: false }
  const answer = await run.send(request)
  if (answer.status < 200 || answer.status >= 300) throw await failureOf(provider, 'end', answer)
}

async function sent(
  request: (options: ReturnType<typeof through>) => Promise<Response>,
  run: GrantRun,
  spendsRefreshToken: boolean,
): Promise<TokenResponse> {
  let answer: TokenResponse | undefined
  await request(through(run, spendsRefreshToken, (came) => (answer = came)))
  if (answer === undefined) throw new Error('The request did not go through the door.') // Only a changed library could.
  return answer
}
