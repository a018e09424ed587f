/**
 * A client of tokens that somebody kept: nothing is sent, and nothing signs in where they end.
 *
 * @see spec/ksef.md sections 7.1 and 7.2
 * @module
 */
import { AuthenticatedClient } from '../authenticated-client.ts'
import type { ClientCore } from '../client-core.ts'
import type { ContextIdentifier } from '../values/context-identifier.ts'
import { TokenInfo } from './auth-tokens.ts'
import { givenTokens } from './given-tokens.ts'
import type { GivenTokens } from './given-tokens.ts'
import { ksefGrant } from './grant.ts'

/** @param context - In whose name the tokens are, where that is known. */
export function keptClient(
  core: ClientCore,
  { access, refresh }: GivenTokens,
  context: ContextIdentifier | undefined,
): AuthenticatedClient {
  const grant = ksefGrant(core.entry, givenTokens({ access, refresh }))
  return new AuthenticatedClient({
    core,
    source: core.sourceFor({ grant, key: undefined, keyLabel: 'ksef' }),
    context,
    tokens: {
      accessToken: new TokenInfo(access.token, new Date(access.until)),
      refreshToken: new TokenInfo(refresh.token, new Date(refresh.until)),
    },
  })
}
