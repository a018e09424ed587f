/**
 * `latchkey ksef login`: signs in, and keeps the sign-in where later commands find it.
 *
 * @see spec/ksef.md sections 2.1 and 2.10
 * @module
 */
import type { CommonOptions, Io } from '../../io.ts'
import { json, pairs } from '../../output.ts'
import { tellWaiting } from '../../waiting.ts'
import type { LoginFlags } from './flags.ts'
import { loginTarget } from './login-target.ts'
import { profileFromFlags } from './login-terms.ts'
import { identifier, moment } from './words.ts'

/** A sign-in that is there already is gone on with. */
export async function login(options: CommonOptions & LoginFlags, io: Io): Promise<void> {
  const given = profileFromFlags(options)
  await using target = await loginTarget(given, options, io)
  const { access, kept } = target
  const { auth, method } = access
  await tellWaiting('KSeF', auth.tokenSource.get({ signal: io.signal }), io)
  const { accessToken, refreshToken } = auth.authTokens
  const { environment, contextIdentifier } = auth
  const until = { accessTokenUntil: accessToken.validUntil, refreshTokenUntil: refreshToken.validUntil }
  if (options.json) {
    return io.out(json({ environment: environment.name, context: contextIdentifier, method, ...until, kept }))
  }
  io.out(
    pairs({
      ...{ environment: environment.name, context: identifier(contextIdentifier), 'signed in with': method },
      'access token until': moment(accessToken.validUntil),
      'refresh token until': moment(refreshToken.validUntil),
    }),
  )
  io.err(
    kept === undefined
      ? 'Nothing outlives this command, so the sign-in is gone with it. A store is configured with `latchkey init --provider ksef`.\n'
      : `Kept in ${kept}, for every command with the same credential and context.\n`,
  )
  io.err(
    'What it may do: latchkey ksef permissions list. The owner of a context may do everything and is not listed.\n',
  )
}
