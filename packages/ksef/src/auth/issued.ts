/**
 * KSeF's tokens as the engine takes them: with the end that KSeF names, read with KSeF's own clock.
 *
 * @see spec/ksef.md section 2.10, engine.md sections 3 and 18
 * @module
 */
import { Secret } from '@latchkey/core'
import { member, parseJson } from '@latchkey/http'
import type { Issued, Lifetime, TokenResponse } from '@latchkey/core'
import type { WireToken } from '../wire/sign-in.ts'

export function issuedFrom(
  access: WireToken,
  refresh: WireToken | undefined,
  { now }: Pick<TokenResponse, 'now'>,
): Issued {
  return {
    access: new Secret(access.token),
    lifetime: lifetimeOf(access, now),
    ...(refresh !== undefined && {
      refresh: { token: new Secret(refresh.token), lifetime: lifetimeOf(refresh, now) },
    }),
  }
}

// Without a readable end the token's own word counts, which the documents do not describe.
function lifetimeOf({ token, validUntil }: WireToken, now: number): Lifetime | undefined {
  if (validUntil !== undefined) return { at: validUntil, now }
  const claims = parseJson(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))
  const [exp, iat] = [member(claims, 'exp'), member(claims, 'iat')]
  return typeof exp === 'number' && typeof iat === 'number' ? { seconds: exp - iat } : undefined
}
