/**
 * `latchkey token PROFILE`: prints a usable token, and nothing else, on standard output.
 *
 * @module
 */
import type { CommonOptions, Io } from '../io.ts'
import { json } from '../output.ts'
import type { TokenFlags } from '../flags.ts'
import { tokenTarget } from '../target.ts'

export async function token(profile: string, options: CommonOptions & TokenFlags, io: Io): Promise<void> {
  const { after, minRemaining, header } = options
  await using target = await tokenTarget(profile, options, io)
  const found = await target.tokens.tokenSource.get({ signal: io.signal, after, minRemaining })
  if (options.json) {
    const { scheme, generation } = found
    const expiresIn = Math.floor(found.remaining() / 1000)
    io.out(json({ access_token: found.reveal(), token_type: scheme, expires_in: expiresIn, generation }))
  } else io.out(header ? `Authorization: ${found.header()}\n` : `${found.reveal()}\n`)
}
