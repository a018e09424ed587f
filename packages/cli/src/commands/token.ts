/**
 * `latchkey token PROFILE`: prints a usable token, and nothing else, on standard output.
 *
 * @module
 */
import type { CommonOptions, Io } from '../io.ts'
import { json } from '../output.ts'
import type { TokenFlags } from '../flags.ts'
import { closing, tokenManagerFor } from '../target.ts'

export async function token(profile: string, options: CommonOptions & TokenFlags, io: Io): Promise<void> {
  const { after, minRemaining, header } = options
  const tokens = await tokenManagerFor(profile, options, io)
  const found = await tokens.tokenSource
    .get({ signal: io.signal, after, minRemaining })
    .finally(() => closing(tokens, io))
  if (options.json) {
    const { scheme, generation } = found
    const expiresIn = Math.floor(found.remaining() / 1000)
    io.out(json({ access_token: found.reveal(), token_type: scheme, expires_in: expiresIn, generation }))
  } else io.out(header ? `Authorization: ${found.header()}\n` : `${found.reveal()}\n`)
}
